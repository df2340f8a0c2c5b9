"""The folder that `train` writes: whole, honest about itself, and the same for the same seed."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from handler.engines.versions import installed_versions
from handler.registry.manifest import Manifest, sha256
from handler.serving.predictor import load_predictor
from tests.unit.training.dumping import dump_estimator
from tests.unit.training.regression import train_diabetes
from training.errors import InvalidFolder
from training.fit.iris import train_iris
from training.folder.writing import build, write_files, write_folder
from training.release.publish import TrainedFolder, read_folder

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_folder_holds_what_is_published_and_nothing_unfinished(iris_folder: Path) -> None:
    names = {path.name for path in iris_folder.iterdir()}
    assert {"manifest.json", "model.joblib", "report.html"} <= names
    assert [name for name in names if name.startswith(".")] == []


def test_the_manifest_names_the_artifact_by_size_digest_and_version(iris_folder: Path) -> None:
    manifest = Manifest.from_json((iris_folder / "manifest.json").read_bytes())
    data = (iris_folder / "model.joblib").read_bytes()
    assert (manifest.artifact.file, manifest.artifact.bytes) == ("model.joblib", len(data))
    assert manifest.artifact.sha256 == sha256(data)
    assert manifest.version == f"{manifest.version[:16]}-{sha256(data)[:8]}"
    assert manifest.runtime == installed_versions()


def test_the_version_and_the_date_are_the_moment_in_utc() -> None:
    manifest = build(train_iris(), NOON.astimezone()).artifact.manifest
    assert manifest.version.startswith("20260301T120000Z-")
    assert manifest.created_at == "2026-03-01T12:00:00+00:00"


def test_the_manifest_knows_the_data_the_parameters_and_the_seed() -> None:
    training = build(train_iris(seed=5)).artifact.manifest.training
    assert (training.dataset, training.rows, training.seed) == ("sklearn.datasets.load_iris", 150, 5)
    assert training.estimator.endswith("LogisticRegression")
    assert training.parameters["max_iter"] == 200


def test_the_example_is_a_row_held_out_that_the_model_gets_right(iris: TrainedFolder) -> None:
    model, example = train_iris(), iris.manifest.example
    assert model.y_test is not None
    held_out = [tuple(row) for row in model.x_test.tolist()]
    assert example.features in held_out
    index = held_out.index(example.features)
    assert example.prediction_index == model.y_test[index]
    assert example.prediction == iris.manifest.target.classes[model.y_test[index]]
    assert example.probabilities is not None
    assert sum(example.probabilities.values()) == pytest.approx(1)


def test_the_features_are_those_of_the_rows_fitted_not_of_those_held_out(iris: TrainedFolder) -> None:
    model = train_iris()
    feature = iris.manifest.features[0]
    assert feature.mean != pytest.approx(np.mean(model.x_test[:, 0]))
    assert feature.name == "sepal length (cm)"


def test_what_was_written_serves(iris: TrainedFolder) -> None:
    answer = load_predictor(iris.artifact).predict(np.array([[6.0, 2.5, 4.5, 1.5]]))[0]
    assert (answer["prediction"], answer["prediction_index"]) == ("versicolor", 1)


def test_a_regression_makes_a_folder_that_serves_too(tmp_path: Path) -> None:
    written = write_folder(train_diabetes(), tmp_path)
    folder = read_folder(tmp_path)
    assert folder.manifest == written
    assert written.target.classes == ()
    assert (written.example.prediction_index, written.example.probabilities) == (None, None)
    rows = train_diabetes().x_test
    assert written.example.features in [tuple(row) for row in rows.tolist()]
    answers = load_predictor(folder.artifact).predict(rows)
    assert [answer["prediction"] for answer in answers] == train_diabetes().estimator.predict(rows).tolist()


def test_writing_again_replaces_the_folder_as_a_whole(iris_folder: Path, tmp_path: Path) -> None:
    for path in iris_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    second = write_folder(train_iris(seed=2), tmp_path, NOON)
    assert read_folder(tmp_path).manifest == second


def test_a_folder_that_cannot_be_written_is_named_with_the_option_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidFolder, match=r"cannot be written .*: name another with --out"):
        write_files(tmp_path / "file" / "out", {"manifest.json": b"{}"})


def test_another_seed_makes_another_artifact() -> None:
    assert dump_estimator(train_iris(1).estimator) != dump_estimator(train_iris(2).estimator)
