"""What skl2onnx makes of an estimator that is not drawn here, or whose drawing was refused.

It knows classes that `training.twin.drawn_classes` does not, but converts some in silence into something else. So it is
asked last, and for rows of numbers alone. Whatever it makes is compared as every graph is.
"""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import onnx
from onnx import helper
from onnx.compose import add_prefix

from handler.engines.onnx_runtime.answering import PREDICTION, PROBABILITIES, SCORE, SCORES
from handler.records.signature import Task
from handler.registry.manifest import InputForm
from training.twin.graphs.drawing import IR_VERSION

OPSETS = {"": 21, "ai.onnx.ml": 3}
"""What skl2onnx 1.20 writes, and LabelEncoder as it is used here."""

NUMBERS: tuple[tuple[InputForm, int], ...] = (
    ("float64", onnx.TensorProto.DOUBLE),
    ("float32", onnx.TensorProto.FLOAT),
)
"""What a graph may compute with, the more exact first."""


def converted(estimator: Any, task: Task, features: int) -> Iterator[tuple[bytes, InputForm]]:
    """Graphs of `estimator`, a model of `task` on so many numbers; none where skl2onnx cannot convert it."""
    if task in ("several_targets", "multilabel"):
        return
    for form, kind in NUMBERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numpy, about skl2onnx
            try:
                data = _named(estimator, task, _made(estimator, task, features, form), kind)
            except Exception:  # noqa: BLE001, S112 - what it does not convert has no graph, for whatever reason
                continue
        # Outside of the filters above, which would be those of whoever compares the graph.
        yield data, form


def _made(estimator: Any, task: Task, features: int, form: InputForm) -> onnx.ModelProto:
    from skl2onnx import to_onnx  # 0.3 s, which most models do without
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    rows = (DoubleTensorType if form == "float64" else FloatTensorType)([None, features])
    options = {"zipmap": False} if task == "classification" else None
    model = to_onnx(estimator, initial_types=[("rows", rows)], options=options, target_opset=OPSETS)
    return add_prefix(model, "own/")  # its outputs may have our names


def _named(estimator: Any, task: Task, model: onnx.ModelProto, kind: int) -> bytes:
    """`model` with the outputs that serving reads, in its own bytes."""
    graph, given = model.graph, [output.name for output in model.graph.output]
    # skl2onnx names the oldest versions that its own nodes need.
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in OPSETS.items())
    model.ir_version = IR_VERSION
    names = {PREDICTION: onnx.TensorProto.INT64, **_beside(estimator, task, kind)}
    if task == "classification":
        graph.node.append(helper.make_node("LabelEncoder", given[:1], [PREDICTION], **_places(estimator)))
    elif task == "regression":
        names = {PREDICTION: kind}
        graph.node.append(helper.make_node("Identity", given[:1], [PREDICTION]))
    else:
        graph.node.append(helper.make_node("Cast", given[:1], [PREDICTION], to=onnx.TensorProto.INT64))
    graph.node.extend(
        helper.make_node("Identity", [old], [new]) for old, new in zip(given[1:], list(names)[1:], strict=True)
    )
    del graph.output[:]
    graph.output.extend(helper.make_tensor_value_info(name, of, None) for name, of in names.items())
    return bytes(model.SerializeToString(deterministic=True))


def _beside(estimator: Any, task: Task, kind: int) -> dict[str, int]:
    """What a model gives beside its prediction."""
    if task == "regression":
        return {}
    if hasattr(estimator, "predict_proba"):
        return {PROBABILITIES: kind}
    return {SCORE if task == "outlier_detection" else SCORES: kind}


def _places(estimator: Any) -> Mapping[str, Any]:
    """The attributes of a LabelEncoder that gives a label's place among the classes."""
    labels = np.asarray(estimator.classes_)
    keys = {"keys_int64s": labels.astype(np.int64).tolist()} if labels.dtype.kind in "biu" else {}
    keys = keys or {"keys_strings": [str(label) for label in labels.tolist()]}
    return {"domain": "ai.onnx.ml", "values_int64s": range(len(labels)), "default_int64": -1, **keys}
