"""What a brought model is, in words: what predicts, what stands around it or within it, and how it was found."""

from collections.abc import Sequence
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from training.folder.public_names import public_name

INNER = ("estimator", "regressor", "classifier", "base_estimator")
"""The parameters by which scikit-learn's estimators are given another one."""


def estimator_name(estimator: Any, searched: Sequence[str] = ()) -> str:
    """The name as one imports it, as in "sklearn.linear_model.LogisticRegression in a Pipeline, found by GridSearchCV".

    One that holds others names these, as in "sklearn.ensemble.VotingClassifier of GaussianNB and SVC".
    """
    found = f", found by {' and '.join(searched)}" if searched else ""
    return _named(estimator, whole=True) + found


def _named(estimator: Any, *, whole: bool) -> str:
    if isinstance(estimator, Pipeline):
        steps = [step for _, step in estimator.steps if isinstance(step, BaseEstimator)]
        return f"{_named(steps[-1], whole=whole)} in a Pipeline" if steps else "Pipeline"
    name = public_name(type(estimator)) if whole else type(estimator).__name__
    held = list(dict.fromkeys(_named(part, whole=False) for part in _held(estimator)))
    last = getattr(estimator, "final_estimator_", None)
    top = f", with {_named(last, whole=False)} on top" if last is not None else ""
    return f"{name} of {_listed(held)}{top}" if held else name


def _held(estimator: Any) -> list[Any]:
    """The estimators that were given to this one, as they were fitted."""
    parameters = estimator.get_params(deep=False) if isinstance(estimator, BaseEstimator) else {}
    fitted = [part for part in _several(estimator) if isinstance(part, BaseEstimator)]
    if "estimators" in parameters:
        return fitted
    given = [parameters[name] for name in INNER if isinstance(parameters.get(name), BaseEstimator)]
    if not given:
        return []
    own = [getattr(estimator, f"{name}_", None) for name in INNER]
    return [part for part in own if isinstance(part, BaseEstimator)][:1] or fitted or given[:1]


def _several(estimator: Any) -> list[Any]:
    calibrated = getattr(estimator, "calibrated_classifiers_", None)
    if calibrated is not None:
        return [part.estimator for part in calibrated]
    parts = getattr(estimator, "estimators_", None)
    return list(parts) if isinstance(parts, (list, tuple)) else []


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
