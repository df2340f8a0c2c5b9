"""`sam init --location` makes a working project of this repository: whole, without leftovers, and without git."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ops.commands import ROOT, environment, run, sam

LEFTOVERS = (".venv", ".venv-function", ".tools", ".cache", ".demo", ".aws-sam", "build", ".mypy_cache", ".hypothesis")
OF_THE_PROJECT = ["tests/unit/test_root_files.py", "tests/unit/test_structure.py", "tests/unit/test_without_tests.py"]
"""Tests that read the project's own files: those are what a copy could lack. The others cost minutes."""


def git(repository: Path, *words: str) -> None:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    where = ["--git-dir", str(repository / ".git"), "--work-tree", str(repository)]
    run(["git", *who, *where, *words], env=environment(), directory=repository)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with what is in the working folder now, and with what make leaves in one."""
    folder = tmp_path_factory.mktemp("checkout") / "sklearn-on-lambda"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", *LEFTOVERS, "__pycache__", ".*_cache"))
    for name in LEFTOVERS:
        (folder / name).mkdir()
        (folder / name / "left.txt").touch()
    (folder / "handler/__pycache__").mkdir()
    (folder / "handler/__pycache__/app.cpython-313.pyc").touch()
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it is now")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    """What `sam init` makes of the repository in an empty folder; nothing is installed for it again."""
    empty = tmp_path_factory.mktemp("empty")
    location = f"git+file://{checkout}"
    sam(
        *("init", "--location", location, "--name", "my-model", "--no-input"),
        env={"HOME": str(tmp_path_factory.mktemp("home"))},
        directory=empty,
    )
    assert [path.name for path in empty.iterdir()] == ["my-model"]
    return empty / "my-model"


@pytest.fixture(scope="module")
def installed(project: Path) -> Path:
    """The project with the virtual environments of this one, which make takes for its own."""
    for name in (".venv", ".venv-function"):
        (project / name).symlink_to((ROOT / name).resolve())
    for path in project.rglob("requirements*.txt"):
        os.utime(path, (0, 0))
    return project


def files(folder: Path) -> dict[str, tuple[bytes, bool]]:
    """What each file holds, and whether it can be executed."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: (path.read_bytes(), os.access(path, os.X_OK))
        for name, path in found.items()
        if not name.startswith(tuple(f"{left}/" for left in (".git", *LEFTOVERS))) and "__pycache__" not in name
    }


def test_every_file_is_there_as_it_was_and_can_be_executed_where_it_could(project: Path, checkout: Path) -> None:
    expected = files(checkout)
    assert expected["Makefile"][1] is False
    assert expected[".ci/each-python"][1] is True
    assert files(project) == expected


def test_nothing_of_the_checkout_s_own_comes_along(project: Path) -> None:
    assert [name for name in (".git", *LEFTOVERS) if (project / name).exists()] == []
    assert list(project.rglob("__pycache__")) == []


def test_the_demo_runs_without_git(installed: Path) -> None:
    run(["make", "demo"], env=environment({"GIT_CEILING_DIRECTORIES": str(installed.parent)}), directory=installed)
    manifest = next((installed / ".demo/registry/iris/versions").glob("*/manifest.json")).read_text()
    assert '"git_commit":null' in manifest.replace(" ", "")


def test_its_tests_pass_without_git(installed: Path) -> None:
    done = subprocess.run(
        [".venv/bin/python", "-m", "pytest", "-q", *OF_THE_PROJECT],
        cwd=installed,
        env=environment({"GIT_CEILING_DIRECTORIES": str(installed.parent)}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_a_clone_of_the_folder_alone_is_no_location(checkout: Path, tmp_path: Path) -> None:
    """Why CONTRIBUTING.md and docs/operations.md write `git+file://`: SAM takes no folder and no `file://`."""
    for location in (str(checkout), f"file://{checkout}"):
        with pytest.raises(Exception, match="location"):
            sam("init", "--location", location, "--name", "x", "--no-input", directory=tmp_path)
