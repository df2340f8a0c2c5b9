"""Which task a fitted estimator has, and what it predicts: of how many targets, with which labels."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, is_classifier, is_clusterer, is_outlier_detector, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from handler.engines.several_outputs import classes_of_outputs
from handler.records.signature import Task
from training.bring.held.refused import NOT_FITTED, Refused

Role = Literal["classification", "regression", "outlier_detection", "clustering"]


@dataclass(frozen=True)
class Outputs:
    """What an estimator predicts: of each target its own labels, none where it is a number. The labels of a multilabel
    classification are the numbers of its columns, those of a clustering the numbers of its clusters."""

    task: Task
    labels: tuple[tuple[Any, ...], ...]


def require_predictor(estimator: Any) -> Role:
    """What kind of answers a fitted estimator gives; raises Refused where it gives none to new rows."""
    kind = type(estimator).__name__
    if not isinstance(estimator, BaseEstimator):
        raise Refused(f"It is {_a(kind)}, not an estimator of scikit-learn: dump the fitted model itself.")
    try:
        check_is_fitted(estimator)
    except NotFittedError as error:
        raise Refused(NOT_FITTED) from error
    if not callable(getattr(estimator, "predict", None)):
        raise Refused(_without_predict(estimator))
    if is_classifier(estimator):
        return "classification"
    if is_outlier_detector(estimator):
        return "outlier_detection"
    if is_clusterer(estimator) or _is_mixture(estimator):
        return "clustering"
    if is_regressor(estimator):
        return "regression"
    return "classification" if hasattr(estimator, "classes_") else "regression"


def outputs_of(estimator: Any, role: Role, predicted: NDArray[Any], classed: int) -> Outputs:
    """What the estimator predicts, of which `predicted` is the answer to some rows; raises Refused.

    Outputs that are all 0 or 1 are the labels of a multilabel classification, as scikit-learn takes them (User Guide,
    "Multiclass and multioutput algorithms"), unless its user names the classes of so many outputs (`classed`): then
    each is a target.
    """
    width = predicted.shape[1] if predicted.ndim == 2 else 1
    if role == "outlier_detection":
        return Outputs("outlier_detection", ((),))
    if role == "clustering":
        return Outputs("clustering", (tuple(_clusters(final_part(estimator))),))
    if role == "regression":
        return Outputs("regression" if width == 1 else "several_targets", ((),) * width)
    several = classes_of_outputs(estimator)
    if len(several) < 2:
        if width > 1:
            return Outputs("multilabel", (tuple(range(width)),))
        labels = several[0] if several else _classes(estimator)
        if len(labels) < 2:
            raise Refused(
                "It knows one class only, so it always answers the same: fit it to rows of two classes or more."
            )
        return Outputs("classification", (tuple(labels),))
    if classed != len(several) and all(set(labels) <= {0, 1} for labels in several):
        return Outputs("multilabel", (tuple(range(len(several))),))
    return Outputs("several_targets", tuple(map(tuple, several)))


def final_part(estimator: Any) -> Any:
    """The part whose answers are the estimator's own: a pipeline's last step, what a frozen estimator holds."""
    while isinstance(estimator, (Pipeline, FrozenEstimator)):
        estimator = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator.estimator
    return estimator


def _classes(estimator: Any) -> list[Any]:
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        raise Refused("It does not say which classes it knows (it has no classes_), so its answers have no names.")
    labels: list[Any] = np.asarray(classes).tolist()
    return labels


def _clusters(model: Any) -> list[int]:
    """The numbers of the clusters that it can answer, as far as it says."""
    if _is_mixture(model):
        return list(range(len(model.weights_)))
    if hasattr(model, "subcluster_labels_"):
        return sorted({int(label) for label in model.subcluster_labels_})
    centers = getattr(model, "cluster_centers_", None)
    if centers is not None and len(centers):
        return list(range(len(centers)))
    return sorted({int(label) for label in getattr(model, "labels_", [])})


def _is_mixture(estimator: Any) -> bool:
    return bool(get_tags(estimator).estimator_type == "density_estimator")


def _without_predict(estimator: Any) -> str:
    last = final_part(estimator)
    kind = _a(type(last).__name__)
    if is_outlier_detector(last):
        return (
            f"It is {kind} that judges the rows that it was fitted to, and no others (it has no predict): make it with "
            "novelty=True, fit it to rows without outliers, and dump that."
        )
    if is_clusterer(last):
        return (
            f"It is {kind}, which groups the rows that it was fitted to, and no others (it has no predict). Fit a "
            "classifier to its labels, as in KNeighborsClassifier().fit(X, model.labels_), and package that."
        )
    what = "a transformer, without predict" if hasattr(last, "transform") else "of another kind, without predict"
    return (
        f"It is {kind}, which neither classifies nor regresses: it is {what}. Package the pipeline that ends in a "
        "classifier or a regressor."
    )


def _a(kind: str) -> str:
    return f"{'an' if kind[:1] in 'AEIOU' else 'a'} {kind}"
