"""What a table's columns are taken as, and the one sentence that each unusable table gets."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.training.tables import NAMES, churn_csv, churn_rows, read, table
from training.data.columns.kinds import TableChoices
from training.data.columns.notes import Finding
from training.data.columns.reading import read_table
from training.data.table.source import CsvForm
from training.errors import InvalidTable

CHURN = TableChoices("churned")


def test_the_kinds_are_found_and_every_value_arrives(tmp_path: Path) -> None:
    dataset, _ = read(churn_csv(tmp_path), CHURN)
    rows = churn_rows()
    assert [(c.name, c.kind) for c in dataset.columns] == [
        ("age", "number"),
        ("income", "number"),
        ("plan", "category"),
        ("region", "category"),
        ("autopay", "category"),
        ("tickets", "number"),
    ]
    matrix = dataset.matrix(np.arange(dataset.rows))
    assert matrix.dtype == object
    for ours, theirs in zip(matrix.tolist(), rows, strict=True):
        assert [None if value != value else value for value in ours] == theirs[:-1]
    assert [dataset.target.classes[code] for code in dataset.y] == [row[-1] for row in rows]


def test_all_that_was_found_is_said(tmp_path: Path) -> None:
    said = {item.column: item.what for item in read(churn_csv(tmp_path), CHURN)[1]}
    assert set(said) == set(NAMES)
    assert said["churned"] == "the target, 2 classes: a classification"
    assert said["autopay"] == "category: 2 values, boolean"
    assert said["plan"].startswith("category: 3 values, ")
    assert "gaps" in said["age"]
    assert said["tickets"] == "number"


def test_parquet_gives_the_same_data_as_csv(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = churn_rows()
    columns = {name: [row[index] for row in rows] for index, name in enumerate(NAMES)}
    columns["autopay"] = [value == "yes" for value in columns["autopay"]]
    parquet.write_table(pa.table(columns), tmp_path / "churn.parquet")
    ours, theirs = read(tmp_path / "churn.parquet", CHURN)[0], read(churn_csv(tmp_path), CHURN)[0]
    assert ours.columns[4].categories == ("false", "true")
    for index, (one, other) in enumerate(zip(ours.columns, theirs.columns, strict=True)):
        assert one.kind == other.kind
        if index != 4:
            assert one.categories == other.categories
        assert np.array_equal(one.values, other.values, equal_nan=one.kind == "number")
    assert np.array_equal(ours.y, theirs.y)
    assert ours.target == theirs.target


def test_a_kind_is_decided_by_the_whole_column_and_not_by_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.data.table.source.BLOCK_BYTES", 4096)
    values: list[Any] = [*range(20_000), "unknown"]
    path = table(tmp_path, ["x", "y"], values, [row % 2 for row in range(20_001)])
    with pytest.raises(InvalidTable, match="'x' holds numbers, but also 'unknown'"):
        read(path, TableChoices("y"))
    with pytest.raises(InvalidTable, match="'x' was to be a number, but holds 'unknown'"):
        read(path, TableChoices("y", number=("x",)))
    dataset, _ = read(path, TableChoices("y"), CsvForm(missing=("unknown",)))
    assert dataset.columns[0].kind == "number"
    assert np.flatnonzero(dataset.columns[0].gaps).tolist() == [20_000]


@pytest.mark.parametrize("spelled", ["1", "-1", "+1", "1.", ".5", "1e5", "1.5E-3", "-0.0"])
def test_numbers_are_numbers_however_they_are_spelled(tmp_path: Path, spelled: str) -> None:
    dataset, _ = read(table(tmp_path, ["x", "y"], [spelled, "2"] * 5, [0, 1] * 5), TableChoices("y"))
    assert dataset.columns[0].values[:2].tolist() == [float(spelled), 2.0]


@pytest.mark.parametrize("spelled", ["inf", "0x10", "1_000", "1,5"])
def test_what_is_no_plain_number_makes_a_category(tmp_path: Path, spelled: str) -> None:
    dataset, _ = read(table(tmp_path, ["x", "y"], [spelled, "2"] * 5, [0, 1] * 5), TableChoices("y"))
    assert dataset.columns[0].categories == tuple(sorted([spelled, "2"]))


def test_kinds_can_be_overridden_and_columns_dropped(tmp_path: Path) -> None:
    dataset, _ = read(churn_csv(tmp_path), replace(CHURN, category=("tickets",), drop=("income", "plan")))
    assert [c.name for c in dataset.columns] == ["age", "region", "autopay", "tickets"]
    assert dataset.columns[-1].categories[:3] == ("0", "1", "2")


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["b", "a"] * 10, "classification", ("a", "b")),
        ([10, 9] * 10, "classification", ("9", "10")),
        ([0.5, 1.5] * 10, "regression", ()),
        (list(range(20)), "regression", ()),
        ([True, False] * 10, "classification", ("False", "True")),
    ],
)
def test_the_task_is_found_in_the_target(tmp_path: Path, values: list[Any], task: str, classes: Any) -> None:
    dataset, _ = read(table(tmp_path, ["x", "y"], [1.5, 2.5] * 10, values), TableChoices("y"))
    assert (dataset.task, dataset.target.classes) == (task, classes)


def test_the_task_can_be_forced(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], [1.5, 2.5] * 10, [10, 9] * 10)
    dataset, _ = read(path, TableChoices("y", task="regression"))
    assert dataset.y.tolist() == [10.0, 9.0] * 10
    path = table(tmp_path, ["x", "y"], [1.5, 2.5] * 10, list(range(20)))
    assert read(path, TableChoices("y", task="classification"))[0].target.classes[-1] == "19"


def test_rows_without_a_target_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], list(range(20)), [None, "a", "b", "a"] * 5)
    dataset, said = read(path, TableChoices("y"))
    assert (dataset.rows, dataset.columns[0].values[:3].tolist()) == (15, [1, 2, 3])
    assert said[-1] == Finding("y", "is missing in 5 rows, which are left out")


def test_a_sample_has_as_many_rows_as_asked_for_and_is_drawn_by_the_seed(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], list(range(1000)), [0.5 + value for value in range(1000)])
    choices = TableChoices("y", sample=100)
    first, again, other = (read_table(str(path), CsvForm(), choices, seed)[0] for seed in (1, 1, 2))
    assert (first.rows, len(set(first.y))) == (100, 100)
    assert (first.y == first.columns[0].values + 0.5).all()
    assert np.array_equal(first.y, again.y)
    assert not np.array_equal(first.y, other.y)


DATES = ["2024-01-31", "2024-01-31T10:00:00", "31/12/2024", "12/31/2024", "31.12.2024"]


@pytest.mark.parametrize("date", DATES)
def test_dates_are_refused_with_advice(tmp_path: Path, date: str) -> None:
    path = table(tmp_path, ["when", "y"], [date] * 10, [0, 1] * 5)
    with pytest.raises(InvalidTable, match=r"'when' holds dates.*days since.*--drop 'when'"):
        read(path, TableChoices("y"))
    assert read(path, TableChoices("y", category=("when",)))[0].columns[0].categories == (date,)


UNUSABLE = {
    "is empty": b"",
    "no rows": b"x,y\n",
    "two columns named 'x'": b"x,x,y\n1,2,3\n",
    "Column 2 of .* has no name": b"x,,y\n1,2,3\n",
    "has no column 'y'": b"x,z\n1,2\n",
    "separated by ';': add --delimiter ';'": b"x;y\n1;2\n",
    "Expected 2 columns, got 1": b"x,y\n1,2\n3\n",
    "is not utf-8: say which encoding": b"x,y\n\xe9,1\nb,2\n",
    "'x' is empty in every row": b"x,y\n,1\nNA,2\n",
    "one value in every row": b"x,y\n1,a\n2,a\n",
    "The target 'y' is empty": b"x,y\n1,\n2,\n",
    "The target 'y' holds dates": b"x,y\n1,2024-01-01\n2,2024-01-02\n",
    "no column beside the target": b"y\n1\n2\n",
    "a different text in each row": "\n".join(["x,y", *(f"id{row},{row % 2}" for row in range(30))]).encode(),
    "has 2,102 columns; .* up to 2,000": ",".join(["y", *(f"x{i}" for i in range(2101))]).encode() + b"\n",
}


@pytest.mark.parametrize("sentence", UNUSABLE)
def test_each_unusable_table_gets_one_clear_sentence(tmp_path: Path, sentence: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(UNUSABLE[sentence])
    with pytest.raises(InvalidTable, match=sentence) as raised:
        read(path, TableChoices("y"))
    assert "\n" not in str(raised.value)


def test_a_table_that_memory_would_not_hold_is_refused_with_the_sample_that_it_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.data.columns.reading.MAX_CELLS", 1000)
    path = table(tmp_path, ["x", "y"], list(range(600)), [0, 1] * 300)
    with pytest.raises(InvalidTable, match="--sample 500"):
        read(path, TableChoices("y"))
    assert read(path, TableChoices("y", sample=500))[0].rows == 500


def test_another_encoding_and_another_delimiter_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("x;y\né;1\nb;2\né;1\n".encode("latin-1"))
    dataset, _ = read(path, TableChoices("y"), CsvForm(delimiter=";", encoding="latin-1"))
    assert dataset.columns[0].categories == ("b", "é")
    with pytest.raises(InvalidTable, match="no encoding 'latin-77'"):
        read(path, TableChoices("y"), CsvForm(encoding="latin-77"))


def test_a_file_that_is_not_there_and_one_that_is_no_parquet_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTable, match="There is no file"):
        read(tmp_path / "none.csv", CHURN)
    (tmp_path / "x.parquet").write_bytes(b"x,y\n1,2\n")
    with pytest.raises(InvalidTable, match="cannot be read"):
        read(tmp_path / "x.parquet", CHURN)


@pytest.mark.parametrize("choices", [replace(CHURN, drop=("age",), number=("age",)), replace(CHURN, drop=("churned",))])
def test_a_column_cannot_be_named_twice(tmp_path: Path, choices: TableChoices) -> None:
    with pytest.raises(InvalidTable, match=r"named twice|is the target"):
        read(churn_csv(tmp_path), choices)
