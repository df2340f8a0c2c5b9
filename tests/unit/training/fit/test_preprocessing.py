"""What is put before an estimator: only scikit-learn's steps, on plain arrays, and sound where columns are mixed."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from tests.unit.training.dumping import dump_estimator
from tests.unit.training.tables import churn_csv
from training.data.columns.kinds import TableChoices
from training.data.columns.reading import read_table
from training.data.dataset import Dataset
from training.data.table.source import CsvForm
from training.fit.preprocessing import prepared
from training.pickles.imports import inspect_pickle

ESTIMATORS = [
    LogisticRegression(),
    GaussianNB(),
    KNeighborsClassifier(),
    RandomForestClassifier(5, random_state=0),
    HistGradientBoostingClassifier(max_iter=5, random_state=0),
    MLPClassifier((4,), max_iter=400, tol=1e-2, random_state=0),
    VotingClassifier([("a", GaussianNB()), ("b", HistGradientBoostingClassifier(max_iter=3))], voting="soft"),
]


@pytest.fixture
def churn(tmp_path: Path) -> Dataset:
    return read_table(str(churn_csv(tmp_path)), CsvForm(), TableChoices("churned"), 0)[0]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: type(estimator).__name__)
def test_every_kind_of_estimator_takes_gaps_categories_and_values_never_seen(churn: Dataset, estimator: Any) -> None:
    every = np.arange(churn.rows)
    pipeline = prepared(estimator, churn.columns).fit(churn.matrix(every), churn.y)
    assert pipeline.predict(churn.matrix(every)).shape == (churn.rows,)
    odd = np.array([[np.nan, 1.0, None, "mars", "yes", 2.0], [None, 1.0, "basic", "north", None, 2.0]], dtype=object)
    assert np.isfinite(pipeline.predict_proba(odd)).all()


def test_nothing_but_scikit_learn_and_numpy_stands_in_the_artifact(churn: Dataset) -> None:
    every = np.arange(churn.rows)
    pipeline = prepared(HistGradientBoostingClassifier(max_iter=3), churn.columns).fit(churn.matrix(every), churn.y)
    imports = inspect_pickle(io.BytesIO(dump_estimator(pipeline))).imports
    assert {name.partition(".")[0] for name in imports} <= {"sklearn", "numpy", "joblib", "builtins", "functools"}


def test_histogram_boosting_splits_on_the_categories_themselves(churn: Dataset) -> None:
    every = np.arange(churn.rows)
    pipeline = prepared(HistGradientBoostingClassifier(max_iter=3), churn.columns).fit(churn.matrix(every), churn.y)
    assert pipeline[-1].is_categorical_.tolist() == [False, False, False, True, True, True]


def test_a_table_of_numbers_alone_is_asked_with_float64(churn: Dataset) -> None:
    numbers = Dataset("n", "", churn.task, churn.columns[:2], churn.target, churn.y)
    assert numbers.matrix(np.arange(3)).dtype == np.float64
    assert churn.matrix(np.arange(3)).dtype == object
