"""Steps that put numbers into bins, or on the scale of their quantiles."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns, Numbers
from training.twin.graphs.drawing import Drawing
from training.twin.graphs.steps.encoders import draw_one_hot


def draw_bins(drawing: Drawing, step: Any, columns: Columns) -> Columns:
    """A KBinsDiscretizer: how many edges lie at or below each number, or a column for each bin."""
    rows = joined(drawing, columns)
    made = []
    for place, edges in enumerate(step.bin_edges_):
        inner = drawing.numbers(np.reshape(edges[1:-1], (1, -1)))
        reached = drawing.double(drawing.add("GreaterOrEqual", drawing.picked(rows, [place]), inner))
        made.append(drawing.total(reached))
    binned = columns.of([Numbers(drawing.beside(made), len(made))])
    return binned if step.encode == "ordinal" else draw_one_hot(drawing, step._encoder, binned)


def draw_quantiles(drawing: Drawing, step: Any, columns: Columns) -> Columns:
    """A QuantileTransformer to a uniform distribution."""
    if step.output_distribution != "uniform":
        raise NoTwin("A QuantileTransformer of it gives a normal distribution.")
    rows = joined(drawing, columns)
    made = []
    for place in range(columns.width):
        quantiles = np.asarray(step.quantiles_[:, place], dtype=np.float64)
        column = drawing.picked(rows, [place])
        up = _between(drawing, column, quantiles, step.references_)
        down = _between(drawing, drawing.add("Neg", column), -quantiles[::-1], -step.references_[::-1])
        value = drawing.add("Mul", drawing.add("Sub", up, down), drawing.numbers(0.5))
        for bound, limit in ((quantiles[-1], 1.0), (quantiles[0], 0.0)):
            at_bound = drawing.add("Equal", column, drawing.numbers(bound))
            value = drawing.add("Where", at_bound, drawing.numbers(limit), value)
        made.append(drawing.add("Where", drawing.add("IsNaN", column), column, value))
    return columns.of([Numbers(drawing.beside(made), len(made))])


def _between(drawing: Drawing, column: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """numpy's interp: the line between the last point at or below a number and the next one."""
    inside = drawing.add("Clip", column, drawing.numbers(x[0]), drawing.numbers(x[-1]))
    reached = drawing.whole(drawing.add("GreaterOrEqual", inside, drawing.numbers(x.reshape(1, -1))))
    last = drawing.add("Sub", drawing.total(reached), drawing.places(1))
    step = np.append(np.diff(x), 1.0)
    slope = np.append(np.diff(y), 0.0) / np.where(step == 0, 1.0, step)
    points = drawing.numbers(np.column_stack([x, y, slope]))
    within = drawing.add("Clip", drawing.flat(last), drawing.places(0), drawing.places(len(x) - 1))
    point = drawing.add("Gather", points, within, axis=0)
    start, height, rise = (drawing.picked(point, [part]) for part in range(3))
    return drawing.add("Add", drawing.add("Mul", rise, drawing.add("Sub", inside, start)), height)
