"""What an isolated process does to prove a version: it loads it from a directory registry with what Lambda has."""

from handler.coldstart.deferred_imports import defer_imports
from handler.coldstart.docstrings import keep_docstrings


def main(registry: str, version: str) -> None:
    # As in Lambda's init phase, and before scikit-learn is imported: a proof means what the function does.
    defer_imports()
    keep_docstrings()
    from training.release.loaded_version import load_version

    load_version(registry, version)
