"""A search is served by what it found: the process that loads it knows every kind of search."""

from pathlib import Path
from typing import Any

import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - scikit-learn asks for it
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV

from tests.unit.training.packaging import IRIS, NAMES, ROW, package_model, packaged

FEATURES = ("--features", ",".join(NAMES))
C = {"C": [0.5, 1.0, 2.0]}

SEARCHES: dict[str, Any] = {
    "GridSearchCV": GridSearchCV(LogisticRegression(max_iter=200), C, cv=3),
    "RandomizedSearchCV": RandomizedSearchCV(LogisticRegression(max_iter=200), C, n_iter=2, cv=3, random_state=0),
    "HalvingGridSearchCV": HalvingGridSearchCV(LogisticRegression(max_iter=200), C, cv=3, random_state=0),
}


@pytest.mark.parametrize("kind", SEARCHES)
def test_a_search_is_served_by_the_estimator_that_it_found(tmp_path: Path, kind: str) -> None:
    search = SEARCHES[kind].fit(IRIS.data, IRIS.target)
    result = package_model(tmp_path, search, ROW, *FEATURES)
    manifest = packaged(result, tmp_path)
    assert manifest.training.estimator == f"sklearn.linear_model.LogisticRegression, found by {kind}"
    assert manifest.training.parameters["C"] == search.best_params_["C"]
    assert f"Found by {kind}" in result.stderr
    assert b"cv_results_" not in (tmp_path / "out" / "model.joblib").read_bytes()
    assert manifest.example.probabilities is not None
    assert list(manifest.example.probabilities.values()) == pytest.approx(search.predict_proba([ROW])[0].tolist())
