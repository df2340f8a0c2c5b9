"""A model serves only if it repeats its examples: enough to see what one row cannot, on the target's own scale."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression
from sklearn.svm import LinearSVC

from handler.errors.model import SelfTestFailed
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import ArtifactFile, Manifest, sha256
from handler.serving.predictor import load_predictor
from tests.unit.handler.models import version_with
from tests.unit.training.dumping import dump_estimator
from training.fit.iris import train_iris
from training.fit.trained_model import TrainedModel
from training.folder.writing import Built, build

X, Y = load_iris(return_X_y=True)


def with_estimator(built: Built, model: TrainedModel) -> VerifiedArtifact:
    """What `built` would be if its artifact held the estimator of `model`: the digests agree, the examples stay."""
    data = dump_estimator(model.estimator)
    manifest: Manifest = built.artifact.manifest
    artifacts = {"joblib": ArtifactFile("model.joblib", len(data), sha256(data))}
    return VerifiedArtifact(replace(manifest, artifacts=artifacts), data)


def test_two_classes_that_were_swapped_are_noticed_whichever_they_are() -> None:
    # Without probabilities, of which even one row has every class'.
    model = replace(train_iris(), estimator=LinearSVC().fit(X, Y))
    built = build(model)
    noticed = 0
    for order in ([1, 0, 2], [2, 1, 0], [0, 2, 1]):
        swapped = LinearSVC().fit(X, Y)
        swapped.coef_, swapped.intercept_ = swapped.coef_[order], swapped.intercept_[order]
        try:
            load_predictor(with_estimator(built, replace(model, estimator=swapped)))
        except SelfTestFailed:
            noticed += 1
    assert noticed == 3


@pytest.mark.parametrize("scale", [1e-9, 1e-12, 1e-30])
def test_a_target_of_tiny_scale_is_compared_on_its_own_scale(scale: float) -> None:
    estimator = LinearRegression().fit(X[:, :3], X[:, 3] * scale)
    version = version_with(estimator, X[75, :3].tolist())
    prediction = version.manifest.example.prediction
    assert isinstance(prediction, float)
    version.load()
    with pytest.raises(SelfTestFailed):
        version.changed(example=replace(version.manifest.example, prediction=prediction * 1.001)).load()


def test_a_prediction_near_zero_may_differ_by_rounding() -> None:
    """A regression through zero answers 1e-17 on one machine and -1e-17 on the next."""
    model = LinearRegression(fit_intercept=False).fit(np.array([[-1.0], [1.0]]), np.array([-1.0, 1.0]))
    version = version_with(model, [1e-17])
    version.changed(
        example=replace(version.manifest.example, prediction=-1e-17),
        metrics={"root_mean_squared_error": 0.5, "rows_tested": 30.0},
    ).load()


def test_a_large_value_may_differ_by_rounding_whatever_the_spread() -> None:
    """A target around 1e9 that varies by a thousandth: its float64 itself is no finer than 1e-7."""
    estimator = LinearRegression().fit(X[:, :3], 1e9 + X[:, 3] / 1000)
    version = version_with(estimator, X[75, :3].tolist())
    prediction = version.manifest.example.prediction
    assert isinstance(prediction, float)
    target = replace(version.manifest.target, spread=1e-3)
    rounded = replace(version.manifest.example, prediction=prediction + 2e-7)
    version.changed(target=target, example=rounded).load()
    with pytest.raises(SelfTestFailed):
        version.changed(target=target, example=replace(rounded, prediction=prediction + 0.01)).load()


def test_a_difference_within_a_millionth_of_the_spread_is_rounding_and_beyond_it_is_not() -> None:
    estimator = LinearRegression().fit(X[:, :3], X[:, 3])
    version = version_with(estimator, X[75, :3].tolist())
    version = version.changed(target=replace(version.manifest.target, spread=100.0))
    prediction = version.manifest.example.prediction
    assert isinstance(prediction, float)
    version.changed(example=replace(version.manifest.example, prediction=prediction + 0.99e-4)).load()
    with pytest.raises(SelfTestFailed):
        version.changed(example=replace(version.manifest.example, prediction=prediction + 1.01e-4)).load()
