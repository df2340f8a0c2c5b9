"""Numbers that a table spells with marks never become categories or classes unless the person says so."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.unit.training.tables import hints, read, said_of, spec_of, table, taken
from training.data.columns.kinds import TableChoices
from training.errors import InvalidModelFile, InvalidTable
from training.fit.description import read_model_file
from training.fit.fitting import load_data

ROWS = 60
NUMBERS = [round(float(value), 2) for value in np.random.default_rng(0).normal(3_000, 2_000, ROWS)]
NUMBERS[:3] = [1234.5, 9876543.25, 12.0]
CLASSES = ["yes", "no", "no"] * (ROWS // 3)


def grouped(value: float, thousands: str, decimal: str) -> str:
    return f"{value:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)


MARKS = [
    (",", "."),
    (".", ","),
    ("'", "."),
    ("\u2019", "."),
    (" ", ","),
    ("\u00a0", ","),
    ("\u202f", ","),
    ("_", "."),
    ("", ","),
]


@pytest.mark.parametrize(("thousands", "decimal"), MARKS)
def test_marked_numbers_are_refused_with_the_options_that_read_them(
    tmp_path: Path, thousands: str, decimal: str
) -> None:
    path = table(tmp_path, ["spend", "y"], [grouped(value, thousands, decimal) for value in NUMBERS], CLASSES)
    with pytest.raises(InvalidTable, match=r"'spend' holds numbers with marks, as in .1") as refused:
        taken(path, "y")
    dataset, _ = taken(path, "y", *hints(str(refused.value))[0])
    assert dataset.columns[0].values.tolist() == NUMBERS


def test_a_marked_target_is_refused_until_its_marks_are_named(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "price"], NUMBERS, [f"{row * 500:,}" for row in range(ROWS)])
    for options in ((), ("--task", "regression")):
        with pytest.raises(InvalidTable, match="'price' holds numbers with marks") as refused:
            taken(path, "price", *options)
    dataset, _ = taken(path, "price", *hints(str(refused.value))[0])
    assert dataset.task == "regression"
    assert dataset.y.tolist() == [row * 500.0 for row in range(ROWS)]
    assert taken(path, "price", "--task", "classification")[0].target.classes[0] == "0"


def test_a_mark_that_may_be_either_is_offered_as_both(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], [f"{row + 1},{row + 100}" for row in range(ROWS)], CLASSES)
    with pytest.raises(InvalidTable, match="'1,100'") as refused:
        taken(path, "y")
    thousands, decimal = hints(str(refused.value))[:2]
    assert taken(path, "y", *thousands)[0].columns[0].values[0] == 1100
    assert taken(path, "y", *decimal)[0].columns[0].values[0] == 1.1


@pytest.mark.parametrize("marked", [0, 30_000])
def test_a_column_of_which_one_value_has_a_mark_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marked: int
) -> None:
    monkeypatch.setattr("training.data.table.source.BLOCK_BYTES", 4096)
    values = [f"{row}.5" for row in range(30_001)]
    values[marked] = "1,234.5"
    path = table(tmp_path, ["x", "y"], values, [row % 2 for row in range(30_001)])
    with pytest.raises(InvalidTable, match=r"as in '1,234\.5'.*--thousands ','"):
        read(path, TableChoices("y"))
    assert taken(path, "y", "--thousands", ",")[0].columns[0].kind == "number"


DECORATED: dict[str, Callable[[int], str]] = {
    "'$'": lambda row: f"${row:,}",
    "'€'": lambda row: f"€ {row}",
    "'EUR'": lambda row: f"{row} EUR",
    "'%'": lambda row: f"{row}.5%",
    "' %'": lambda row: f"{row} %",
    "'-' after it": lambda row: f"{row}-" if row % 2 else f"{row}",
    "'()'": lambda row: f"({row})" if row % 2 else f"{row}",
    "'\u2212'": lambda row: f"\u2212{row}",
    "hexadecimal": lambda row: f"0x{row:x}",
    "'kg'": lambda row: f"{row} kg",
}


@pytest.mark.parametrize("mark", DECORATED)
def test_a_mark_that_no_option_reads_is_refused_with_what_to_do(tmp_path: Path, mark: str) -> None:
    path = table(tmp_path, ["x", "y"], [DECORATED[mark](row // 2 + 1000) for row in range(ROWS)], CLASSES)
    with pytest.raises(InvalidTable, match="'x' holds ") as refused:
        taken(path, "y")
    assert mark.strip("'") in str(refused.value)
    assert ["--category", "x"] in hints(str(refused.value))
    assert len(taken(path, "y", "--category", "x")[0].columns[0].categories) == ROWS // 2
    with pytest.raises(InvalidTable, match="nothing to predict from"):
        taken(path, "y", *next(hint for hint in hints(str(refused.value)) if hint[0] == "--drop"))


def test_a_parquet_file_of_marked_texts_is_refused_and_read_alike(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "table.parquet"
    parquet.write_table(pa.table({"x": [f" {row:,} " for row in range(990, 1050)], "y": CLASSES}), path)
    with pytest.raises(InvalidTable, match="with marks, as in '1,000'") as refused:
        taken(path, "y")
    assert taken(path, "y", *hints(str(refused.value))[0])[0].columns[0].values[10] == 1000


def test_a_category_that_is_mostly_marked_numbers_is_pointed_out(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], [*(f"{row // 2:,}" for row in range(2000, 2059)), "unknown"], CLASSES)
    _, said = taken(path, "y")
    assert "because of 'unknown'" in said_of(said, "x")
    dataset, _ = taken(path, "y", *hints(said_of(said, "x"))[0])
    assert dataset.columns[0].values[0] == 1000


def test_no_option_is_offered_that_would_be_refused(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], [f"${row}.5" for row in range(ROWS)], CLASSES)
    with pytest.raises(InvalidTable, match=r"'x' holds numbers with marks, as in '\$0\.5'") as refused:
        taken(path, "y")
    assert hints(str(refused.value)) == [["--drop", "x"]]
    with pytest.raises(InvalidTable, match="a different text in each row"):
        taken(path, "y", "--category", "x")


def test_two_ways_of_writing_numbers_in_one_file_are_refused_as_such(tmp_path: Path) -> None:
    comma, dot = [f"{row},5" for row in range(ROWS)], [f"{row}.5" for row in range(ROWS)]
    path = table(tmp_path, ["a", "b", "y"], comma, dot, CLASSES)
    with pytest.raises(InvalidTable, match=r"'b' holds numbers with marks.*hold for the whole file"):
        taken(path, "y", "--decimal", ",")


@pytest.mark.parametrize(
    "values",
    [["1,2,3", "4,5"], ["10.0.0.1", "10.0.0.2"], ["1.20.3", "1.21.4"], ["a1", "b2"], ["18-25", "26-35", "65+"]],
)
def test_what_is_no_number_without_its_marks_stays_a_category(tmp_path: Path, values: list[str]) -> None:
    column = (values * ROWS)[:ROWS]
    dataset, _ = read(table(tmp_path, ["x", "y"], column, CLASSES), TableChoices("y"))
    assert dataset.columns[0].categories == tuple(sorted(values))


def test_leading_zeros_are_numbers_as_ever(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], [f"{row:04}" for row in range(ROWS)], CLASSES)
    assert read(path, TableChoices("y"))[0].columns[0].values.tolist() == list(range(ROWS))


@pytest.mark.parametrize("spelled", ["1,2,3", "12,34", "1,2345", "01,234", ",123", "1,,234"])
def test_thousands_are_in_groups_of_three(tmp_path: Path, spelled: str) -> None:
    path = table(tmp_path, ["x", "y"], [spelled, *(f"{row},000" for row in range(1, ROWS))], CLASSES)
    with pytest.raises(InvalidTable, match="was to be a number"):
        taken(path, "y", "--thousands", ",", "--number", "x")


@pytest.mark.parametrize(
    ("spelled", "number"), [("1,00,000", 1e5), ("12,34,567.5", 1234567.5), ("-1,234e2", -123400.0)]
)
def test_indian_groups_signs_and_exponents_are_numbers(tmp_path: Path, spelled: str, number: float) -> None:
    path = table(tmp_path, ["x", "y"], [spelled, *range(1, ROWS)], CLASSES)
    assert taken(path, "y", "--thousands", ",")[0].columns[0].values[0] == number


@pytest.mark.parametrize(
    "options",
    [
        ["--decimal", "5"],
        ["--decimal", "x"],
        ["--decimal", "-"],
        ["--decimal", ""],
        ["--decimal", ",,"],
        ["--thousands", "12"],
        ["--thousands", "e"],
        ["--thousands", "."],
        ["--decimal", ",", "--thousands", ","],
        ["--decimal", " "],
    ],
)
def test_a_mark_that_could_be_none_is_refused(tmp_path: Path, options: list[str]) -> None:
    with pytest.raises(InvalidModelFile, match=r"decimal|thousands"):
        spec_of(tmp_path / "t.csv", "y", *options)


def test_a_file_can_name_the_marks_too(tmp_path: Path) -> None:
    table(tmp_path, ["x", "y"], [grouped(value, ".", ",") for value in NUMBERS], CLASSES)
    description = tmp_path / "model.toml"
    marks = "decimal = ','\nthousands = '.'\n"
    description.write_text(f'name = "t"\n[data]\nsource = "table.csv"\ntarget = "y"\n{marks}')
    dataset, _ = load_data(read_model_file(description), 0)
    assert dataset.columns[0].values.tolist() == NUMBERS
