"""Chunks and parts as JSON Lines, the form that they have on S3: UTF-8, one row a line.

    a chunk's:    {"row": 17, "keep": {"id": "x"}, "features": ROW}
    a part's:     {"row": 17, "keep": {"id": "x"}, "answer": {"prediction": 1.5}}
    what is refused, in a chunk already or after it was asked:
                  {"row": 17, "keep": {"id": "x"}, "refusal": {"status": 422, "code": "invalid_features", "error": "…",
                   "details": [{"feature": "age", "problem": "…"}]}}

`row` is the place in the table, from 0, `keep` what is carried through, and ROW a list or an object as in a request.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from handler.errors.base import Problem
from handler.errors.request import InvalidJson
from handler.records.decoding import Undecodable, decode
from handler.scoring.failures import BrokenChunk
from handler.scoring.json_line import json_line, read_json_line, shallow
from handler.scoring.outcome import Refusal
from handler.scoring.rows import answer_rows
from handler.serving.predictor import Predictor
from handler.settings import DEFAULT_MAX_ROWS

Kept = dict[str, Any]


@dataclass(frozen=True)
class ScoredLines:
    """The lines of the part and of what was refused, with how many each has."""

    part: bytes
    refused: bytes
    answered: int
    refused_rows: int


@dataclass(frozen=True)
class _Detail:
    feature: str | None
    problem: str


@dataclass(frozen=True)
class _Told:
    """A refusal as a line has it."""

    status: int
    code: str
    error: str
    details: tuple[_Detail, ...]


def chunk_lines(values: Iterable[tuple[int, Kept, Any]]) -> bytes:
    """The lines of a chunk: of each row its place, what is carried through, and the row or the Refusal of it."""
    return b"".join(
        _refused_line(row, keep, value) if isinstance(value, Refusal) else _asked_line(row, keep, value)
        for row, keep, value in values
    )


def score_lines(predictor: Predictor, chunk: bytes, proceed: Callable[[], None] = lambda: None) -> ScoredLines:
    """What becomes of the rows of `chunk`, in their order; `proceed` is called before each DEFAULT_MAX_ROWS of them.

    Raises BrokenChunk where a line is not of the form or there is none, and what `proceed` and `answer_rows` raise.
    """
    part, refused = io.BytesIO(), io.BytesIO()
    answered = refused_rows = 0
    rows = _chunk_rows(chunk)
    while block := [*islice(rows, DEFAULT_MAX_ROWS)]:
        proceed()
        asked = [value for _, _, value in block if not isinstance(value, Refusal)]
        outcome = answer_rows(predictor, asked)
        at = 0
        for row, keep, value in block:
            refusal: Refusal | None = value if isinstance(value, Refusal) else outcome.refusals.get(at)
            if refusal is None:
                part.write(json_line({"row": row, "keep": keep, "answer": outcome.answers[at]}) + b"\n")
                answered += 1
            else:
                refused.write(_refused_line(row, keep, refusal))
                refused_rows += 1
            at += not isinstance(value, Refusal)
    if not answered and not refused_rows:
        raise BrokenChunk("The chunk has no lines.")
    return ScoredLines(part.getvalue(), refused.getvalue(), answered, refused_rows)


def read_part(lines: bytes) -> Iterator[tuple[int, Kept, dict[str, Any]]]:
    """The place, what was carried through, and the answer of each row of a part; raises BrokenChunk."""
    for row, keep, (name, value) in _rows_of(lines, ("answer",)):
        if type(value) is not dict:
            raise BrokenChunk(f"The {name} of row {row} is no object.")
        yield row, keep, value


def read_refused(lines: bytes) -> Iterator[tuple[int, Kept, Refusal]]:
    """The same of the rows that were refused."""
    for row, keep, (_, value) in _rows_of(lines, ("refusal",)):
        yield row, keep, _refusal(row, value)


def _chunk_rows(chunk: bytes) -> Iterator[tuple[int, Kept, Any]]:
    for row, keep, (name, value) in _rows_of(chunk, ("features", "refusal")):
        yield row, keep, _refusal(row, value) if name == "refusal" else value


def _rows_of(lines: bytes, names: tuple[str, ...]) -> Iterator[tuple[int, Kept, tuple[str, Any]]]:
    """Of each line the place, what is carried through, and the one of `names` that it has with its value."""
    for number, line in enumerate(io.BytesIO(lines), 1):
        try:
            document = read_json_line(line)
        except InvalidJson:
            raise BrokenChunk(f"Line {number} is not JSON in UTF-8.") from None
        name = next((name for name in names if type(document) is dict and document.keys() == {"row", "keep", name}), "")
        if not name or type(document["row"]) is not int or document["row"] < 0 or type(document["keep"]) is not dict:
            raise BrokenChunk(
                f"Line {number} must be an object with 'row', a place from 0, 'keep', an object, and "
                f"{' or '.join(map(repr, names))}, and nothing else."
            )
        yield document["row"], document["keep"], (name, document[name])


def _asked_line(row: int, keep: Kept, value: Any) -> bytes:
    try:
        return json_line({"row": row, "keep": keep, "features": value}) + b"\n"
    except RecursionError:
        # Such a row is refused, and why does not hang on what lies that deep.
        return json_line({"row": row, "keep": keep, "features": shallow(value)}) + b"\n"


def _refusal(row: int, value: Any) -> Refusal:
    try:
        told = decode(_Told, value, "refusal")
    except Undecodable as error:
        raise BrokenChunk(f"The refusal of row {row} cannot be read: {error}.") from None
    problems = tuple(Problem(0, detail.feature, detail.problem) for detail in told.details)
    return Refusal(told.status, told.code, told.error, problems)


def _refused_line(row: int, keep: Kept, refusal: Refusal) -> bytes:
    details = [{"feature": problem.feature, "problem": problem.problem} for problem in refusal.details]
    told = {"status": refusal.status, "code": refusal.code, "error": refusal.error, "details": details}
    return json_line({"row": row, "keep": keep, "refusal": told}) + b"\n"
