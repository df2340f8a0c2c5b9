"""Turns a fitted estimator into an ONNX graph whose inputs and outputs `handler.engines.onnx_runtime` can read.

It says nothing of whether the graph answers as the estimator does: that is measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import onnx
from onnx import helper
from onnx.compose import add_prefix
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

from handler.engines.onnx_runtime.answering import PREDICTION, PROBABILITIES
from handler.records.signature import Feature, Target, Task
from handler.registry.manifest import InputForm
from training.errors import NoTwin

OPSETS = {"": 21, "ai.onnx.ml": 3}


@dataclass(frozen=True)
class Graph:
    """An ONNX graph as bytes, and what it takes."""

    data: bytes
    input: InputForm


def candidates(estimator: Any, task: Task, features: Sequence[Feature], targets: Sequence[Target]) -> Iterator[Graph]:
    """The graphs of `estimator` that may do, the cheapest first: the first that is proved to answer alike is taken.

    Raises NoTwin, with the reason, where there is none.
    """
    yield convert(estimator, task, features, targets)


def convert(estimator: Any, task: Task, features: Sequence[Feature], targets: Sequence[Target]) -> Graph:  # noqa: ARG001 - for tasks to come
    """The graph of `estimator`; raises NoTwin, with the reason, where it cannot be made."""
    if any(feature.kind != "number" for feature in features):
        raise NoTwin("It takes other values than numbers.")
    if task not in ("classification", "regression"):
        raise NoTwin(f"It is a {task}.")
    options = {"zipmap": False} if task == "classification" else None
    rows = FloatTensorType([None, len(features)])
    try:
        converted = to_onnx(estimator, initial_types=[("rows", rows)], options=options, target_opset=OPSETS)
    except Exception as error:
        raise NoTwin(f"skl2onnx does not convert it: {type(error).__name__}.") from error
    model = add_prefix(converted, "own/")  # its outputs may have our names
    # skl2onnx names the oldest versions that its own nodes need.
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in OPSETS.items())
    graph = model.graph
    given = [output.name for output in graph.output]
    names = [PREDICTION, PROBABILITIES][: len(given)]
    if task == "classification":
        labels = estimator.classes_.tolist()
        places = "keys_strings" if isinstance(labels[0], str) else "keys_int64s"
        graph.node.append(
            helper.make_node(
                "LabelEncoder",
                [given[0]],
                [PREDICTION],
                domain="ai.onnx.ml",
                values_int64s=range(len(labels)),
                default_int64=-1,
                **{places: labels},
            )
        )
    else:
        graph.node.append(helper.make_node("Identity", [given[0]], [PREDICTION]))
    graph.node.extend(helper.make_node("Identity", [old], [new]) for old, new in zip(given[1:], names[1:], strict=True))
    kinds = [onnx.TensorProto.INT64 if task == "classification" else onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT]
    del graph.output[:]
    graph.output.extend(
        helper.make_tensor_value_info(name, kind, None) for name, kind in zip(names, kinds, strict=False)
    )
    return Graph(model.SerializeToString(deterministic=True), "float32")
