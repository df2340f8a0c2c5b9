"""Puts what a search found in the search's place, wherever one stands in a model.

A search answers by its best estimator alone. What else it keeps is of no use in Lambda: its candidates' scores, and the
estimator that it began with.
"""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline

from training.bring.held.refused import NOT_FITTED, Refused


def found_by_search(estimator: Any) -> tuple[Any, list[str]]:
    """The estimator with what it found in the place of each search, and the searches' classes, each once.

    Searches within each other and in any part of a model are looked into. One that was not fitted stays where a model
    keeps what it was made from. Raises Refused where it would have to answer.
    """
    search = _Search()
    found = search.found(estimator, answers=True)
    return found, list(dict.fromkeys(search.kinds))


class _Search:
    def __init__(self) -> None:
        self.kinds: list[str] = []
        self._seen: dict[int, tuple[Any, Any]] = {}
        """Of each object by its id: itself, so that the id stays its own, and what stands for it."""

    def found(self, part: Any, *, answers: bool = False) -> Any:
        """What stands for `part`, which is changed in place where one of its parts is replaced."""
        if not _may_hold_parts(part):
            return part
        if id(part) in self._seen:
            return self._seen[id(part)][1]
        self._seen[id(part)] = (part, part)
        if isinstance(part, BaseSearchCV) and (answers or hasattr(part, "best_estimator_")):
            self._seen[id(part)] = (part, self._best(part))
        elif isinstance(part, (list, tuple)):
            self._seen[id(part)] = (part, self._items(part))
        elif isinstance(part, np.ndarray):
            for place, value in enumerate(part.flat):
                part.flat[place] = self.found(value)
        elif isinstance(part, dict):
            part.update({key: self.found(value) for key, value in part.items()})
        else:
            self._attributes(part)
        return self._seen[id(part)][1]

    def _best(self, search: Any) -> Any:
        kind = type(search).__name__
        if not hasattr(search, "best_estimator_"):
            if not hasattr(search, "cv_results_"):
                raise Refused(NOT_FITTED)
            raise Refused(f"The {kind} was made with refit=False and kept no estimator: fit it again with refit=True.")
        self.kinds.append(kind)
        return self.found(search.best_estimator_, answers=True)

    def _items(self, items: Any) -> Any:
        found = [self.found(item) for item in items]
        if all(new is old for new, old in zip(found, items, strict=True)):
            return items
        return found if isinstance(items, list) else tuple(found)

    def _attributes(self, part: Any) -> None:
        if isinstance(part, Pipeline):
            for _, step in part.steps:
                self.found(step, answers=True)
        for name, value in list(vars(part).items()):
            new = self.found(value)
            if new is not value:
                setattr(part, name, new)


def _may_hold_parts(part: Any) -> bool:
    """Some of scikit-learn's own objects hold estimators without being any themselves."""
    if isinstance(part, np.ndarray):
        return bool(part.dtype == object)
    own = type(part).__module__.startswith("sklearn.") and hasattr(part, "__dict__")
    return isinstance(part, (BaseEstimator, list, tuple, dict)) or own
