"""Which features go to which input: by their names where these are the same, else in order, which is told."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from tests.unit.training.bring.onnx.made import (
    FLOAT,
    INT64,
    STRING,
    constant,
    ml,
    model,
    node,
    refusal,
    understand,
    value,
)

FEATURES: list[dict[str, Any]] = [
    {"name": "size", "kind": "number"},
    {"name": "colour", "kind": "category", "categories": ["blue", "red"]},
    {"name": "code", "kind": "category", "categories": [1, 2]},
    {"name": "new", "kind": "boolean"},
]


def several(*names: str) -> Any:
    """Ten times the first, plus the second."""
    ten = constant("ten", np.float32(10))
    return model(
        [node("Mul", [names[0], "ten"], ["t"]), node("Add", ["t", names[1]], ["y"])],
        [value("y", shape=("n", 1))],
        [value(name, shape=("n", 1)) for name in names],
        [ten],
    )


def test_inputs_are_found_by_the_features_names(tmp_path: Path) -> None:
    found = understand(tmp_path, several("b", "a"), [{"a": 1.0, "b": 2.0}])
    assert [feature.name for feature in found.manifest.features] == ["a", "b"]
    assert found.answers([[1.0, 2.0]])[0]["prediction"] == 21
    assert "CHECK THIS" not in found.notes


def test_inputs_name_the_features_where_nobody_else_does(tmp_path: Path) -> None:
    found = understand(tmp_path, several("b", "a"), [[2.0, 1.0]], features=None)
    assert [feature.name for feature in found.manifest.features] == ["b", "a"]
    assert found.answers([[2.0, 1.0]])[0]["prediction"] == 21


def test_inputs_of_other_names_are_taken_in_order_and_told(tmp_path: Path) -> None:
    found = understand(tmp_path, several("p", "q"), [[1.0, 2.0]])
    assert found.answers([[1.0, 2.0]])[0]["prediction"] == 12
    assert "CHECK THIS: the inputs have other names than the features" in found.notes
    assert "p, q for a, b" in found.notes


@pytest.mark.parametrize("shape", [("n", "m"), None, ("n",)])
def test_a_width_that_the_graph_leaves_open_is_that_of_the_features(tmp_path: Path, shape: Any) -> None:
    names = "a" if shape == ("n",) else "a,b"
    made = model([node("Identity", ["x"], ["y"])], [value("y", shape=shape)], [value("x", shape=shape)])
    rows = [[1.0]] if names == "a" else [[1.0, 2.0]]
    target = ("p",) if names == "a" else ("p", "q")
    found = understand(tmp_path, made, rows, features=names, target=target)
    said = found.answers(rows)[0]["prediction"]
    assert said == (1.0 if names == "a" else {"p": 1.0, "q": 2.0})


def test_each_kind_reaches_its_input(tmp_path: Path) -> None:
    """A text by its place, a code, and whether it is so, each times another power of ten."""
    powers = {"size": 1, "p": 10, "c": 100, "t": 1000}
    steps = [
        ml("LabelEncoder", ["colour"], ["place"], keys_strings=["blue", "red"], values_int64s=[1, 2], default_int64=9),
        node("Cast", ["place"], ["p"], to=FLOAT),
        node("Cast", ["code"], ["c"], to=FLOAT),
        node("Cast", ["new"], ["t"], to=FLOAT),
        *(node("Mul", [name, f"by_{name}"], [f"m_{name}"]) for name in powers),
        node("Sum", [f"m_{name}" for name in powers], ["y"]),
    ]
    made = model(
        steps,
        [value("y", shape=("n", 1))],
        [
            value("size", shape=("n", 1)),
            value("colour", STRING, ("n", 1)),
            value("code", INT64, ("n", 1)),
            value("new", TensorProto.BOOL, ("n", 1)),
        ],
        [constant(f"by_{name}", np.float32(power)) for name, power in powers.items()],
    )
    (tmp_path / "features.json").write_text(
        json.dumps([*FEATURES[:1], FEATURES[1] | {"nullable": True}, *FEATURES[2:]])
    )
    rows = [[4.0, "red", 2, True], [3.0, None, 1, False]]
    found = understand(tmp_path, made, rows, features=str(tmp_path / "features.json"))
    assert [example.prediction for example in found.manifest.examples] == [1224.0, 193.0]
    assert found.manifest.artifact.input == "strings"

    (tmp_path / "features.json").write_text(json.dumps(FEATURES))
    unnamed = [["size", "colour", "code", "new"], *rows]
    assert "takes 'colour' as a text" in refusal(tmp_path, made, rows[:1], features=",".join(unnamed[0]))  # type: ignore[arg-type]
    said = refusal(tmp_path, made, [[4.0, "red", 7, True]], features=str(tmp_path / "features.json"))
    assert "The API would not take row 0 of the example, 'code'" in said
    swapped = [FEATURES[1] | {"name": "size"}, FEATURES[1], *FEATURES[2:]]
    (tmp_path / "features.json").write_text(json.dumps(swapped))
    said = refusal(tmp_path, made, [["red", "red", 1, True]], features=str(tmp_path / "features.json"))
    assert "takes 'size' as a number, and it is a text" in said
    gaps = [*FEATURES[:2], FEATURES[2] | {"nullable": True}, FEATURES[3]]
    (tmp_path / "features.json").write_text(json.dumps(gaps))
    assert "as a whole number, which has no gaps" in refusal(
        tmp_path, made, rows[:1], features=str(tmp_path / "features.json")
    )


def test_a_truth_value_needs_no_file_and_a_number_that_has_no_fraction_is_told(tmp_path: Path) -> None:
    asked = model(
        [node("Cast", ["new"], ["y"], to=FLOAT)],
        [value("y", shape=("n", 1))],
        [value("new", TensorProto.BOOL, ("n", 1))],
    )
    found = understand(tmp_path, asked, [[True], [False]], features="new")
    assert found.manifest.features[0].kind == "boolean"
    whole = model(
        [node("Cast", ["code"], ["y"], to=FLOAT)], [value("y", shape=("n", 1))], [value("code", INT64, ("n", 1))]
    )
    assert "so a fraction is refused" in understand(tmp_path, whole, [[1], [2]], features="code").notes
    assert "cannot answer row 1" in refusal(tmp_path, whole, [[1], [2.5]], features="code")


def test_a_gap_reaches_a_tree_as_a_gap(tmp_path: Path) -> None:
    tree = ml(
        "TreeEnsembleRegressor",
        ["x"],
        ["y"],
        n_targets=1,
        nodes_treeids=[0, 0, 0],
        nodes_nodeids=[0, 1, 2],
        nodes_featureids=[0, 0, 0],
        nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_values=[5.0, 0.0, 0.0],
        nodes_truenodeids=[1, 0, 0],
        nodes_falsenodeids=[2, 0, 0],
        nodes_missing_value_tracks_true=[1, 0, 0],
        target_treeids=[0, 0],
        target_nodeids=[1, 2],
        target_ids=[0, 0],
        target_weights=[1.0, 2.0],
    )
    made = model([tree], [value("y", shape=("n", 1))], [value("x", shape=("n", 1))])
    found = understand(tmp_path, made, [[None], [7.0]], features="a")
    assert [example.prediction for example in found.manifest.examples] == [1.0, 2.0]
    assert found.manifest.features[0].nullable
