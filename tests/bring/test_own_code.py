"""A model with classes of its owner's own modules goes all the way: packaged, published, promoted, asked."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from handler.api.application import Application
from handler.registry.chain import version_key
from tests.unit.handler.asking import ask, assert_refused, open_application, predict_event
from training.cli.main import main
from training.release.publish import read_folder

FEATURES = """
import numpy
from sklearn.base import BaseEstimator, TransformerMixin

class Ratio(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        from more import FACTOR
        self.scale_ = FACTOR
        return self

    def transform(self, X):
        from more import FACTOR
        assert self.scale_ == FACTOR
        return numpy.column_stack([X, FACTOR * X[:, 0] / X[:, 1]])
"""
FIT = """
import joblib, numpy
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from features import Ratio
X = numpy.random.default_rng(0).uniform(1, 2, (50, 2))
joblib.dump(make_pipeline(Ratio(), Ridge(alpha=0.001)).fit(X, X[:, 0] / X[:, 1] * OUTPUT), "model.joblib")
print(joblib.load("model.joblib").predict(numpy.array([[1.5, 1.2]]))[0])
"""
ROW = [1.5, 1.2]


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert "Traceback" not in result.stderr
    return result


def fitted(folder: Path, factor: float) -> float:
    """A model fitted by a script of its own, with its modules beside it; gives its answer to ROW."""
    folder.mkdir()
    (folder / "features.py").write_text(FEATURES)
    (folder / "more.py").write_text(f"FACTOR = {factor}")
    (folder / "row.json").write_text(json.dumps(ROW))
    script = FIT.replace("OUTPUT", str(factor))
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return float(done.stdout)


def package(folder: Path, *more: object) -> Result:
    code = ("--code", folder / "features.py", "--code", folder / "more.py")
    row = ("--example", folder / "row.json", "--features", "a,b")
    return run("package", folder / "model.joblib", "--out", folder / "out", *row, *code, *more)


def published(folder: Path, factor: float, uri: Path) -> tuple[str, float]:
    """A version with its own code, and what the original answers to ROW."""
    answer = fitted(folder, factor)
    result = package(folder, "--trust")
    assert result.exit_code == 0, result.stderr
    result = run("publish", folder / "out", "--model-uri", uri)
    assert result.exit_code == 0, result.stderr
    return result.stdout.strip(), answer


def promote(version: str, uri: Path) -> None:
    result = run("promote", version, "--model-uri", uri, "--reason", "tests")
    assert result.exit_code == 0, result.stderr


def answer_of(application: Application) -> Any:
    return ask(application, predict_event({"features": ROW})).body["prediction"]


def test_two_versions_with_the_same_module_names_serve_in_turns_from_one_process(tmp_path: Path) -> None:
    uri = tmp_path / "registry"
    versions = [published(tmp_path / f"model{n}", float(n), uri) for n in (2, 3)]
    assert versions[0][1] != pytest.approx(versions[1][1])
    promote(versions[0][0], uri)
    application = open_application(MODEL_URI=str(uri))
    for version, expected in versions * 2:
        promote(version, uri)
        application.holder.ask_again()
        assert answer_of(application) == expected
        assert application.predictor().manifest.version == version
    assert not {"features", "more"} & set(sys.modules)
    checked = run("verify", "--model-uri", uri)
    assert checked.exit_code == 0, checked.stderr
    assert {path.name for path in Path(uri, "versions", versions[0][0]).iterdir()} >= {"code.zip", "model.joblib"}


def test_the_folder_names_its_code_and_the_model_answers_as_the_original(tmp_path: Path) -> None:
    expected = fitted(tmp_path / "model", 2.0)
    refused = package(tmp_path / "model")
    assert refused.exit_code == 1
    assert "runs whatever code is in it and in --code; if you know who made both, add --trust" in refused.stderr
    result = package(tmp_path / "model", "--trust")
    assert result.exit_code == 0, result.stderr
    folder = read_folder(tmp_path / "model" / "out")
    assert (folder.manifest.format_version, folder.manifest.training.estimator) == (
        3,
        "sklearn.linear_model.Ridge in a Pipeline",
    )
    assert folder.manifest.code is not None
    assert folder.manifest.code.file == "code.zip"
    assert np.isclose(float(str(folder.manifest.example.prediction)), expected, rtol=0, atol=0)
    assert str(tmp_path).encode() not in (folder.artifact.code or b"")
    # A publisher that died may have left the same code; other code is another version's.
    uri = tmp_path / "registry"
    left = uri / version_key(folder.manifest.version, "code.zip")
    left.parent.mkdir(parents=True)
    left.write_bytes(b"other")
    result = run("publish", tmp_path / "model" / "out", "--model-uri", uri)
    assert (result.exit_code, "code.zip holds other bytes already" in result.stderr) == (1, True)
    assert not (left.parent / "manifest.json").exists()
    left.write_bytes(folder.artifact.code or b"")
    assert run("publish", tmp_path / "model" / "out", "--model-uri", uri).exit_code == 0
    (tmp_path / "model" / "out" / "code.zip").unlink()
    result = run("publish", tmp_path / "model" / "out", "--model-uri", uri)
    assert (result.exit_code, "code.zip cannot be read" in result.stderr) == (1, True)


def test_code_that_was_changed_is_never_executed(tmp_path: Path) -> None:
    uri, mark = tmp_path / "registry", tmp_path / "executed"
    version, _ = published(tmp_path / "model", 2.0, uri)
    promote(version, uri)
    file = uri / version_key(version, "code.zip")
    sound = file.read_bytes()
    forbidden = f"open({os.fspath(mark)!r}, 'w').close()".encode()
    swapped = sound.replace(b"import numpy\n", forbidden + b"\n")
    for damaged in (swapped, sound[:-1], sound.replace(b"FACTOR = 2", b"FACTOR = 3")):
        file.write_bytes(damaged)
        answer = ask(open_application(MODEL_URI=str(uri)), predict_event({"features": ROW}))
        assert answer.body["code"] in ("artifact_digest_mismatch", "artifact_size_mismatch")
        for command in (("promote", version, "--reason", "tests", "--alias", "canary"), ("verify",)):
            result = run(*command, "--model-uri", uri)
            assert result.exit_code == 1
            assert "code.zip" in result.stderr + result.stdout
    file.unlink()
    answer = ask(open_application(MODEL_URI=str(uri)), predict_event({"features": ROW}))
    assert_refused(answer, 503, "artifact_missing")
    assert not mark.exists()


FIT_TO_FRAME = """
import joblib, numpy, pandas
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from features import Ratio
X = numpy.random.default_rng(0).uniform(1, 2, (60, 3))
frame = pandas.DataFrame(X, columns=["unused", "a", "b"])
frame["y"] = X[:, 1] / X[:, 2] * 2
frame.to_csv("table.csv", index=False)
columns = ColumnTransformer([("ratio", make_pipeline(Array(), Ratio()), ["a", "b"])])
model = make_pipeline(columns, Ridge(alpha=0.001)).fit(frame[["unused", "a", "b"]], frame["y"])
joblib.dump(model, "model.joblib")
""".replace("from features import Ratio", "from features import Array, Ratio")
ARRAY = """

class Array(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        return numpy.asarray(X, dtype=float)
"""


def test_a_pipeline_of_a_data_frame_with_its_own_transformer_is_brought_with_its_table(tmp_path: Path) -> None:
    (tmp_path / "features.py").write_text(FEATURES + ARRAY)
    (tmp_path / "more.py").write_text("FACTOR = 2.0")
    subprocess.run([sys.executable, "-c", FIT_TO_FRAME], cwd=tmp_path, check=True)
    code = ("--code", tmp_path / "features.py", "--code", tmp_path / "more.py")
    table = ("--table", tmp_path / "table.csv", "--target", "y")
    result = run("package", tmp_path / "model.joblib", "--out", tmp_path / "out", *table, *code, "--trust")
    assert result.exit_code == 0, result.stderr
    assert "no answer differs from the DataFrame's" in " ".join(result.stderr.split())
    assert read_folder(tmp_path / "out").artifact.code is not None
    assert run("publish", tmp_path / "out", "--model-uri", tmp_path / "registry").exit_code == 0


def test_a_module_that_needs_pandas_in_a_function_is_refused_with_its_line(tmp_path: Path) -> None:
    fitted(tmp_path / "model", 2.0)
    (tmp_path / "model" / "more.py").write_text("FACTOR = 2.0\n\ndef later():\n    import pandas\n")
    result = package(tmp_path / "model", "--trust")
    assert result.exit_code == 1
    assert "more.py, line 4, imports pandas, which the function does not have" in result.stderr


def test_a_model_whose_module_was_not_given_is_told_to_give_it(tmp_path: Path) -> None:
    fitted(tmp_path / "model", 2.0)
    result = run("package", tmp_path / "model/model.joblib", "--out", tmp_path / "out", "--trust")
    assert result.exit_code == 1
    assert "--code features.py" in result.stderr
