"""A table says the kinds of the features, proves the graph on its rows, and holds the true answers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.unit.training.bring.onnx.made import FLOAT, INT64, STRING, constant, ml, model, node, value
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.held.refused import Refused
from training.bring.onnx.graph_model import notes_on
from training.bring.onnx.graph_process import GraphInspected, inspect_graph
from training.bring.stated import Said, Stated, parse_features
from training.errors import UnpackableArtifact

TABLE = pd.DataFrame(
    {
        "id": [7, 8, 9, 10],
        "colour": ["red", "blue", None, "red"],
        "size": [1.5, 2.5, 3.5, 4.5],
        "price": [1.5 + 20, 2.5 + 10, 3.5 + 90, 4.5 + 20],
    }
)


def priced() -> Any:
    """The size, and ten times the place of the colour; a gap has the ninth."""
    places = {"keys_strings": ["blue", "red"], "values_int64s": [1, 2], "default_int64": 9}
    return model(
        [
            ml("LabelEncoder", ["colour"], ["place"], **places),
            node("Cast", ["place"], ["p"], to=FLOAT),
            node("Mul", ["p", "ten"], ["t"]),
            node("Add", ["size", "t"], ["y"]),
        ],
        [value("y", shape=("n", 1))],
        [value("size", shape=("n", 1)), value("colour", STRING, ("n", 1))],
        [constant("ten", np.array(10, dtype=np.float32))],
    )


def inspected(
    folder: Path, made: Any, table: pd.DataFrame = TABLE, features: str | None = None, **options: Any
) -> tuple[GraphInspected, str]:
    table.to_csv(folder / "rows.csv", index=False)
    form = TableForm(str(folder / "rows.csv"), "rows.csv", "rows.csv", "", is_parquet=False, **options)
    told = None if features is None else parse_features(features)
    stated = Stated("mine", told, None, ("price",), ())
    found = inspect_graph(made.SerializeToString(), folder / "served", stated, Said(), form, folder)
    return found, "\n".join(notes_on(found, form))


def test_columns_go_to_the_inputs_of_their_names_and_say_their_kinds(tmp_path: Path) -> None:
    found, notes = inspected(tmp_path, priced())
    size, colour = found.model.features
    assert (size.name, size.kind, size.minimum, size.maximum) == ("size", "number", 1.5, 4.5)
    assert (colour.name, colour.kind, colour.categories, colour.nullable) == (
        "colour",
        "category",
        ("blue", "red"),
        True,
    )
    assert [example.prediction for example in found.model.examples] == TABLE["price"].tolist()
    assert json.loads((tmp_path / "true.json").read_text()) == TABLE["price"].tolist()
    assert json.loads((tmp_path / "rows.json").read_text())[2] == [3.5, None]
    assert "does not take these columns of rows.csv: id" in notes
    assert "Proved on 4 rows of rows.csv" in notes
    assert "CHECK THIS" not in notes


def test_columns_without_names_are_taken_in_order_and_told(tmp_path: Path) -> None:
    made = model(
        [node("ReduceSum", ["x", "one"], ["y"])], [value("y", shape=("n", 1))], constants=[constant("one", [1])]
    )
    numbers = TABLE[["size", "id", "price"]]
    found, notes = inspected(tmp_path, made, numbers)
    assert [feature.name for feature in found.model.features] == ["size", "id"]
    assert "in the order of the columns of rows.csv: size, id" in notes
    with pytest.raises(UnpackableArtifact, match="takes 2 columns and does not know their names"):
        inspected(tmp_path, made)


def test_what_the_person_says_of_a_column_counts(tmp_path: Path) -> None:
    made = model([node("Cast", ["id"], ["y"], to=FLOAT)], [value("y", shape=("n", 1))], [value("id", INT64, ("n", 1))])
    codes = [{"name": "id", "kind": "category", "categories": [7, 8, 9, 10, 11]}]
    (tmp_path / "features.json").write_text(json.dumps(codes))
    found, _ = inspected(tmp_path, made, features=str(tmp_path / "features.json"))
    assert found.model.features[0].categories == (7, 8, 9, 10, 11)
    (tmp_path / "features.json").write_text(json.dumps([codes[0] | {"categories": [7, 8]}]))
    with pytest.raises(Refused, match="would not take row 2 of rows"):
        inspected(tmp_path, made, features=str(tmp_path / "features.json"))


def test_a_column_of_texts_is_no_number_and_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    made = model([node("Identity", ["x"], ["y"])], [value("y", shape=("n", 1))], [value("x", shape=("n", 1))])
    with pytest.raises(Refused, match="takes 'colour' as a number, and it is a text"):
        inspected(tmp_path, made, features="colour")
    with pytest.raises(UnpackableArtifact, match="has no column 'weight'"):
        inspected(tmp_path, made, features="weight")


def test_so_many_rows_are_asked_as_are_wanted(tmp_path: Path) -> None:
    found, _ = inspected(tmp_path, priced(), pd.concat([TABLE] * 10), sample=12)
    assert (found.rows, found.table_rows) == (12, 12)
