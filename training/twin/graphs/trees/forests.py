"""Decision trees and forests: the mean of what their leaves hold. scikit-learn compares rows that are rounded to
float32 with thresholds of float64, and so does the graph."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.trees.ensemble import Tree, leaf_values


def rounded(drawing: Drawing, columns: Columns) -> str:
    """The columns as numbers that float32 can hold, as float64."""
    return drawing.double(drawing.add("Cast", joined(drawing, columns), to=onnx.TensorProto.FLOAT))


def grown(fitted: Any, features: Sequence[int] | None = None) -> Tree:
    """The tree of a fitted decision tree, whose columns are `features` of the rows, or all of them."""
    tree = fitted.tree_
    names = np.arange(tree.n_features) if features is None else np.asarray(features)
    feature = np.where(tree.children_left < 0, 0, names[np.maximum(tree.feature, 0)])
    gaps = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
    return Tree(feature, tree.threshold, tree.children_left, tree.children_right, gaps)


def draw_tree(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A decision tree."""
    return _answer(drawing, estimator, [estimator], columns)


def draw_forest(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A forest."""
    return _answer(drawing, estimator, estimator.estimators_, columns)


def _answer(drawing: Drawing, estimator: Any, trees: Sequence[Any], columns: Columns) -> Answer:
    classes = getattr(estimator, "classes_", None)
    widths = [1] * estimator.n_outputs_ if classes is None else _widths(estimator)
    tables = [_table(fitted, widths, normalized=classes is not None) for fitted in trees]
    values = leaf_values(drawing, rounded(drawing, columns), [grown(fitted) for fitted in trees], tables)
    mean = drawing.add(
        "Div", drawing.total(values, axis=1, keep=False), drawing.numbers(float(len(trees)))
    )  # of shape (rows, values)
    if classes is None:
        return Answer(drawing.flat(mean) if estimator.n_outputs_ == 1 else mean)
    firsts = np.cumsum([0, *widths])
    parts = []
    for first, width in zip(firsts.tolist(), widths, strict=False):
        shares = mean if len(widths) == 1 else drawing.picked(mean, range(first, first + width))
        parts.append(Answer(drawing.largest(shares), shares))
    return parts[0] if len(parts) == 1 else Answer("", parts=tuple(parts))


def _widths(estimator: Any) -> list[int]:
    counts = estimator.n_classes_
    return [int(counts)] if np.ndim(counts) == 0 else [int(count) for count in counts]


def _table(fitted: Any, widths: Sequence[int], *, normalized: bool) -> NDArray[np.float64]:
    """What each node holds: numbers, or the shares of the classes of each output, side by side."""
    values = np.asarray(fitted.tree_.value, dtype=np.float64)
    if not normalized:
        return values[:, :, 0]
    return np.concatenate([values[:, output, :width] for output, width in enumerate(widths)], axis=1)
