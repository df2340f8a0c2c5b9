"""Finds the sentences by which models are refused, in the code of the commands that bring and release them.

A sentence is a literal of the source, with `…` in the place of each value that is put into it. One in a `raise` always
counts; any other counts where it reads like a sentence, so that one that a function returns is found too.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ops.commands import ROOT

BRING_AND_RELEASE = (
    *("training/bring", "training/pickles", "training/code", "training/notebook", "training/folder"),
    *("training/release", "training/measuring", "training/isolation.py", "training/function_environment.py"),
    *("training/cli/package.py", "training/cli/releases.py", "training/s3.py"),
    "training/account.py",
    *("training/data/table/source.py", "training/data/table/fetching.py", "training/data/table/unreadable.py"),
    *("handler/registry/s3/errors.py", "handler/engines/versions.py"),
)
"""What `package`, `publish`, `promote` and `publish_model` run."""

TRAIN = (
    "training/data",
    "training/fit",
    "training/cli/train.py",
    "training/cli/options/tables.py",
    "training/dask_cluster.py",
)
"""What `train` runs beside what all of these run."""

OTHER_COMMANDS = ("prune.py", "verify.py", "history.py")
"""Modules of training/release that none of these commands asks."""

INTERNAL = ("Undecodable", "AssertionError", "ValueError", "EOFError", "ProcessFailed")
"""Exceptions whose text becomes a part of another sentence, or reaches no person."""


def refusals(places: Sequence[str] = BRING_AND_RELEASE) -> dict[str, str]:
    """Each sentence that is said in `places`, with the place of its source."""
    found = {}
    for file in _files(places):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for line, sentence in _sentences(tree):
            found[sentence] = f"{file.relative_to(ROOT)}:{line}"
    return found


def raised_classes(places: Sequence[str] = BRING_AND_RELEASE) -> set[str]:
    """The names of all that is raised by name there."""
    raised = set()
    for file in _files(places):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                raised.add(node.exc.func.id)
    return raised


def _files(places: Sequence[str]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        files = [path] if path.suffix else sorted(path.rglob("*.py"))
        yield from (file for file in files if file.name not in OTHER_COMMANDS)


def _sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    passed_over = set(_not_shown(tree))
    raised = set(_raised(tree))
    for node in ast.walk(tree):
        text = _text(node)
        if text is None or node in passed_over:
            continue
        reads_as_one = re.match(r"[A-Z…]|--", text) and len(text.split()) >= 5 and re.search(r"[.:;]", text)
        if (node in raised and len(text.split()) >= 3) or reads_as_one:
            yield node.lineno, " ".join(text.split())  # type: ignore[attr-defined]


def _raised(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = node.exc.func.id if isinstance(node.exc.func, ast.Name) else ""
            if name not in INTERNAL:
                yield from node.exc.args


def _not_shown(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, the parts of f-strings, help texts, and what internal exceptions say."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from (part for part in ast.walk(node) if part is not node)
        elif isinstance(node, ast.keyword) and node.arg == "help":
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in INTERNAL:
            yield from node.args


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        return re.sub("…+", "…", text)
    return None
