"""Steps that compute on numbers, in the order of scikit-learn's own operations."""

from typing import Any

import numpy as np

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns, Numbers
from training.twin.graphs.drawing import Drawing


def draw_standard(drawing: Drawing, scaler: Any, columns: Columns) -> Columns:
    """A StandardScaler."""
    return _scaled(drawing, columns, scaler.mean_ if scaler.with_mean else None, scaler.scale_)


def draw_robust(drawing: Drawing, scaler: Any, columns: Columns) -> Columns:
    """A RobustScaler."""
    centre = scaler.center_ if scaler.with_centering else None
    return _scaled(drawing, columns, centre, scaler.scale_ if scaler.with_scaling else None)


def draw_most(drawing: Drawing, scaler: Any, columns: Columns) -> Columns:
    """A MaxAbsScaler."""
    made = _scaled(drawing, columns, None, scaler.scale_)
    return _clipped(drawing, made, -1.0, 1.0) if getattr(scaler, "clip", False) else made


def draw_range(drawing: Drawing, scaler: Any, columns: Columns) -> Columns:
    """A MinMaxScaler."""
    rows = drawing.add("Mul", joined(drawing, columns), drawing.numbers(scaler.scale_.reshape(1, -1)))
    rows = drawing.add("Add", rows, drawing.numbers(scaler.min_.reshape(1, -1)))
    made = columns.of([Numbers(rows, columns.width)])
    return _clipped(drawing, made, *scaler.feature_range) if scaler.clip else made


def _scaled(drawing: Drawing, columns: Columns, centre: Any, scale: Any) -> Columns:
    rows = joined(drawing, columns)
    if centre is not None:
        rows = drawing.add("Sub", rows, drawing.numbers(np.reshape(centre, (1, -1))))
    if scale is not None:
        rows = drawing.add("Div", rows, drawing.numbers(np.reshape(scale, (1, -1))))
    return columns.of([Numbers(rows, columns.width)])


def _clipped(drawing: Drawing, columns: Columns, low: float, high: float) -> Columns:
    rows = joined(drawing, columns)
    return columns.of([Numbers(drawing.add("Clip", rows, drawing.numbers(low), drawing.numbers(high)), columns.width)])


def draw_binary(drawing: Drawing, step: Any, columns: Columns) -> Columns:
    """A Binarizer."""
    above = drawing.add("Greater", joined(drawing, columns), drawing.numbers(float(step.threshold)))
    return columns.of([Numbers(drawing.double(above), columns.width)])


def draw_norm(drawing: Drawing, step: Any, columns: Columns) -> Columns:
    """A Normalizer."""
    rows = joined(drawing, columns)
    absolute = drawing.add("Abs", rows)
    if step.norm == "l1":
        norm = drawing.total(absolute)
    elif step.norm == "l2":
        norm = drawing.add("Sqrt", drawing.total(drawing.add("Mul", rows, rows)))
    else:
        norm = drawing.add("ReduceMax", absolute, drawing.places([1]), keepdims=1)
    nothing = drawing.add("Equal", norm, drawing.numbers(0.0))
    divided = drawing.add("Div", rows, drawing.add("Where", nothing, drawing.numbers(1.0), norm))
    return columns.of([Numbers(divided, columns.width)])


def draw_components(drawing: Drawing, step: Any, columns: Columns) -> Columns:
    """A PCA, a TruncatedSVD, or a projection like them."""
    rows = joined(drawing, columns)
    if type(step).__name__ in ("PCA", "IncrementalPCA", "FastICA"):
        mean = getattr(step, "mean_", None)
        if mean is not None and (type(step).__name__ != "FastICA" or step.whiten):
            rows = drawing.add("Sub", rows, drawing.numbers(np.reshape(mean, (1, -1))))
    components = step.components_.toarray() if hasattr(step.components_, "toarray") else step.components_
    made = drawing.add("MatMul", rows, drawing.numbers(np.asarray(components).T))
    if type(step).__name__ in ("PCA", "IncrementalPCA") and step.whiten:
        scale = np.sqrt(step.explained_variance_)
        scale = np.maximum(scale, np.finfo(scale.dtype).eps)
        made = drawing.add("Div", made, drawing.numbers(scale.reshape(1, -1)))
    return columns.of([Numbers(made, len(components))])


def draw_polynomial(drawing: Drawing, step: Any, columns: Columns) -> Columns:
    """A PolynomialFeatures: products of columns, one factor after the other."""
    rows = joined(drawing, columns)
    powers = np.asarray(step.powers_)
    width = columns.width
    ones = drawing.same(rows, [1.0])
    extended = drawing.beside([rows, ones])  # the last column is 1
    factors = [[column for column in range(width) for _ in range(row[column])] for row in powers.tolist()]
    product = None
    for turn in range(max((len(row) for row in factors), default=0)):
        taken = drawing.picked(extended, [row[turn] if turn < len(row) else width for row in factors])
        product = taken if product is None else drawing.add("Mul", product, taken)
    return columns.of([Numbers(product or ones, len(powers))])


def draw_power(drawing: Drawing, step: Any, columns: Columns) -> Columns:
    """A PowerTransformer by Box and Cox, or by Yeo and Johnson."""
    rows = joined(drawing, columns)
    one = drawing.numbers(1.0)
    made = []
    for place, power in enumerate(np.asarray(step.lambdas_, dtype=np.float64).tolist()):
        column = drawing.picked(rows, [place])
        if not np.isfinite(power):
            raise NoTwin("A PowerTransformer of it has no finite power.")
        if step.method == "box-cox":
            made.append(_raised(drawing, column, power))
            continue
        below = drawing.add("Less", column, drawing.numbers(0.0))
        up = drawing.add("Add", drawing.add("Where", below, drawing.numbers(0.0), column), one)
        down = drawing.add("Sub", one, drawing.add("Where", below, column, drawing.numbers(0.0)))
        negative = drawing.add("Neg", _raised(drawing, down, 2.0 - power))
        made.append(drawing.add("Where", below, negative, _raised(drawing, up, power)))
    columns = columns.of([Numbers(drawing.beside(made), len(made))])
    if not step.standardize:
        return columns
    return draw_standard(drawing, step._scaler, columns)


def _raised(drawing: Drawing, base: str, power: float) -> str:
    """(base ** power - 1) / power, whose limit at 0 is the logarithm."""
    if abs(power) < np.spacing(1.0):
        return drawing.add("Log", base)
    raised = drawing.add("Sub", drawing.add("Pow", base, drawing.numbers(power)), drawing.numbers(1.0))
    return drawing.add("Div", raised, drawing.numbers(power))
