"""An index that pandas wrote into a file is no feature: it says in which row something stood, and may give the answer
away."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.training.tables import hints, said_of, table, taken, write_csv
from training.errors import InvalidTable

ROWS = 40
ANSWERS = ["no", "yes"] * (ROWS // 2)


def parquet(tmp_path: Path, index_columns: Any, **columns: Any) -> Path:
    """A Parquet file with what pandas writes into its metadata (pandas developer docs, "Storing pandas DataFrame
    objects in Apache Parquet format")."""
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    metadata = None if index_columns is None else {b"pandas": json.dumps({"index_columns": index_columns}).encode()}
    path = tmp_path / "table.parquet"
    whole = pa.table({"x": [row / 2 for row in range(ROWS)], "y": ANSWERS, **columns})
    parquet.write_table(whole.replace_schema_metadata(metadata), path)
    return path


RANGE = {"kind": "range", "name": None, "start": 0, "stop": ROWS, "step": 1}


@pytest.mark.parametrize(
    ("index", "metadata"),
    [
        (("__index_level_0__",), ["__index_level_0__"]),
        (("customer",), ["customer"]),
        (("shop", "__index_level_1__"), ["shop", "__index_level_1__"]),
        (("__index_level_0__",), None),
    ],
)
def test_an_index_that_a_parquet_file_names_is_left_out_and_shown(
    tmp_path: Path, index: tuple[str, ...], metadata: Any
) -> None:
    path = parquet(tmp_path, metadata, **{name: range(ROWS) for name in index})
    dataset, said = taken(path, "y")
    assert [column.name for column in dataset.columns] == ["x"]
    for name in index:
        assert "left out" in said_of(said, name)
        assert "index" in said_of(said, name)


@pytest.mark.parametrize("metadata", [[RANGE], [], None, ["gone"], "broken", [None, 7]])
def test_metadata_that_names_no_column_leaves_none_out(tmp_path: Path, metadata: Any) -> None:
    dataset, _ = taken(parquet(tmp_path, metadata, z=range(ROWS)), "y")
    assert [column.name for column in dataset.columns] == ["x", "z"]


def test_an_index_that_is_named_in_an_option_is_used(tmp_path: Path) -> None:
    path = parquet(tmp_path, ["day", "shop"], day=range(ROWS), shop=["a", "b"] * (ROWS // 2))
    dataset, _ = taken(path, "y", "--number", "day", "--category", "shop")
    assert [column.name for column in dataset.columns] == ["x", "day", "shop"]
    assert taken(path, "shop")[0].target.classes == ("a", "b")


def test_an_index_can_be_dropped_by_name_too(tmp_path: Path) -> None:
    path = parquet(tmp_path, ["day"], day=range(ROWS), shop=["a", "b"] * (ROWS // 2))
    dataset, said = taken(path, "y", "--drop", "day", "--drop", "x")
    assert [column.name for column in dataset.columns] == ["shop"]
    assert said_of(said, "day") == ""
    with pytest.raises(InvalidTable, match="nothing to predict from"):
        taken(path, "y", "--drop", "shop", "--drop", "x")


def test_a_first_column_without_a_name_is_refused_as_the_index_of_pandas_and_can_be_dropped(tmp_path: Path) -> None:
    path = table(tmp_path, ["", "x", "y"], range(ROWS), range(ROWS), ANSWERS)
    with pytest.raises(InvalidTable, match=r"Column 1 of .* has no name.* pandas") as refused:
        taken(path, "y")
    dataset, _ = taken(path, "y", *hints(str(refused.value))[0])
    assert [column.name for column in dataset.columns] == ["x"]


def test_all_columns_without_a_name_are_dropped_together(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "t.csv", ["", " ", "x", "y", ""], [[r, r, r / 2, a, None] for r, a in enumerate(ANSWERS)]
    )
    with pytest.raises(InvalidTable, match=r"Column 1 of .* has no name"):
        taken(path, "y")
    assert [column.name for column in taken(path, "y", "--drop", "")[0].columns] == ["x"]


@pytest.mark.parametrize("name", ["Unnamed: 0", "Unnamed: 0.1", "index", "level_0", "row"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_column_that_counts_the_rows_is_pointed_out(tmp_path: Path, name: str, order: int) -> None:
    path = table(tmp_path, [name, "x", "y"], range(ROWS)[::order], [row / 2 for row in range(ROWS)], ANSWERS)
    dataset, said = taken(path, "y")
    assert [column.name for column in dataset.columns] == [name, "x"]
    told = said_of(said, name)
    assert "identify" in told or "index" in told
    assert [column.name for column in taken(path, "y", *hints(told)[0])[0].columns] == ["x"]


def test_a_long_column_that_counts_the_rows_is_pointed_out_too(tmp_path: Path) -> None:
    count = 2_500
    path = table(tmp_path, ["Unnamed: 0", "x", "y"], range(count), [r / 2 for r in range(count)], [0, 1] * (count // 2))
    assert "index" in said_of(taken(path, "y")[1], "Unnamed: 0")
