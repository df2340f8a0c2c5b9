"""How certain the numbers of a report are, and which features matter: by resampling and shuffling the rows held out.

All is drawn by the model's seed, so the same model gives the same report.
"""

import math
import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import sklearn
from sklearn.inspection import permutation_importance

from training.errors import UnprovedArtifact
from training.fit.evaluation import answers_of
from training.fit.held_out import metric_of
from training.fit.trained_model import TrainedModel
from training.measuring.answers import Answers
from training.measuring.asked import score
from training.measuring.metrics import measure

RESAMPLES = 200
MOST_ROWS = 2000
"""More rows would hardly make the intervals narrower, and would make the report slow."""

MOST_FEATURES = 200
"""Shuffling more columns one by one takes minutes."""

REPEATS = 5


@dataclass(frozen=True)
class Importance:
    """How much worse the metric gets when this feature is shuffled: the mean over REPEATS, and the deviation."""

    feature: str
    mean: float
    std: float


def confidence_intervals(model: TrainedModel) -> dict[str, tuple[float, float]]:
    """For each metric the 2.5 % and the 97.5 % quantile over RESAMPLES bootstrap samples of the rows held out.

    Percentile method (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13), on at most
    MOST_ROWS rows.
    """
    answers = answers_of(model)
    count = min(len(answers.predicted), MOST_ROWS)
    generator = np.random.default_rng(model.seed)
    drawn: dict[str, list[float]] = {}
    # The answers were looked at when they were measured as a whole.
    with warnings.catch_warnings(), sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        warnings.simplefilter("ignore")  # a sample without a class, or of one value, is no fault of the model
        for _ in range(RESAMPLES):
            rows = generator.integers(0, count, count)
            for name, value in measure(model.task, answers.taken(rows)).items():
                drawn.setdefault(name, []).append(value)
    return {
        name: (float(np.nanquantile(values, 0.025)), float(np.nanquantile(values, 0.975)))
        for name, values in drawn.items()
    }


def importances(model: TrainedModel, seconds: float = math.inf) -> list[Importance]:
    """The features by permutation importance, the most important first.

    Empty for more than MOST_FEATURES, where the truth is not known, where the shuffled rows cannot be measured, and
    where this would take longer than `seconds`.
    """
    if len(model.features) > MOST_FEATURES or model.y_test is None:
        return []
    rows = min(len(model.x_test), MOST_ROWS if len(model.features) <= 30 else 500)
    if math.isfinite(seconds):
        began = time.perf_counter()
        model.estimator.predict(model.x_test[:rows])
        if (time.perf_counter() - began) * REPEATS * len(model.features) > seconds:
            return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = permutation_importance(
                model.estimator,
                model.x_test[:rows],
                model.y_test[:rows],
                scoring=_scoring(model),
                n_repeats=REPEATS,
                random_state=model.seed,
            )
        except (ValueError, UnprovedArtifact):
            # The model may not answer rows put together anew, or the metric not take them.
            return []
    order = np.argsort(-found.importances_mean, kind="stable")
    names = [feature.name for feature in model.features]
    return [Importance(names[i], float(found.importances_mean[i]), float(found.importances_std[i])) for i in order]


def _scoring(model: TrainedModel) -> Any:
    """The metric as scikit-learn takes it: a name, or a function where it has none for the task."""
    metric = metric_of(model)
    if model.task in ("classification", "regression"):
        return metric

    def scored(estimator: Any, rows: Any, truth: Any) -> float:
        scores = estimator.decision_function(rows) if hasattr(estimator, "decision_function") else None
        answers = Answers(truth, np.asarray(estimator.predict(rows)), scores=scores, targets=model.targets)
        return score(metric, model.task, answers)

    return scored
