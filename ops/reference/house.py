"""What each folder of the code says of itself, in the first line of its `__init__.py`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ops.commands import ROOT
from ops.reference.markdown import code, first_line, table

PRODUCT = ("handler", "training", "packager", "ops", "bench")


def packages(top: Path) -> Iterator[Path]:
    """The folder and the folders directly in it, those that hold modules."""
    yield from (path.parent for path in (top / "__init__.py", *sorted(top.glob("*/__init__.py"))))


def folders() -> str:
    """Every folder of the product, to the second level, with what lives there."""
    rows = []
    for top in PRODUCT:
        for folder in packages(ROOT / top):
            docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
            rows.append((code(f"{folder.relative_to(ROOT).as_posix()}/"), first_line(docstring)))
    return table(("folder", "what lives there"), rows)
