"""Models for the gate, each with its manifest; and graphs of them, whole or with something wrong in them."""

import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx.compose import add_prefix
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType

from handler.engines.scikit_learn import ScikitLearn
from handler.records.signature import Feature, Target, Task
from handler.registry.chain import VerifiedArtifact
from handler.rows.dtype import row_dtype
from tests.unit.training.dumping import dump_estimator
from training.fit.held_out import plain_row
from training.fit.trained_model import TrainedModel
from training.folder.writing import make_manifest
from training.twin.conversion import Graph
from training.twin.converted import OPSETS
from training.twin.gate import Gate

Change = Callable[[onnx.ModelProto], None]


def described(rows: NDArray[Any], names: Sequence[str] = ()) -> tuple[Feature, ...]:
    """Features of the columns: numbers, or categories where they are texts."""
    features = []
    for place, column in enumerate(rows.T):
        name = names[place] if names else f"x{place}"
        present = [value for value in column.tolist() if value is not None and value == value]
        nullable = len(present) < len(column)
        if isinstance(present[0], str):
            features.append(Feature(name, "category", nullable, categories=tuple(sorted(set(present)))))
        else:
            quantiles = tuple(np.quantile(present, np.linspace(0, 1, 11)).tolist())
            features.append(
                Feature(name, "number", nullable, minimum=min(present), maximum=max(present), quantiles=quantiles)
            )
    return tuple(features)


def built(estimator: Any, rows: NDArray[Any], truth: NDArray[Any], task: Task) -> VerifiedArtifact:
    """The artifact of `estimator`, which was fitted to `rows`, with its manifest."""
    features = described(rows)
    classes = tuple(map(str, estimator.classes_.tolist())) if task == "classification" else ()
    spread = float(np.std(truth)) if task == "regression" else None
    held_out = rows[:40].astype(row_dtype(feature.kind for feature in features))
    model = TrainedModel(
        "m", task, estimator, features, Target("y", classes, spread), held_out, truth[:40], "made up", "", len(rows), 0
    )
    content = dump_estimator(estimator)
    return VerifiedArtifact(make_manifest(model, content, datetime.now(UTC)), content)


def gate_of(estimator: Any, rows: NDArray[Any], truth: NDArray[Any], task: Task = "classification") -> Gate:
    """The gate for twins of `estimator`, with some of the rows that it was fitted to as real ones."""
    artifact = built(estimator, rows, truth, task)
    real = [plain_row(row) for row in rows[:40]]
    return Gate(ScikitLearn().load(artifact), artifact.manifest, real, seed=0)


def plain_graph(estimator: Any, width: int, change: Change | None = None, *, texts: bool = False) -> Graph:
    """What skl2onnx makes of `estimator` in 32-bit floats, or of texts, with `change` in it and our outputs' names."""
    kind = StringTensorType if texts else FloatTensorType
    is_classifier = hasattr(estimator, "classes_")
    options = {"zipmap": False} if is_classifier else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numpy, about skl2onnx
        model = to_onnx(estimator, initial_types=[("rows", kind([None, width]))], options=options, target_opset=OPSETS)
    model = add_prefix(model, "own/")  # its outputs may have our names
    if change is not None:
        change(model)
    graph = model.graph
    names = ["prediction", "probabilities"][: len(graph.output)]
    graph.node.extend(
        helper.make_node("Identity", [given.name], [name]) for given, name in zip(graph.output, names, strict=True)
    )
    types = [output.type.tensor_type.elem_type for output in graph.output]
    del graph.output[:]
    graph.output.extend(
        helper.make_tensor_value_info(name, kind, None) for name, kind in zip(names, types, strict=True)
    )
    return Graph(model.SerializeToString(), "strings" if texts else "float32")


def attributes(model: onnx.ModelProto, operator: str) -> dict[str, onnx.AttributeProto]:
    """Those of the only node of this operator."""
    [node] = [node for node in model.graph.node if node.op_type == operator]
    return {attribute.name: attribute for attribute in node.attribute}


def initializer(model: onnx.ModelProto, values: NDArray[Any], name: str) -> str:
    """The name of a new constant."""
    model.graph.initializer.append(numpy_helper.from_array(values, name))
    return name
