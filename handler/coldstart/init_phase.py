"""What is left out of Lambda's init phase, so that it is over sooner. An entry imports this before anything else.

Importing a module of the handler does nothing; this module and the entries are the exceptions. It acts on Lambda alone,
and it must act before the imports that it makes cheaper. docs/cold-start.md has the figures.

The garbage collector is off while libraries are imported. They make some hundred thousand objects that stay for good,
and it would look through all of them, again and again. `libraries_imported` switches it on again, and freezes what is
there by then, or the first request would pay for a look through all of it. The model is loaded after that, and
collected like anything else once another one replaces it.
"""

import gc
import logging
import os
import time

from handler.coldstart.deferred_imports import defer_imports
from handler.coldstart.docstrings import keep_docstrings

ON_LAMBDA = "AWS_LAMBDA_RUNTIME_API" in os.environ
"""Set in the runtime's process alone (AWS Lambda Developer Guide, "Defined runtime environment variables")."""

IMPORTED = time.perf_counter()
"""When this module was imported, by a clock whose zero means nothing."""


def begin() -> None:
    """Make the imports that follow cheaper."""
    defer_imports()
    keep_docstrings()
    gc.disable()
    # Each log line would ask asyncio for the name of its task, and the first one import it. There are no tasks here
    # (Python documentation, "Logging HOWTO", "Optimization").
    logging.logAsyncioTasks = False  # type: ignore[attr-defined] # from Python 3.12 on


def libraries_imported() -> None:
    """End what `begin` began; does nothing where it was not called."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def seconds_of_process() -> float:
    """The seconds since this process began: the interpreter and Lambda's runtime are in it too.

    Linux says in hundredths of a second after its own start when a process began (proc_pid_stat(5), "starttime"; its
    clock is CLOCK_BOOTTIME). On a system that does not, these are the seconds since this module was imported.
    """
    from pathlib import Path  # not above, where it would come before imports are made cheaper

    try:
        # The name of the program stands in parentheses, and may itself hold blanks and parentheses.
        _, _, numbers = Path("/proc/self/stat").read_bytes().rpartition(b")")
        began = int(numbers.split()[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (OSError, AttributeError):
        return time.perf_counter() - IMPORTED


if ON_LAMBDA:
    begin()
