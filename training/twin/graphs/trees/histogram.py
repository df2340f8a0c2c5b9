"""Histogram gradient boosting, which compares in float64, has a way for gaps, and splits on sets of categories."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.losses import of_classes, of_link
from training.twin.graphs.trees.ensemble import Tree, summed

NONE = [-1]
"""A set of codes that none is in: ONNX has no empty ones."""


def draw_classifier(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """One that classifies."""
    return of_classes(drawing, _raw(drawing, estimator, columns), type(estimator._loss).__name__)


def draw_regressor(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """One that predicts a number."""
    link = type(estimator._loss.link).__name__
    return Answer(drawing.flat(of_link(drawing, _raw(drawing, estimator, columns), link)))


def _raw(drawing: Drawing, estimator: Any, columns: Columns) -> str:
    """The sums of all trees, of shape (rows, trees of an iteration)."""
    prepared = columns if estimator._preprocessor is None else drawing.step(estimator._preprocessor, columns)
    known = _known_categories(estimator)
    trees, targets = [], []
    for stage in estimator._predictors:
        for place, predictor in enumerate(stage):
            trees.append(_tree(predictor, known))
            targets.append(place)
    weights = [np.asarray(predictor.nodes["value"]) for stage in estimator._predictors for predictor in stage]
    width = estimator.n_trees_per_iteration_
    total = summed(drawing, joined(drawing, prepared), trees, weights, targets, width)
    return drawing.add("Add", total, drawing.numbers(np.reshape(estimator._baseline_prediction, (1, width))))


def _known_categories(estimator: Any) -> dict[int, set[int]]:
    """The codes that training saw of each column of categories."""
    bits, places = estimator._bin_mapper.make_known_categories_bitsets()
    columns = np.flatnonzero(estimator._bin_mapper.is_categorical_)
    return {int(column): _members(bits[places[column]]) for column in columns}


def _tree(predictor: Any, known: Mapping[int, set[int]]) -> Tree:
    """The tree of one predictor, as its _predict_one_from_raw_data walks it.

    A category that training did not see goes where a gap goes. So a node asks for the known categories of the other
    way, and whatever is not among them takes this one.
    """
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    yes = np.where(leaf, -1, nodes["left"].astype(np.int64))
    no = np.where(leaf, -1, nodes["right"].astype(np.int64))
    gap_yes = nodes["missing_go_to_left"].astype(np.int64)
    members = {}
    for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf).tolist():
        left = _members(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]])
        if gap_yes[node]:
            members[node] = sorted(known[int(nodes["feature_idx"][node])] - left) or NONE
            yes[node], no[node] = no[node], yes[node]
        else:
            members[node] = sorted(left) or NONE
        gap_yes[node] = 0
    return Tree(nodes["feature_idx"], nodes["num_threshold"], yes, no, gap_yes, members)


def _members(bits: NDArray[Any]) -> set[int]:
    """The numbers whose bits are set, of eight words of 32 bits."""
    return {32 * word + bit for word, value in enumerate(bits.tolist()) for bit in range(32) if value >> bit & 1}
