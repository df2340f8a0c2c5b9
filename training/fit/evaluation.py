"""Measures a trained model on the rows held out. What each number means is in `training.measuring.metrics`."""

import numpy as np

from training.errors import FitFailed
from training.fit.trained_model import TrainedModel
from training.measuring.answers import Answers
from training.measuring.metrics import measure
from training.measuring.space import points_of


def evaluate(model: TrainedModel) -> dict[str, float]:
    """The metrics of the model's task, by name; `rows_tested` says on how many rows."""
    return measure(model.task, answers_of(model)) | {"rows_tested": float(len(model.x_test))}


def answers_of(model: TrainedModel) -> Answers:
    """What the model answers to the rows held out; raises FitFailed where it cannot."""
    estimator, task = model.estimator, model.task
    has_probabilities = task in ("classification", "multilabel") and hasattr(estimator, "predict_proba")
    has_scores = task == "outlier_detection" and hasattr(estimator, "decision_function")
    try:
        predicted = np.asarray(estimator.predict(model.x_test))
        probabilities = estimator.predict_proba(model.x_test) if has_probabilities else None
        scores = estimator.decision_function(model.x_test) if has_scores else None
    except ValueError as error:
        name = type(getattr(estimator, "_final_estimator", estimator)).__name__
        reason = next(iter(str(error).splitlines()), "")
        raise FitFailed(
            f"{name} was fitted, but cannot answer the {len(model.x_test)} rows held out. Give other parameters with "
            f"--param, or more rows; scikit-learn says: {reason}"
        ) from error
    if task not in ("several_targets", "multilabel"):
        predicted = np.ravel(predicted)
    return Answers(
        model.y_test,
        predicted,
        probabilities,
        getattr(estimator, "classes_", None) if task == "classification" else None,
        scores,
        model.targets,
        points_of(model.x_test, model.features) if task == "clustering" else None,
    )
