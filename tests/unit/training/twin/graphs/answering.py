"""A graph and its estimator, asked for the same rows by the classes that serve them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from handler.engines.onnx_runtime.answering import GraphModel
from handler.engines.onnx_runtime.feeding import fed, graph_inputs
from handler.records.signature import Feature, Target, Task
from training.twin.conversion import Graph, convert

CLOSE = 1e-12
"""float64 on both sides: only the order of sums may differ."""


def numbers(count: int) -> list[Feature]:
    """So many features of numbers."""
    return [Feature(f"x{place}", "number", nullable=True) for place in range(count)]


def graph_model(
    estimator: Any, task: Task, features: Sequence[Feature], targets: Sequence[Target]
) -> tuple[GraphModel, Graph]:
    """The graph of `estimator` as it serves, and its bytes."""
    graph = convert(estimator, task, features, targets)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph.data, options, providers=["CPUExecutionProvider"])
    inputs = graph_inputs([(one.name, one.type, one.shape) for one in session.get_inputs()], features)
    names = [output.name for output in session.get_outputs()]

    def run(rows: NDArray[Any]) -> dict[str, NDArray[Any]]:
        return dict(zip(names, session.run(names, fed(rows, inputs)), strict=True))

    return GraphModel(run, names, task, targets), graph


def require_classes_equal(estimator: Any, rows: NDArray[Any], features: Sequence[Feature]) -> None:
    """Raise AssertionError unless the graph of a classifier gives its labels, and its probabilities or decisions."""
    names = tuple(map(str, estimator.classes_.tolist()))
    model, _ = graph_model(estimator, "classification", features, [Target("y", names)])
    assert model.predict(rows).tolist() == list(map(str, estimator.predict(rows).tolist()))
    if hasattr(estimator, "predict_proba"):
        np.testing.assert_allclose(model.predict_proba(rows), estimator.predict_proba(rows), rtol=CLOSE, atol=CLOSE)
    elif hasattr(estimator, "decision_function"):
        decision = estimator.decision_function(rows)
        both = np.column_stack([-decision, decision]) if len(names) == 2 else decision
        scores = model.class_scores(rows)
        assert scores is not None
        np.testing.assert_allclose(scores, both, rtol=1e-9, atol=1e-9)


def require_numbers_equal(estimator: Any, rows: NDArray[Any], features: Sequence[Feature]) -> None:
    """The same of a regression."""
    model, _ = graph_model(estimator, "regression", features, [Target("y")])
    np.testing.assert_allclose(model.predict(rows), np.ravel(estimator.predict(rows)), rtol=CLOSE, atol=CLOSE)


def beside(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` with their neighbours in float64 and in float32."""
    single = values.astype(np.float32)
    near = [np.nextafter(values, -np.inf), values, np.nextafter(values, np.inf)]
    for way in (-np.inf, np.inf):
        other = np.nextafter(single, np.float32(way)).astype(np.float64)
        near += [other, (other + single.astype(np.float64)) / 2]
    return np.unique(np.concatenate([*near, single.astype(np.float64)]))
