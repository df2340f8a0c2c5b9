"""The pieces of Markdown that generated parts are made of."""

from collections.abc import Iterable

BAR = r"\|"
"""A bar within a cell."""


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(columns)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines)


def code(text: str | None) -> str:
    """`text` as code; nothing where there is none."""
    return f"`{text}`" if text else ""


def first_line(docstring: str | None) -> str:
    return (docstring or "").splitlines()[0]
