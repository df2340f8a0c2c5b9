"""A search is served by what it found, and any estimator's parameters can be written down."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from handler.registry.manifest import Manifest
from tests.unit.training.packaging import IRIS, NAMES, ROW, refusal, understand
from training.fit.description import read_model_file
from training.fit.fitting import train_model
from training.folder.writing import build

FEATURES = ("--features", ",".join(NAMES))
C = {"C": [0.5, 1.0, 2.0]}


def test_a_search_at_the_end_of_a_pipeline_gives_way_to_what_it_found(tmp_path: Path) -> None:
    model = make_pipeline(StandardScaler(), GridSearchCV(LogisticRegression(), C, cv=2)).fit(IRIS.data, IRIS.target)
    understood = understand(tmp_path, model, ROW, *FEATURES)
    assert understood.manifest.training.estimator == (
        "sklearn.linear_model.LogisticRegression in a Pipeline, found by GridSearchCV"
    )
    assert "Found by GridSearchCV" in understood.notes
    assert b"cv_results_" not in understood.artifact


def test_a_search_that_kept_no_estimator_is_refused_with_what_to_do(tmp_path: Path) -> None:
    search = GridSearchCV(LogisticRegression(max_iter=200), C, cv=2, refit=False).fit(IRIS.data, IRIS.target)
    said = refusal(tmp_path, search, ROW, *FEATURES)
    assert "GridSearchCV" in said
    assert "refit=True" in said


def test_a_parameter_that_json_has_no_number_for_is_written_as_a_text(tmp_path: Path) -> None:
    model = LogisticRegression(max_iter=200).fit(IRIS.data, IRIS.target)
    model.set_params(C=np.inf, intercept_scaling=np.float32(2.0), verbose=np.int64(0))
    manifest = understand(tmp_path, model, ROW, *FEATURES).manifest
    assert manifest.training.parameters["C"] == "inf"
    assert manifest.training.parameters["intercept_scaling"] == 2.0
    assert manifest.training.parameters["verbose"] == 0
    json.loads(manifest.to_json(), parse_constant=pytest.fail)


def test_the_parameters_of_what_train_fits_may_be_infinite_too(tmp_path: Path) -> None:
    described = "[data]\nsource = 'sklearn.datasets.load_iris'\ntarget = 'species'\n"
    described += "[estimator]\nclass = 'sklearn.linear_model.LogisticRegression'\nparameters = { C = inf }\n"
    (tmp_path / "iris.toml").write_text(f"name = 'iris'\n{described}")
    model = train_model(read_model_file(tmp_path / "iris.toml"), seed=0)
    manifest = Manifest.from_json(build(model).artifact.manifest.to_json())
    assert manifest.training.parameters["C"] == "inf"


def test_an_imputer_and_a_forest_of_histograms_are_packaged(tmp_path: Path) -> None:
    model = make_pipeline(SimpleImputer(missing_values=np.nan), HistGradientBoostingClassifier(max_iter=3))
    understand(tmp_path, model.fit(IRIS.data, IRIS.target), ROW, *FEATURES)
