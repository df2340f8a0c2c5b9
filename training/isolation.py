"""Runs a script of ours in a fresh interpreter that can import `handler` and its libraries, and no `training`.

It is what Lambda has: a model that needs more than that fails here, before anyone depends on it. `training.proof`
proves artifacts in it; `training.demo` has a cold function answer in it.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import handler

SECONDS = 600
"""How long a script may take: loading gigabytes takes minutes, and a process that hangs must not hang its caller."""


def run_isolated(script: Path, arguments: Sequence[str], standard_input: str = "") -> subprocess.CompletedProcess[str]:
    """Run `script` with a copy of the `handler` package as its first path entry; its output is captured.

    The script gets that entry as `sys.argv[1]`, then `arguments`. Raises subprocess.TimeoutExpired after SECONDS.
    """
    with tempfile.TemporaryDirectory(prefix="handler-only-") as only:
        source = Path(handler.__file__).parent
        shutil.copytree(source, Path(only, "handler"), ignore=shutil.ignore_patterns("__pycache__", "requirements.*"))
        # -I: no PYTHONPATH, no user site, and the script's own folder (where `training` is) not on the path.
        command = [sys.executable, "-I", str(script), only, *arguments]
        return subprocess.run(  # noqa: S603 - the command is our own interpreter and script
            command, input=standard_input, capture_output=True, text=True, timeout=SECONDS, check=False
        )
