"""Only scikit-learn's estimators can be named, with the parameters that they have."""

import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.svm import SVC

from training.errors import InvalidModelFile
from training.fit.estimators import estimator_class, make_estimator, require_task, seed_estimator


def test_an_estimator_is_made_by_its_public_name() -> None:
    made = make_estimator("sklearn.svm.SVC", {"C": 0.5})
    assert isinstance(made, SVC)
    assert made.C == 0.5


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "joblib.load",
        "sklearn.svm.Nothing",
        "sklearn.nowhere.SVC",
        "sklearn.datasets.load_iris",
        "sklearn.utils.Bunch",
        "SVC",
        "sklearn.base.warnings",
    ],
)
def test_nothing_else_can_be_named(name: str) -> None:
    with pytest.raises(InvalidModelFile):
        estimator_class(name)


def test_an_unknown_parameter_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidModelFile, match="no parameter 'D'; it has C, kernel"):
        make_estimator("sklearn.svm.SVC", {"D": 1})


def test_compound_estimators_are_made_of_named_ones_and_seeded_throughout() -> None:
    parts = [
        {"name": "forest", "class": "sklearn.ensemble.RandomForestClassifier", "parameters": {"n_estimators": 3}},
        {"name": "bayes", "class": "sklearn.naive_bayes.GaussianNB"},
    ]
    made = make_estimator("sklearn.ensemble.VotingClassifier", {"estimators": parts, "voting": "soft"})
    assert isinstance(made, VotingClassifier)
    seed_estimator(made, 7)
    assert made.get_params()["forest__random_state"] == 7
    with pytest.raises(InvalidModelFile, match="needs a name"):
        make_estimator("sklearn.ensemble.VotingClassifier", {"estimators": [{"class": "sklearn.svm.SVC"}]})


def test_a_seed_that_was_given_stays() -> None:
    made = make_estimator("sklearn.svm.SVC", {"random_state": 3})
    seed_estimator(made, 7)
    assert made.random_state == 3


def test_an_estimator_must_fit_the_task() -> None:
    with pytest.raises(InvalidModelFile, match="SVC is no regressor"):
        require_task(make_estimator("sklearn.svm.SVC", {}), "regression")
    with pytest.raises(InvalidModelFile, match="StandardScaler is no classifier"):
        require_task(make_estimator("sklearn.preprocessing.StandardScaler", {}), "classification")
