"""One table gives the same rows from a CSV, from Parquet and from JSON Lines, and those that a client would send."""

import csv
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from handler.records.signature import Feature
from handler.rows.dtype import typed_rows
from tests.unit.training.scoring.reading.reads import read_file
from tests.unit.training.tables import churn_csv, read
from training.data.columns.kinds import TableChoices

FEATURES = (
    Feature("whole", "number", nullable=True),
    Feature("real", "number", nullable=True),
    Feature("plan", "category", nullable=True, categories=("", "NA", "é,\n", "pro")),
    Feature("code", "category", nullable=True, categories=(1, 2)),
    Feature("yes", "boolean", nullable=True),
    Feature("note", "text", nullable=True),
)

ROW = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.sampled_from(["NA", "é,\n", "pro"]),
    st.none() | st.integers(1, 3),
    st.none() | st.booleans(),
    st.none() | st.text("aé, ;\"'\n\u3042", max_size=4).map(lambda text: f"x{text}"),
)


def of_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@settings(max_examples=12)
@given(st.lists(ROW, min_size=1, max_size=7))
def test_rows_are_the_same_from_each_form_and_those_of_json(rows: list[tuple[Any, ...]]) -> None:
    names = [feature.name for feature in FEATURES]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"table.{suffix}") for suffix in ("csv", "parquet", "jsonl")]
        with paths[0].open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([names, *rows])
        parquet.write_table(pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), paths[1])
        lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows]
        paths[2].write_text("\n".join(lines), encoding="utf-8")
        read_rows = [read_file(path, FEATURES, rows=5) for path in paths]
    for form in read_rows:
        assert form.refused == {}
        assert form.sent == [list(of_json(row)) for row in rows]


@settings(max_examples=12)
@given(
    st.lists(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2), min_size=1)
)
def test_numbers_keep_their_bits_in_each_form(rows: list[list[float | None]]) -> None:
    features = FEATURES[:2]
    names = [feature.name for feature in features]
    expected = np.array(rows, dtype=np.float64)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"table.{suffix}") for suffix in ("csv", "parquet", "jsonl")]
        with paths[0].open("w", newline="") as file:
            csv.writer(file).writerows([names, *rows])
        parquet.write_table(pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), paths[1])
        paths[2].write_text("\n".join(map(json.dumps, rows)))
        read_rows = [read_file(path, features, rows=5) for path in paths]
    for form in read_rows:
        assert form.suspect == []
        assert np.array(form.numbers).tobytes() == np.where(np.isnan(expected), math.nan, expected).tobytes()


def test_a_table_gives_the_model_what_train_was_given_of_it(tmp_path: Path) -> None:
    path = churn_csv(tmp_path)
    dataset, _ = read(path, TableChoices("churned"))
    features = tuple(
        Feature(column.name, column.kind, nullable=True, categories=getattr(column, "categories", ()))
        for column in dataset.columns
    )
    given_to_train = dataset.matrix(np.arange(dataset.rows))
    scored = typed_rows(read_file(path, features, rows=100).sent, features)
    ours, theirs = (
        np.array([[value is None or value != value for value in row] for row in rows])
        for rows in (scored, given_to_train)
    )
    assert np.array_equal(ours, theirs)
    assert np.array_equal(scored[~ours], given_to_train[~ours])
