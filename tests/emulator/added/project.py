"""A copy of this project in which the libraries of OPTIONAL ship: one line of it is changed.

What `make install` would install is not installed again: it is what is installed here, and `.tools/boost` beside it,
behind links.
"""

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from handler.engines.shipped import OPTIONAL
from packager.build import PROJECT

LINE = "SHIPPED_TOO: tuple[str, ...] = ()"
FOLDERS = ("handler", "training", "packager", "bench", "tests")


@dataclass(frozen=True)
class Project:
    """The copy, and the Python of its `.venv`."""

    folder: Path
    python: Path

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start the copy's Python in the copy."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.Popen(
            [str(self.python), *words],
            cwd=self.folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def finished(process: "subprocess.Popen[str]") -> str:
    """What the process printed; fails with what it said of an error."""
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-3000:]
    return output


def project_with_all(folder: Path, installed: Path) -> Project:
    """Make the copy in `folder`, with every library of OPTIONAL; `installed` is the folder that .tools/boost holds."""
    for name in FOLDERS:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    statement = folder / "handler/engines/shipped.py"
    text = statement.read_text()
    assert text.count(LINE) == 1
    statement.write_text(text.replace(LINE, f"{LINE.removesuffix('()')}{tuple(OPTIONAL)!r}"))
    (folder / ".cache").symlink_to((PROJECT / ".cache").resolve())
    (folder / ".venv-function").mkdir()
    for made in (installed, *(PROJECT / ".venv-function").glob("onnx-*")):
        (folder / ".venv-function" / made.name).symlink_to(made.resolve())
    venv.create(folder / ".venv")
    packages = folder / ".venv/lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    here = Path(sys.prefix, "lib", packages.parent.name, "site-packages")
    added = [
        path
        for library in OPTIONAL.values()
        for path in (installed / library.module, *installed.glob(f"{library.name.replace('-', '_')}[-.]*"))
    ]
    for path in (*(path for path in here.iterdir() if path.suffix != ".pth"), *added):
        (packages / path.name).symlink_to(path.resolve())
    return Project(folder, folder / ".venv/bin/python")
