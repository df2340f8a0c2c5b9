"""How rows become what a graph takes.

A graph has one tensor of numbers for all features, or several inputs, which take the features one after the other in
the manifest's order: as many each as it is wide. In an input of strings a gap is the empty string, a code or a truth
value its text; in one of numbers a truth value is 1 or 0, and a gap NaN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.errors.model import UnloadableArtifact

GAP = ""
"""What a gap is among strings."""

STRING = "tensor(string)"

NUMPY_TYPES: Mapping[str, type[Any]] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
"""The types of inputs that are fed, beside STRING, as ONNX Runtime names them."""


@dataclass(frozen=True)
class GraphInput:
    """One input of a graph: `type` as ONNX Runtime names it; it takes the features from `first` on, `width` of them,
    as a tensor of shape (rows, width), or (rows,) where it is `flat`."""

    name: str
    type: str
    first: int
    width: int
    flat: bool


def graph_inputs(described: Sequence[tuple[str, str, Sequence[Any]]], features: int) -> tuple[GraphInput, ...]:
    """The inputs by their names, types and shapes, as ONNX Runtime gives them.

    Raises UnloadableArtifact where they do not take `features` features, in rows of any number.
    """
    inputs: list[GraphInput] = []
    first = 0
    for name, kind, shape in described:
        if kind != STRING and kind not in NUMPY_TYPES:
            raise UnloadableArtifact(f"Its input {name!r} takes {kind}, and rows are numbers and texts.")
        if not 1 <= len(shape) <= 2 or isinstance(shape[0], int):
            raise UnloadableArtifact(
                f"Its input {name!r} has the shape {list(shape)}, and rows come as (any number, features)."
            )
        flat = len(shape) == 1
        width = 1 if flat else shape[1] if isinstance(shape[1], int) else features if len(described) == 1 else 1
        inputs.append(GraphInput(name, kind, first, width, flat))
        first += width
    if first != features:
        raise UnloadableArtifact(f"It takes {first} values, and its manifest names {features} features.")
    return tuple(inputs)


def fed(rows: NDArray[Any], inputs: Sequence[GraphInput]) -> dict[str, NDArray[Any]]:
    """What the graph gets for `rows`, of shape (rows, features), by the names of its inputs."""
    feeds = {}
    for taken in inputs:
        values = rows[:, taken.first : taken.first + taken.width]
        values = _texts(values) if taken.type == STRING else np.ascontiguousarray(values, dtype=NUMPY_TYPES[taken.type])
        feeds[taken.name] = values.reshape(len(rows)) if taken.flat else values
    return feeds


def _texts(values: NDArray[Any]) -> NDArray[Any]:
    texts = np.empty(values.shape, dtype=object)
    texts.ravel()[:] = list(map(text_of, values.ravel().tolist()))
    return texts


def text_of(value: Any) -> str:
    """A value of any kind as a string that a graph takes."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return GAP
    return str(value).lower() if isinstance(value, bool) else str(int(value))
