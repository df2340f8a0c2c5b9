"""The libraries that a function has and no others, in a folder of their own: what isolated processes import.

There is a folder for each package that a function can be made of. pip installs the package's requirements into it,
flat, as the package lies in Lambda's /var/task. It is no virtual environment: the interpreter that runs this one finds
it by its path, and without its `site` module nothing else but the standard library, so neither pip nor what is
installed for development. boto3, which Lambda's runtime adds, is left out: no model may need it.

`python -m training.function_environment` makes them, as `make install` does. Else each is made when it is needed first.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import handler
from handler.engines.shipped import DEFAULT_PACKAGE, PACKAGES, requirements_files
from training.console import person, shown, working
from training.errors import NoFunctionEnvironment

PROJECT = Path(handler.__file__).parent.parent
REQUIREMENTS = {
    package: tuple(Path(handler.__file__).with_name(file) for file in requirements_files(package))
    for package in PACKAGES
}
"""The files with the pins of each package: its own, then those of the libraries that were added to it."""

KEPT = 2
"""How many folders of one Python and one package stay when another is made: the one before serves whoever uses it
still, and the branch that one comes from."""

UNFINISHED = ".making-"
"""How the folders of unfinished installations begin."""

LINES_SHOWN = 5


def function_libraries(
    requirements: Path = REQUIREMENTS[DEFAULT_PACKAGE][0],
    places: Sequence[Path] | None = None,
    beside: Sequence[Path] = (),
) -> Path:
    """The folder with what `requirements` and the files `beside` it pin, for the Python that runs this.

    It is made where there is none yet. It is looked for in `places`, and made in the first that can be written: beside
    `.venv`, else in the user's cache.
    Of several processes at once one makes it, and the others wait. It is whole or not there: it gets its name last.
    Raises NoFunctionEnvironment.
    """
    places = _places() if places is None else places
    pins = (requirements, *beside)
    name = _folder_name(pins)
    for place in places:
        if (place / name).is_dir():
            return place / name
    for place in places:
        with _locked(place) as lock:
            if lock is not None:
                _make_unless_made(pins, place, name)
                return place / name
    raise NoFunctionEnvironment(
        f"The libraries to prove models with cannot be written to {' or '.join(map(str, places))}: let the folder be "
        "writable for you once, or have somebody who may write it run `make install`."
    )


def package_libraries(package: str = DEFAULT_PACKAGE) -> Path:
    """The folder with what a function has that is made of `package`, one of PACKAGES. Raises NoFunctionEnvironment."""
    requirements, *beside = REQUIREMENTS[package]
    return function_libraries(requirements, beside=beside)


def every_package_s_libraries() -> None:
    """Have the libraries of every package there, since a version may be there in the forms of all. Raises
    NoFunctionEnvironment."""
    for package in PACKAGES:
        package_libraries(package)


def _places() -> list[Path]:
    places = [PROJECT / ".venv-function"]
    with suppress(RuntimeError):  # a user without a home
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        places.append(cache / "sklearn-on-lambda" / hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12])
    return places


def _folder_name(pins: Sequence[Path]) -> str:
    """Another for each set of pins and each interpreter, since compiled libraries are for one Python alone."""
    interpreter = f"{os.path.realpath(sys.executable)}\n{sys.version}\n{sys.abiflags}\n{platform.machine()}\n"
    digest = hashlib.sha256(interpreter.encode() + b"".join(file.read_bytes() for file in pins)).hexdigest()
    return f"{_begin_of_names(pins[0])}{digest[:12]}"


def _begin_of_names(requirements: Path) -> str:
    """How the folders begin that hold one package's libraries for this Python: `cpython-313-`, `onnx-cpython-313-`."""
    package = requirements.stem.removeprefix("requirements").removeprefix("-")
    return "".join(f"{part}-" for part in (package, sys.implementation.cache_tag) if part)


@contextmanager
def _locked(place: Path) -> Iterator[IO[str] | None]:
    """The lock of `place`, for one process at a time; None where the place cannot be written. The kernel drops the lock
    of a process that dies."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = (place / ".lock").open("a")
    except OSError:
        yield None
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            person().print(f"Waiting for another process that installs into {place}.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def _make_unless_made(pins: Sequence[Path], place: Path, name: str) -> None:
    """Make the folder, unless another process did while this one waited for the lock, which it holds."""
    if (place / name).is_dir():
        return
    requirements = " and ".join(f"{file.parent.name}/{file.name}" for file in pins)
    person().print(
        f"Installing {requirements} into {place}, to prove models with what the "
        "function has and nothing else: about half a minute, once."
    )
    for unfinished in place.glob(f"{UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    aside = place / f"{UNFINISHED}{os.getpid()}"
    try:
        with working("Installing"):
            _install(pins, aside)
        aside.rename(place / name)
    except OSError as error:
        raise NoFunctionEnvironment(
            f"{' and '.join(map(str, pins))} could not be installed into {place} ({error.strerror}): make room there, "
            "or let it be writable."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _remove_older(place, name, _begin_of_names(pins[0]))


def _install(pins: Sequence[Path], folder: Path) -> None:
    """Install by the pip of this environment, configured as always; raises NoFunctionEnvironment.

    The pins are all that a package has, so pip adds nothing to them: what onnxruntime names and does without is no part
    of its package either.
    """
    if importlib.util.find_spec("pip") is None:
        raise NoFunctionEnvironment(
            f"{sys.executable} has no pip to install the libraries with that models are proved with: run "
            f"`{sys.executable} -m ensurepip`, or make .venv by `make install`."
        )
    # fmt: off
    pip = [
        sys.executable, "-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
        "--no-user", "--no-compile", "--no-deps", "--target", str(folder), "--require-hashes",
        *(option for file in pins for option in ("--requirement", str(file))),
    ]
    # fmt: on
    done = subprocess.run(pip, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - no shell, our own words
    if done.returncode != 0:
        said = "\n".join(f"  {shown(line)[:500]}" for line in _reasons(done.stderr) or [f"exit {done.returncode}"])
        raise NoFunctionEnvironment(
            f"Models are proved with the libraries of {' and '.join(map(str, pins))} alone, and pip could not install "
            f"them. It asks the index that it is configured with: see that the network is up and that "
            f"`{sys.executable} -m pip config list` is right, then run `make install`. pip said:\n{said}"
        )
    # Compiled here, since an isolated process may not be able to write; tests are never imported. Several workers talk
    # through a socket in the temporary folder, whose path is too long for one where the folder lies deep.
    for workers in ("0", "1"):
        # fmt: off
        compiling = [
            sys.executable, "-I", "-m", "compileall", "-q", "-j", workers, "-x", r"[\\/]tests?[\\/]", str(folder),
        ]
        # fmt: on
        done = subprocess.run(compiling, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603 - as above
        if done.returncode == 0:
            return


def _reasons(stderr: str) -> list[str]:
    """pip's own reasons, else the last it said."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    return ([line for line in lines if line.startswith("ERROR")] or lines)[-LINES_SHOWN:]


def _remove_older(place: Path, name: str, begin: str) -> None:
    """Remove all but the newest folders whose names `begin` so: those of this package for this Python."""
    by_age = sorted(
        place.glob(f"{begin}*"), key=lambda folder: (folder.name == name, folder.stat().st_mtime), reverse=True
    )
    for folder in by_age[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    every_package_s_libraries()
