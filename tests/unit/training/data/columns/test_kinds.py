"""A kind of column is declared once: what it takes, how its values are read, what is said of it, the option for it."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.training.tables import hints, read, said_of, table, taken
from training.cli.train import train
from training.data.columns.kind import ColumnReader, ColumnValues
from training.data.columns.kinds import KINDS, NamedColumns, TableChoices
from training.data.columns.number import Number
from training.data.table.survey import ColumnSurvey
from training.errors import InvalidTable
from training.fit.description import read_model_file

NUMBERS, WORDS, FLAGS = [1.5, 2.5] * 10, ["a", "b"] * 10, ["yes", "no", "yes", ""] * 5


class Flags(ColumnReader):
    def read(self, part: Any) -> NDArray[Any]:
        return np.array([text == "yes" if text else np.nan for text in part.to_pylist()], dtype=np.float64)


class NumberOrFlag(Number):
    """Takes what is a category otherwise, and reads it as 0 and 1."""

    contents = ("numbers", "booleans")

    def require(self, column: ColumnSurvey) -> None:
        if column.content == "texts":
            raise InvalidTable(f"{column.name} is neither a number nor a flag.")

    def reader(self, column: ColumnSurvey) -> ColumnReader:
        return Flags() if column.content == "booleans" else super().reader(column)

    def details(self, column: ColumnSurvey, note: str, read: ColumnValues) -> tuple[str, ...]:
        return (*super().details(column, note, read), f"{np.nanmean(read.values):.0%} of it true")


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_an_option_and_a_name_in_a_file(name: str, tmp_path: Path) -> None:
    assert name in {field.name for field in fields(NamedColumns)}
    assert f"--{name}" in {option for parameter in train.params for option in parameter.opts}
    description = tmp_path / "model.toml"
    description.write_text(f'name = "t"\n[data]\nsource = "t"\ntarget = "y"\n[features]\n{name} = ["x"]\n')
    assert read_model_file(description).features.named[name] == ("x",)


def test_nothing_but_kinds_and_what_is_left_out_can_name_columns() -> None:
    assert {field.name for field in fields(NamedColumns)} == {*KINDS, "drop"}


def test_a_column_that_is_named_for_a_kind_is_said_to_be_asked_for(tmp_path: Path) -> None:
    said = taken(table(tmp_path, ["x", "y"], [0, 1] * 10, WORDS), "y", "--category", "x")[1]
    assert said_of(said, "x") == "category: 2 values, as asked"


def test_a_kind_that_takes_other_contents_reads_and_says_them_in_its_own_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path, ["flag", "x", "y"], FLAGS, NUMBERS, WORDS)
    assert read(path, TableChoices("y"))[0].columns[0].categories == ("no", "yes")
    monkeypatch.setitem(KINDS, "number", NumberOrFlag())
    dataset, said = read(path, TableChoices("y"))
    assert np.array_equal(dataset.matrix(np.arange(4))[:, 0], [1, 0, 1, np.nan], equal_nan=True)
    assert dataset.dtype is np.float64
    assert said_of(said, "flag") == "number: 5 gaps, 67% of it true"
    assert read(path, TableChoices("y", category=("flag",)))[0].columns[0].categories == ("no", "yes")


def test_a_kind_refuses_what_it_cannot_take_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path, ["x", "y"], [*WORDS[:-1], "c"], WORDS)
    with pytest.raises(InvalidTable, match="'x' was to be a number, but holds 'a', 'b', 'c'") as refused:
        read(path, TableChoices("y", number=("x",)))
    assert hints(str(refused.value)) == []
    monkeypatch.setitem(KINDS, "number", NumberOrFlag())
    with pytest.raises(InvalidTable, match="x is neither a number nor a flag"):
        read(path, TableChoices("y", number=("x",)))
