"""Measures a trained model on the rows held out.

Each number is a plain mean over the rows held out, by scikit-learn's own definition of that name (scikit-learn User
Guide, "Metrics and scoring").
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from handler.records.signature import Task
from training.errors import FitFailed
from training.fit.trained_model import TrainedModel


@dataclass(frozen=True)
class Answers:
    """True and predicted values, of shape (rows,), with the probabilities of `labels` where the estimator has them."""

    actual: NDArray[Any]
    predicted: NDArray[Any]
    probabilities: NDArray[np.float64] | None
    labels: NDArray[Any] | None

    def taken(self, rows: NDArray[np.intp]) -> "Answers":
        """The answers to these rows; a row may come several times."""
        probabilities = None if self.probabilities is None else self.probabilities[rows]
        return Answers(self.actual[rows], self.predicted[rows], probabilities, self.labels)


def evaluate(model: TrainedModel) -> dict[str, float]:
    """The metrics of the model's task, by name; `rows_tested` says on how many rows."""
    return measure(model.task, answers_of(model)) | {"rows_tested": float(len(model.x_test))}


def answers_of(model: TrainedModel) -> Answers:
    """What the model answers to the rows held out; raises FitFailed where it cannot."""
    estimator = model.estimator
    has_probabilities = model.task == "classification" and hasattr(estimator, "predict_proba")
    try:
        predicted = np.ravel(estimator.predict(model.x_test))
        probabilities = estimator.predict_proba(model.x_test) if has_probabilities else None
    except ValueError as error:
        name = type(getattr(estimator, "_final_estimator", estimator)).__name__
        reason = next(iter(str(error).splitlines()), "")
        raise FitFailed(
            f"{name} was fitted, but cannot answer the {len(model.x_test)} rows held out. Give other parameters with "
            f"--param, or more rows; scikit-learn says: {reason}"
        ) from error
    return Answers(model.y_test, predicted, probabilities, getattr(estimator, "classes_", None))


def measure(task: Task, answers: Answers) -> dict[str, float]:
    """The metrics of `task` on these answers, by name."""
    actual, predicted = answers.actual, answers.predicted
    if task == "regression":
        measured = {
            "r2": metrics.r2_score(actual, predicted),
            "mean_absolute_error": metrics.mean_absolute_error(actual, predicted),
            "root_mean_squared_error": metrics.root_mean_squared_error(actual, predicted),
        }
    else:
        measured = {
            "accuracy": metrics.accuracy_score(actual, predicted),
            "balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted),
            "f1_macro": metrics.f1_score(actual, predicted, average="macro"),
        }
        if answers.probabilities is not None:
            measured["log_loss"] = metrics.log_loss(actual, answers.probabilities, labels=answers.labels)
    return {name: float(value) for name, value in measured.items()}
