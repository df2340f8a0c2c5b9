"""What an estimator says of rows itself, in the form of the HTTP contract: written from scikit-learn's documentation,
and not from the code that is tested."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier, is_outlier_detector, is_regressor
from sklearn.utils import get_tags

Answers = list[dict[str, Any]]


def own_answers(estimator: Any, rows: NDArray[Any]) -> Answers:
    """One answer a row; classes and clusters have their own names, targets and labels are numbered from 1."""
    predicted = estimator.predict(rows)
    predicted = predicted.toarray() if hasattr(predicted, "toarray") else np.asarray(predicted)
    if is_outlier_detector(estimator):
        scores = estimator.decision_function(rows).ravel()
        return [
            {"prediction": "outlier" if said == -1 else "inlier", "score": float(score)}
            for said, score in zip(predicted, scores, strict=True)
        ]
    if is_classifier(estimator):
        return _classes(estimator, rows, predicted)
    if is_regressor(estimator):
        if predicted.ndim == 2 and predicted.shape[1] > 1:
            return [
                {"prediction": {f"target_{place + 1}": float(value) for place, value in enumerate(row)}}
                for row in predicted
            ]
        return [{"prediction": float(value)} for value in predicted.ravel()]
    answers: Answers = [{"prediction": int(cluster)} for cluster in predicted]
    if get_tags(estimator).estimator_type == "density_estimator":
        for answer, shares in zip(answers, estimator.predict_proba(rows), strict=True):
            answer["probabilities"] = {str(cluster): float(share) for cluster, share in enumerate(shares)}
    return answers


def _classes(estimator: Any, rows: NDArray[Any], predicted: NDArray[Any]) -> Answers:
    shares = estimator.predict_proba(rows) if hasattr(estimator, "predict_proba") else None
    if predicted.ndim == 2:
        several = isinstance(estimator.classes_, list) and any(
            set(labels.tolist()) - {0, 1} for labels in estimator.classes_
        )
        return _several(estimator, predicted, shares) if several else _labels(estimator, predicted, shares)
    names = [str(label) for label in estimator.classes_]
    answers: Answers = [
        {"prediction": str(label), "prediction_index": estimator.classes_.tolist().index(label)}
        for label in predicted.tolist()
    ]
    if shares is not None:
        return _with(answers, "probabilities", names, shares)
    if not hasattr(estimator, "decision_function"):
        return answers
    scores = estimator.decision_function(rows)
    if len(names) == 2:
        scores = np.column_stack([-scores, scores])
    if getattr(estimator, "decision_function_shape", None) == "ovo":
        return answers
    return _with(answers, "scores", names, scores)


def _several(estimator: Any, predicted: NDArray[Any], shares: Any) -> Answers:
    answers: Answers = [
        {"prediction": {f"target_{place + 1}": str(label) for place, label in enumerate(row)}} for row in predicted
    ]
    if shares is not None:
        for index, answer in enumerate(answers):
            answer["probabilities"] = {
                f"target_{place + 1}": dict(zip(map(str, labels), map(float, shares[place][index]), strict=True))
                for place, labels in enumerate(estimator.classes_)
            }
    return answers


def _labels(estimator: Any, predicted: NDArray[Any], shares: Any) -> Answers:
    names = [f"label_{place + 1}" for place in range(predicted.shape[1])]
    answers: Answers = [
        {"prediction": [name for name, there in zip(names, row, strict=True) if there == 1]} for row in predicted
    ]
    # A stacking gives the probabilities that labels are not there, which are not served.
    if shares is None or type(estimator).__name__ == "StackingClassifier":
        return answers
    if isinstance(shares, list):
        shares = np.column_stack([share[:, 1] for share in shares])
    return _with(answers, "probabilities", names, shares)


def _with(answers: Answers, field: str, names: list[str], values: Any) -> Answers:
    for answer, row in zip(answers, values, strict=True):
        answer[field] = dict(zip(names, map(float, row), strict=True))
    return answers
