"""Finds a CPython 3.13 and has it compile the package.

Only the Python version that wrote bytecode can read it. Lambda's python3.13 and every other CPython 3.13 share one
magic number, which is checked, because a release candidate had another.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from packager.errors import NoInterpreter, PackagerError
from packager.wheels.amazon_linux import PYTHON_MINOR

VARIABLE = "PACKAGER_PYTHON"
NAME = f"python3.{PYTHON_MINOR}"
MAGIC = (3571).to_bytes(2, "little") + b"\r\n"
"""What CPython 3.13 puts in front of its bytecode (CPython, Include/internal/pycore_magic_number.h)."""
IDENTIFY = "import sys, importlib.util as u; print(sys.implementation.name, u.MAGIC_NUMBER.hex())"

ADVICE = (
    f"Lambda reads only the bytecode of CPython 3.{PYTHON_MINOR}, which has to make it, and none was found{{tried}}.\n"
    f"Any of these gives you one: 'uv python install 3.{PYTHON_MINOR}', 'pyenv install 3.{PYTHON_MINOR}', "
    f"'brew install python@3.{PYTHON_MINOR}', 'apt install {NAME}', or python.org.\n"
    f"Then have it on PATH as {NAME}, or set {VARIABLE} to its path."
)


def find_interpreter(environ: Mapping[str, str]) -> Path:
    """A CPython 3.13: the one in PACKAGER_PYTHON, the running one, or `python3.13` on PATH.

    Raises NoInterpreter, with the way to get one. A PACKAGER_PYTHON that is not one is an error, not passed over.
    """
    if chosen := environ.get(VARIABLE):
        if not _is_right(chosen):
            raise NoInterpreter(f"{VARIABLE} is {chosen}, no CPython 3.{PYTHON_MINOR}.\n" + ADVICE.format(tried=""))
        return Path(chosen)
    candidates = [sys.executable, *_all_on_path(NAME, environ.get("PATH", ""))]
    for candidate in candidates:
        if _is_right(candidate):
            return Path(candidate)
    raise NoInterpreter(ADVICE.format(tried=f" (tried {', '.join(candidates)})"))


def compile_tree(tree: Path, interpreter: Path) -> None:
    """Replace the sources below `tree` by bytecode, as packager/bytecode/compiler.py says; raises PackagerError."""
    compiler = Path(__file__).with_name("compiler.py")
    command = [str(interpreter), "-I", "-S", "-B", str(compiler), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - checked to be a Python
    if done.returncode != 0:
        raise PackagerError(f"{interpreter} could not compile the package:\n{done.stderr[-3000:]}")


def _all_on_path(name: str, path: str) -> list[str]:
    found = (shutil.which(name, path=folder) for folder in path.split(":") if folder)
    return [candidate for candidate in found if candidate]


def _is_right(candidate: str) -> bool:
    try:
        # A pyenv shim is there even where no such version is active, and fails.
        done = subprocess.run(  # noqa: S603 - the user's own interpreter, asked for its version
            [candidate, "-I", "-S", "-c", IDENTIFY], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.split() == ["cpython", MAGIC.hex()]
