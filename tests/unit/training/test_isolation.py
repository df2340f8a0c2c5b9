"""An isolated process gets what Python and its libraries need, nothing of its caller's, and fails with one reason."""

import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

import pytest

from training.isolation import ProcessFailed, run_isolated
from training.release.shipped import shipped_versions

PROJECT = Path(__file__).parents[3]

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
    "PIP_INDEX_URL": "https://user:secret@index",
    "MODEL_URI": "s3://secret/models",
    "DATABASE_URL": "postgres://user:secret@host",
}

LOOK = """
import os, sys
from pathlib import Path

def main(*arguments):
    return {
        "environ": dict(os.environ),
        "home": [path.name for path in Path.home().iterdir()],
        "folder": [path.name for path in Path.cwd().iterdir()],
        "where": [str(Path.home()), str(Path.cwd()), os.environ.get("TMPDIR", "")],
        "session": os.getsid(0) == os.getpid(),
        "interpreter": [sys.executable, sys.flags.isolated],
        "arguments": arguments,
        "input": sys.stdin.read(),
    }
"""


def run(folder: Path, body: str, **options: Any) -> Any:
    """What a script answers whose `main` has this body."""
    script = folder / "script.py"
    script.write_text("import os, sys, time\ndef main():\n    " + body)
    return run_isolated(script, **options)


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
    found: dict[str, Any] = run_isolated(script, "one", {"two": [2.5, None]})
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


def test_arguments_arrive_as_they_were_and_nothing_else_does(seen: dict[str, Any]) -> None:
    assert (seen["arguments"], seen["input"]) == (["one", {"two": [2.5, None]}], "")


def test_the_interpreter_is_this_one(seen: dict[str, Any]) -> None:
    assert seen["interpreter"] == [sys.executable, 1]


FIND = """
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

def main(modules, distributions):
    versions = {}
    for name in distributions:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            pass
    return [module for module in modules if find_spec(module)], versions
"""


def test_of_what_is_installed_here_it_can_import_what_the_function_has_and_nothing_else(tmp_path: Path) -> None:
    script = tmp_path / "find.py"
    script.write_text(FIND)
    here = {module: names for module, names in packages_distributions().items() if module.isidentifier()}
    assert {"click", "matplotlib", "pip", "pyarrow", "boto3", "pytest", "sklearn"} <= set(here)
    found, versions = run_isolated(script, sorted(here), sorted({name for names in here.values() for name in names}))
    pinned = (PROJECT / "handler" / "requirements.txt").read_text()
    assert {"sklearn", "numpy", "joblib"} <= set(found)
    assert [name for name in versions if f"\n{name.lower().replace('_', '-')}==" not in f"\n{pinned}"] == []
    assert [module for module in found if not set(here[module]) & set(versions)] == []


def test_it_has_the_versions_that_the_function_has_and_manifests_record_the_same(tmp_path: Path) -> None:
    names = [name for name in shipped_versions() if name != "python"]
    versions = run(tmp_path, f"from importlib.metadata import version; return {{n: version(n) for n in {names}}}")
    assert versions == {name: shipped_versions()[name] for name in names} == {name: version(name) for name in names}


def test_of_the_onnx_package_it_has_the_libraries_and_none_of_scikit_learn_s(tmp_path: Path) -> None:
    pinned = {name: pin for name, pin in shipped_versions("onnx").items() if name != "python"}
    asked = ["onnxruntime", "sklearn", "scipy", "joblib", "onnx", "skl2onnx"]
    body = (
        "from importlib.util import find_spec; from importlib.metadata import version; "
        f"return [name for name in {asked} if find_spec(name)], {{name: version(name) for name in {list(pinned)}}}"
    )
    assert run(tmp_path, body, package="onnx") == [["onnxruntime"], pinned]
    assert pinned == {name: version(name) for name in pinned}


def test_what_is_given_by_name_arrives(tmp_path: Path) -> None:
    assert run(tmp_path, "return os.environ['LOG_LEVEL']", environ={"LOG_LEVEL": "DEBUG"}) == "DEBUG"


def test_of_training_it_can_import_what_is_named_and_no_more(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match=r"^ModuleNotFoundError: No module named 'training'$"):
        run(tmp_path, "import training.errors")
    assert run(tmp_path, "import training.errors", modules=["training.errors"]) is None


@pytest.mark.parametrize("printing", ["print('noise')", "os.write(1, b'noise')", "os.system('echo noise')"])
def test_what_a_model_prints_does_not_mix_with_the_answer(tmp_path: Path, printing: str) -> None:
    assert run(tmp_path, f"{printing}; return 5") == 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError('one\\ntwo')", "ValueError: one two"),
        ("os._exit(7)", "the process ended with 7"),
        ("os._exit(0)", "the process ended with 0"),
        ("os.write(2, b'first\\nlast \\x1b[2J\\n'); os._exit(3)", r"last \x1b[2J"),
        ("print('noise'); sys.exit('the end')", "the end"),
    ],
)
def test_a_script_that_gives_no_answer_fails_with_its_last_line_or_with_how_it_ended(
    tmp_path: Path, body: str, reason: str
) -> None:
    with pytest.raises(ProcessFailed) as raised:
        run(tmp_path, body)
    assert str(raised.value) == reason


def test_a_script_that_hangs_is_ended_and_fails_by_the_time_it_had(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match=r"^it did not end within 1 s\.$"):
        run(tmp_path, "time.sleep(60)", seconds=1)
