"""One value is one value, however it is spelled: outer spaces, equal numbers, and words that differ in case alone."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.training.tables import read, said_of, table, taken, write_csv
from training.data.columns.kinds import TableChoices
from training.errors import InvalidTable

Y = TableChoices("y")


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0", "\u202f", "  "])
def test_outer_spaces_belong_neither_to_names_nor_to_values(tmp_path: Path, space: str) -> None:
    rows = [["12.5", "pro", "yes"], ["NA", "free", "no"], ["", "NA", "no"]] * 10
    padded = [[f"{space}{value}{space}" for value in row] for row in rows]
    path = write_csv(tmp_path / "table.csv", ["months", f"{space}plan", f"{space}y{space}"], padded)
    dataset, _ = read(path, Y)
    assert [column.name for column in dataset.columns] == ["months", "plan"]
    assert np.array_equal(dataset.columns[0].values[:3], [12.5, np.nan, np.nan], equal_nan=True)
    assert (dataset.columns[1].categories, dataset.target.classes) == (("free", "pro"), ("no", "yes"))
    assert dataset.columns[1].gaps.sum() == 10


def test_outer_spaces_of_a_parquet_file_are_no_part_of_it_either(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {
        " x": ["1.5 ", " 2.5"] * 10,
        "d": pa.array(["a", "a ", "b", "b"] * 5).dictionary_encode(),
        "y": pa.array([" no", "yes"] * 10, pa.large_string()),
    }
    parquet.write_table(pa.table(columns), tmp_path / "table.parquet")
    dataset, _ = read(tmp_path / "table.parquet", Y)
    assert (dataset.columns[0].name, dataset.columns[0].values[:2].tolist()) == ("x", [1.5, 2.5])
    assert dataset.columns[1].categories == ("a", "b")
    assert dataset.target.classes == ("no", "yes")


def test_options_name_columns_without_their_outer_spaces_or_with_them(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", ["x", " z", " y"], [[1, 2, "a"], [2, 3, "b"]] * 10)
    for options in (("--drop", " z"), ("--drop", "z")):
        dataset, _ = taken(path, "y", *options)
        assert [column.name for column in dataset.columns] == ["x"]


def test_two_names_that_differ_in_outer_spaces_alone_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", ["x", " x", "y"], [[1, 2, 0], [2, 3, 1]] * 10)
    with pytest.raises(InvalidTable, match="two columns named 'x'"):
        read(path, Y)


@pytest.mark.parametrize("head", ['x, "plan",y', "x, plan,y", 'x,y, "plan"'])
def test_quotation_marks_after_a_space_are_refused(tmp_path: Path, head: str) -> None:
    path = tmp_path / "t.csv"
    rows = [f'{row}, "{"pro" if row % 3 else "free"}", {row % 2}' for row in range(30)]
    path.write_text("\n".join([head, *rows, ""]))
    with pytest.raises(InvalidTable, match="leave no space between a delimiter and a quotation mark"):
        read(path, Y)


def test_a_byte_order_mark_belongs_to_no_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffy,x\n0,1\n1,2\n".encode())
    assert read(path, Y)[0].target.name == "y"


@pytest.mark.parametrize(
    ("spelled", "classes"),
    [
        (["0", "1", "1.0"], ("0", "1")),
        (["1.0", "1.00", "2"], ("1.0", "2")),
        (["01", "1", "2"], ("1", "2")),
        (["-0", "0", "1e0", "1"], ("0", "1")),
    ],
)
def test_equal_numbers_are_one_class_and_so_many_are_said(
    tmp_path: Path, spelled: list[str], classes: tuple[str, ...]
) -> None:
    values = (spelled * 60)[:60]
    dataset, said = read(table(tmp_path, ["x", "y"], range(60), values), Y)
    assert dataset.target.classes == classes
    assert [float(classes[code]) for code in dataset.y] == [float(value) for value in values]
    assert f"{len(classes)} classes" in said_of(said, "y")
    assert "several spellings" in said_of(said, "y")


def test_equal_numbers_are_one_category(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], ["1", "1.0", "2"] * 20, ["a", "b"] * 30)
    dataset, said = read(path, TableChoices("y", category=("x",)))
    assert dataset.columns[0].categories == ("1", "2")
    assert dataset.columns[0].values[:3].tolist() == [0, 0, 1]
    assert "2 values" in said_of(said, "x")


def test_equal_numbers_beside_a_word_are_one_category_and_codes_are_not(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], ["1", "1.0", "2", "unknown"] * 15, ["a", "b"] * 30)
    assert read(path, Y)[0].columns[0].categories == ("1", "2", "unknown")
    path = table(tmp_path, ["x", "y"], ["1e2", "100", "A1", "B2", "C3", "D4"] * 10, ["a", "b"] * 30)
    assert read(path, Y)[0].columns[0].categories == ("100", "1e2", "A1", "B2", "C3", "D4")


def test_numbers_too_large_for_a_float_stay_apart(tmp_path: Path) -> None:
    ids = ["90071992547409931", "90071992547409932"]
    dataset, _ = read(table(tmp_path, ["x", "y"], ids * 20, ["a", "b"] * 20), TableChoices("y", category=("x",)))
    assert dataset.columns[0].categories == tuple(ids)


def test_booleans_that_differ_in_case_are_one(tmp_path: Path) -> None:
    values = ["True", "FALSE", "True", "false", "TRUE", "false"] * 10
    dataset, said = read(table(tmp_path, ["x", "y"], range(60), values), Y)
    assert dataset.target.classes == ("True", "false")
    assert [dataset.target.classes[code].lower() for code in dataset.y] == [value.lower() for value in values]
    assert "2 classes" in said_of(said, "y")


@pytest.mark.parametrize("pair", [("Pro", "pro"), ("süd", "su\u0308d"), ("a b", "a  b")])
def test_texts_that_look_alike_are_shown_and_stay_apart(tmp_path: Path, pair: tuple[str, str]) -> None:
    dataset, said = read(table(tmp_path, ["x", "y"], [*pair] * 30, ["a", "b"] * 30), Y)
    assert len(dataset.columns[0].categories) == 2
    assert "look alike" in said_of(said, "x")


@pytest.mark.parametrize(
    ("values", "classes"),
    [([0, 1], ("0", "1")), ([0.0, 1.5], ("0", "1.5")), ([Decimal("0.00"), Decimal("1.00")], ("0.00", "1.00"))],
)
def test_the_classes_of_a_typed_column_are_as_many_as_it_has_values(
    tmp_path: Path, values: list[Any], classes: tuple[str, ...]
) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"x": range(20), "y": values * 10}), tmp_path / "t.parquet")
    choices = TableChoices("y", task="classification")
    assert read(tmp_path / "t.parquet", choices)[0].target.classes == classes


@pytest.mark.parametrize("rows", [20, 200, 1001])
def test_a_category_that_differs_in_nearly_each_row_is_pointed_out(tmp_path: Path, rows: int) -> None:
    texts = [f"id{max(row, 1)}" for row in range(rows)]
    _, said = read(table(tmp_path, ["x", "y"], texts, [row % 2 for row in range(rows)]), Y)
    assert "identif" in said_of(said, "x")
    assert "--drop 'x'" in said_of(said, "x")


@pytest.mark.parametrize("rows", [20, 800])
def test_whole_numbers_that_differ_in_each_row_are_pointed_out(tmp_path: Path, rows: int) -> None:
    _, said = read(table(tmp_path, ["x", "y"], range(7, rows + 7), [row % 2 for row in range(rows)]), Y)
    assert "if they only identify rows, leave the column out with --drop" in said_of(said, "x")
