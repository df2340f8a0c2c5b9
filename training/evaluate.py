"""Measures a trained model on the rows held out.

`training.folder` puts the numbers into the manifest, `training.report` into the report. Each is a plain mean over the
rows held out, by scikit-learn's own definition of that name (scikit-learn User Guide, "Metrics and scoring").
"""

import numpy as np
from sklearn import metrics

from training.model import TrainedModel


def evaluate(model: TrainedModel) -> dict[str, float]:
    """The metrics of the model's task, by name; `rows_tested` says on how many rows."""
    predicted = model.estimator.predict(model.x_test)
    if model.task == "regression":
        measured = {
            "r2": metrics.r2_score(model.y_test, predicted),
            "mean_absolute_error": metrics.mean_absolute_error(model.y_test, predicted),
            "root_mean_squared_error": metrics.root_mean_squared_error(model.y_test, predicted),
        }
    else:
        measured = {
            "accuracy": metrics.accuracy_score(model.y_test, predicted),
            "balanced_accuracy": metrics.balanced_accuracy_score(model.y_test, predicted),
            "f1_macro": metrics.f1_score(model.y_test, predicted, average="macro"),
        }
        if hasattr(model.estimator, "predict_proba"):
            probabilities = model.estimator.predict_proba(model.x_test)
            measured["log_loss"] = metrics.log_loss(model.y_test, probabilities, labels=model.estimator.classes_)
    return {name: float(value) for name, value in measured.items()} | {"rows_tested": float(np.shape(model.x_test)[0])}
