"""A text that was taken for a gap is shown where it may have been a value, and can be kept."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.training.tables import hints, said_of, table, taken
from training.errors import InvalidModelFile, InvalidTable
from training.fit.description import read_model_file

COUNTRIES = ["NA", "DE", "FR", "NA"] * 10
SPEND: list[Any] = ["1.5", "NA", "2.5", "3.5"] * 10
ANSWERS = ["yes", "no"] * 20


def test_the_texts_that_were_taken_for_gaps_are_shown_with_an_option_that_keeps_them(tmp_path: Path) -> None:
    countries = [*COUNTRIES[:38], "", "null"]
    path = table(tmp_path, ["country", "y"], countries, ANSWERS)
    told = said_of(taken(path, "y")[1], "country")
    assert "21 gaps" in told
    assert "19 'NA'" in told
    assert "1 'null'" in told
    options = [option for hint in hints(told) for option in hint]
    assert taken(path, "y", *options)[0].columns[0].categories == ("DE", "FR", "NA", "null")


def test_a_text_that_is_kept_is_a_value_of_texts_and_still_a_gap_among_numbers(tmp_path: Path) -> None:
    path = table(tmp_path, ["country", "spend", "y"], COUNTRIES, SPEND, ANSWERS)
    dataset, said = taken(path, "y", "--not-missing", "NA")
    assert dataset.columns[0].categories == ("DE", "FR", "NA")
    assert not dataset.columns[0].gaps.any()
    assert np.array_equal(dataset.columns[1].values[:4], [1.5, np.nan, 2.5, 3.5], equal_nan=True)
    assert "10 gaps" in said_of(said, "spend")


def test_a_class_that_was_taken_for_a_gap_is_shown_and_can_be_kept(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], range(40), COUNTRIES)
    dataset, said = taken(path, "y")
    assert dataset.target.classes == ("DE", "FR")
    assert "is missing in 20 rows, which are left out" in said_of(said, "y")
    assert "20 'NA'" in said_of(said, "y")
    kept, _ = taken(path, "y", *hints(said_of(said, "y"))[0])
    assert (kept.target.classes, kept.rows) == (("DE", "FR", "NA"), 40)


@pytest.mark.parametrize(("column", "other"), [("y", "one value in every row"), ("x", "is empty in every row")])
def test_a_refusal_that_gaps_may_have_caused_shows_them(tmp_path: Path, column: str, other: str) -> None:
    one = [0, 1] * 20
    values = {"y": ["NA", "EU"] * 20, "x": ["NA"] * 40}
    path = table(tmp_path, ["x", "y"], values["x"] if column == "x" else one, values["y"] if column == "y" else one)
    with pytest.raises(InvalidTable, match=rf"'{column}' .*{other}.*'NA'") as refused:
        taken(path, "y")
    assert ["--not-missing", "NA"] in hints(str(refused.value))


def test_numbers_named_as_numbers_keep_their_gaps(tmp_path: Path) -> None:
    path = table(tmp_path, ["spend", "y"], SPEND, ANSWERS)
    dataset, _ = taken(path, "y", "--not-missing", "NA", "--number", "spend")
    assert dataset.columns[0].gaps.sum() == 10
    dataset, _ = taken(path, "y", "--not-missing", "NA", "--category", "spend")
    assert dataset.columns[0].categories == ("1.5", "2.5", "3.5", "NA")


def test_a_file_can_keep_a_text_too(tmp_path: Path) -> None:
    description = tmp_path / "model.toml"
    description.write_text('name = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\nnot_missing = ["NA"]\n')
    assert vars(read_model_file(description).data)["not_missing"] == ("NA",)


@pytest.mark.parametrize("options", [["--not-missing", "none"], ["--not-missing", ""], ["--missing", "NA"]])
def test_what_is_no_gap_or_named_as_both_is_refused(tmp_path: Path, options: list[str]) -> None:
    path = table(tmp_path, ["x", "y"], range(40), COUNTRIES)
    with pytest.raises(InvalidModelFile, match="not_missing"):
        taken(path, "y", "--not-missing", "NA", *options)


def test_missing_holds_for_the_texts_of_a_parquet_file_too(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"x": COUNTRIES, "y": ANSWERS}), tmp_path / "t.parquet")
    assert taken(tmp_path / "t.parquet", "y", "--not-missing", "NA")[0].columns[0].categories == ("DE", "FR", "NA")
    assert taken(tmp_path / "t.parquet", "y", "--missing", "NA")[0].columns[0].gaps.sum() == 20
