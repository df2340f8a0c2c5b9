"""Runs a script of ours in a fresh interpreter that can import `handler` and its libraries.

It is what Lambda has: a model that needs more than that fails here, before anyone depends on it.
`training.release.proof` proves artifacts in it; `training.local.demo` has a cold function answer in it.

An artifact is code that somebody else may have written, so the process is given no credentials: a few variables that
libraries compute by, an empty home, an empty working folder, a session of its own. That is no sandbox. The process runs
as its user: it can read what that user can read (~/.aws too, if it looks the real home up), open connections, and on a
machine of AWS ask the instance's metadata endpoint for a role.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import handler
from training.console import shown

SECONDS = 600
"""How long a script may take: loading gigabytes takes minutes, and a process that hangs must not hang its caller."""

KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables by which an interpreter finds its own libraries and reads text."""

KEPT_OF_LIBRARIES = ("OMP_", "KMP_", "GOMP_", "OPENBLAS_", "MKL_", "BLIS_", "VECLIB_")
"""How the variables begin that say how many threads, and which kernels, OpenMP and a BLAS use."""


def run_isolated(
    script: Path,
    arguments: Sequence[str],
    standard_input: str = "",
    environ: Mapping[str, str] | None = None,
    modules: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """Run `script` with a copy of the `handler` package as its first path entry; its output is captured, as UTF-8.

    The script gets that entry as `sys.argv[1]`, then `arguments`. Of this process' environment it gets KEPT and
    KEPT_OF_LIBRARIES, beside them `environ`. Of `training` it can import `modules` alone, by their dotted names; they
    must need no others. Raises subprocess.TimeoutExpired after SECONDS.
    """
    with tempfile.TemporaryDirectory(prefix="handler-only-") as scratch:
        only, home, work, temporary = (Path(scratch, name) for name in ("only", "home", "work", "tmp"))
        for folder in (home, work, temporary):
            folder.mkdir()
        source = Path(handler.__file__).parent
        shutil.copytree(source, only / "handler", ignore=shutil.ignore_patterns("__pycache__", "requirements.*"))
        for module in modules:
            copy = only / Path(*module.split(".")).with_suffix(".py")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(__file__).parent.parent / copy.relative_to(only), copy)
        # -I: no PYTHONPATH, no user site, and the script's own folder (where `training` is) not on the path.
        command = [sys.executable, "-I", "-X", "utf8", str(script.resolve()), str(only), *arguments]
        return subprocess.run(  # noqa: S603 - the command is our own interpreter and script
            command,
            input=standard_input,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
            cwd=work,
            env={**_environ(home, temporary), **(environ or {})},
            # Out of reach of the terminal of whoever called.
            start_new_session=True,
        )


def last_words(outcome: subprocess.CompletedProcess[str]) -> str:
    """The last line that a script which failed wrote to standard error, fit for a terminal; else its exit code."""
    return shown(outcome.stderr.strip().split("\n")[-1]) or f"the process ended with {outcome.returncode}"


def _environ(home: Path, temporary: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_OF_LIBRARIES)}
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)) | dict.fromkeys(
        ("HOME", "USERPROFILE"), str(home)
    )
    return {**kept, "PATH": os.defpath, **places}
