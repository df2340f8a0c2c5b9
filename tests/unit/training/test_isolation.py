"""A foreign artifact's process is given what Python and its libraries need, and nothing of its caller's."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from training.isolation import run_isolated

SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "secret",
    "AWS_PROFILE": "production",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/secret",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/secret",
    "GITHUB_TOKEN": "secret",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "secret",
    "HTTPS_PROXY": "http://user:secret@proxy",
    "https_proxy": "http://user:secret@proxy",
    "SSH_AUTH_SOCK": "/secret",
    "XDG_CONFIG_HOME": "/secret",
    "MODEL_URI": "s3://secret/models",
    "DATABASE_URL": "postgres://user:secret@host",
}

LOOK = """
import json, os, sys
from pathlib import Path
print(json.dumps({
    "environ": dict(os.environ),
    "home": [path.name for path in Path.home().iterdir()],
    "folder": [path.name for path in Path.cwd().iterdir()],
    "where": [str(Path.home()), str(Path.cwd()), os.environ.get("TMPDIR", "")],
    "session": os.getsid(0) == os.getpid(),
    "argv": sys.argv[2:],
    "input": sys.stdin.read(),
}))
"""


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a script sees that is run from a home with credentials in it."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]\naws_secret_access_key = secret\n")
    monkeypatch.chdir(tmp_path)
    for name, value in {**SECRETS, "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}.items():
        monkeypatch.setenv(name, value)
    script = tmp_path / "look.py"
    script.write_text(LOOK)
    outcome = run_isolated(script, ["one", "two"], "typed")
    assert outcome.returncode == 0, outcome.stderr
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def test_no_variable_of_the_caller_reaches_the_process_but_those_that_libraries_compute_by(
    seen: dict[str, Any],
) -> None:
    environ = seen["environ"]
    assert environ.keys() & SECRETS.keys() == set()
    assert not [name for name, value in environ.items() if "secret" in value.lower()]
    assert not [name for name in environ if name.startswith("AWS_") or "PROXY" in name.upper()]
    assert environ["OMP_NUM_THREADS"] == "1"


def test_home_and_the_working_folder_are_empty_and_gone_afterwards(seen: dict[str, Any], tmp_path: Path) -> None:
    assert (seen["home"], seen["folder"]) == ([], [])
    assert not [place for place in seen["where"] if Path(place) == tmp_path or Path(place).exists()]


def test_the_process_has_a_session_of_its_own(seen: dict[str, Any]) -> None:
    assert seen["session"]


def test_arguments_and_standard_input_arrive(seen: dict[str, Any]) -> None:
    assert (seen["argv"], seen["input"]) == (["one", "two"], "typed")


def test_what_is_given_by_name_arrives(tmp_path: Path) -> None:
    script = tmp_path / "look.py"
    script.write_text("import os; print(os.environ['LOG_LEVEL'])")
    assert run_isolated(script, [], environ={"LOG_LEVEL": "DEBUG"}).stdout == "DEBUG\n"


def test_the_interpreter_is_this_one(tmp_path: Path) -> None:
    script = tmp_path / "look.py"
    script.write_text("import sys; print(sys.executable, sys.flags.isolated)")
    assert run_isolated(script, []).stdout == f"{sys.executable} 1\n"
