"""Columns chosen, put side by side, and turned into numbers or into few values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.columns import Columns, Numbers, Piece, Symbols, Texts
from training.twin.graphs.drawing import Drawing


def chosen(drawing: Drawing, columns: Columns, positions: Sequence[int]) -> Columns:
    """The columns at `positions`, in this order."""
    pieces: list[Piece] = []
    run: list[int] = []
    source: Numbers | None = None

    def close() -> None:
        if source is not None and run:
            whole = run == list(range(source.width))
            pieces.append(source if whole else Numbers(drawing.picked(source.name, run), len(run)))
            run.clear()

    for position in positions:
        piece, place = columns.at(position)
        if piece is not source:
            close()
            source = piece if isinstance(piece, Numbers) else None
        if isinstance(piece, Numbers):
            run.append(place)
        else:
            pieces.append(piece)
    close()
    return columns.of(pieces)


def joined(drawing: Drawing, columns: Columns) -> str:
    """All columns as one tensor of numbers, of shape (rows, width); raises NoTwin where one holds texts."""
    tensors: list[str] = []
    waiting: list[Symbols] = []

    def close() -> None:
        if waiting:
            table = np.column_stack([_as_numbers(symbols) for symbols in waiting])
            tensors.append(drawing.add("Gather", drawing.numbers(table), waiting[0].place, axis=0))
            waiting.clear()

    for piece in columns.pieces:
        if not isinstance(piece, Symbols) or (waiting and waiting[0].place != piece.place):
            close()
        if isinstance(piece, Symbols):
            waiting.append(piece)
        elif isinstance(piece, Numbers):
            tensors.append(piece.name)
        else:
            raise NoTwin("A text reaches its model as no number.")
    close()
    if not tensors:
        return drawing.same(columns.rows, [])
    return drawing.beside(tensors)


def numeric(drawing: Drawing, columns: Columns) -> Columns:
    """The same columns as one piece of numbers."""
    return columns.of([Numbers(joined(drawing, columns), columns.width)])


def as_symbols(drawing: Drawing, columns: Columns, position: int, known: Sequence[Any]) -> Symbols:
    """The column at `position` as one of few values: where it holds numbers, the `known` ones, a gap, and all others.

    Raises NoTwin where it holds texts.
    """
    piece, place = columns.at(position)
    if isinstance(piece, Symbols):
        return piece
    if isinstance(piece, Texts):
        raise NoTwin("A text is taken for a category.")
    values = np.array(sorted({float(value) for value in known if value == value}), dtype=np.float64)
    column = drawing.picked(piece.name, [place])
    equal = drawing.add("Equal", column, drawing.numbers(values.reshape(1, -1)))
    gap = drawing.add("IsNaN", column)
    marks = drawing.beside(
        [
            *([drawing.add("Cast", equal, to=onnx.TensorProto.INT32)] if len(values) else []),
            drawing.add("Cast", gap, to=onnx.TensorProto.INT32),
            drawing.add("Cast", drawing.add("Equal", column, column), to=onnx.TensorProto.INT32),
        ]
    )
    others = (values.max() if len(values) else 0.0) + np.array([0.5, 2.5])
    return Symbols(drawing.largest(marks), np.concatenate([values, [np.nan], others]), spare=True)


def _as_numbers(symbols: Symbols) -> NDArray[np.float64]:
    if any(isinstance(value, str) for value in symbols.values.tolist()):
        raise NoTwin("A category reaches its model as a text.")
    numbers = np.array([np.nan if value is None else value for value in symbols.values.tolist()], dtype=np.float64)
    if symbols.spare and not np.array_equal(numbers[-1], numbers[-2], equal_nan=True):
        raise NoTwin("A category takes codes that training did not see, and its model takes each as a number.")
    return numbers
