"""A Parquet file is read as its columns are typed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from handler.records.signature import Feature
from tests.unit.training.scoring.reading.reads import MONTHS, PLAN, SPEND, read_file
from training.data.table.source import CsvForm
from training.errors import InvalidTable


def test_numbers_of_every_type_arrive_and_infinity_is_no_gap(tmp_path: Path) -> None:
    exact = Decimal("0.1000000000000000055511151231257827")
    columns = {
        "int": pa.array([2**53 + 1, None, -1], pa.int64()),
        "unsigned": pa.array([2**64 - 1, None, 0], pa.uint64()),
        "float": pa.array([0.1, float("nan"), float("inf")]),
        "small": pa.array([0.5, None, float("-inf")], pa.float32()),
        "decimal": pa.array([exact, None, Decimal(2)], pa.decimal128(38, 34)),
        "null": pa.nulls(3),
        "text": pa.array(["1.50", None, "x"], pa.string_view()),
        "coded": pa.array(["7", None, "8"]).dictionary_encode(),
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    read = read_file(
        tmp_path / "a.parquet", tuple(Feature(name, "number", True) for name in columns), keep=["coded", "text"]
    )
    assert read.sent == [
        [2**53 + 1, 2**64 - 1, 0.1, 0.5, 0.1, None, 1.5, 7],
        [None] * 8,
        [-1, 0, "inf", "-inf", 2.0, None, "x", 8],
    ]
    assert read.numbers[0][:5] == [float(2**53 + 1), 2.0**64, 0.1, 0.5, 0.1]
    assert read.suspect == [2]
    assert [row["coded"] for row in read.kept] == ["7", None, "8"]


def test_other_kinds_have_their_values_from_typed_columns(tmp_path: Path) -> None:
    features = (
        Feature("code", "category", categories=(1, 2)),
        Feature("yes", "boolean"),
        Feature("flag", "category", categories=("false", "true")),
        Feature("day", "category", categories=("2024-01-02",)),
        Feature("note", "text"),
    )
    columns: dict[str, Any] = {
        "code": pa.array([1.0, float("nan"), 2.5]),
        "yes": pa.array([True, None, False]),
        "flag": pa.array([True, None, False]),
        "day": pa.array([19724, None, 0], pa.date32()),
        "note": pa.array(["NA", "?", ""], pa.large_string()),
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.pq")
    assert read_file(tmp_path / "a.pq", features, CsvForm(missing=("?",))).sent == [
        [1, True, "true", "2024-01-02", "NA"],
        [None, None, None, None, None],
        [2.5, False, "false", "1970-01-01", ""],
    ]


def test_columns_are_found_by_name_and_others_are_not_read(tmp_path: Path) -> None:
    table = pa.table({"plan": ["pro"], "a.b": [1.5], "nested": [[1]], "spend": [2], "__index_level_0__": [9]})
    parquet.write_table(table, tmp_path / "a.parquet")
    read = read_file(tmp_path / "a.parquet", (SPEND, Feature("a.b", "number"), PLAN), keep=["*"])
    assert read.sent == [[2, 1.5, "pro"]]
    assert read.kept == table.to_pylist()


@pytest.mark.parametrize(
    ("column", "held"),
    [(pa.array([0], pa.timestamp("us")), "dates or times"), (pa.array([[1]]), "list<"), (pa.array([b"x"]), "binary")],
    ids=["dates", "lists", "bytes"],
)
def test_a_feature_that_no_request_could_have_is_refused_at_once(tmp_path: Path, column: pa.Array, held: str) -> None:
    parquet.write_table(pa.table({"months": column}), tmp_path / "a.parquet")
    with pytest.raises(InvalidTable, match=f"'months' of .*a.parquet holds .*{held}.*takes a number"):
        read_file(tmp_path / "a.parquet", (MONTHS,))


def test_row_groups_of_any_size_become_chunks_of_one_size(tmp_path: Path) -> None:
    table = pa.table({"months": list(range(100)), "spend": [0.5] * 100})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=7)
    read = read_file(tmp_path / "a.parquet", (MONTHS, SPEND), rows=33)
    assert read.counts == [33, 33, 33, 1]
    assert [row[0] for row in read.numbers] == read.places == list(range(100))


def test_no_parquet_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"months\n1\n")
    with pytest.raises(InvalidTable, match=r"a\.parquet cannot be read: "):
        read_file(tmp_path / "a.parquet", (MONTHS,))
    (tmp_path / "a.parquet").write_bytes(b"")
    with pytest.raises(InvalidTable, match="is empty"):
        read_file(tmp_path / "a.parquet", (MONTHS,))
