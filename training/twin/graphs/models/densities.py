"""Normal distributions: mixtures of them, quadratic discriminant analysis, and an ellipse around the inliers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.losses import inliers
from training.twin.graphs.models.bayes import of_likelihoods


def _away(drawing: Drawing, rows: str, mean: NDArray[Any], turned: NDArray[Any]) -> str:
    """Squared lengths of (rows - mean) @ turned, of shape (rows, 1)."""
    moved = drawing.add("Sub", rows, drawing.numbers(np.reshape(mean, (1, -1))))
    made = drawing.add("MatMul", moved, drawing.numbers(turned))
    return drawing.total(drawing.add("Mul", made, made))


def draw_mixture(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A GaussianMixture or a BayesianGaussianMixture; the number of a cluster is its place."""
    rows = joined(drawing, columns)
    means = np.asarray(estimator.means_, dtype=np.float64)
    roots = [_root(estimator, place) for place in range(len(means))]
    away = drawing.beside([_away(drawing, rows, mean, root) for mean, root in zip(means, roots, strict=True)])
    # At a mean nothing is left but what the component has of its own.
    own = np.array([estimator._estimate_weighted_log_prob(mean[None])[0, place] for place, mean in enumerate(means)])
    half = drawing.add("Mul", away, drawing.numbers(-0.5))
    return of_likelihoods(drawing, drawing.add("Add", half, drawing.numbers(own.reshape(1, -1))))


def _root(estimator: Any, place: int) -> NDArray[np.float64]:
    """The root of a component's precision, of shape (columns, columns)."""
    roots: NDArray[np.float64] = np.asarray(estimator.precisions_cholesky_, dtype=np.float64)
    if estimator.covariance_type == "full":
        return np.asarray(roots[place])
    if estimator.covariance_type == "tied":
        return roots
    return np.diag(np.broadcast_to(roots[place], estimator.means_.shape[1]))


def draw_quadratic(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A QuadraticDiscriminantAnalysis."""
    rows = joined(drawing, columns)
    away, start = [], []
    for mean, rotation, scaling, prior in zip(
        estimator.means_, estimator.rotations_, estimator.scalings_, estimator.priors_, strict=True
    ):
        away.append(_away(drawing, rows, mean, rotation * scaling**-0.5))
        start.append(-0.5 * np.sum(np.log(scaling)) + np.log(prior))
    half = drawing.add("Mul", drawing.beside(away), drawing.numbers(-0.5))
    likelihoods = drawing.add("Add", half, drawing.numbers(np.reshape(start, (1, -1))))
    answer = of_likelihoods(drawing, likelihoods)
    if len(estimator.classes_) == 2:
        second, first = (drawing.picked(likelihoods, [place]) for place in (1, 0))
        return Answer(answer.prediction, answer.probabilities, drawing.add("Sub", second, first))
    return Answer(answer.prediction, answer.probabilities, likelihoods)


def draw_ellipse(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An EllipticEnvelope: the negative Mahalanobis distance beside its bound."""
    moved = drawing.add("Sub", joined(drawing, columns), drawing.numbers(estimator.location_.reshape(1, -1)))
    turned = drawing.add("MatMul", moved, drawing.numbers(estimator.get_precision()))
    away = drawing.total(drawing.add("Mul", turned, moved))
    return inliers(drawing, drawing.add("Sub", drawing.add("Neg", away), drawing.numbers(float(estimator.offset_))))
