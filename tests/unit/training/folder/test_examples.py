"""The examples of a manifest: one row a class, or rows over the range, all held out and answered by the artifact."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from handler.api.body.instances import Instances, to_rows
from handler.errors.request import InvalidFeatures
from handler.records.signature import Domain, Feature, Target, Value
from handler.registry.manifest import Manifest
from handler.serving.predictor import load_predictor
from tests.unit.training.regression import train_diabetes
from training.data.statistics import numeric_features
from training.fit.iris import train_iris
from training.fit.trained_model import TrainedModel
from training.folder.examples import MOST_CLASSES, OVER_THE_RANGE
from training.folder.writing import build
from training.measuring.taken import places_taken

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def manifest_of(model: TrainedModel) -> Manifest:
    """The manifest of the model, which has passed its own self-test."""
    artifact = build(model, NOON).artifact
    load_predictor(artifact)
    return artifact.manifest


def truth_of(model: TrainedModel) -> list[int]:
    assert model.y_test is not None
    return model.y_test.tolist()  # type: ignore[no-any-return] # labels


def many_classes(count: int) -> TrainedModel:
    """A nearest neighbour of `count` classes, each around a number of its own."""
    rows: NDArray[np.float64] = np.arange(4 * count, dtype=np.float64)[:, np.newaxis]
    labels = np.arange(4 * count) // 4
    return replace(
        train_iris(),
        estimator=KNeighborsClassifier(1).fit(rows, labels),
        features=numeric_features(["x"], rows),
        target=Target("y", tuple(f"class {index}" for index in range(count))),
        x_test=rows[::-1],
        y_test=labels[::-1],
    )


def test_each_class_has_a_row_that_the_model_gets_right() -> None:
    model = train_iris()
    examples = manifest_of(model).examples
    assert {example.prediction_index for example in examples} == {0, 1, 2}
    assert len(examples) == 3
    held_out = {tuple(row): label for row, label in zip(model.x_test.tolist(), truth_of(model), strict=True)}
    assert [held_out[example.features] for example in examples] == [example.prediction_index for example in examples]


def test_up_to_fifty_classes_each_has_a_row_and_more_have_ten_between_them() -> None:
    assert len(manifest_of(many_classes(MOST_CLASSES)).examples) == MOST_CLASSES
    examples = manifest_of(many_classes(MOST_CLASSES + 1)).examples
    indexes = {example.prediction_index for example in examples}
    assert len(indexes) == len(examples) == OVER_THE_RANGE
    assert {0, MOST_CLASSES} <= indexes


def test_a_class_that_the_model_never_gets_right_has_a_row_all_the_same() -> None:
    model = train_iris()
    never = DecisionTreeClassifier(max_depth=1, random_state=0).fit(model.x_test, model.y_test)
    model = replace(model, estimator=never)
    examples = manifest_of(model).examples
    held_out = {tuple(row): label for row, label in zip(model.x_test.tolist(), truth_of(model), strict=True)}
    assert {held_out[example.features] for example in examples} == {0, 1, 2}
    assert held_out[examples[0].features] == examples[0].prediction_index


def test_a_regression_has_ten_rows_from_its_least_prediction_to_its_greatest() -> None:
    model = train_diabetes()
    examples = manifest_of(model).examples
    predicted = model.estimator.predict(model.x_test)
    told = np.array([example.prediction for example in examples])
    assert OVER_THE_RANGE - 1 <= len({example.features for example in examples}) == len(examples) <= OVER_THE_RANGE
    np.testing.assert_allclose((told.min(), told.max()), (predicted.min(), predicted.max()), rtol=1e-12)


def test_what_a_trained_model_cannot_take_is_in_its_manifest() -> None:
    model = train_iris()
    logged = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression(max_iter=500))
    manifest = manifest_of(replace(model, estimator=logged.fit(model.x_test, model.y_test)))
    assert {feature.domain for feature in manifest.features} == {Domain(exclusive_minimum=-1.0)}
    assert {feature.domain for feature in manifest_of(model).features} == {None}


def test_the_same_model_has_the_same_examples() -> None:
    assert manifest_of(train_diabetes()) == manifest_of(train_diabetes())


def test_a_trained_regression_knows_the_spread_of_the_rows_fitted() -> None:
    from training.fit.description import MODELS, read_model_file
    from training.fit.fitting import train_model

    model = train_model(read_model_file(MODELS / "diabetes.toml"), 42)
    assert model.target.spread is not None
    assert 60 < model.target.spread < 90  # of the whole data set 77.0
    assert train_iris().target.spread is None


def test_a_row_is_an_example_only_where_the_api_takes_each_value_by_its_kind() -> None:
    features = (
        Feature("code", "category", categories=(1, 2)),
        Feature("member", "boolean", nullable=True),
        Feature("remark", "text", max_length=3),
    )
    rows: list[tuple[list[Value], bool]] = [
        ([1, True, "abc"], True),
        ([2.0, None, ""], True),
        ([3, True, "abc"], False),
        ([None, True, "abc"], False),
        ([1, True, "abcd"], False),
        ([1, True, None], False),
    ]
    for values, taken in rows:
        assert bool(places_taken([values], features)) is taken
        try:
            to_rows(Instances([values], batch=False), features)
        except InvalidFeatures:
            assert not taken
