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
from handler.records.signature import Feature
from handler.registry.manifest import InputForm

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


FORMS: Mapping[InputForm, frozenset[str]] = {
    "float32": frozenset({"tensor(float)"}),
    "float64": frozenset({"tensor(double)"}),
    "int64": frozenset({"tensor(int64)", "tensor(int32)", "tensor(bool)"}),
    "strings": frozenset({STRING}),
}
"""Of each form of input that a manifest may say, the types of which one input has one at least."""


@dataclass(frozen=True)
class GraphInput:
    """One input of a graph: `type` as ONNX Runtime names it; it takes the features from `first` on, `width` of them,
    as a tensor of shape (rows, width), or (rows,) where it is `flat`."""

    name: str
    type: str
    first: int
    width: int
    flat: bool


def graph_inputs(
    described: Sequence[tuple[str, str, Sequence[Any]]], features: Sequence[Feature]
) -> tuple[GraphInput, ...]:
    """The inputs by their names, types and shapes, as ONNX Runtime gives them.

    Raises UnloadableArtifact where they do not take these features, in rows of any number.
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
        width = 1 if flat else shape[1] if isinstance(shape[1], int) else len(features) if len(described) == 1 else 1
        if kind != STRING:
            _require_numbers(name, features[first : first + width])
        inputs.append(GraphInput(name, kind, first, width, flat))
        first += width
    if first != len(features):
        raise UnloadableArtifact(f"It takes {first} values, and its manifest names {len(features)} features.")
    return tuple(inputs)


def require_input_form(described: Sequence[tuple[str, str, Sequence[Any]]], form: InputForm | None) -> None:
    """Raise UnloadableArtifact where the inputs are not of the form that a manifest says, if it says one."""
    kinds = {kind for _, kind, _ in described}
    if form is not None and not kinds & FORMS[form]:
        raise UnloadableArtifact(f"Its graph takes {', '.join(sorted(kinds))}, and its manifest says {form}.")


def fed(rows: NDArray[Any], inputs: Sequence[GraphInput]) -> dict[str, NDArray[Any]]:
    """What the graph gets for `rows`, of shape (rows, features), by the names of its inputs.

    Raises ValueError where an input has no such value: a whole number for a fraction or a gap, a float32 so large.
    """
    feeds = {}
    for taken in inputs:
        values = rows[:, taken.first : taken.first + taken.width]
        values = _texts(values) if taken.type == STRING else _numbers(values, taken)
        feeds[taken.name] = values.reshape(len(rows)) if taken.flat else values
    return feeds


def _require_numbers(name: str, features: Sequence[Feature]) -> None:
    """numpy would read a number out of a text that looks like one."""
    for feature in features:
        if feature.kind == "text" or (feature.kind == "category" and not feature.is_coded):
            raise UnloadableArtifact(f"Its input {name!r} takes numbers, and {feature.name!r} is a {feature.kind}.")


def _numbers(values: NDArray[Any], taken: GraphInput) -> NDArray[Any]:
    if values.dtype == object:
        known = [np.nan if value is None else value for value in values.ravel().tolist()]
        values = np.array(known, dtype=object).reshape(values.shape)
    # Of a cast that loses something numpy says nothing, or only warns.
    with np.errstate(invalid="ignore", over="ignore"):
        given = np.ascontiguousarray(values, dtype=NUMPY_TYPES[taken.type])
    lost = np.isinf(given).any() if given.dtype.kind == "f" else not np.equal(given, values).all()
    if lost:
        raise ValueError(f"The input {taken.name!r} takes {taken.type}, and has no place for a value of these rows.")
    return given


def _texts(values: NDArray[Any]) -> NDArray[Any]:
    texts = np.empty(values.shape, dtype=object)
    texts.ravel()[:] = list(map(text_of, values.ravel().tolist()))
    return texts


def text_of(value: Any) -> str:
    """A value of any kind as a string that a graph takes; raises ValueError of a fraction, which is no code."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return GAP
    if isinstance(value, bool):
        return str(value).lower()
    if value != int(value):
        raise ValueError("An input of strings takes a number only where it is a whole one.")
    return str(int(value))
