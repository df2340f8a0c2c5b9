"""A brought model's own names decide: a person's names of features and classes are held against them, never trusted."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.unit.training.packaging import (
    IRIS,
    NAMES,
    ROW,
    fitted_iris,
    named_iris,
    refusal,
    table,
    understand,
)

TARGET = IRIS.target_names[IRIS.target]
AS_OBJECT = dict(zip(NAMES, ROW, strict=True))
OTHER_ORDER = {name: AS_OBJECT[name] for name in "dcba"}

NAMED: dict[str, Any] = {
    "an estimator": LogisticRegression(max_iter=200),
    "a pipeline that passes through": Pipeline([("no", "passthrough"), ("model", LogisticRegression(max_iter=200))]),
    "a search of a pipeline": GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1.0]}, cv=2
    ),
}


@pytest.mark.parametrize("kind", NAMED)
def test_an_example_is_looked_up_by_the_models_own_names_whatever_its_order(tmp_path: Path, kind: str) -> None:
    model = NAMED[kind].fit(table(), TARGET)
    manifest = understand(tmp_path, model, OTHER_ORDER).manifest
    assert [feature.name for feature in manifest.features] == NAMES
    assert manifest.example.features == tuple(ROW)
    assert manifest.example.probabilities is not None
    right = model.predict_proba(pa.table({name: [value] for name, value in AS_OBJECT.items()}))[0]
    assert list(manifest.example.probabilities.values()) == pytest.approx(right.tolist())


def test_a_list_is_a_row_in_the_models_order(tmp_path: Path) -> None:
    manifest = understand(tmp_path, named_iris(), ROW).manifest
    assert [feature.name for feature in manifest.features] == NAMES


@pytest.mark.parametrize(("given", "as_file"), [("d,c,b,a", False), ("d,c,b,a", True), ("a,b,c,e", False)])
def test_features_that_differ_from_the_models_are_refused_with_both_lists(
    tmp_path: Path, given: str, *, as_file: bool
) -> None:
    option = given
    if as_file:
        option = str(tmp_path / "features.json")
        Path(option).write_text(json.dumps([{"name": name, "kind": "number"} for name in given.split(",")]))
    said = refusal(tmp_path, named_iris(), ROW, "--features", option)
    assert "a, b, c, d" in said
    assert ", ".join(given.split(",")) in said


def test_the_same_features_are_taken_and_a_file_may_say_more_of_them(tmp_path: Path) -> None:
    understand(tmp_path, named_iris(), OTHER_ORDER, "--features", "a, b, c, d")
    path = tmp_path / "features.json"
    path.write_text(json.dumps([{"name": name, "kind": "number", "minimum": 0.0} for name in NAMES]))
    manifest = understand(tmp_path, named_iris(), OTHER_ORDER, "--features", str(path)).manifest
    assert [feature.minimum for feature in manifest.features] == [0.0] * 4


def test_a_file_of_features_may_list_names_alone(tmp_path: Path) -> None:
    path = tmp_path / "features.json"
    path.write_text(json.dumps(["a, or so", "b", "c", "d"]))
    manifest = understand(tmp_path, fitted_iris(), ROW, "--features", str(path)).manifest
    assert manifest.features[0].name == "a, or so"


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ({"a": 1.0, "b": 2.0, "c": 3.0}, ("no value for d",)),
        ({**AS_OBJECT, "e": 1.0}, ("takes no e", "a, b, c, d")),
        (ROW[:3], ("3 values", "4")),
        ('{"a": 1, "b": 2, "c": 3, "a": 4, "d": 5}', ("'a' twice",)),
    ],
)
def test_an_example_that_has_other_features_than_the_model_is_refused_by_their_names(
    tmp_path: Path, example: Any, words: tuple[str, ...]
) -> None:
    said = refusal(tmp_path, named_iris(), example)
    assert all(word in said for word in words)


def test_an_order_that_only_the_example_gives_must_be_checked_by_the_person(tmp_path: Path) -> None:
    notes = understand(tmp_path, fitted_iris(), AS_OBJECT).notes
    assert "CHECK THIS" in notes
    assert "in the order of the example's keys: a, b, c, d" in notes
    assert "--features" in notes


@pytest.mark.parametrize("given", ["a,b,b,d", "a,,c,d"])
def test_features_that_cannot_be_names_are_refused(tmp_path: Path, given: str) -> None:
    assert "--features" in refusal(tmp_path, fitted_iris(), ROW, "--features", given)


@pytest.mark.parametrize(
    ("labels", "given"),
    [
        (TARGET, "virginica,versicolor,setosa"),
        (TARGET, "setosa,virginica,other"),
        (IRIS.target, "2,1,0"),
    ],
)
def test_classes_that_name_the_models_own_in_another_order_are_refused_with_both_lists(
    tmp_path: Path, labels: Any, given: str
) -> None:
    model = LogisticRegression(max_iter=200).fit(table(), labels)
    said = refusal(tmp_path, model, ROW, "--classes", given)
    assert ", ".join(str(label) for label in model.classes_) in said
    assert ", ".join(given.split(",")) in said


def test_classes_that_rename_the_models_own_are_taken_and_listed(tmp_path: Path) -> None:
    model = LogisticRegression(max_iter=200).fit(table(), IRIS.target)
    understood = understand(tmp_path, model, ROW, "--classes", "one,two,three")
    assert understood.manifest.target.classes == ("one", "two", "three")
    assert "0 is named one, 1 is named two, 2 is named three" in understood.notes


@pytest.mark.parametrize("given", ["one,one,two", "one,,two"])
def test_classes_that_cannot_be_names_are_refused(tmp_path: Path, given: str) -> None:
    assert "--classes" in refusal(tmp_path, named_iris(), ROW, "--classes", given)


def test_classes_that_are_written_alike_are_refused(tmp_path: Path) -> None:
    model = named_iris()
    model.classes_ = np.array([1, "1", 2], dtype=object)
    said = refusal(tmp_path, model, ROW)
    assert all(word in said for word in ("written alike", "str", "--classes"))
