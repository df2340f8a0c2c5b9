"""Steps that take categories: the fitted step itself says what it makes of each value, and the graph looks it up."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.choosing import as_symbols, joined
from training.twin.graphs.columns import Columns, Numbers, Symbols, Texts
from training.twin.graphs.drawing import Drawing


def draw_one_hot(drawing: Drawing, encoder: Any, columns: Columns) -> Columns:
    """A OneHotEncoder: each column becomes several, or none."""
    owners = [place for place, width in enumerate(encoder._n_features_outs) for _ in range(width)]
    return _looked_up(drawing, encoder, columns, owners)


def draw_ordinal(drawing: Drawing, encoder: Any, columns: Columns) -> Columns:
    """An OrdinalEncoder: each column stays one."""
    return _looked_up(drawing, encoder, columns, list(range(columns.width)))


def draw_target(drawing: Drawing, encoder: Any, columns: Columns) -> Columns:
    """A TargetEncoder: each column becomes one, or one for each of more than two classes."""
    of_each = len(encoder.encodings_) // columns.width
    owners = [place for place in range(columns.width) for _ in range(of_each)]
    return _looked_up(drawing, encoder, columns, owners)


def _looked_up(drawing: Drawing, encoder: Any, columns: Columns, owners: Sequence[int]) -> Columns:
    symbols = [as_symbols(drawing, columns, place, known) for place, known in enumerate(encoder.categories_)]
    return columns.of(asked(encoder, symbols, owners))


def asked(step: Any, symbols: Sequence[Symbols], owners: Sequence[int]) -> list[Symbols]:
    """What `step` makes of each value of each column, which it takes one by one; `owners` names the column that each
    of its outputs comes from. A value that it refuses becomes NaN, of which no answer comes."""
    made: list[Symbols] = []
    for place, column in enumerate(symbols):
        outputs = [output for output, owner in enumerate(owners) if owner == place]
        table = _table(step, symbols, place, len(owners))[:, outputs]
        made.extend(Symbols(column.place, table[:, output], column.spare) for output in range(len(outputs)))
    return made


def _table(step: Any, symbols: Sequence[Symbols], place: int, width: int) -> NDArray[Any]:
    """What the step makes of rows with each value of one column, of shape (values, outputs)."""
    column = symbols[place]
    rows = [[other.values[0] for other in symbols] for _ in column.values]
    for row, value in zip(rows, column.values, strict=True):
        row[place] = value
    kinds = {other.values.dtype for other in symbols}
    kind: Any = kinds.pop() if len(kinds) == 1 else object
    matrix = np.empty((len(rows), len(symbols)), dtype=kind)
    for index, row in enumerate(rows):
        matrix[index] = row
    try:
        made = _dense(step.transform(matrix))
    except Exception:  # noqa: BLE001 - it refuses some value: which one is found out below
        made = np.vstack([_one(step, matrix[index : index + 1], width) for index in range(len(matrix))])
    if made.shape != (len(rows), width):
        raise NoTwin(f"A {type(step).__name__} of it gives other columns than it takes.")
    return made


def _one(step: Any, row: NDArray[Any], width: int) -> NDArray[Any]:
    try:
        return _dense(step.transform(row))
    except Exception:  # noqa: BLE001 - as the model refuses the row, the graph has no answer to it
        return np.full((1, width), np.nan)


def _dense(made: Any) -> NDArray[Any]:
    return np.asarray(made.toarray() if hasattr(made, "toarray") else made)


def draw_imputer(drawing: Drawing, imputer: Any, columns: Columns) -> Columns:
    """A SimpleImputer: of categories it is asked, of numbers it is drawn."""
    if any(isinstance(piece, Texts) for piece in columns.pieces):
        raise NoTwin("A SimpleImputer takes a text.")
    if any(isinstance(piece, Symbols) for piece in columns.pieces):
        return _filled_symbols(drawing, imputer, columns)
    rows, width = joined(drawing, columns), columns.width
    missing = imputer.missing_values
    statistics = np.asarray(imputer.statistics_, dtype=np.float64)
    kept = list(range(width))
    if not imputer.keep_empty_features and imputer.strategy != "constant":
        kept = np.flatnonzero(~np.isnan(statistics)).tolist()
    is_gap = missing is None or missing != missing
    gap = drawing.add("IsNaN", rows) if is_gap else drawing.add("Equal", rows, drawing.numbers(float(missing)))
    filled = drawing.add("Where", gap, drawing.numbers(statistics.reshape(1, -1)), rows)
    pieces = [Numbers(filled if len(kept) == width else drawing.picked(filled, kept), len(kept))]
    if imputer.indicator_ is not None:
        marked = imputer.indicator_.features_.tolist()
        pieces.append(Numbers(drawing.double(drawing.picked(gap, marked)), len(marked)))
    return columns.of([one for one in pieces if one.width])


def _filled_symbols(drawing: Drawing, imputer: Any, columns: Columns) -> Columns:
    if not all(isinstance(piece, Symbols) for piece in columns.pieces):
        raise NoTwin("A SimpleImputer takes numbers beside categories.")
    symbols = [as_symbols(drawing, columns, place, []) for place in range(columns.width)]
    owners = list(range(columns.width))
    if imputer.indicator_ is not None:
        owners += imputer.indicator_.features_.tolist()
    return columns.of(asked(imputer, symbols, owners))
