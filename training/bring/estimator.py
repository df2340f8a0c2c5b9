"""What a loaded estimator that was fitted elsewhere says of itself: its task, its classes, its columns, its parts.

Runs in the isolated process that loaded it. Every sentence is ours, for scikit-learn's speak of arrays to people who
have a JSON file.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, is_classifier, is_clusterer, is_outlier_detector, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

NOT_FITTED = "It was not fitted: call fit(X, y), and dump it after that."


class Refused(Exception):
    """The model cannot be served; the text says why and what to do."""


def found_by_search(estimator: Any) -> tuple[Any, list[str]]:
    """The estimator with what it found in the place of each search, and the searches' classes.

    A search, a step of a pipeline, and both within each other are looked into. Raises Refused.
    """
    if isinstance(estimator, BaseSearchCV):
        kind = type(estimator).__name__
        if not hasattr(estimator, "best_estimator_"):
            if not hasattr(estimator, "cv_results_"):
                raise Refused(NOT_FITTED)
            raise Refused(f"The {kind} was made with refit=False and kept no estimator: fit it again with refit=True.")
        best, more = found_by_search(estimator.best_estimator_)
        return best, [kind, *more]
    searched: list[str] = []
    if isinstance(estimator, Pipeline):
        steps = []
        for name, step in estimator.steps:
            found, kinds = found_by_search(step)
            steps.append((name, found))
            searched += kinds
        if searched:
            estimator.steps = steps
    return estimator, searched


def require_predictor(estimator: Any) -> str:
    """The task of a fitted estimator, as manifests name it; raises Refused where it has none that is served."""
    kind = type(estimator).__name__
    article = "an" if kind[:1] in "AEIOU" else "a"
    if not isinstance(estimator, BaseEstimator):
        raise Refused(f"It is {article} {kind}, not an estimator of scikit-learn: dump the fitted model itself.")
    held = f"It is {article} {kind}, which neither classifies nor regresses: it is"
    if is_clusterer(estimator):
        raise Refused(f"{held} a clusterer. Fit a classifier to its labels, and package that.")
    if is_outlier_detector(estimator):
        raise Refused(f"{held} an outlier detector. Fit a classifier to its labels, and package that.")
    if not (is_classifier(estimator) or is_regressor(estimator)):
        what = "a transformer, without predict" if hasattr(estimator, "transform") else "of another kind"
        raise Refused(f"{held} {what}. Package the pipeline that ends in a classifier or a regressor.")
    try:
        check_is_fitted(estimator)
    except NotFittedError as error:
        raise Refused(NOT_FITTED) from error
    return "classification" if is_classifier(estimator) else "regression"


def classes_of(estimator: Any) -> list[Any]:
    """A classifier's labels, in its order; raises Refused."""
    classes = getattr(estimator, "classes_", None)
    if isinstance(classes, list) and any(isinstance(item, (list, np.ndarray)) for item in classes):
        raise Refused(several_targets(len(classes)))
    if classes is None:
        raise Refused("It does not say which classes it knows (it has no classes_), so its answers have no names.")
    labels: list[Any] = np.asarray(classes).tolist() if not isinstance(classes, list) else classes
    if len(labels) < 2:
        raise Refused("It knows one class only, so it always answers the same: fit it to rows of two classes or more.")
    return labels


def names_of(estimator: Any) -> list[str]:
    """The names of the columns that the model was fitted to, in their order; none where it was fitted to an array."""
    own = getattr(estimator, "feature_names_in_", None)
    if own is not None:
        return [str(name) for name in own]
    if isinstance(estimator, Pipeline):
        first = next((step for _, step in estimator.steps if step is not None and not isinstance(step, str)), None)
        return [] if first is None else names_of(first)
    width = getattr(estimator, "n_features_in_", None)
    for part in _parts_that_see_all(estimator):
        names = names_of(part)
        if names and width in (None, len(names)):
            return names
    return []


def chosen_by_name(estimator: Any, names: Sequence[str]) -> list[tuple[str, str, list[str], list[int]]]:
    """Of each step that a ColumnTransformer gives columns by name: its name, its class, the columns, their places."""
    found = []
    for part in all_parts(estimator):
        for name, step, chosen in getattr(part, "transformers_", []):
            columns = [chosen] if isinstance(chosen, str) else _list(chosen)
            if columns and all(isinstance(column, str) for column in columns) and name != "remainder":
                known = [str(own) for own in getattr(part, "feature_names_in_", names)]
                places = [known.index(column) for column in columns if column in known]
                said = repr(step) if isinstance(step, str) else f"{type(step).__name__}(…)"
                found.append((name, said, columns, places))
    return found


def all_parts(estimator: Any) -> Iterator[Any]:
    """The estimator and every one inside it, each once."""
    waiting, seen = [estimator], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, (list, tuple)) or (isinstance(part, np.ndarray) and part.dtype == object):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, BaseEstimator) and id(part) not in seen:
            seen.add(id(part))
            yield part
            waiting.extend(vars(part).values())


def load_failure(error: Exception) -> str:
    """A sentence on `error`, which loading a file raised."""
    again = f"write it again by joblib.dump under scikit-learn {sklearn.__version__}, where it was made"
    if isinstance(error, MemoryError):
        return "It does not fit into this machine's memory."
    if isinstance(error, ImportError):
        # scikit-learn has reasons of its own for what it finds missing, and no name in them.
        name = error.name or getattr(error.__cause__, "name", None) or "of another library"
        return f"It needs the module {name}, which the function does not have: {again}."
    if isinstance(error, AttributeError) or "incompatible dtype" in str(error):
        return f"It was written under another version of a library: fit it again, and {again}."
    return f"It does not load ({type(error).__name__}): {again}."


def several_targets(count: int) -> str:
    return f"It predicts {count} targets at once, and one is served: fit a model for each."


def _list(chosen: Any) -> list[Any]:
    if isinstance(chosen, slice):
        return [bound for bound in (chosen.start, chosen.stop) if bound is not None]
    return list(chosen) if isinstance(chosen, (list, tuple, np.ndarray)) else []


def _parts_that_see_all(estimator: Any) -> Iterator[Any]:
    """The fitted estimators inside `estimator` that are given its own columns, if they are to be found by name."""
    for name in ("estimator_", "regressor_", "classifier_", "estimator"):
        part = getattr(estimator, name, None)
        if isinstance(part, BaseEstimator):
            yield part
    for several in ("estimators_", "calibrated_classifiers_"):
        for part in _list(getattr(estimator, several, [])):
            yield getattr(part, "estimator", part) if several == "calibrated_classifiers_" else part
    yield from (step for _, step in getattr(estimator, "transformer_list", []))
