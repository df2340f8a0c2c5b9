"""What a loaded estimator that was fitted elsewhere says of its columns and its parts, and why one does not load.

Runs in the isolated process that loaded it. Every sentence is ours, for scikit-learn's speak of arrays to people who
have a JSON file.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sklearn
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline


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


def chosen_by_name(estimator: Any, names: Sequence[str]) -> list[tuple[str, list[str], list[int]]]:
    """Of each step that a ColumnTransformer gives columns by name: its name, the columns, their places."""
    found = []
    for part in all_parts(estimator):
        for name, _, chosen in getattr(part, "transformers_", []):
            columns = [chosen] if isinstance(chosen, str) else _list(chosen)
            if columns and all(isinstance(column, str) for column in columns) and name != "remainder":
                known = [str(own) for own in getattr(part, "feature_names_in_", names)]
                places = [known.index(column) for column in columns if column in known]
                found.append((name, columns, places))
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
