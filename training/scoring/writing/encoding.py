"""Parts as CSV, JSON Lines or Parquet: what was answered in one, what was refused in another.

A float of a CSV is read back as the same 64 bits. JSON Lines have each answer as POST /predict gives it, in the form
that the function writes on S3 (`handler.scoring.lines`). The same rows give the same bytes.
"""

import base64
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handler.scoring.outcome import Outcome, Refusal
from training.scoring.made import Format
from training.scoring.writing.columns import REFUSAL, ROW, Column, kept_names

if TYPE_CHECKING:
    import pyarrow as pa


def encoded_answers(
    form: Format, rows: "pa.Array", kept: "pa.Table", outcome: Outcome, columns: Sequence[Column]
) -> bytes:
    """The part with all rows that were answered. `rows` and `kept` are of as many rows as `outcome` has."""
    answers = [answer for answer in outcome.answers if answer is not None]
    if len(answers) < len(outcome.answers):
        places = [place for place, answer in enumerate(outcome.answers) if answer is not None]
        rows, kept = rows.take(_places(places)), kept.take(_places(places))
    if form == "jsonl":
        return _lines(rows, kept, "answer", answers)
    return _table(form, rows, kept, {column.name: column.array(answers) for column in columns})


def encoded_refusals(form: Format, rows: "pa.Array", kept: "pa.Table", refusals: Mapping[int, Refusal]) -> bytes:
    """The part with all rows that were refused, by their places among `rows` and those of `kept`."""
    import pyarrow as pa

    places = sorted(refusals)
    rows, kept = rows.take(_places(places)), kept.take(_places(places))
    said = [_plain(refusals[place]) for place in places]
    if form == "jsonl":
        return _lines(rows, kept, "refusal", said)
    detail = pa.struct([("feature", pa.string()), ("problem", pa.string())])
    types = dict(zip(REFUSAL, (pa.int64(), pa.string(), pa.string(), pa.list_(detail)), strict=True))
    found = {name: pa.array([refusal[name] for refusal in said], kind) for name, kind in types.items()}
    return _table(form, rows, kept, found)


def _plain(refusal: Refusal) -> dict[str, Any]:
    """The refusal without the places of its problems, which are all of this row."""
    details = [{"feature": problem.feature, "problem": problem.problem} for problem in refusal.details]
    return {"status": refusal.status, "code": refusal.code, "error": refusal.error, "details": details}


def _places(places: list[int]) -> "pa.Array":
    import pyarrow as pa

    return pa.array(places, pa.int64())


def _table(form: Format, rows: "pa.Array", kept: "pa.Table", found: Mapping[str, "pa.Array"]) -> bytes:
    import pyarrow as pa

    names = kept_names(kept.column_names, [ROW, *found])
    table = pa.table([rows, *kept.columns, *found.values()], names=[ROW, *names, *found])
    written = io.BytesIO()
    if form == "parquet":
        from pyarrow import parquet

        parquet.write_table(table, written)
    else:
        from pyarrow import csv

        csv.write_csv(pa.table([_csv_column(column) for column in table.columns], names=table.column_names), written)
    return written.getvalue()


def _csv_column(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """The column as CSV can have it: what is no single value becomes JSON text."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _csv_column(column.cast(kind.value_type))
    if not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        return column
    texts = [None if value is None else _csv_text(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _csv_text(value: Any) -> str:
    return _text(value) if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=_text)


def _lines(rows: "pa.Array", kept: "pa.Table", name: str, values: Sequence[dict[str, Any]]) -> bytes:
    import orjson

    texts = (
        orjson.dumps({ROW: row, "keep": keep, name: value}, default=_text, option=orjson.OPT_APPEND_NEWLINE)
        for row, keep, value in zip(rows.to_pylist(), _kept_rows(kept), values, strict=True)
    )
    return b"".join(texts)


def _kept_rows(kept: "pa.Table") -> Iterator[dict[str, Any]]:
    names = kept.column_names
    if not names:
        return iter([{} for _ in range(kept.num_rows)])
    columns = [column.to_pylist() for column in kept.columns]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _text(value: Any) -> str:
    """What JSON has no form for (a decimal, a moment, bytes) as text."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
