"""The folder that `package` writes in ways that the unit tests go without its processes."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from tests.unit.training.packaging import IRIS, NAMES, ROW, fitted_iris, package_model, packaged, refused

FEATURES = ("--features", ",".join(NAMES))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = package_model(tmp_path, fitted_iris(), ROW, *FEATURES, "--out", str(tmp_path / "file" / "out"))
    refused(result, "cannot be written")


def test_what_the_person_should_check_is_on_their_terminal(tmp_path: Path) -> None:
    result = package_model(tmp_path, fitted_iris(), dict(zip(NAMES, ROW, strict=True)))
    packaged(result, tmp_path)
    assert "in the order of the example's keys: a, b, c, d" in result.stderr


def test_of_many_rows_fifty_are_kept_and_each_class_has_one(tmp_path: Path) -> None:
    result = package_model(tmp_path, fitted_iris(), IRIS.data.tolist(), *FEATURES)
    manifest = packaged(result, tmp_path)
    assert "50 of 150 rows" in result.stderr
    assert len(manifest.examples) == 50
    assert {example.prediction for example in manifest.examples} == set(manifest.target.classes)


def test_the_answers_of_a_regression_to_several_rows_give_the_scale_that_it_is_compared_on(tmp_path: Path) -> None:
    model = LinearRegression().fit(IRIS.data[:, :2], IRIS.data[:, 2] * 1e-12)
    rows = IRIS.data[:5, :2].tolist()
    manifest = packaged(package_model(tmp_path, model, rows, "--features", "a,b"), tmp_path)
    assert manifest.target.spread == pytest.approx(np.std(model.predict(rows)), rel=1e-6)
