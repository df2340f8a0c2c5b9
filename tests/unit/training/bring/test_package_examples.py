"""An example is one row or several; all are proved, and what does not fit the model is refused in our words."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tests.unit.training.packaging import IRIS, NAMES, ROW, fitted_iris, named_iris, refusal, understand

FEATURES = ("--features", ",".join(NAMES))
ONE_A_CLASS = [IRIS.data[index].tolist() for index in (0, 50, 100)]


def named(row: list[float]) -> dict[str, float]:
    return dict(zip(NAMES, row, strict=True))


@pytest.mark.parametrize(
    "example",
    [
        ONE_A_CLASS,
        [named(row) for row in ONE_A_CLASS],
        [ONE_A_CLASS[0], *(dict(reversed(named(row).items())) for row in ONE_A_CLASS[1:])],
    ],
)
def test_several_rows_are_proved(tmp_path: Path, example: Any) -> None:
    understood = understand(tmp_path, named_iris(), example)
    manifest = understood.manifest
    assert [example.features for example in manifest.examples] == [tuple(row) for row in ONE_A_CLASS]
    assert [example.prediction for example in manifest.examples] == ["setosa", "versicolor", "virginica"]
    assert "3 rows" in understood.notes


def test_of_many_rows_fifty_are_kept_and_each_class_has_one(tmp_path: Path) -> None:
    understood = understand(tmp_path, fitted_iris(), IRIS.data.tolist(), *FEATURES)
    manifest = understood.manifest
    assert "50 of 150 rows" in understood.notes
    assert len(manifest.examples) == 50
    assert {example.prediction for example in manifest.examples} == set(manifest.target.classes)


def test_the_answers_of_a_regression_to_several_rows_tell_the_scale_that_it_is_compared_on(tmp_path: Path) -> None:
    model = LinearRegression().fit(IRIS.data[:, :2], IRIS.data[:, 2] * 1e-12)
    rows = IRIS.data[:5, :2].tolist()
    manifest = understand(tmp_path, model, rows, "--features", "a,b").manifest
    assert manifest.target.spread == pytest.approx(np.std(model.predict(rows)), rel=1e-6)


def test_one_row_is_written_in_the_first_format(tmp_path: Path) -> None:
    assert understand(tmp_path, named_iris(), ROW).manifest.format_version == 1


def with_an_encoder() -> Any:
    rows = np.array([[1.0, "a"], [2.0, "b"], [3.0, "a"], [4.0, "b"]], dtype=object)
    columns = ColumnTransformer([("text", OneHotEncoder(), [1])], remainder="passthrough")
    return make_pipeline(columns, LogisticRegression()).fit(rows, [0, 1, 0, 1])


def without_bounds() -> Any:
    model = LinearRegression().fit([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0]], [1.0, 2.0, 3.0])
    model.coef_ = np.array([1e300, 1e300])
    return model


@pytest.mark.parametrize(
    ("model", "example", "options", "words"),
    [
        (fitted_iris(), [], FEATURES, ("one row", "list of rows")),
        (fitted_iris(), [ROW, 5], FEATURES, ("one row", "list of rows")),
        (fitted_iris(), "{not json", FEATURES, ("not JSON",)),
        (fitted_iris(), "[NaN, 1, 2, 3]", FEATURES, ("NaN", "null")),
        (fitted_iris(), "[1e999, 1, 2, 3]", FEATURES, ("64-bit",)),
        (fitted_iris(), [True, 1, 2, 3], FEATURES, ("true", "'a'")),
        (fitted_iris(), [ROW, [*ROW[:3], None]], FEATURES, ("row 1", "null", "'d'", "SimpleImputer")),
        (fitted_iris(), [ROW, ["pro", 1, 2, 3]], FEATURES, ("'pro'", "'a'")),
        (with_an_encoder(), [1.5, "c"], ("--features", "size,letter"), ("'letter'", "'c'", "a, b")),
        (without_bounds(), [1e300, 1e300], ("--features", "a,b"), ("finite", "row 0")),
    ],
)
def test_an_example_that_does_not_fit_is_refused_in_our_words(
    tmp_path: Path, model: Any, example: Any, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    said = refusal(tmp_path, model, example, *options)
    assert all(word in said for word in words)
    assert not [word for word in ("ValueError", "could not convert", "Input X", "line 1 column") if word in said]
