"""What `train` writes of each model for whoever compares its requests: the rows fitted and the answers, in bins."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pyarrow import csv, parquet

from handler.records.bins import NULL, target_bins
from handler.registry.manifest import DriftRule, Manifest
from handler.serving.predictor import load_predictor
from tests.unit.training.counts import counts_of, odd_counts
from tests.unit.training.tables import NAMES, churn_csv, churn_rows, spec_of
from training.fit.description import MODELS, read_model_file
from training.fit.fitting import train_model
from training.fit.iris import train_iris
from training.fit.trained_model import TrainedModel
from training.folder.writing import build

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LINEAR = ("--estimator", "sklearn.linear_model.LogisticRegression", "--param", "max_iter=500")


def trained(path: Path, *options: str) -> TrainedModel:
    return train_model(spec_of(path, "churned", *LINEAR, *options), 1)


def manifest_of(model: TrainedModel) -> Manifest:
    return build(model, NOON).artifact.manifest


@pytest.fixture(scope="module")
def churn(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    return trained(churn_csv(tmp_path_factory.mktemp("churn")))


def test_each_row_fitted_is_counted_once_for_each_feature_and_nothing_else_is(churn: TrainedModel) -> None:
    manifest = manifest_of(churn)
    assert odd_counts(manifest) == []
    assert (manifest.training.rows, manifest.training.fitted_rows) == (240, 192)
    gaps = {feature.name: counts_of(feature)[NULL] for feature in manifest.features}
    assert [name for name, count in gaps.items() if count] == ["age", "plan"]
    # All rows have each value, and the rows held out have what the counts lack.
    of_all = Counter(row[NAMES.index("plan")] for row in churn_rows())
    held_out = Counter(churn.x_test[:, NAMES.index("plan")].tolist())
    plan = counts_of(manifest.features[NAMES.index("plan")])
    assert {name: plan[f"={name}"] for name in ("basic", "plus", "pro")} | {None: plan[NULL]} == dict(of_all - held_out)


def test_a_parquet_file_and_a_csv_give_the_same_counts(churn: TrainedModel, tmp_path: Path) -> None:
    path = tmp_path / "churn.parquet"
    table = csv.read_csv(churn_csv(tmp_path), convert_options=csv.ConvertOptions(strings_can_be_null=True))
    parquet.write_table(table, path)
    counts = [[feature.counts for feature in model.features] for model in (churn, trained(path))]
    assert counts[0] == counts[1]


def test_of_a_sample_only_the_rows_fitted_are_counted(tmp_path: Path) -> None:
    manifest = manifest_of(trained(churn_csv(tmp_path), "--sample", "100"))
    assert (manifest.training.rows, manifest.training.fitted_rows) == (100, 80)
    assert odd_counts(manifest) == []


def test_the_answers_counted_are_those_of_the_artifact_to_the_rows_held_out(churn: TrainedModel) -> None:
    artifact = build(churn, NOON).artifact
    answers = load_predictor(artifact).predict(churn.x_test)
    told, target = Counter(answer["prediction"] for answer in answers), artifact.manifest.target
    assert target.answers == (told["no"], told["yes"], 0)
    highest = [max(answer["probabilities"].values()) for answer in answers]
    assert target.confidence == tuple(np.histogram(highest, np.linspace(0, 1, 11))[0].tolist())


def test_a_row_held_out_that_no_request_could_have_is_not_counted_among_the_answers(churn: TrainedModel) -> None:
    strange = churn.x_test.copy()
    strange[:5, NAMES.index("region")] = "of nowhere"
    target = manifest_of(replace(churn, x_test=strange)).target
    assert sum(target.answers) == sum(target.confidence) == len(strange) - 5


def test_a_regression_has_the_quantiles_of_the_rows_fitted_and_its_answers_between_them() -> None:
    model = train_model(read_model_file(MODELS / "diabetes.toml"), 42)
    manifest = manifest_of(model)
    target = manifest.target
    assert odd_counts(manifest) == []
    assert len(target.quantiles) == 11
    assert model.y_test is not None
    assert (target.quantiles[0], target.quantiles[-1]) == (25, 346)  # the least and the most of all rows are fitted
    cuts = np.array([-np.inf, *target_bins("regression", target).cuts, np.inf])
    predicted = load_predictor(build(model, NOON).artifact).predict(model.x_test)
    assert target.answers == tuple(np.histogram([one["prediction"] for one in predicted], cuts)[0].tolist())
    assert target.confidence == ()


def test_the_same_training_gives_the_same_manifest_to_the_byte(churn: TrainedModel, tmp_path: Path) -> None:
    again = trained(churn_csv(tmp_path))
    assert manifest_of(again).to_json() == manifest_of(churn).to_json()


def test_the_rule_of_drift_is_in_the_manifest_where_it_is_not_the_default(tmp_path: Path) -> None:
    assert manifest_of(train_iris()).drift is None
    path = tmp_path / "iris.toml"
    shutil.copy(MODELS / "iris.toml", path)
    path.write_text(path.read_text() + "[drift]\nalpha = 0.05\n")
    manifest = manifest_of(train_model(read_model_file(path), 42))
    assert manifest.drift == DriftRule(alpha=0.05)
    assert Manifest.from_json(manifest.to_json()).drift == manifest.drift
