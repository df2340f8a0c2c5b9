"""How rows are held is decided in one place."""

import ast
from pathlib import Path

import numpy as np
import pytest

import handler
from handler.rows.dtype import row_dtype

ROOT = Path(handler.__file__).parents[1]
SOURCES = [path for room in ("handler", "training") for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize(
    ("kinds", "dtype"), [(["number"] * 2, np.float64), (["number", "category"], object), (["category"], object)]
)
def test_numbers_alone_are_floats_and_a_text_makes_objects(kinds: list[str], dtype: type) -> None:
    assert row_dtype(kinds) is dtype


def test_no_other_file_chooses_between_floats_and_objects() -> None:
    choosing = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.IfExp)
        and {"np.float64", "object"} == {ast.unparse(node.body), ast.unparse(node.orelse)}
    }
    assert choosing == {"handler/rows/dtype.py"}
