"""One table gives the same rows from a CSV, from Parquet and from JSON Lines, and those that a client would send."""

import csv
import json
import math
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from handler.records.signature import Feature
from handler.rows.dtype import typed_rows
from tests.unit.training.scoring.reading.reads import read_file
from tests.unit.training.tables import write_csv
from training.bring.frames.table_of_model.kinds import feature_of, json_rows
from training.bring.frames.table_of_model.known import Known
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.frames.table_of_model.reading import read_table as read_by_pandas
from training.data.columns.kinds import TableChoices
from training.data.columns.reading import read_table
from training.data.table.source import CsvForm

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


AWKWARD = {
    "age": ["1", "1.0", " 2 ", "3e2", "NA", "", "null", "-0"],
    "agreed": ["True", "true", "FALSE", "NA"],
    "town": ["a", " b", "c ", "NA", "é", "N/A", "None"],
    "size": ["1", "1.0", "01", "2", "2.50", "NA"],
    "grade": ["1", "1.0", "x", "2", "NULL"],
    "key": ["1e5", "100000", "x", "y", "z"],
    "won": ["Yes", "no", "NO"],
}


@pytest.mark.parametrize(
    "form",
    [CsvForm(), CsvForm(missing=("x",)), CsvForm(not_missing=("NA", "NULL"))],
    ids=["plain", "missing", "not missing"],
)
def test_a_table_gives_the_model_what_train_was_given_of_it(tmp_path: Path, form: CsvForm) -> None:
    draw = random.Random(0)  # noqa: S311 - drawn values, no secret
    rows = [[*map(draw.choice, AWKWARD.values()), str(place % 2)] for place in range(60)]
    path = write_csv(tmp_path / "a.csv", [*AWKWARD, "y"], rows)
    dataset, _ = read_table(str(path), form, TableChoices("y", category=("size",)), seed=0)
    features = tuple(
        Feature(column.name, column.kind, nullable=True, categories=getattr(column, "categories", ()))
        for column in dataset.columns
    )
    trained = dataset.matrix(np.arange(dataset.rows)).tolist()
    scored = typed_rows(read_file(path, features, form, rows=25).sent, features).tolist()
    assert list(map(_comparable, scored)) == list(map(_comparable, trained))
    assert {feature.kind for feature in features} == {"number", "category"}


AS_PANDAS_READS = """n,b,plan,code,note,i,k
1.5,True, pro,1,hello ,1,NaN
NA,TRUE,pro,2,é,2,x
None,false,,,a,3,None
<NA>,,team ,3,NULL,4,y
#NA,False,n/a,1,nan,5,<NA>
 7 ,true,"a,b",2, NA,6,1e5
1e100,true,N/A,2,?,-7,07
"""


@pytest.mark.parametrize(
    "form",
    [CsvForm(), CsvForm(missing=("?",)), CsvForm(not_missing=("NA", "nan"))],
    ids=["plain", "missing", "not missing"],
)
def test_a_table_gives_a_brought_model_what_pandas_read_of_it(tmp_path: Path, form: CsvForm) -> None:
    path = tmp_path / "a.csv"
    path.write_text(AS_PANDAS_READS, encoding="utf-8")
    read_by = TableForm(str(path), "a.csv", "a.csv", "", False, missing=form.missing, not_missing=form.not_missing)
    frame = read_by_pandas(read_by)
    known = {"code": Known(categories=[1, 2, 3]), "note": Known(is_text=True)}
    features = tuple(feature_of(frame[name], known.get(name, Known()), None, False) for name in frame.columns)
    assert {feature.kind for feature in features} == {"number", "boolean", "category", "text"}
    assert read_file(path, features, form, rows=4).sent == json_rows(frame, features)


def _comparable(row: list[Any]) -> list[Any]:
    return [None if value != value else value for value in row]
