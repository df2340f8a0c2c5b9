"""`.ci/each-python` runs the demo and the unit tests on each promised Python once, and says what became of each."""

import shutil
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / ".ci" / "each-python"
PROMISED = ("3.11", "3.12", "3.13")


def stand_in(path: Path, version: str) -> None:
    """A program that answers as a Python of `version` does to what the script asks it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncase $2 in *{version}*) exit 0;; *print*) echo {version};; *) exit 1;; esac\n")
    path.chmod(0o755)


def run(folder: Path, installed: tuple[str, ...], own: str | None, *targets: str) -> tuple[int, list[str], str]:
    """Run the script where these Pythons are; gives its end, the arguments of each `make`, and its last line."""
    (folder / ".ci").mkdir()
    shutil.copy(SCRIPT, folder / ".ci")
    for version in installed:
        stand_in(folder / "bin" / f"python{version}", version)
    if own:
        stand_in(folder / ".venv" / "bin" / "python", own)
    make = folder / "bin" / "make"
    make.parent.mkdir(exist_ok=True)
    for program in ("bash", "dirname"):  # the system's own Pythons are no part of this
        make.with_name(program).symlink_to(str(shutil.which(program)))
    make.write_text(f'#!/bin/sh\necho "$@" >> {folder}/made\n')
    make.chmod(0o755)
    environ = {"PATH": str(folder / "bin"), "HOME": str(folder)}
    command = [str(folder / ".ci" / "each-python"), *targets]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    made = (folder / "made").read_text().splitlines() if (folder / "made").exists() else []
    return done.returncode, made, done.stdout.splitlines()[-1]


def test_the_python_of_the_environment_is_left_to_make_check(tmp_path: Path) -> None:
    code, made, last = run(tmp_path, PROMISED, own="3.12")
    assert code == 0
    assert [words.split()[:3] for words in made] == [
        ["demo", "test", "VENV=.tools/python-3.11"],
        ["demo", "test", "VENV=.tools/python-3.13"],
    ]
    assert last == "::: demo and unit tests passed on Python 3.11 3.13; left to .venv: 3.12; not on this machine: none"


def test_given_targets_are_made_instead_and_the_last_line_does_not_say_that_tests_ran(tmp_path: Path) -> None:
    code, made, last = run(tmp_path, PROMISED, "3.12", "install")
    assert code == 0
    assert [words.split()[:2] for words in made] == [
        ["install", "VENV=.tools/python-3.11"],
        ["install", "VENV=.tools/python-3.13"],
    ]
    assert last == "::: make install done on Python 3.11 3.13; left to .venv: 3.12; not on this machine: none"


def test_without_an_environment_every_python_runs_and_a_missing_one_is_named(tmp_path: Path) -> None:
    code, made, last = run(tmp_path, ("3.11", "3.13"), own=None)
    assert code == 0
    assert len(made) == 2
    assert last.endswith("left to .venv: none; not on this machine: 3.12")


def test_a_machine_with_none_of_them_fails(tmp_path: Path) -> None:
    code, made, _ = run(tmp_path, (), own="3.10")
    assert (code, made) == (1, [])
