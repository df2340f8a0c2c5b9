"""A model of any task becomes a version. Its targets and labels have the names that its user says, or some to check."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from tests.unit.training.packaging import IRIS, NAMES, refusal, understand

X = IRIS.data
SPECIES = IRIS.target_names[IRIS.target]
SIZES = np.where(X[:, 2] > 4, "long", "short")
FEATURES = ("--features", ",".join(NAMES))
ROWS = X[::40].tolist()
LABELS = np.column_stack([X[:, 0] > 5.8, X[:, 1] > 3.0]).astype(int)
LOGISTIC = LogisticRegression(max_iter=300)


def test_a_detector_of_outliers_is_packaged(tmp_path: Path) -> None:
    model = IsolationForest(n_estimators=5, random_state=0).fit(X)
    manifest = understand(tmp_path, model, ROWS, *FEATURES).manifest
    assert (manifest.task, manifest.format_version) == ("outlier_detection", 3)
    assert [example.score for example in manifest.examples] == model.decision_function(ROWS).tolist()


def test_a_clustering_in_a_pipeline_is_packaged_and_has_no_spread(tmp_path: Path) -> None:
    model = make_pipeline(StandardScaler(), KMeans(3, n_init=1, random_state=0)).fit(X)
    manifest = understand(tmp_path, model, ROWS, *FEATURES).manifest
    assert manifest.task == "clustering"
    assert manifest.target.classes == ("0", "1", "2")
    assert manifest.target.spread is None
    assert manifest.training.estimator == "sklearn.cluster.KMeans in a Pipeline"


def test_several_numbers_are_named_by_their_user_each_with_its_spread(tmp_path: Path) -> None:
    model = LinearRegression().fit(X, X[:, 2:])
    manifest = understand(tmp_path, model, ROWS, *FEATURES, "--target", "length", "--target", "width").manifest
    assert manifest.task == "several_targets"
    assert [target.name for target in manifest.targets] == ["length", "width"]
    spreads = np.std(model.predict(ROWS), axis=0).tolist()
    assert [target.spread for target in manifest.targets] == pytest.approx(spreads)


def test_several_targets_without_names_get_some_and_their_user_is_told_to_check(tmp_path: Path) -> None:
    model = KNeighborsClassifier().fit(X, np.column_stack([SPECIES, SIZES]))
    understood = understand(tmp_path, model, ROWS, *FEATURES)
    assert [target.name for target in understood.manifest.targets] == ["target_1", "target_2"]
    assert "CHECK THIS: the model does not know its targets' names" in understood.notes
    assert "--target" in understood.notes


def test_several_targets_must_all_be_named(tmp_path: Path) -> None:
    model = LinearRegression().fit(X, X[:, 1:])
    assert "predicts 3 targets, and --target names 2 (a, b)" in refusal(
        tmp_path, model, ROWS, *FEATURES, "--target", "a", "--target", "b"
    )
    one = LinearRegression().fit(X, X[:, 1])
    assert "predicts one target" in refusal(tmp_path, one, ROWS, *FEATURES, "--target", "a", "--target", "b")


def test_the_classes_of_several_targets_are_named_once_for_each(tmp_path: Path) -> None:
    codes = np.column_stack([IRIS.target, X[:, 2] > 4])
    model = MultiOutputClassifier(LOGISTIC).fit(X, codes)
    named = ("--classes", "s,c,v", "--classes", "short,long")
    understood = understand(tmp_path, model, ROWS, *FEATURES, *named)
    assert [target.classes for target in understood.manifest.targets] == [("s", "c", "v"), ("short", "long")]
    assert "Classes of target_2: 0 is named short" in understood.notes
    assert "--classes is given 1 times" in refusal(tmp_path, model, ROWS, *FEATURES, *named[:2])


def test_labels_are_named_by_classes_or_get_names_to_check(tmp_path: Path) -> None:
    model = MultiOutputClassifier(LOGISTIC).fit(X, LABELS)
    understood = understand(tmp_path, model, ROWS, *FEATURES, "--classes", "tall,wide")
    assert understood.manifest.task == "multilabel"
    assert understood.manifest.target.classes == ("tall", "wide")
    assert "CHECK" not in understood.notes
    guessed = understand(tmp_path, model, ROWS, *FEATURES)
    assert guessed.manifest.target.classes == ("label_1", "label_2")
    assert "CHECK THIS: the model does not know its labels' names" in guessed.notes
    assert "has 2 labels; --classes names 3" in refusal(tmp_path, model, ROWS, *FEATURES, "--classes", "a,b,c")


def test_the_names_of_the_columns_of_y_name_the_labels(tmp_path: Path) -> None:
    model = MultiOutputClassifier(LOGISTIC).fit(X, LABELS)
    understood = understand(tmp_path, model, ROWS, *FEATURES, "--target", "tall", "--target", "wide")
    (target,) = understood.manifest.targets
    assert (understood.manifest.task, target.name, target.classes) == ("multilabel", "labels", ("tall", "wide"))
    assert "CHECK" not in understood.notes
    three = [option for name in "abc" for option in ("--target", name)]
    assert "has 2 labels; --target names 3" in refusal(tmp_path, model, ROWS, *FEATURES, *three)
    assert "once" in refusal(tmp_path, model, ROWS, *FEATURES, *three, "--classes", "tall,wide")


def test_labels_are_targets_where_the_classes_of_each_are_named(tmp_path: Path) -> None:
    model = MultiOutputClassifier(LOGISTIC).fit(X, LABELS)
    named = ("--target", "height", "--target", "width", "--classes", "low,tall", "--classes", "narrow,wide")
    manifest = understand(tmp_path, model, ROWS, *FEATURES, *named).manifest
    assert [(target.name, target.classes) for target in manifest.targets] == [
        ("height", ("low", "tall")),
        ("width", ("narrow", "wide")),
    ]


def test_a_classifier_without_probabilities_keeps_its_scores(tmp_path: Path) -> None:
    model = LinearSVC().fit(X, SPECIES)
    manifest = understand(tmp_path, model, ROWS, *FEATURES).manifest
    scores = [list((example.scores or {}).values()) for example in manifest.examples]
    np.testing.assert_array_equal(scores, model.decision_function(ROWS))


def test_classes_are_no_names_for_clusters(tmp_path: Path) -> None:
    model = KMeans(3, n_init=1, random_state=0).fit(X)
    assert "is for clustering" in refusal(tmp_path, model, ROWS, *FEATURES, "--classes", "a,b,c")


@pytest.mark.parametrize("model", [MultiOutputClassifier(LOGISTIC), ClassifierChain(LOGISTIC)])
def test_what_can_have_several_targets_and_has_one_is_a_classification(tmp_path: Path, model: object) -> None:
    fitted = clone(model).fit(X, LABELS[:, :1])
    manifest = understand(tmp_path, fitted, ROWS, *FEATURES).manifest
    assert (manifest.task, manifest.target.classes) == ("classification", ("0", "1"))
    assert [example.prediction_index for example in manifest.examples] == fitted.predict(ROWS).ravel().tolist()


WRAPPERS = {
    "several outputs": (MultiOutputClassifier, LABELS),
    "one against the rest": (OneVsRestClassifier, IRIS.target),
    "a threshold": (FixedThresholdClassifier, LABELS[:, 0]),
}


@pytest.mark.parametrize("name", WRAPPERS)
def test_the_categories_of_a_pipeline_within_another_estimator_are_found(tmp_path: Path, name: str) -> None:
    wrapper, target = WRAPPERS[name]
    rows = np.column_stack([X[:, 0].astype(object), np.where(X[:, 1] > 3, "big", "small").astype(object)])
    columns = ColumnTransformer([("words", OneHotEncoder(), [1])], remainder="passthrough")
    model = wrapper(make_pipeline(columns, LOGISTIC)).fit(rows, target)
    manifest = understand(tmp_path, model, [5.5, "big"], "--features", "length,size").manifest
    assert manifest.features[1].categories == ("big", "small")
