"""What a part says is what the answers are, in each format, and no name of a column stands twice."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from handler.errors.base import Problem
from handler.records.signature import Example, Target
from handler.registry.manifest import Manifest
from handler.scoring.outcome import Outcome, Refusal
from training.scoring.made import Format
from training.scoring.writing.columns import Column, columns_of, kept_names
from training.scoring.writing.encoding import encoded_answers, encoded_refusals

FLOATS = [0.1 + 0.2, 5e-324, -0.0, 1.7976931348623157e308, 1e22, 123456789012345680.0, 1 / 3]
COLUMNS = (Column("prediction", ("prediction",), str), Column("scores.a.b", ("scores", "a.b"), float))


def answers(values: list[float]) -> list[dict[str, Any]]:
    return [{"prediction": f'say "{place}",\nso', "scores": {"a.b": value}} for place, value in enumerate(values)]


def encoded(form: Format, outcome: Outcome, kept: pa.Table) -> bytes:
    rows = pa.array(range(10, 10 + len(outcome.answers)))
    return encoded_answers(form, rows, kept, outcome, COLUMNS)


def table(form: Format, data: bytes) -> dict[str, list[Any]]:
    """The columns as a reader of that format has them; of a CSV as texts."""
    if form == "parquet":
        return dict(parquet.read_table(io.BytesIO(data)).to_pydict())
    names, *rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_has_each_answer_in_columns_with_all_bits_of_a_float(form: Format) -> None:
    found = table(form, encoded(form, Outcome(answers(FLOATS), {}), pa.table({"id": [str(n) for n in range(7)]})))
    assert list(found) == ["row", "id", "prediction", "scores.a.b"]
    assert found["prediction"] == [answer["prediction"] for answer in answers(FLOATS)]
    assert np.array(list(map(float, found["scores.a.b"]))).tobytes() == np.array(FLOATS).tobytes()
    assert list(map(int, found["row"])) == list(range(10, 17))


def test_a_line_has_the_answer_as_a_request_would_have_it() -> None:
    data = encoded("jsonl", Outcome(answers(FLOATS), {}), pa.table({"id": [None, *range(6)]}))
    lines = [json.loads(line) for line in data.splitlines()]
    assert [line["answer"] for line in lines] == answers(FLOATS)
    assert lines[0] == {"row": 10, "keep": {"id": None}, "answer": answers(FLOATS)[0]}


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_refused_row_is_in_the_other_part_alone_with_its_reasons(form: Format) -> None:
    refusal = Refusal(422, "invalid_features", "No.", (Problem(0, "width", "too wide"), Problem(0, None, "odd")))
    outcome = Outcome([answers([1.0])[0], None, answers([2.0])[0]], {1: refusal})
    kept = pa.table({"id": ["a", "b", "c"], "code": [1, 2, 3]})
    rows = pa.array([10, 11, 12])
    part, refused = encoded(form, outcome, kept), encoded_refusals(form, rows, kept, outcome.refusals)
    details = [{"feature": "width", "problem": "too wide"}, {"feature": None, "problem": "odd"}]
    if form == "jsonl":
        assert [json.loads(line)["row"] for line in part.splitlines()] == [10, 12]
        said = {"status": 422, "code": "invalid_features", "error": "No.", "details": details}
        assert json.loads(refused) == {"row": 11, "keep": {"id": "b", "code": 2}, "refusal": said}
        return
    assert table(form, part)["id"] == ["a", "c"]
    found = {name: values[0] for name, values in table(form, refused).items()}
    assert list(found) == ["row", "id", "keep.code", "status", "code", "error", "details"]
    listed = json.loads(found.pop("details")) if form == "csv" else found.pop("details")
    assert listed == details
    assert list(map(str, found.values())) == ["11", "b", "2", "422", "invalid_features", "No."]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_part_whose_rows_were_all_refused_is_there_and_has_no_row(form: Format) -> None:
    outcome = Outcome([None], {0: Refusal(422, "invalid_features", "No.")})
    data = encoded(form, outcome, pa.table({"id": ["a"]}))
    assert data == b"" if form == "jsonl" else table(form, data) == {name: [] for name in table(form, data)}


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_values_of_every_type_are_carried_through(form: Format) -> None:
    moment = datetime(2026, 1, 31, 23, 0, tzinfo=UTC)
    kept = pa.table(
        {
            "list": pa.array([[1, None]]),
            "object": pa.array([{"a": "é"}]),
            "bytes": pa.array([b"\xff"]),
            "moment": pa.array([moment]),
            "price": pa.array([Decimal("1.10")]),
            "coded": pa.array(["x"]).dictionary_encode(),
            "gap": pa.array([None], pa.float64()),
            "empty": pa.array([""]),
        }
    )
    data = encoded(form, Outcome(answers([1.0]), {}), kept)
    if form == "parquet":
        assert parquet.read_table(io.BytesIO(data)).select(kept.column_names).to_pylist() == kept.to_pylist()
    elif form == "jsonl":
        plain = {"list": [1, None], "object": {"a": "é"}, "bytes": "/w==", "moment": "2026-01-31T23:00:00+00:00"}
        assert json.loads(data)["keep"] == {**plain, "price": "1.10", "coded": "x", "gap": None, "empty": ""}
    else:
        found = [values[0] for values in table(form, data).values()][1:9]
        assert found == ["[1, null]", '{"a": "é"}', "/w==", "2026-01-31 23:00:00.000000Z", "1.10", "x", "", ""]
        assert data.splitlines()[1].endswith(b'"x",,"","say ""0"",')  # a gap is no empty text


def test_the_columns_are_those_of_the_answers_of_the_version(iris_manifest: Manifest) -> None:
    names = [column.name for column in columns_of(iris_manifest)]
    assert names == [
        *("prediction", "prediction_index"),
        *(f"probabilities.{name}" for name in ("setosa", "versicolor", "virginica")),
    ]


def test_a_list_of_labels_and_the_number_of_a_cluster_have_columns_of_their_types(iris_manifest: Manifest) -> None:
    labels = replace(iris_manifest, task="multilabel", example=Example((), ("a", "b")))
    assert columns_of(labels)[0].array([{"prediction": ["a"]}, {"prediction": []}]).to_pylist() == [["a"], []]
    clusters = replace(iris_manifest, task="clustering", example=Example((), 2.0))
    assert columns_of(clusters)[0].array([{"prediction": 3}]).type == pa.int64()


def test_names_with_dots_that_would_be_one_column_are_kept_apart(iris_manifest: Manifest) -> None:
    several = replace(
        iris_manifest,
        task="several_targets",
        more_targets=(Target("a"),),
        example=Example((), {}, target_probabilities={"a.b": {"c": 0.5}, "a": {"b.c": 0.5}}),
    )
    names = [column.name for column in columns_of(several)]
    assert names == ['probabilities."a.b".c', 'probabilities.a."b.c"']


def test_a_kept_column_gives_way_to_one_of_the_file() -> None:
    assert kept_names(["id", "row", "keep.row"], ["row", "prediction"]) == ["id", "keep.row", "keep.keep.row"]
