"""Graphs as frameworks export them, made of single operators; and what `package --onnx` makes of one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from handler.registry.chain import verify_artifact
from handler.registry.manifest import Manifest
from handler.serving.predictor import Predictor, load_predictor
from training.bring.held.refused import Refused
from training.bring.onnx.graph_model import manifest_of_graph, notes_on
from training.bring.onnx.graph_process import GraphInspected, inspect_graph
from training.bring.stated import Kind, Said, Stated, parse_features
from training.errors import UnpackableArtifact

FLOAT, DOUBLE, INT64, STRING = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING

WEIGHTS = np.array([[1, -1, 0.5], [0.5, 1, -2]], dtype=np.float32)
ROWS = [[1.0, 2.0], [3.0, -1.0], [-2.0, 0.5], [0.25, 4.0]]


def value(name: str, kind: int = FLOAT, shape: Sequence[Any] | None = ("n", 2)) -> Any:
    return helper.make_tensor_value_info(name, kind, None if shape is None else list(shape))


def constant(name: str, array: Any) -> Any:
    return numpy_helper.from_array(np.asarray(array), name)


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> Any:
    return helper.make_node(operator, list(inputs), list(outputs), **attributes)


def ml(operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> Any:
    return node(operator, inputs, outputs, domain="ai.onnx.ml", **attributes)


def model(
    nodes: Sequence[Any],
    outputs: Sequence[Any],
    inputs: Sequence[Any] | None = None,
    constants: Sequence[Any] = (),
    *,
    opsets: Sequence[tuple[str, int]] = (("", 17), ("ai.onnx.ml", 3)),
    ir: int = 8,
) -> Any:
    graph = helper.make_graph(list(nodes), "g", list(inputs or [value("x")]), list(outputs), list(constants))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid(*opset) for opset in opsets])
    made.ir_version, made.producer_name, made.producer_version = ir, "maker", "1.2"
    return made


def linear(*after: Any, outputs: Sequence[Any], **options: Any) -> Any:
    """A graph that multiplies the rows by WEIGHTS into `z`, and goes on with `after`."""
    return model([node("MatMul", ["x", "w"], ["z"]), *after], outputs, constants=[constant("w", WEIGHTS)], **options)


def logits(rows: Any = ROWS) -> Any:
    return np.array(rows, dtype=np.float32) @ WEIGHTS


def softmax(rows: Any = ROWS) -> Any:
    shares = np.exp(logits(rows))
    return shares / shares.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Understood:
    """What would be published of a graph: its bytes, how it serves, and what the person is told."""

    manifest: Manifest
    inspected: GraphInspected
    predictor: Predictor
    data: bytes
    notes: str

    def answers(self, rows: Any = ROWS) -> list[dict[str, Any]]:
        return self.predictor.predict(np.array(rows))


def understand(
    folder: Path,
    made: Any,
    rows: Any = ROWS,
    *,
    features: str | None = "a,b",
    classes: tuple[str, ...] | None = None,
    target: tuple[str, ...] = ("target",),
    output: tuple[str, ...] = (),
    answers: Kind | None = None,
) -> Understood:
    data = made if isinstance(made, bytes) else made.SerializeToString()
    told = None if features is None else parse_features(features)
    stated = Stated("mine", told, None if classes is None else (classes,), target, tuple(json.loads(json.dumps(rows))))
    copied = folder / "served.onnx"
    inspected = inspect_graph(data, copied, stated, Said(output, answers), None, folder)
    served = copied.read_bytes()
    manifest = Manifest.from_json(manifest_of_graph(Path("mine.onnx"), stated, inspected, served).to_json())
    predictor = load_predictor(verify_artifact(manifest, served))
    return Understood(manifest, inspected, predictor, served, "\n".join(notes_on(inspected, None)))


def refusal(folder: Path, made: Any, rows: Any = ROWS, **options: Any) -> str:
    with pytest.raises((Refused, UnpackableArtifact)) as raised:
        understand(folder, made, rows, **options)
    return str(raised.value)


def outputs_in(data: bytes) -> list[str]:
    return [output.name for output in onnx.load_model_from_string(data).graph.output]
