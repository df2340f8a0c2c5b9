"""What the function could not run, or not run alike, is refused in our words, with what to do about it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.unit.training.bring.onnx.made import (
    DOUBLE,
    FLOAT,
    INT64,
    ROWS,
    STRING,
    WEIGHTS,
    constant,
    linear,
    ml,
    model,
    node,
    refusal,
    understand,
    value,
)

IDENTITY = node("Identity", ["x"], ["y"])
OUT = value("y", shape=("n", 2))


def identity(given: Any, out: Any = OUT, **options: Any) -> Any:
    return model([IDENTITY], [out], [given], **options)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"garbage", "It is no ONNX file"),
        (b"", "It is no ONNX file"),
        (b"PK\x03\x04" + bytes(40), "zip archive, such as PyTorch and Keras write"),
        (linear(outputs=[OUT]).SerializeToString()[:60], "a part of it is missing"),
    ],
)
def test_what_is_no_onnx_file_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in refusal(tmp_path, data)


def test_weights_in_a_second_file_are_never_opened(tmp_path: Path) -> None:
    made = linear(outputs=[value("z", shape=("n", 3))])
    tensor = made.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, location="/etc/hostname")
    tensor.ClearField("raw_data")
    assert "external_data=False" in refusal(tmp_path, made)


def test_weights_in_a_second_file_are_found_within_a_branch(tmp_path: Path) -> None:
    held = constant("w", np.array([1, 2], dtype=np.float32))
    onnx.external_data_helper.set_external_data(held, location="weights.bin")
    held.ClearField("raw_data")
    branch = helper.make_graph([node("Constant", [], ["w"], value=held)], "b", [], [value("w", shape=(2,))])
    made = model(
        [node("If", ["yes"], ["y"], then_branch=branch, else_branch=branch)],
        [OUT],
        constants=[constant("yes", np.array(True))],
    )
    assert "in a second file" in refusal(tmp_path, made)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (value("x", shape=(1, 2)), "takes 1 row at once"),
        (value("x", shape=(8, 2)), "takes 8 rows at once"),
        (value("x", shape=("n", 3, 224)), "has 3 dimensions"),
        (value("x", TensorProto.FLOAT16), "takes tensor(float16), which is not fed"),
        (value("x", TensorProto.COMPLEX64), "does not load it|which is not fed"),
        (value("x", shape=("n", 5)), "takes 5 values"),
    ],
)
def test_inputs_that_take_no_rows_of_features_are_refused(tmp_path: Path, given: Any, words: str) -> None:
    kind = given.type.tensor_type.elem_type
    said = refusal(tmp_path, identity(given, value("y", kind, None)))
    assert any(word in said for word in words.split("|"))


def test_an_input_that_is_a_sequence_is_refused(tmp_path: Path) -> None:
    many = helper.make_tensor_sequence_value_info("x", FLOAT, None)
    made = model([node("ConcatFromSequence", ["x"], ["y"], axis=1)], [OUT], [many])
    assert "is a seq, and rows of features are served" in refusal(tmp_path, made)


def test_operators_that_the_function_does_not_have_are_named(tmp_path: Path) -> None:
    custom = model([node("Shout", ["x"], ["y"], domain="my.own")], [OUT], opsets=[("", 17), ("my.own", 1)])
    assert "Shout of my.own" in refusal(tmp_path, custom)
    assert "cannot run the operator Foo" in refusal(tmp_path, model([node("Foo", ["x"], ["y"])], [OUT]))
    unmade = model([node("Erf", ["x"], ["y"])], [value("y", DOUBLE)], [value("x", DOUBLE)])
    assert "cannot run the operator Erf" in refusal(tmp_path, unmade)


def test_a_file_of_a_release_to_come_or_of_long_ago_is_refused(tmp_path: Path) -> None:
    assert "goes up to" in refusal(tmp_path, identity(value("x"), opsets=[("", 60)]))
    assert "IR version 99" in refusal(tmp_path, identity(value("x"), ir=99))
    assert "of version 6, which is too old" in refusal(tmp_path, identity(value("x"), opsets=[("", 6)]))


def test_a_graph_against_the_rules_is_refused(tmp_path: Path) -> None:
    made = model([node("MatMul", ["x", "nowhere"], ["y"])], [OUT])
    assert "breaks a rule of ONNX" in refusal(tmp_path, made)


def test_a_graph_that_draws_random_numbers_is_refused(tmp_path: Path) -> None:
    noise = [node("RandomNormalLike", ["x"], ["r"]), node("Add", ["x", "r"], ["y"])]
    assert "draws random numbers (RandomNormalLike)" in refusal(tmp_path, model(noise, [OUT]))
    dropping = model(
        [node("Dropout", ["x", "share", "training"], ["y"])],
        [OUT],
        constants=[constant("share", np.float32(0.5)), constant("training", np.array(True))],
    )
    assert "draws random numbers (Dropout)" in refusal(tmp_path, dropping)


def test_a_graph_whose_answer_to_a_row_depends_on_the_others_is_refused(tmp_path: Path) -> None:
    mixing = model([node("ReduceMax", ["x"], ["m"], axes=[0], keepdims=1), node("Sub", ["x", "m"], ["y"])], [OUT])
    assert "otherwise alone than among other rows" in refusal(tmp_path, mixing, target=("p", "q"))


def test_a_number_of_rows_that_is_fixed_within_is_found(tmp_path: Path) -> None:
    fixed = model(
        [node("Reshape", ["x", "shape"], ["y"])],
        [value("y", shape=None)],
        constants=[constant("shape", np.array([1, 2]))],
    )
    assert "one row at a time and not several" in refusal(tmp_path, fixed, target=("p", "q"))


def test_a_row_that_the_graph_cannot_answer_is_named(tmp_path: Path) -> None:
    made = model(
        [node("Gather", ["table", "x"], ["y"])],
        [value("y", shape=None)],
        [value("x", INT64, ("n",))],
        [constant("table", np.array([1, 2, 3], dtype=np.float32))],
    )
    assert understand(tmp_path, made, [[1], [2]], features="code").manifest.task == "regression"
    assert "cannot answer row 1" in refusal(tmp_path, made, [[1], [9]], features="code")


def test_answers_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    made = model([node("Log", ["x"], ["y"])], [OUT])
    assert "no finite answer to row 1" in refusal(tmp_path, made, target=("p", "q"))


def test_outputs_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    made = linear(node("Exp", ["z"], ["e"]), outputs=[value("z", shape=("n", 3)), value("e", shape=("n", 3))])
    assert "cannot be told apart: z, e" in refusal(tmp_path, made)
    assert "has no output 'q': --output takes z, e" in refusal(tmp_path, made, output=("q",))
    assert "name the classes with --classes, or what is predicted" in refusal(tmp_path, made, output=("z",))
    flat = model([node("ReduceMax", ["x"], ["y"], keepdims=0)], [value("y", shape=())])
    assert "has the shape []" in refusal(tmp_path, flat)


def test_a_sequence_that_no_zipmap_makes_is_refused(tmp_path: Path) -> None:
    many = helper.make_tensor_sequence_value_info("s", FLOAT, None)
    made = model([node("SplitToSequence", ["x"], ["s"], axis=1)], [many])
    assert "neither a tensor nor the maps of a ZipMap" in refusal(tmp_path, made)


def test_classes_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    shares = linear(node("Softmax", ["z"], ["p"], axis=1), outputs=[value("p", shape=("n", 3))])
    assert "The model has 3 classes" in refusal(tmp_path, shares, classes=("a", "b"))
    chosen = [node("ArgMax", ["z"], ["place"], axis=1, keepdims=0), node("Gather", ["labels", "place"], ["label"])]
    held = [constant("w", WEIGHTS), constant("labels", np.array([1, 2, 3, 4]))]
    outputs = [value("label", INT64, ("n",)), value("z", shape=("n", 3))]
    four = model([node("MatMul", ["x", "w"], ["z"]), *chosen], outputs, constants=held)
    assert "has 4 classes (1, 2, 3, 4), and an output of 3 columns" in refusal(tmp_path, four)
    only = linear(chosen[0], outputs=[value("place", INT64, ("n",))])
    assert "name them all with --classes" in refusal(tmp_path, only)
    assert "gives the label 2, and its classes are 0, 1" in refusal(tmp_path, only, classes=("a", "b"))


def test_a_label_encoder_of_the_first_version_is_refused(tmp_path: Path) -> None:
    encoded = ml("LabelEncoder", ["place"], ["label"], classes_strings=["a", "b", "c"])
    made = linear(
        node("ArgMax", ["z"], ["place"], axis=1, keepdims=0),
        encoded,
        outputs=[value("label", STRING, ("n",))],
        opsets=[("", 17), ("ai.onnx.ml", 1)],
    )
    assert "LabelEncoder of version 1" in refusal(tmp_path, made, classes=("a", "b", "c"))


@pytest.mark.parametrize("rows", [[["red", 1.0]], [[None, 1.0]]])
def test_a_text_or_a_gap_that_no_input_takes_is_refused(tmp_path: Path, rows: Sequence[Any]) -> None:
    said = refusal(tmp_path, linear(outputs=[value("z", shape=("n", 3))]), rows, target=("p", "q", "r"))
    assert "The API would not take row 0 of the example, 'a'" in said or "no finite answer to row 0" in said


def test_an_example_of_other_features_is_refused(tmp_path: Path) -> None:
    made = linear(outputs=[value("z", shape=("n", 3))])
    assert "Row 0 of the example has 1 values" in refusal(tmp_path, made, [[1.0]])
    assert "The model does not know its features' names" in refusal(tmp_path, made, ROWS, features=None)
