"""What a graph gives becomes the answers of the contract, whichever framework exported it."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from tests.unit.training.bring.onnx.made import (
    DOUBLE,
    FLOAT,
    INT64,
    ROWS,
    STRING,
    WEIGHTS,
    constant,
    linear,
    logits,
    ml,
    model,
    node,
    outputs_in,
    softmax,
    understand,
    value,
)

SOFTMAX = node("Softmax", ["z"], ["p"], axis=1)
ARGMAX = node("ArgMax", ["z"], ["place"], axis=1, keepdims=0)
NAMES = ("low", "middle", "high")


def in_maps(**classes: Any) -> Any:
    maps = onnx.TypeProto()
    kind = STRING if "classlabels_strings" in classes else INT64
    maps.sequence_type.elem_type.map_type.key_type = kind
    maps.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = FLOAT
    return ml("ZipMap", ["p"], ["maps"], **classes), helper.make_value_info("maps", maps)


def test_probabilities_alone_are_a_classification_whose_classes_are_named_in_order(tmp_path: Path) -> None:
    made = linear(SOFTMAX, outputs=[value("p", shape=("n", 3))])
    found = understand(tmp_path, made, classes=NAMES)
    answers = found.answers()
    assert [answer["prediction"] for answer in answers] == [NAMES[place] for place in softmax().argmax(axis=1)]
    assert [list(answer["probabilities"].values()) for answer in answers] == pytest.approx(softmax(), abs=1e-6)
    assert "CHECK THIS" not in found.notes
    assert (found.manifest.forms, found.manifest.artifact.input) == (("onnx",), "float32")
    assert found.manifest.training.estimator == "maker 1.2"
    assert set(found.manifest.runtime) == {"python", "onnxruntime"}


def test_logits_are_scores_and_never_called_probabilities(tmp_path: Path) -> None:
    found = understand(tmp_path, linear(outputs=[value("z", shape=("n", 3))]), classes=NAMES)
    assert [list(answer["scores"].values()) for answer in found.answers()] == pytest.approx(logits(), abs=1e-5)
    assert all("probabilities" not in answer for answer in found.answers())
    assert "is served as scores" in found.notes


def test_one_sigmoid_column_is_the_probability_of_the_second_class(tmp_path: Path) -> None:
    weights = constant("w", WEIGHTS[:, :1])
    made = model(
        [node("MatMul", ["x", "w"], ["z"]), node("Sigmoid", ["z"], ["p"])],
        [value("p", shape=("n", 1))],
        constants=[weights],
    )
    found = understand(tmp_path, made, classes=("no", "yes"))
    shares = 1 / (1 + np.exp(-logits()[:, 0]))
    for answer, share in zip(found.answers(), shares, strict=True):
        assert answer["probabilities"] == pytest.approx({"no": 1 - share, "yes": share}, abs=1e-6)
        assert answer["prediction"] == ("yes" if share > 0.5 else "no")
    assert "probability of yes" in found.notes
    number = understand(tmp_path, made, answers="numbers")
    assert number.manifest.task == "regression"


@pytest.mark.parametrize("labels", [["child", "adult", "senior"], [7, 3, 5]])
def test_maps_and_labels_become_places_and_columns(tmp_path: Path, labels: list[Any]) -> None:
    is_text = isinstance(labels[0], str)
    names = {"classlabels_strings" if is_text else "classlabels_int64s": labels}
    zipped, maps = in_maps(**names)
    chosen = node("Gather", ["labels", "place"], ["label"])
    held = [] if is_text else [constant("labels", np.array(labels, dtype=np.int64))]
    if is_text:
        chosen = ml("LabelEncoder", ["place"], ["label"], keys_int64s=[0, 1, 2], values_strings=labels)
    made = model(
        [node("MatMul", ["x", "w"], ["z"]), SOFTMAX, ARGMAX, chosen, zipped],
        [value("label", STRING if is_text else INT64, ("n",)), maps],
        constants=[constant("w", WEIGHTS), *held],
    )
    found = understand(tmp_path, made)
    assert outputs_in(found.data) == ["prediction", "probabilities"]
    assert b"ZipMap" not in found.data
    answers = found.answers()
    assert [answer["prediction"] for answer in answers] == [str(labels[place]) for place in logits().argmax(axis=1)]
    assert list(answers[0]["probabilities"]) == list(map(str, labels))
    assert [list(answer["probabilities"].values()) for answer in answers] == pytest.approx(softmax(), abs=1e-6)


def test_a_column_for_each_class_is_joined(tmp_path: Path) -> None:
    labels = constant("labels", np.array([7, 3, 5]))
    parts = [value(name, shape=("n", 1)) for name in ("i7", "i3", "i5")]
    made = linear(
        SOFTMAX,
        ARGMAX,
        node("Gather", ["labels", "place"], ["label"]),
        node("Split", ["p"], ["i7", "i3", "i5"], axis=1, num_outputs=3),
        outputs=[value("label", INT64, ("n",)), *parts],
        opsets=[("", 18)],
    )
    made.graph.initializer.append(labels)
    answers = understand(tmp_path, made).answers()
    assert list(answers[0]["probabilities"]) == ["7", "3", "5"]
    assert [list(answer["probabilities"].values()) for answer in answers] == pytest.approx(softmax(), abs=1e-6)


def test_labels_alone_are_named_by_the_person(tmp_path: Path) -> None:
    found = understand(tmp_path, linear(ARGMAX, outputs=[value("place", INT64, ("n",))]), classes=NAMES)
    assert [answer["prediction"] for answer in found.answers()] == [NAMES[place] for place in logits().argmax(axis=1)]


def test_a_label_that_is_not_the_most_probable_class_is_served_as_it_is(tmp_path: Path) -> None:
    least = node("ArgMin", ["z"], ["label"], axis=1, keepdims=0)
    made = linear(SOFTMAX, least, outputs=[value("label", INT64, ("n",)), value("p", shape=("n", 3))])
    found = understand(tmp_path, made)
    assert [answer["prediction_index"] for answer in found.answers()] == logits().argmin(axis=1).tolist()
    assert "for 4 of 4 rows" in found.notes


def test_a_number_is_a_regression_and_several_are_targets(tmp_path: Path) -> None:
    one = model(
        [node("MatMul", ["x", "w"], ["variable"])],
        [value("variable", shape=("n", 1))],
        constants=[constant("w", WEIGHTS[:, :1])],
    )
    assert [answer["prediction"] for answer in understand(tmp_path, one).answers()] == pytest.approx(logits()[:, 0])
    three = linear(outputs=[value("z", shape=("n", 3))])
    found = understand(tmp_path, three, target=("p", "q", "r"))
    assert [list(answer["prediction"].values()) for answer in found.answers()] == pytest.approx(logits())


def test_an_output_for_each_target_is_joined(tmp_path: Path) -> None:
    split = node("Split", ["z", "sizes"], ["first", "second"], axis=1)
    made = model(
        [node("MatMul", ["x", "w"], ["z"]), split, node("Cast", ["second"], ["precise"], to=DOUBLE)],
        [value("first", shape=("n", 1)), value("precise", DOUBLE, ("n", 1))],
        constants=[constant("w", WEIGHTS[:, :2]), constant("sizes", np.array([1, 1]))],
    )
    found = understand(tmp_path, made, target=("p", "q"))
    assert [list(answer["prediction"].values()) for answer in found.answers()] == pytest.approx(logits()[:, :2])


def test_one_of_several_outputs_is_chosen(tmp_path: Path) -> None:
    made = linear(SOFTMAX, outputs=[value("z", shape=("n", 3)), value("p", shape=("n", 3))])
    assert "scores" in understand(tmp_path, made, output=("z",), classes=NAMES).answers()[0]
    assert "probabilities" in understand(tmp_path, made, output=("p",), classes=NAMES).answers()[0]


def test_sigmoids_of_several_columns_are_labels_that_may_be_there_together(tmp_path: Path) -> None:
    made = linear(node("Sigmoid", ["z"], ["p"]), outputs=[value("p", shape=("n", 3))])
    found = understand(tmp_path, made, classes=NAMES)
    assert found.manifest.task == "multilabel"
    there = [[name for name, number in zip(NAMES, row, strict=True) if number > 0] for row in logits()]
    assert [answer["prediction"] for answer in found.answers()] == there


def test_values_that_only_look_like_probabilities_are_told(tmp_path: Path) -> None:
    shares = [node("ReduceSum", ["e", "axes"], ["sum"]), node("Div", ["e", "sum"], ["p"])]
    made = model(
        [node("MatMul", ["x", "w"], ["z"]), node("Exp", ["z"], ["e"]), *shares],
        [value("p", shape=("n", 3))],
        constants=[constant("w", WEIGHTS), constant("axes", np.array([1]))],
    )
    found = understand(tmp_path, made, classes=NAMES)
    assert "CHECK THIS: no operator says" in found.notes
    assert "probabilities" in found.answers()[0]
    said = understand(tmp_path, made, classes=NAMES, answers="scores")
    assert "CHECK THIS" not in said.notes
    assert "scores" in said.answers()[0]


def test_a_file_that_needs_nothing_keeps_its_bytes(tmp_path: Path) -> None:
    made = linear(
        node("ArgMax", ["z"], ["prediction"], axis=1, keepdims=0),
        node("Softmax", ["z"], ["probabilities"], axis=1),
        outputs=[value("prediction", INT64, ("n",)), value("probabilities", shape=("n", 3))],
    )
    found = understand(tmp_path, made)
    assert found.data == made.SerializeToString()
    assert "published as it is" in found.notes
    made.graph.doc_string = "made in /home/somebody"
    assert b"somebody" not in understand(tmp_path, made).data


@pytest.mark.parametrize("taken", ["prediction", "probabilities", "scores"])
def test_a_name_of_ours_that_stands_for_something_else_is_no_clash(tmp_path: Path, taken: str) -> None:
    made = linear(
        node("Identity", ["z"], [taken]),
        node("Softmax", [taken], ["p"], axis=1),
        outputs=[value("p", shape=("n", 3))],
    )
    answers = understand(tmp_path, made).answers()
    assert [list(answer["probabilities"].values()) for answer in answers] == pytest.approx(softmax(), abs=1e-6)


def test_doubles_stay_doubles(tmp_path: Path) -> None:
    precise = 1 + 2.0**-40
    made = model(
        [node("Mul", ["x", "w"], ["z"])],
        [value("z", DOUBLE, ("n", 1))],
        [value("x", DOUBLE, ("n", 1))],
        [constant("w", np.array([precise]))],
    )
    found = understand(tmp_path, made, [[1.0], [2.0]], features="a")
    assert found.answers([[1.0]])[0]["prediction"] == precise
    assert found.manifest.artifact.input == "float64"


def test_a_loop_in_the_graph_keeps_what_it_takes_from_around_it(tmp_path: Path) -> None:
    body = helper.make_graph(
        [node("Identity", ["go"], ["on"]), node("Add", ["sum", "w"], ["more"])],
        "body",
        [value("i", INT64, ()), value("go", 9, ()), value("sum", shape=("n", 2))],
        [value("on", 9, ()), value("more", shape=("n", 2))],
    )
    made = model(
        [node("Mul", ["one", "two"], ["w"]), node("Loop", ["times", "yes", "x"], ["prediction_of_sum"], body=body)],
        [value("prediction_of_sum", shape=("n", 2))],
        constants=[
            constant("one", np.array([1.0, 2.0], dtype=np.float32)),
            constant("two", np.float32(2)),
            constant("times", np.array(3)),
            constant("yes", np.array(True)),
        ],
    )
    found = understand(tmp_path, made, target=("p", "q"))
    assert [list(answer["prediction"].values()) for answer in found.answers()] == [[a + 6, b + 12] for a, b in ROWS]
