"""A graph of each task is served as any model of that task, and one that is not what its manifest says is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import NodeProto

from handler.errors.model import SelfTestFailed, UnloadableArtifact
from handler.records.signature import Feature, Target, Task, Value
from tests.unit.handler.asking import ask, get_event, open_application, predict_event
from tests.unit.handler.engines.onnx_runtime.graphs import (
    DOUBLE,
    INT64,
    STRING,
    classifier,
    graph_version,
    linear,
    model,
    node,
    tensor,
)

WEIGHTS = np.array([[1.0, -1.0, 0.5], [0.25, 1.0, -2.0]])
OFFSET = np.array([0.0, 0.5, -0.5])
ROWS = np.array([[1.0, 2.0], [-3.0, 0.5], [0.25, -4.0], [5.0, 5.0]])
VALUES = ROWS @ WEIGHTS + OFFSET
SHARES = np.exp(VALUES) / np.exp(VALUES).sum(axis=1, keepdims=True)
LIKELY = 1 / (1 + np.exp(-VALUES))
BEST = VALUES.argmax(axis=1)
ABC = ("a", "b", "c")

SOFTMAX = node("Softmax", ["values"], ["probabilities"], axis=1)
ARGMAX = node("ArgMax", ["values"], ["prediction"], axis=1, keepdims=0)
AS_IT_IS = node("Identity", ["values"], ["prediction"])


def first_of(name: str, made: str) -> list[NodeProto]:
    """The first column of `name` as `made`."""
    return [node("Split", [name], [made, f"{made}_rest", f"{made}_last"], axis=1, num_outputs=3)]


@dataclass(frozen=True)
class Case:
    """A graph, and what must be answered to ROWS."""

    task: Task
    targets: tuple[Target, ...]
    nodes: list[NodeProto]
    outputs: Mapping[str, int]
    answers: list[dict[str, Any]]


def by_name(names: tuple[str, ...], row: Any) -> dict[str, float]:
    return dict(zip(names, row, strict=True))


def classified(field: str | None, values: Any) -> list[dict[str, Any]]:
    more = [{} if field is None else {field: by_name(ABC, row)} for row in values]
    return [{"prediction": ABC[best], "prediction_index": best, **one} for best, one in zip(BEST, more, strict=True)]


OF_CLASSES = (Target("y", ABC),)
MADE = {
    "probabilities": Case(
        "classification",
        OF_CLASSES,
        [SOFTMAX, ARGMAX],
        {"prediction": INT64, "probabilities": DOUBLE},
        classified("probabilities", SHARES),
    ),
    "scores": Case(
        "classification",
        OF_CLASSES,
        [ARGMAX, node("Identity", ["values"], ["scores"])],
        {"scores": DOUBLE, "prediction": INT64},
        classified("scores", VALUES),
    ),
    "classes alone": Case("classification", OF_CLASSES, [ARGMAX], {"prediction": INT64}, classified(None, VALUES)),
    "regression": Case(
        "regression",
        (Target("y", spread=2.0),),
        first_of("values", "prediction"),
        {"prediction": DOUBLE},
        [{"prediction": value} for value in VALUES[:, 0]],
    ),
    "outliers": Case(
        "outlier_detection",
        (Target("odd"),),
        [
            *first_of("values", "score"),
            node("Sign", ["score"], ["sign"]),
            node("Cast", ["sign"], ["prediction"], to=INT64),
        ],
        {"prediction": INT64, "score": DOUBLE},
        [{"prediction": "outlier" if value < 0 else "inlier", "score": value} for value in VALUES[:, 0]],
    ),
    "clusters": Case(
        "clustering",
        (Target("group", ("0", "1", "2")),),
        [ARGMAX],
        {"prediction": INT64},
        [{"prediction": int(best)} for best in BEST],
    ),
    "clusters with probabilities": Case(
        "clustering",
        (Target("group", ("0", "1", "2")),),
        [ARGMAX, SOFTMAX],
        {"prediction": INT64, "probabilities": DOUBLE},
        [
            {"prediction": int(best), "probabilities": by_name(("0", "1", "2"), row)}
            for best, row in zip(BEST, SHARES, strict=True)
        ],
    ),
    "labels": Case(
        "multilabel",
        (Target("traits", ABC),),
        [
            node("Sigmoid", ["values"], ["probabilities"]),
            node("Greater", ["probabilities", "half"], ["more"]),
            node("Cast", ["more"], ["prediction"], to=INT64),
        ],
        {"prediction": INT64, "probabilities": DOUBLE},
        [
            {
                "prediction": [name for name, share in by_name(ABC, row).items() if share > 0.5],
                "probabilities": by_name(ABC, row),
            }
            for row in LIKELY
        ],
    ),
    "several numbers": Case(
        "several_targets",
        tuple(Target(name, spread=2.0) for name in ABC),
        [AS_IT_IS],
        {"prediction": DOUBLE},
        [{"prediction": by_name(ABC, row)} for row in VALUES],
    ),
    "a class and a number": Case(
        "several_targets",
        (Target("size", ABC), Target("width", spread=2.0)),
        [
            node("ArgMax", ["values"], ["prediction_0"], axis=1, keepdims=1),
            node("Softmax", ["values"], ["probabilities_0"], axis=1),
            *first_of("values", "prediction_1"),
        ],
        {"prediction_0": INT64, "prediction_1": DOUBLE, "probabilities_0": DOUBLE},
        [
            {"prediction": {"size": ABC[best], "width": values[0]}, "probabilities": {"size": by_name(ABC, shares)}}
            for best, values, shares in zip(BEST, VALUES, SHARES, strict=True)
        ],
    ),
}


def assert_same(said: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert list(said) == list(expected)
        for name in expected:
            assert_same(said[name], expected[name])
    elif isinstance(expected, float):
        assert said == pytest.approx(expected, rel=1e-12)
    else:
        assert said == expected


@pytest.mark.parametrize("name", MADE)
def test_a_graph_of_the_task_is_served_over_http(name: str, tmp_path: Path) -> None:
    made = MADE[name]
    data = linear(made.nodes, made.outputs, WEIGHTS, OFFSET)
    application = open_application(
        MODEL_URI=str(graph_version(data, made.task, made.targets, ROWS[:2].tolist()).write(tmp_path))
    )
    many = ask(application, predict_event({"instances": ROWS.tolist()}))
    assert many.status == 200, many.text
    for said, expected in zip(many.body["predictions"], made.answers, strict=True):
        assert_same(said, expected)
    one = ask(application, predict_event({"features": ROWS[3].tolist()}))
    assert_same({field: one.body[field] for field in made.answers[3]}, made.answers[3])
    assert ask(application, get_event("/openapi.json")).status == 200
    assert ask(application, get_event("/model")).body["task"] == made.task


def test_numbers_and_texts_come_by_inputs_of_their_own(tmp_path: Path) -> None:
    """As a twin has it: a category, a code and a truth value are strings, a gap is the empty one."""
    keys = ["red", "7", "true", ""]
    nodes = [
        node(
            "LabelEncoder",
            ["texts"],
            ["found"],
            domain="ai.onnx.ml",
            keys_strings=keys,
            values_floats=[1.0, 10.0, 100.0, 1000.0],
            default_float=0.0,
        ),
        node("Cast", ["found"], ["wide"], to=DOUBLE),
        node("ReduceSum", ["wide", "axis"], ["sum"], keepdims=1),
        node("Add", ["sum", "numbers"], ["prediction"]),
    ]
    data = model(
        nodes,
        [tensor("texts", STRING, [None, 3]), tensor("numbers", DOUBLE, [None])],
        [tensor("prediction", DOUBLE, None)],
        {"axis": np.array([1])},
    )
    flat = onnx.helper.make_node("Unsqueeze", ["numbers", "axis"], ["column"])
    data.graph.node.insert(3, flat)
    data.graph.node[4].input[1] = "column"
    features = [
        Feature("colour", "category", categories=("red", "blue"), nullable=True),
        Feature("code", "category", categories=(7, 8), nullable=True),
        Feature("there", "boolean", nullable=True),
        Feature("width", "number"),
    ]
    rows: list[list[Value]] = [["red", 7, True, 0.5], ["blue", 8, False, 0.25], [None, None, None, 4.0]]
    version = graph_version(
        data.SerializeToString(), "regression", [Target("y", spread=1.0)], rows, features=features, form="strings"
    )
    application = open_application(MODEL_URI=str(version.write(tmp_path)))
    answer = ask(application, predict_event({"instances": rows}))
    assert [one["prediction"] for one in answer.body["predictions"]] == [111.5, 0.25, 3004.0]


SOUND = MADE["probabilities"]
GRAPH = linear(SOUND.nodes, SOUND.outputs, WEIGHTS, OFFSET)


@pytest.mark.parametrize(
    ("task", "targets", "data", "message"),
    [
        ("regression", (Target("y", spread=1.0),), GRAPH, "which is not what answers a regression of 1 target"),
        ("several_targets", (*OF_CLASSES, Target("z")), GRAPH, "not what answers a several_targets of 2 targets"),
        ("classification", (Target("y", ("a", "b")),), GRAPH, "3 probabilities for 2 classes"),
        (
            "classification",
            OF_CLASSES,
            linear([AS_IT_IS], {"prediction": DOUBLE}, WEIGHTS, OFFSET),
            r"'prediction' as tensor\(double\), and it must be tensor\(int64\) or tensor\(int32\), a class's place",
        ),
        (
            "regression",
            (Target("y", spread=1.0),),
            linear(
                [node("ReduceSum", ["values"], ["prediction"], keepdims=0)], {"prediction": DOUBLE}, WEIGHTS, OFFSET
            ),
            "'prediction' of the shape",
        ),
        ("classification", OF_CLASSES, b"\x80\x04." + b"x" * 40, "It is no ONNX model"),
        ("classification", OF_CLASSES, b"", "It is no ONNX model: it has no graph"),
    ],
)
def test_a_graph_that_is_not_what_its_manifest_says_is_refused(
    task: Task, targets: tuple[Target, ...], data: bytes, message: str
) -> None:
    with pytest.raises(UnloadableArtifact, match=message):
        graph_version(data, task, targets, ROWS[:2].tolist())


@pytest.mark.parametrize(
    ("features", "form", "message"),
    [
        ([Feature("a", "number")], "float64", "It takes 2 values, and its manifest names 1 features"),
        ([Feature("a", "number"), Feature("b", "text")], "float64", "'rows' takes numbers, and 'b' is a text"),
        ([Feature("a", "number"), Feature("b", "number")], "float32", r"takes tensor\(double\), .* says float32"),
        ([Feature("a", "number"), Feature("b", "number")], "strings", r"takes tensor\(double\), .* says strings"),
    ],
)
def test_inputs_that_are_not_what_the_manifest_says_are_refused(
    features: list[Feature], form: Any, message: str
) -> None:
    rows = [[1.0, "b" if feature.kind == "text" else 2.0][: len(features)] for feature in features[-1:]]
    with pytest.raises(UnloadableArtifact, match=message):
        graph_version(GRAPH, "classification", OF_CLASSES, rows, features=features, form=form)


def test_another_order_of_classes_is_found_by_the_examples() -> None:
    version = graph_version(GRAPH, "classification", OF_CLASSES, ROWS[:2].tolist())
    with pytest.raises(SelfTestFailed):
        version.changed(target=Target("y", ("b", "a", "c"))).load()


def test_refused_graphs_tell_nothing_in_onnx_runtime_s_words() -> None:
    broken = onnx.load_from_string(classifier(np.eye(2), [0.0, 0.0]))
    broken.graph.node[0].op_type = "SecretOperator"
    with pytest.raises(UnloadableArtifact) as caught:
        graph_version(broken.SerializeToString(), "classification", [Target("y", ("a", "b"))], [[1.0, 2.0]])
    assert "SecretOperator" not in str(caught.value)
    assert "ONNXRuntimeError" not in str(caught.value)
