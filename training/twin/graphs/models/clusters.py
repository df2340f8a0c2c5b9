"""Clusters by their centres: the nearest one, and the distances to all of them."""

from typing import Any

import numpy as np

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.models.bayes import of_likelihoods
from training.twin.graphs.models.distances import along_axes, squared


def draw_centres(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A KMeans and what else has a centre for each cluster."""
    distances = squared(drawing, joined(drawing, columns), estimator.cluster_centers_)
    nearest = drawing.add("ArgMin", distances, axis=1, keepdims=0)
    return Answer(nearest, decision=drawing.add("Sqrt", distances) if hasattr(estimator, "transform") else None)


def draw_subclusters(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A Birch: the cluster of the nearest of its subclusters."""
    distances = squared(drawing, joined(drawing, columns), estimator.subcluster_centers_)
    nearest = drawing.add("ArgMin", distances, axis=1, keepdims=0)
    cluster = drawing.add("Gather", drawing.places(estimator.subcluster_labels_), nearest, axis=0)
    return Answer(cluster, decision=drawing.add("Sqrt", distances))


def draw_halves(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A BisectingKMeans: the nearer of two centres, again and again."""
    rows = joined(drawing, columns)
    mean = getattr(estimator, "_X_mean", None)
    if mean is not None:
        rows = drawing.add("Sub", rows, drawing.numbers(np.reshape(mean, (1, -1))))

    def cluster(node: Any) -> str:
        if node.left is None:
            return drawing.places([node.label])
        centres = np.vstack([node.left.center, node.right.center])
        nearest = drawing.add("ArgMin", squared(drawing, rows, centres), axis=1, keepdims=0)
        first = drawing.add("Equal", nearest, drawing.places(0))
        return drawing.add("Where", first, cluster(node.left), cluster(node.right))

    found = cluster(estimator._bisecting_tree)
    distances = drawing.add("Sqrt", squared(drawing, joined(drawing, columns), estimator.cluster_centers_))
    if estimator._bisecting_tree.left is None:
        found = drawing.whole(drawing.flat(drawing.same(rows, [0.0])))
    return Answer(found, decision=distances)


def draw_centroids(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A NearestCentroid, whose probabilities count in the spread within the classes."""
    rows = joined(drawing, columns)
    centres = np.asarray(estimator.centroids_, dtype=np.float64)
    if estimator.metric != "euclidean":
        if not _equal(estimator):
            raise NoTwin("Its classes are not equally probable, and its distances are along the axes.")
        return Answer(drawing.add("ArgMin", along_axes(drawing, rows, centres), axis=1, keepdims=0))
    spread = np.where(estimator.within_class_std_dev_ != 0, estimator.within_class_std_dev_, 1.0).reshape(1, -1)
    away = squared(drawing, drawing.add("Div", rows, drawing.numbers(spread)), centres / spread)
    start = drawing.numbers(2.0 * np.log(estimator.class_prior_).reshape(1, -1))
    scores = drawing.add("Add", drawing.add("Neg", away), start)
    nearest = drawing.add("ArgMin", squared(drawing, rows, centres), axis=1, keepdims=0)
    answer = of_likelihoods(drawing, scores)
    decision = scores
    if len(centres) == 2:
        decision = drawing.add("Sub", drawing.picked(scores, [1]), drawing.picked(scores, [0]))
    return Answer(nearest if _equal(estimator) else answer.prediction, answer.probabilities, decision)


def _equal(estimator: Any) -> bool:
    return bool(np.isclose(estimator.class_prior_, 1 / len(estimator.classes_)).all())
