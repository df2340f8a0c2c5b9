"""A search is served by what it found, and any estimator's parameters can be written down."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - scikit-learn asks for it
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.unit.training.packaging import IRIS, NAMES, ROW, package_model, packaged, refused

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
    assert manifest.training.estimator == "sklearn.linear_model.LogisticRegression"
    assert manifest.training.parameters["C"] == search.best_params_["C"]
    assert f"Found by {kind}" in result.stderr
    assert b"cv_results_" not in (tmp_path / "out" / "model.joblib").read_bytes()
    assert manifest.example.probabilities is not None
    assert list(manifest.example.probabilities.values()) == pytest.approx(search.predict_proba([ROW])[0].tolist())


def test_a_search_at_the_end_of_a_pipeline_gives_way_to_what_it_found(tmp_path: Path) -> None:
    model = make_pipeline(StandardScaler(), GridSearchCV(LogisticRegression(), C, cv=2)).fit(IRIS.data, IRIS.target)
    result = package_model(tmp_path, model, ROW, *FEATURES)
    manifest = packaged(result, tmp_path)
    assert manifest.training.estimator == "sklearn.pipeline.Pipeline"
    assert "Found by GridSearchCV" in result.stderr
    assert b"cv_results_" not in (tmp_path / "out" / "model.joblib").read_bytes()


def test_a_search_that_kept_no_estimator_is_refused_with_what_to_do(tmp_path: Path) -> None:
    search = GridSearchCV(LogisticRegression(max_iter=200), C, cv=2, refit=False).fit(IRIS.data, IRIS.target)
    refused(package_model(tmp_path, search, ROW, *FEATURES), "GridSearchCV", "refit=True")


def test_a_parameter_that_json_has_no_number_for_is_written_as_a_text(tmp_path: Path) -> None:
    model = LogisticRegression(max_iter=200).fit(IRIS.data, IRIS.target)
    model.set_params(C=np.inf, intercept_scaling=np.float32(2.0), verbose=np.int64(0))
    manifest = packaged(package_model(tmp_path, model, ROW, *FEATURES), tmp_path)
    assert manifest.training.parameters["C"] == "inf"
    assert manifest.training.parameters["intercept_scaling"] == 2.0
    assert manifest.training.parameters["verbose"] == 0
    json.loads((tmp_path / "out" / "manifest.json").read_text(), parse_constant=pytest.fail)


def test_the_parameters_of_what_train_fits_may_be_infinite_too(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from training.cli.main import main

    described = "[data]\nsource = 'sklearn.datasets.load_iris'\ntarget = 'species'\n"
    described += "[estimator]\nclass = 'sklearn.linear_model.LogisticRegression'\nparameters = { C = inf }\n"
    (tmp_path / "iris.toml").write_text(f"name = 'iris'\n{described}")
    result = CliRunner().invoke(main, ["train", str(tmp_path / "iris.toml"), "--out", str(tmp_path / "out")])
    assert packaged(result, tmp_path).training.parameters["C"] == "inf"


def test_an_imputer_and_a_forest_of_histograms_are_packaged(tmp_path: Path) -> None:
    model = make_pipeline(SimpleImputer(missing_values=np.nan), HistGradientBoostingClassifier(max_iter=3))
    packaged(package_model(tmp_path, model.fit(IRIS.data, IRIS.target), ROW, *FEATURES), tmp_path)
