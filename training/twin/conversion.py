"""Turns a fitted estimator into an ONNX graph whose inputs and outputs `handler.engines.onnx_runtime` can read.

What is drawn here computes in float64, in the order of scikit-learn's own operations: then a row at a threshold of a
tree, or one float64 step beside it, goes the way that it goes there. Classes that are not drawn are left to skl2onnx.
Nothing here says whether the graph answers as the estimator does: that is measured.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import onnx
from onnx import helper

from handler.engines.onnx_runtime.answering import PREDICTION
from handler.records.signature import Feature, Target, Task
from handler.registry.manifest import InputForm
from training.errors import NoTwin
from training.twin.answered import outputs_of
from training.twin.converted import converted
from training.twin.drawn_classes import ANSWERING, STEPPING
from training.twin.fed_columns import columns_of
from training.twin.graphs.drawing import IR_VERSION, OPSETS, Drawing


@dataclass(frozen=True)
class Graph:
    """An ONNX graph as bytes, and what it takes."""

    data: bytes
    input: InputForm


def candidates(estimator: Any, task: Task, features: Sequence[Feature], targets: Sequence[Target]) -> Iterator[Graph]:
    """The graphs of `estimator` that may do, the cheapest first: the first that is proved to answer alike is taken.

    What is drawn here comes first, then what skl2onnx makes of numbers alone. Raises NoTwin, with the reason, where
    there is none.
    """
    refused = None
    try:
        yield convert(estimator, task, features, targets)
    except NoTwin as reason:
        refused = reason
    if any(feature.kind != "number" for feature in features):
        others: Iterator[Graph] = iter(())
    else:
        others = (Graph(data, form) for data, form in converted(estimator, task, len(features)))
    for graph in others:
        refused = None
        yield graph
    if refused is not None:
        raise refused


def convert(estimator: Any, task: Task, features: Sequence[Feature], targets: Sequence[Target]) -> Graph:
    """The graph of `estimator`, the same bytes each time; raises NoTwin, with the reason, where it cannot be made."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names of columns, and of what later releases will change
            return _drawn(estimator, task, features, targets)
    except NoTwin:
        raise
    except Exception as error:
        raise NoTwin(f"It could not be written in ONNX: {type(error).__name__}.") from error


def _drawn(estimator: Any, task: Task, features: Sequence[Feature], targets: Sequence[Target]) -> Graph:
    drawing = Drawing(ANSWERING, STEPPING)
    inputs, columns = columns_of(drawing, features)
    outputs = outputs_of(drawing, estimator, task, targets, drawing.answer(estimator, columns))
    named = [helper.make_node("Identity", [tensor], [name]) for name, (tensor, _) in outputs.items()]
    graph = helper.make_graph(
        [*drawing.nodes, *named],
        PREDICTION,
        list(inputs),
        [helper.make_tensor_value_info(name, kind, None) for name, (_, kind) in outputs.items()],
        drawing.initializers,
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="sklearn-on-lambda")
    strings = any(one.type.tensor_type.elem_type == onnx.TensorProto.STRING for one in inputs)
    return Graph(model.SerializeToString(deterministic=True), "strings" if strings else "float64")
