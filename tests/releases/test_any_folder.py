"""What `make install` makes lets its Python import the project in any folder, and isolated processes none of it."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
FIND = "import importlib.util as u; print([n for n in ('handler', 'training') if u.find_spec(n)])"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in which only what makes the project importable was done."""
    venv = tmp_path_factory.mktemp("any") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "installed").touch()
    subprocess.run(
        ["make", f"VENV={venv}", "--old-file", f"{venv}/installed", f"{venv}/importable"], cwd=PROJECT, check=True
    )
    return venv / "bin" / "python"


def found(python: Path, folder: Path, *options: str) -> str:
    done = subprocess.run([python, *options, "-c", FIND], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_project_is_found_in_any_folder_and_by_no_isolated_process(python: Path, tmp_path: Path) -> None:
    assert found(python, tmp_path) == "['handler', 'training']"
    assert found(python, tmp_path, "-I", "-S") == "[]"
    origin = "import importlib.util as u; print(u.find_spec('training').origin)"
    done = subprocess.run([python, "-c", origin], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(PROJECT / "training" / "__init__.py")
