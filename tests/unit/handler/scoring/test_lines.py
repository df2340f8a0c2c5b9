"""Chunks, parts and refusals as JSON Lines: they say the same when they are read again, and score as rows do."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.api.body.strict_json import RepeatedNames
from handler.errors.base import Problem
from handler.scoring.failures import BrokenChunk
from handler.scoring.json_line import json_line, read_json_line
from handler.scoring.lines import ScoredLines, chunk_lines, read_part, read_refused, score_lines
from handler.scoring.outcome import Refusal
from handler.scoring.rows import answer_rows
from handler.serving.predictor import Predictor
from handler.settings import DEFAULT_MAX_ROWS
from tests.unit.handler.scoring.test_rows import SCALARS, row_texts

SOUND = [5.1, 3.5, 1.4, 0.2]
UNREAD = Refusal(400, "invalid_json", "The row is not JSON.", (Problem(0, None, "line 3 ends too soon"),))

texts = st.text(st.characters(codec=None), max_size=4)  # halves of surrogate pairs too
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(texts, inner, max_size=3)
        | st.dictionaries(texts, inner, min_size=1, max_size=3).map(RepeatedNames)
    ),
    max_leaves=6,
)


@settings(max_examples=50)
@given(json_values)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    line = json_line(value)
    assert b"\n" not in line
    again = read_json_line(line)
    assert (repr(again), types(again)) == (repr(value), types(value))


def types(value: Any) -> Any:
    if isinstance(value, dict):
        return type(value), [types(member) for member in value.values()]
    return (type(value), [types(member) for member in value]) if isinstance(value, list) else type(value)


def test_a_gap_that_is_nan_is_null_and_a_number_of_numpy_is_a_number() -> None:
    assert json_line({"a": [float("nan"), None, np.float64(0.1)]}) == b'{"a":[null,null,0.1]}'


@settings(max_examples=15)
@given(st.data())
def test_the_rows_of_a_chunk_are_answered_and_refused_as_rows_are_with_what_is_kept(
    iris_predictor: Predictor, data: st.DataObject
) -> None:
    names = [feature.name for feature in iris_predictor.manifest.features]
    drawn = row_texts(names, st.sampled_from(SCALARS)).map(lambda text: read_json_line(text.encode()))
    rows = data.draw(st.lists(st.just(SOUND) | st.just(UNREAD) | drawn, min_size=1, max_size=5))
    kept = [data.draw(st.dictionaries(texts, json_values, max_size=2)) for _ in rows]
    places = data.draw(st.lists(st.integers(0, 10**9), min_size=len(rows), max_size=len(rows), unique=True))
    scored = score_lines(iris_predictor, chunk_lines(zip(places, kept, rows, strict=True)))
    told = {row: (keep, answer) for row, keep, answer in read_part(scored.part)}
    refused = {row: (keep, refusal) for row, keep, refusal in read_refused(scored.refused)}
    assert (scored.answered, scored.refused_rows) == (len(told), len(refused))
    asked = [row for row in rows if not isinstance(row, Refusal)]
    outcome = answer_rows(iris_predictor, asked)
    answers, refusals = iter(outcome.answers), {}
    expected: dict[int, Any] = {}
    at = 0
    for place, keep, row in zip(places, kept, rows, strict=True):
        if isinstance(row, Refusal):
            refusals[place] = (keep, row)
            continue
        answer = next(answers)
        if answer is None:
            refusals[place] = (keep, outcome.refusals[at])
        else:
            expected[place] = (keep, answer)
        at += 1
    assert (repr(told), repr(refused)) == (repr(expected), repr(refusals))


def test_the_lines_are_of_the_form_that_is_described(iris_predictor: Predictor) -> None:
    chunk = b"""{"row": 4, "keep": {"id": "x"}, "features": [5.1, 3.5, 1.4, 0.2]}
{"row": 5, "keep": {}, "features": [5.1, 3.5, 1.4]}\r
{"row": 9, "keep": {}, "refusal": {"status": 400, "code": "invalid_json", "error": "no", "details": []}}"""
    scored = score_lines(iris_predictor, chunk)
    (part,) = [json.loads(line) for line in scored.part.splitlines()]
    assert {**part, "answer": part["answer"]["prediction"]} == {"row": 4, "keep": {"id": "x"}, "answer": "setosa"}
    short, unread = [json.loads(line) for line in scored.refused.splitlines()]
    problem = "expected 4 values, got 3"
    assert short == {
        "row": 5,
        "keep": {},
        "refusal": {
            "status": 422,
            "code": "invalid_features",
            "error": f"The values do not fit the model: row 0: {problem}.",
            "details": [{"feature": None, "problem": problem}],
        },
    }
    assert unread == json.loads(chunk.splitlines()[-1])
    assert (scored.answered, scored.refused_rows) == (1, 2)


def test_a_row_is_refused_however_deep_it_is(iris_predictor: Predictor) -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    chunk = chunk_lines([(0, {}, [deep, 1, 2, 3]), (1, {}, {"petal": deep}), (2, {}, SOUND)])
    scored = score_lines(iris_predictor, chunk)
    problems = [refusal.details[0].problem for _, _, refusal in read_refused(scored.refused)]
    assert problems[0] == "expected a number, got a list"
    assert scored.answered == 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b'{"row": 0, "keep": {}, "features": [1, 2, 3, 4]',
        b'{"row": 0, "keep": {}, "features": [NaN]}',
        b'{"row": 0, "keep": {}, "features": ["\xff"]}',
        b'{"row": -1, "keep": {}, "features": []}',
        b'{"row": true, "keep": {}, "features": []}',
        b'{"row": 0.5, "keep": {}, "features": []}',
        b'{"row": 0, "row": 1, "keep": {}, "features": []}',
        b'{"row": 0, "features": []}',
        b'{"row": 0, "keep": [], "features": []}',
        b'{"row": 0, "keep": {"a": 1, "a": 2}, "features": []}',
        b'{"row": 0, "keep": {}, "features": [], "more": 1}',
        b'{"row": 0, "keep": {}, "instances": []}',
        b'{"row": 0, "keep": {}, "refusal": {"status": 400, "code": "invalid_json", "error": "no"}}',
        b'{"row": 0, "keep": {}, "refusal": {"status": 400, "code": "a", "error": "b", "details": [{"feature": 1}]}}',
    ],
)
def test_a_line_of_another_form_is_the_chunk_s_fault_and_not_a_row_s(iris_predictor: Predictor, line: bytes) -> None:
    sound = chunk_lines([(7, {}, SOUND)])
    with pytest.raises(BrokenChunk, match=r"Line 2 |refusal of row 0"):
        score_lines(iris_predictor, sound + line + b"\n" + sound)


def test_a_chunk_without_lines_is_broken(iris_predictor: Predictor) -> None:
    with pytest.raises(BrokenChunk, match="no lines"):
        score_lines(iris_predictor, b"")


def test_it_is_asked_whether_to_go_on_before_each_block_of_rows(iris_predictor: Predictor) -> None:
    class Enough(Exception):
        pass

    asked: list[None] = []

    def proceed() -> None:
        asked.append(None)
        if len(asked) == 3:
            raise Enough

    chunk = chunk_lines((row, {}, SOUND) for row in range(2 * DEFAULT_MAX_ROWS + 1))
    with pytest.raises(Enough):
        score_lines(iris_predictor, chunk, proceed)
    whole = score_lines(iris_predictor, chunk)
    assert isinstance(whole, ScoredLines)
    assert [row for row, _, _ in read_part(whole.part)] == [*range(2 * DEFAULT_MAX_ROWS + 1)]
