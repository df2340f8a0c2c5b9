"""Steps made of steps: pipelines, columns that go different ways, unions, and those that only choose columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx

from training.errors import NoTwin
from training.twin.graphs.choosing import chosen, joined
from training.twin.graphs.columns import Columns, Numbers, Piece, Symbols
from training.twin.graphs.drawing import Answer, Drawing


def draw_columns(drawing: Drawing, transformer: Any, columns: Columns) -> Columns:
    """A fitted ColumnTransformer: each step takes its columns, and what they make stands side by side."""
    pieces: list[Piece] = []
    weights = transformer.transformer_weights or {}
    for name, step, taken in transformer.transformers_:
        positions = _positions(taken, columns.width)
        if (isinstance(step, str) and step == "drop") or not positions:
            continue
        made = chosen(drawing, columns, positions)
        if step != "passthrough":
            made = drawing.step(step, made)
        pieces.extend(_weighted(drawing, made, weights.get(name)).pieces)
    return columns.of(pieces)


def draw_union(drawing: Drawing, union: Any, columns: Columns) -> Columns:
    """A FeatureUnion: each step takes all columns."""
    pieces: list[Piece] = []
    weights = union.transformer_weights or {}
    for name, step in union.transformer_list:
        if step == "drop":
            continue
        made = columns if step == "passthrough" else drawing.step(step, columns)
        pieces.extend(_weighted(drawing, made, weights.get(name)).pieces)
    return columns.of(pieces)


def _weighted(drawing: Drawing, columns: Columns, weight: float | None) -> Columns:
    if weight is None:
        return columns
    product = drawing.add("Mul", joined(drawing, columns), drawing.numbers(float(weight)))
    return columns.of([Numbers(product, columns.width)])


def _positions(taken: Any, width: int) -> list[int]:
    """The columns that a step takes; raises NoTwin where it names them."""
    if isinstance(taken, slice):
        return list(range(width))[taken]
    listed = np.atleast_1d(np.asarray(taken))
    if listed.dtype == bool:
        return np.flatnonzero(listed).tolist()
    if listed.size and listed.dtype.kind not in "iu":
        raise NoTwin("It takes its columns by their names.")
    return [int(position) % width for position in listed]


def draw_steps(drawing: Drawing, pipeline: Any, columns: Columns) -> Columns:
    """A Pipeline whose last step is no model."""
    return _after(drawing, [step for _, step in pipeline.steps], columns)


def draw_model_behind_steps(drawing: Drawing, pipeline: Any, columns: Columns) -> Answer:
    """A Pipeline whose last step is a model."""
    *before, last = [step for _, step in pipeline.steps]
    return drawing.answer(last, _after(drawing, before, columns))


def _after(drawing: Drawing, steps: Sequence[Any], columns: Columns) -> Columns:
    for step in steps:
        if step is not None and not (isinstance(step, str) and step == "passthrough"):
            columns = drawing.step(step, columns)
    return columns


def draw_selection(drawing: Drawing, selector: Any, columns: Columns) -> Columns:
    """A step that keeps some columns as they are."""
    return chosen(drawing, columns, np.flatnonzero(selector.get_support()).tolist())


def draw_function(drawing: Drawing, transformer: Any, columns: Columns) -> Columns:
    """A FunctionTransformer of a function of numpy's that ONNX has too."""
    if transformer.func is None or _checks_alone(transformer.func):
        return columns
    if transformer.func is np.asarray and set(transformer.kw_args or {}) <= {"dtype", "order"}:
        return cast(drawing, columns, np.dtype((transformer.kw_args or {}).get("dtype", object)))
    if transformer.kw_args:
        raise NoTwin("A FunctionTransformer of it has arguments.")
    return columns.of([Numbers(function_of(drawing, transformer.func, joined(drawing, columns)), columns.width)])


def cast(drawing: Drawing, columns: Columns, kind: np.dtype[Any]) -> Columns:
    """The columns as values of one type, as packaging casts those of a DataFrame."""
    pieces: list[Piece] = []
    for piece in columns.pieces:
        if isinstance(piece, Symbols):
            values = piece.values if kind.kind == "O" else np.asarray(piece.values, dtype=kind)
            pieces.append(Symbols(piece.place, values, piece.spare))
        elif isinstance(piece, Numbers) and kind == np.float32:
            rounded = drawing.double(drawing.add("Cast", piece.name, to=onnx.TensorProto.FLOAT))
            pieces.append(Numbers(rounded, piece.width))
        elif kind.kind in "iub":
            raise NoTwin("A step of it casts numbers to whole numbers.")
        else:
            pieces.append(piece)
    return columns.of(pieces)


def _checks_alone(function: Any) -> bool:
    """Whether it is the check that histogram gradient boosting puts in the place of a step."""
    return getattr(getattr(function, "func", None), "__name__", "") == "check_array"


def function_of(drawing: Drawing, function: Any, rows: str) -> str:
    """`function` of each number; raises NoTwin where ONNX has none that is equal."""
    one = drawing.numbers(1.0)
    if function is np.log1p:
        return drawing.add("Log", drawing.add("Add", rows, one))
    if function is np.expm1:
        return drawing.add("Sub", drawing.add("Exp", rows), one)
    if function is np.square:
        return drawing.add("Mul", rows, rows)
    if function in (np.log2, np.log10):
        return drawing.add("Div", drawing.add("Log", rows), drawing.numbers(np.log(2.0 if function is np.log2 else 10)))
    named = {np.exp: "Exp", np.log: "Log", np.sqrt: "Sqrt", np.abs: "Abs", np.reciprocal: "Reciprocal"}
    if function in named:
        return drawing.add(named[function], rows)
    raise NoTwin("It calls a function that ONNX does not have.")
