"""What a newcomer meets first: a sentence that says what was expected, what came and what to do, and no trace."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import (
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSLError,
    UnauthorizedSSOTokenError,
)
from click.testing import CliRunner, Result

from training.account import trouble
from training.cli.main import main
from training.s3 import translate

PROJECT = Path(__file__).parents[4]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["package", "absent.joblib", "--out", "o"], "nothing at 'absent.joblib': give the joblib or pickle file"),
        (["package", "folder", "--out", "o"], "'folder' is a folder: give the joblib or pickle file"),
        (["package", "m.joblib", "--out", "o", "--example", "row.json"], "give a JSON file with a row"),
        (["package", "m.joblib", "--out", "o", "--code", "features.py"], "give a module of yours"),
        (["publish", "absent", "--model-uri", "x"], "give the folder that `train` or `package` wrote"),
        (["publish", "m.joblib", "--model-uri", "x"], "is no folder: give the folder"),
        (["publish", "folder"], "set MODEL_URI (`. .aws-sam/environment` does, after `make deploy`)"),
        (["list"], "or give s3://BUCKET/MODEL or a folder."),
    ],
)
def test_what_is_wrong_with_an_argument_is_said_with_what_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MODEL_URI", raising=False)
    (tmp_path / "folder").mkdir()
    (tmp_path / "m.joblib").touch()
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_version_in_an_empty_registry_says_that_nothing_is_published(tmp_path: Path) -> None:
    result = run("show", "20300101T000000Z-00000000", "--model-uri", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: 20300101T000000Z-00000000 is not published in ")
    assert "publish a model first" in result.stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_place_that_is_full_or_closed_is_named(monkeypatch: pytest.MonkeyPatch, number: int, tmp_path: Path) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "out"))

    monkeypatch.setattr(Path, "mkdir", refuses)
    result = run("train", "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    (said,) = (line for line in result.stderr.splitlines() if line.startswith("Error: "))
    assert str(tmp_path) in said
    assert os.strerror(number) in said


def test_a_port_in_use_is_named_with_how_to_choose_another(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = run("serve", "--port", str(port), "--model-uri", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: Port {port} of 127.0.0.1 cannot be listened on")
    assert "make serve PORT=" in result.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoCredentialsError(), "No AWS credentials were found: sign in"),
        (ProfileNotFound(profile="x"), "AWS_PROFILE names a profile that is not configured"),
        (UnauthorizedSSOTokenError(), "have expired: sign in again"),
        (NoRegionError(), "No AWS region is set: export AWS_DEFAULT_REGION"),
        (
            EndpointConnectionError(endpoint_url="https://s3.x/b/key"),
            "Nothing answers at https://s3.x: check the network",
        ),
        (SSLError(endpoint_url="https://s3", error=OSError("x")), "check AWS_CA_BUNDLE"),
    ],
)
def test_an_account_that_is_not_set_up_is_said_in_our_words(error: Exception, said: str) -> None:
    assert said in str(trouble(error))
    assert said in str(translate(error, "s3://bucket/churn"))
    assert "s3://bucket/churn" in str(translate(error, "s3://bucket/churn"))


def test_an_endpoint_that_is_no_url_is_said_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    result = run("list", "--model-uri", "s3://bucket/churn")
    assert result.exit_code == 1
    assert "AWS_ENDPOINT_URL is no URL: give one such as https://localhost:4566" in result.stderr


def test_what_is_not_about_the_account_is_left_to_those_who_asked() -> None:
    assert trouble(ValueError("other")) is None


def test_an_interrupt_while_the_imports_take_their_time_shows_no_trace() -> None:
    """The imports are ended as Ctrl-C would end them, at the first that the command line makes."""
    code = (
        "import runpy, sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'training.cli': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "runpy.run_module('training', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Aborted!\n")


def test_an_interrupted_command_shows_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.cli.models.open_writable_store", interrupted)
    result = run("list", "--model-uri", str(tmp_path))
    assert (result.exit_code, result.stderr.strip()) == (1, "Aborted!")


@pytest.mark.parametrize("command", [["list", "--json"], ["list"], ["--help"]], ids=" ".join)
def test_a_reader_that_has_gone_is_no_failure_that_shows_a_trace(command: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    place = [] if command == ["--help"] else ["--model-uri", str(tmp_path)]
    words = [sys.executable, "-m", "training", *command, *place]
    # Buffered, as for everybody by default: then the last words are written when Python ends.
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    try:
        done = subprocess.run(
            words, cwd=PROJECT, env=buffered, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writing)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
