"""What a table's cells stand for before any kind is decided: without outer spaces, and which of them are gaps."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def trimmed_name(name: str) -> str:
    """A column's name without outer spaces, and without a byte order mark."""
    return name.strip().removeprefix("\ufeff").strip()


def trimmed(column: "pa.Array") -> "pa.Array":
    """Text without outer spaces (Unicode's), as pa.string(); numbers with null for what is not finite; else as it is.

    A dictionary is unpacked. A number that a file holds as inf or NaN is no value that a request could have.
    """
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if is_text(column.type):
        return compute.utf8_trim_whitespace(column.cast(pa.string()))
    if types.is_floating(column.type):
        return compute.if_else(compute.is_finite(column), column, None)
    return column


def is_text(arrow_type: Any) -> bool:
    """Whether the type is one of Arrow's for text."""
    from pyarrow import types

    return bool(types.is_string(arrow_type) or types.is_large_string(arrow_type) or types.is_string_view(arrow_type))


def gap_texts(column: "pa.Array", gaps: "pa.Array") -> dict[str, int]:
    """How often each of `gaps` but the empty text occurs."""
    from pyarrow import compute

    if not is_text(column.type):
        return {}
    found = column.filter(compute.is_in(column, gaps)).value_counts() if len(gaps) else []
    return {entry["values"]: entry["counts"] for entry in (value.as_py() for value in found) if entry["values"]}


def without_gaps(column: "pa.Array", gaps: "pa.Array") -> "pa.Array":
    """The column with null where its text is one of `gaps`."""
    import pyarrow as pa
    from pyarrow import compute

    if not is_text(column.type):
        return column
    are_gaps = compute.is_in(column, gaps)
    return compute.if_else(are_gaps, pa.scalar(None, column.type), column) if are_gaps.true_count else column
