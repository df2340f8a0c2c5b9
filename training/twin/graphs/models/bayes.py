"""Naive Bayes: the logarithm of how likely each class is, of which softmax makes probabilities."""

from typing import Any

import numpy as np

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing


def of_likelihoods(drawing: Drawing, likelihoods: str) -> Answer:
    """The answer of logarithms of likelihoods, of shape (rows, classes)."""
    return Answer(drawing.largest(likelihoods), drawing.add("Softmax", likelihoods, axis=1))


def draw_gaussian(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A GaussianNB."""
    rows = drawing.add("Unsqueeze", joined(drawing, columns), drawing.places([1]))
    away = drawing.add("Sub", rows, drawing.numbers(estimator.theta_[None]))  # (rows, classes, columns)
    squared = drawing.add("Div", drawing.add("Mul", away, away), drawing.numbers(estimator.var_[None]))
    half = drawing.add("Mul", drawing.total(squared, axis=2, keep=False), drawing.numbers(-0.5))
    start = np.log(estimator.class_prior_) - 0.5 * np.sum(np.log(2.0 * np.pi * estimator.var_), axis=1)
    return of_likelihoods(drawing, drawing.add("Add", half, drawing.numbers(start.reshape(1, -1))))


def draw_counts(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A MultinomialNB or a ComplementNB."""
    start = np.zeros(len(estimator.classes_))
    if type(estimator).__name__ == "MultinomialNB" or len(estimator.classes_) == 1:
        start = estimator.class_log_prior_
    return of_likelihoods(drawing, drawing.linear(joined(drawing, columns), estimator.feature_log_prob_.T, start))


def draw_bernoulli(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A BernoulliNB."""
    rows = joined(drawing, columns)
    if estimator.binarize is not None:
        rows = drawing.double(drawing.add("Greater", rows, drawing.numbers(float(estimator.binarize))))
    absent = np.log(1 - np.exp(estimator.feature_log_prob_))
    start = estimator.class_log_prior_ + absent.sum(axis=1)
    return of_likelihoods(drawing, drawing.linear(rows, (estimator.feature_log_prob_ - absent).T, start))


def draw_categorical(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A CategoricalNB, whose columns hold the places of categories; a place that is not known gives NaN."""
    rows = joined(drawing, columns)
    # scikit-learn cuts its rows down to whole numbers.
    whole = drawing.whole(rows)
    total = drawing.same(rows, estimator.class_log_prior_)
    for place, table in enumerate(estimator.feature_log_prob_):
        if not np.isfinite(table).all():
            raise NoTwin("A category of it has no finite likelihood.")
        known = table.shape[1]
        column = drawing.flat(drawing.picked(whole, [place]))
        within = drawing.add("Clip", column, drawing.places(-1), drawing.places(known))
        padded = np.vstack([np.full((1, len(table)), np.nan), table.T, np.full((1, len(table)), np.nan)])
        looked_up = drawing.add(
            "Gather", drawing.numbers(padded), drawing.add("Add", within, drawing.places(1)), axis=0
        )
        total = drawing.add("Add", total, looked_up)
    return of_likelihoods(drawing, total)
