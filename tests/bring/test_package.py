"""A model fitted elsewhere becomes a version, or is refused with what to change; none of its code runs unasked."""

import json
import os
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import sklearn
from click.testing import CliRunner, Result
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from handler.serving.predictor import load_predictor
from tests.unit.training.packaging import ROW, fitted_iris, refused
from training.cli.main import main
from training.release.publish import read_folder


class Malicious:
    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (self.mark,)


def run(tmp_path: Path, model: Any, row: Any, *options: str) -> Result:
    joblib.dump(model, tmp_path / "mine.joblib", compress=3)
    (tmp_path / "row.json").write_text(json.dumps(row))
    arguments = [
        "package",
        tmp_path / "mine.joblib",
        "--out",
        tmp_path / "out",
        "--example",
        tmp_path / "row.json",
        *options,
    ]
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_classifier_is_packaged_and_publishes(tmp_path: Path) -> None:
    result = run(tmp_path, fitted_iris(), ROW, "--features", "a, b, c, d", "--target", "species", "--trust")
    assert result.exit_code == 0, result.stderr
    folder = read_folder(tmp_path / "out")
    manifest = folder.manifest
    assert [feature.name for feature in manifest.features] == ["a", "b", "c", "d"]
    assert manifest.target.classes == ("setosa", "versicolor", "virginica")
    answer = load_predictor(folder.artifact).predict(np.array([ROW]))[0]
    assert answer["probabilities"] == pytest.approx(
        dict(zip(manifest.target.classes, fitted_iris().predict_proba([ROW])[0], strict=True))
    )
    published = CliRunner().invoke(main, ["publish", str(tmp_path / "out"), "--model-uri", str(tmp_path / "registry")])
    assert published.exit_code == 0, published.stderr


def test_names_come_from_a_row_with_names_and_classes_can_be_named(tmp_path: Path) -> None:
    row = dict(zip("wxyz", ROW, strict=True))
    assert run(tmp_path, fitted_iris(), row, "--classes", "one,two,three", "--trust").exit_code == 0
    manifest = read_folder(tmp_path / "out").manifest
    assert [feature.name for feature in manifest.features] == list("wxyz")
    assert manifest.example.prediction == "two"


def test_a_regression_is_packaged(tmp_path: Path) -> None:
    data = load_diabetes()
    row = data.data[0].tolist()
    assert (
        run(
            tmp_path, Ridge().fit(data.data, data.target), row, "--features", ",".join("abcdefghij"), "--trust"
        ).exit_code
        == 0
    )
    assert read_folder(tmp_path / "out").manifest.task == "regression"


def test_categories_are_found_in_the_encoder(tmp_path: Path) -> None:
    rows = np.array([[1.0, "a"], [2.0, "b"], [3.0, "a"], [4.0, "b"]], dtype=object)
    columns = ColumnTransformer(
        [("number", StandardScaler(), [0]), ("text", OneHotEncoder(handle_unknown="ignore"), [1])]
    )
    model = make_pipeline(columns, LogisticRegression()).fit(rows, [0, 1, 0, 1])
    result = run(tmp_path, model, [1.5, "b"], "--features", "size,letter", "--trust")
    assert result.exit_code == 0, result.stderr
    assert read_folder(tmp_path / "out").manifest.features[1].categories == ("a", "b")


def test_nothing_is_loaded_before_somebody_trusts_it(tmp_path: Path) -> None:
    result = run(tmp_path, fitted_iris(), ROW)
    refused(result, "sklearn.linear_model._logistic.LogisticRegression", "--trust")
    assert not (tmp_path / "out").exists()


def test_what_imports_from_elsewhere_is_refused_even_when_trusted(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    refused(run(tmp_path, Malicious(str(mark)), ROW, "--trust"), "mkdir", "nothing else")
    assert not mark.exists()


def test_a_function_of_a_script_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def local(x: Any) -> Any:
        return x

    import __main__

    monkeypatch.setattr(local, "__module__", "__main__")
    monkeypatch.setattr(local, "__qualname__", "local")
    monkeypatch.setattr(__main__, "local", local, raising=False)
    model = make_pipeline(FunctionTransformer(local), fitted_iris())
    refused(
        run(tmp_path, model, ROW, "--trust"),
        "'local', which was defined in the script",
        "--code features.py",
        "Or put a class of scikit-learn",
    )


def test_columns_chosen_by_name_are_refused_with_what_to_add(tmp_path: Path) -> None:
    rows = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 9.0]])
    columns = ColumnTransformer([("scaled", StandardScaler(), [1])]).fit(rows)
    # What fitting to a DataFrame leaves behind, without pandas.
    columns.feature_names_in_ = np.array(["age", "income"], dtype=object)
    columns.transformers_ = [("scaled", columns.transformers_[0][1], ["income"]), *columns.transformers_[1:]]
    model = Pipeline([("columns", columns), ("model", LogisticRegression().fit(rows[:, [1]], [0, 0, 1, 1]))])
    result = run(tmp_path, model, [1.0, 5.0], "--features", "age,income", "--trust")
    refused(result, "'scaled' takes ['income']", "Add --table DATA --target COLUMN")


def test_what_the_model_cannot_say_is_asked_for(tmp_path: Path) -> None:
    refused(run(tmp_path, fitted_iris(), ROW, "--trust"), "say them with --features")
    refused(run(tmp_path, fitted_iris(), ROW[:3], "--features", "a,b,c", "--trust"), "it cannot answer the example")
    refused(run(tmp_path, StandardScaler().fit([[1.0]]), [1.0], "--features", "a", "--trust"), "neither classifies")
    refused(run(tmp_path, fitted_iris(), ROW, "--features", "a,b,c,d", "--classes", "x,y", "--trust"), "has 3 classes")


def test_a_model_of_another_scikit_learn_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    model = fitted_iris()
    joblib.dump(model, tmp_path / "x.joblib")
    data = (tmp_path / "x.joblib").read_bytes().replace(sklearn.__version__.encode(), b"1.8.1")
    (tmp_path / "x.joblib").write_bytes(data)
    result = CliRunner().invoke(
        main, ["package", str(tmp_path / "x.joblib"), "--out", str(tmp_path / "out"), "--trust"]
    )
    refused(result, "fitted under scikit-learn 1.8.1", "make lock")
