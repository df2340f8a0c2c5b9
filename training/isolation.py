"""Runs a script of ours in a fresh interpreter that can import `handler` and its libraries, and nothing else.

So a model that needs more than the function has fails here, before anyone depends on it: also what is installed for
training and tests is out of reach. Only boto3, which Lambda's runtime adds, is not there. What has to see DataFrames,
as the model did where it was fitted, can have what is installed for training instead.

An artifact is code that somebody else may have written, so the process is given no credentials: a few variables that
libraries compute by, an empty home, an empty working folder, a session of its own. That is no sandbox. The process runs
as its user: it can read what that user can read (~/.aws too, if it looks the real home up), open connections, and on a
machine of AWS ask the instance's metadata endpoint for a role.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import handler
from handler.engines.shipped import DEFAULT_PACKAGE
from training.console import shown
from training.function_environment import package_libraries

RUNNER = Path(__file__).with_name("isolated_process.py")

SECONDS = 600
"""How long a script may take: loading gigabytes takes minutes, and a process that hangs must not hang its caller."""

KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables by which an interpreter finds its own libraries and reads text."""

KEPT_OF_LIBRARIES = ("OMP_", "KMP_", "GOMP_", "OPENBLAS_", "MKL_", "BLIS_", "VECLIB_")
"""How the variables begin that say how many threads, and which kernels, OpenMP and a BLAS use."""


class ProcessFailed(Exception):
    """The script gave no answer. The text is the reason, in one line and fit for a terminal: its last line of standard
    error, else how the process ended."""


def run_isolated(
    script: Path,
    *arguments: Any,
    environ: Mapping[str, str] | None = None,
    modules: Sequence[str] = (),
    with_training: bool = False,
    package: str = DEFAULT_PACKAGE,
    seconds: float = SECONDS,
) -> Any:
    """What `main(*arguments)` of `script` returns in a process of its own; arguments and answer are what JSON holds.

    The process can import a copy of the `handler` package, the libraries of a function that is made of `package` (one
    of `handler.engines.shipped.PACKAGES`) and the standard library; of `training` it can import `modules` alone, by
    their dotted names, and they must need no others. `with_training` it has all of `training`, and whatever is
    installed for this process, in place of those libraries.
    Of this process' environment it gets KEPT and KEPT_OF_LIBRARIES, beside them `environ`.

    Raises ProcessFailed, or NoFunctionEnvironment where the libraries are not there and cannot be installed.
    """
    libraries = _installed() if with_training else [package_libraries(package)]
    with tempfile.TemporaryDirectory(prefix="handler-only-") as scratch:
        only, home, work, temporary = (Path(scratch, name) for name in ("only", "home", "work", "tmp"))
        for folder in (home, work, temporary):
            folder.mkdir()
        source = Path(handler.__file__).parent
        shutil.copytree(source, only / "handler", ignore=shutil.ignore_patterns("requirements*"))
        shutil.copy(script, only)
        if with_training:
            shutil.copytree(Path(__file__).parent, only / "training")
        for module in modules:
            copy = only / Path(*module.split(".")).with_suffix(".py")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(__file__).parent.parent / copy.relative_to(only), copy)
        # -I: no PYTHONPATH, no user site, and the runner's own folder (where `training` is) not on the path.
        # -S: nor what is installed beside the interpreter.
        options = ["-I", "-S", "-X", "utf8"]
        command = [sys.executable, *options, str(RUNNER.resolve()), script.stem, str(only), *map(str, libraries)]
        try:
            outcome = subprocess.run(  # noqa: S603 - the command is our own interpreter and script
                command,
                input=json.dumps(arguments),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
                check=False,
                cwd=work,
                env={**_environ(home, temporary), **(environ or {})},
                # Out of reach of the terminal of whoever called.
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            raise ProcessFailed(f"it did not end within {seconds:.0f} s.") from error
    with contextlib.suppress(ValueError):
        if outcome.returncode == 0:
            return json.loads(outcome.stdout)
    last_line = shown(outcome.stderr.strip().split("\n")[-1])
    raise ProcessFailed(last_line or f"the process ended with {outcome.returncode}")


def _installed() -> list[Path]:
    """Where the libraries lie that this process imports."""
    return [Path(place) for place in dict.fromkeys(map(sysconfig.get_path, ("purelib", "platlib")))]


def _environ(home: Path, temporary: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_OF_LIBRARIES)}
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)) | dict.fromkeys(
        ("HOME", "USERPROFILE"), str(home)
    )
    return {**kept, "PATH": os.defpath, **places}
