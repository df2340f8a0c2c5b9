"""Small graphs, written by hand with `onnx`, and versions that have them as their model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from handler.engines.onnx_runtime.engine import OnnxRuntime
from handler.records.signature import Example, Feature, Target, Task, Value
from handler.registry.chain import verify_artifact
from handler.registry.manifest import ArtifactFile, InputForm, Manifest, Parity, Training, sha256, version_of
from handler.rows.dtype import typed_rows
from handler.serving.predictor import Predictor
from tests.unit.handler.models import MOMENT, Version

PARITY = Parity(1000, 100, 1e-7, 1e-5, 0)
BOOL, DOUBLE, INT64, STRING = TensorProto.BOOL, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING
node = helper.make_node


def tensor(name: str, kind: int, shape: Sequence[int | None] | None) -> ValueInfoProto:
    """An input or an output of a graph."""
    return helper.make_tensor_value_info(name, kind, shape)


def model(
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto],
    outputs: Sequence[ValueInfoProto],
    constants: Mapping[str, NDArray[Any]] | None = None,
) -> ModelProto:
    """A model of one graph."""
    held = [numpy_helper.from_array(np.asarray(value), name) for name, value in (constants or {}).items()]
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    graph = helper.make_graph(nodes, "tested", inputs, outputs, held)
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def linear(nodes: Sequence[NodeProto], outputs: Mapping[str, int], weights: NDArray[Any], offset: Any) -> bytes:
    """A graph of rows of float64, in which `nodes` make the outputs of `values`, which are rows · weights + offset."""
    first = [node("MatMul", ["rows", "weights"], ["product"]), node("Add", ["product", "offset"], ["values"])]
    made = [tensor(name, kind, None) for name, kind in outputs.items()]
    constants = {"weights": weights, "offset": np.asarray(offset, dtype=weights.dtype), "half": np.array(0.5)}
    return bytes(
        model([*first, *nodes], [tensor("rows", DOUBLE, [None, len(weights)])], made, constants).SerializeToString()
    )


def classifier(weights: NDArray[Any], offset: Any) -> bytes:
    """Logistic regression of several classes."""
    nodes = [
        node("Softmax", ["values"], ["probabilities"], axis=1),
        node("ArgMax", ["values"], ["prediction"], axis=1, keepdims=0),
    ]
    return linear(nodes, {"prediction": INT64, "probabilities": DOUBLE}, weights, offset)


def onnx_file(data: bytes, form: InputForm | None = "float64", parity: Parity | None = None) -> ArtifactFile:
    """What a manifest says of the ONNX form."""
    return ArtifactFile("model.onnx", len(data), sha256(data), form, parity)


def graph_version(
    data: bytes,
    task: Task,
    targets: Sequence[Target],
    rows: Sequence[Sequence[Value]],
    *,
    features: Sequence[Feature] | None = None,
    form: InputForm = "float64",
) -> Version:
    """A version that has a graph alone, as `package --onnx` makes them; its answers to `rows` are its examples."""
    described = tuple(features or (Feature(f"x{place}", "number") for place in range(len(rows[0]))))
    manifest = Manifest(
        name="tested",
        version=version_of(MOMENT, sha256(data)),
        created_at=MOMENT.isoformat(),
        task=task,
        artifacts={"onnx": onnx_file(data, form)},
        features=described,
        target=targets[0],
        metrics={},
        runtime={"python": "3.13.0", "onnxruntime": onnxruntime.__version__},
        training=Training("made by a test", "0" * 64, 1, "onnx", {}, None, None),
        example=Example(tuple(rows[0]), 0.0),
        more_targets=tuple(targets[1:]),
    )
    answers = Predictor(manifest, OnnxRuntime().load(verify_artifact(manifest, data))).predict(
        typed_rows(rows, described)
    )
    examples = [Example.of(list(row), answer) for row, answer in zip(rows, answers, strict=True)]
    finished = replace(manifest, example=examples[0], more_examples=tuple(examples[1:]))
    return Version(Manifest.from_json(finished.to_json()), data)
