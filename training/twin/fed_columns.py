"""The inputs of a graph: one for each run of features of a kind, numbers as float64 and all others as strings.

How serving makes strings of values stands in `handler.engines.onnx_runtime.feeding`. A string is looked up once, where
it comes in; from there on the graph has its place among the feature's values.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import onnx
from onnx import helper

from handler.engines.onnx_runtime.feeding import GAP, text_of
from handler.records.signature import Feature
from training.errors import NoTwin
from training.twin.graphs.columns import Columns, Numbers, Piece, Symbols, Texts, objects
from training.twin.graphs.drawing import ML, Drawing

UNKNOWN = ("\x00unknown", "\x00other")
"""Two texts that stand for all that training did not see."""


def columns_of(drawing: Drawing, features: Sequence[Feature]) -> tuple[list[onnx.ValueInfoProto], Columns]:
    """The inputs for `features`, and their columns in the graph; raises NoTwin where strings do not tell values
    apart."""
    inputs: list[onnx.ValueInfoProto] = []
    pieces: list[Piece] = []
    for is_number, run in groupby(features, key=lambda feature: feature.kind == "number"):
        of_run = list(run)
        name = f"rows_{len(inputs)}"
        kind = onnx.TensorProto.DOUBLE if is_number else onnx.TensorProto.STRING
        inputs.append(helper.make_tensor_value_info(name, kind, [None, len(of_run)]))
        if is_number:
            pieces.append(Numbers(name, len(of_run)))
        else:
            pieces.extend(_piece(drawing, name, place, feature) for place, feature in enumerate(of_run))
    return inputs, Columns(tuple(pieces), "rows_0")


def _piece(drawing: Drawing, name: str, place: int, feature: Feature) -> Piece:
    column = drawing.add("Gather", name, drawing.places(place), axis=1)  # of shape (rows,)
    if feature.kind == "text":
        return Texts(column)
    values: list[Any] = [True, False] if feature.kind == "boolean" else list(feature.categories)
    keys = [text_of(value) for value in values]
    others: list[Any] = []
    if feature.nullable:
        if GAP in keys:
            raise NoTwin("A category of it is the empty text, which stands for a gap in an ONNX input.")
        values.append(float("nan") if feature.gap == "NaN" else None)
        keys.append(GAP)
    if feature.allow_unknown:
        most = max((abs(value) for value in feature.categories if isinstance(value, int)), default=0)
        others = [most + 1, most + 7] if feature.is_coded else list(UNKNOWN)
    found = drawing.add(
        "LabelEncoder",
        column,
        domain=ML,
        keys_strings=keys,
        values_int64s=list(range(len(keys))),
        default_int64=len(keys) if others else 0,
    )
    return Symbols(found, objects([*values, *others]), spare=bool(others))
