"""Each kind of file that is not one fitted estimator is named, in our words, with what to do about it."""

import gzip
import io
import lzma
import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped] # it ships no types
import joblib
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import DBSCAN
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.unit.training.packaging import (
    IRIS,
    NAMES,
    ROW,
    fitted_iris,
    package_file,
    refusal,
    refused,
    understand,
)
from training.cli.main import main

FEATURES = ("--features", ",".join(NAMES))
OTHERS_WORDS = (
    "could not convert",
    "UnpicklingError",
    "EOFError",
    "invalid load key",
    "Expected",
    "Traceback",
    "numpy.",
)


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name in names:
            zipped.writestr(name, b"x")
    return buffer.getvalue()


def tar(name: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        packed.addfile(tarfile.TarInfo(name))
    return buffer.getvalue()


def saved(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
TRUNCATED = pickle.dumps(np.arange(1000.0))

FILES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "nothing": (b"", ("is empty",)),
    "a Git LFS pointer": (LFS, ("Git LFS", "git lfs pull")),
    "a web page": (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", ("HTML page", "again")),
    "an error of S3": (b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', ("XML", "again")),
    "a PyTorch checkpoint": (archive("archive/data.pkl", "archive/version"), ("PyTorch",)),
    "a skops file": (archive("schema.json", "123.npy"), ("skops", "joblib.dump")),
    "a Keras model": (archive("metadata.json", "config.json", "model.weights.h5"), ("Keras",)),
    "an archive of arrays": (archive("a.npy", "b.npy"), ("NumPy", "arrays")),
    "a zipped model": (archive("final/model.joblib"), ("zip archive", "final/model.joblib")),
    "a packed model": (tar("model.joblib"), ("tar archive", "tar")),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + b"\0" * 50, ("HDF5", "Keras")),
    "an array": (saved(np.arange(3.0)), ("NumPy array",)),
    "ONNX": (b"\x08\x0a\x12\x07skl2onnx\x1a\x041.17", ("ONNX",)),
    "XGBoost's JSON": (b'{"learner":{"attributes":{}},"version":[2,0,3]}', ("XGBoost",)),
    "LightGBM's text": (b"tree\nversion=v4\nnum_class=1\n", ("LightGBM",)),
    "JSON": (b'{"coef": [1.0, 2.0]}', ("JSON",)),
    "a table": (b"a,b,c\n1,2,3\n4,5,6\n", ("text", "train --table")),
    "Parquet": (b"PAR1" + b"\0" * 20, ("Parquet", "train --table")),
    "a script": (b"import sklearn\nprint('hello')\n", ("text",)),
    "zstd": (b"\x28\xb5\x2f\xfd" + b"\0" * 20, ("zstd", "joblib.dump")),
    "lz4": (b"\x04\x22\x4d\x18" + b"\0" * 20, ("lz4", "joblib.dump")),
    "a pickle cut short": (TRUNCATED[:-500], ("ends before", "again")),
    "a gzip cut short": (gzip.compress(TRUNCATED)[:-50], ("ends before", "again")),
    "a zlib cut short": (zlib.compress(TRUNCATED)[:-50], ("ends before", "again")),
    "an xz cut short": (lzma.compress(TRUNCATED)[:-50], ("ends before", "again")),
    "noise": (bytes(range(1, 256)) * 4, ("neither", "joblib.dump")),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_another_kind_is_named_with_what_to_do(tmp_path: Path, kind: str) -> None:
    data, words = FILES[kind]
    result = package_file(tmp_path, data)
    refused(result, "Error: ", *words)
    assert not [word for word in OTHERS_WORDS if word in result.stderr.partition("Error: ")[2]]


HELD: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a dict": (
        {"model": fitted_iris(), "scaler": StandardScaler().fit(IRIS.data)},
        ("'model'", "'scaler'", "make_pipeline(held['scaler'], held['model'])"),
    ),
    "a dict with one": ({"model": fitted_iris(), "accuracy": 0.97}, ("'accuracy'", "joblib.dump(held['model']")),
    "a tuple": ((StandardScaler().fit(IRIS.data), fitted_iris()), ("tuple", "make_pipeline(held[0], held[1])")),
    "a list": ([fitted_iris()], ("list", "joblib.dump(held[0]")),
    "an array": (np.arange(3.0), ("NumPy array",)),
    "a class": (LogisticRegression, ("class", "LogisticRegression", "fitted")),
    "a number": (5, ("holds an int",)),
    "an estimator that was not fitted": (LogisticRegression(), ("not fitted", "fit(")),
    "a pipeline that was not fitted": (make_pipeline(StandardScaler(), LogisticRegression()), ("not fitted", "fit(")),
    "a transformer": (StandardScaler().fit(IRIS.data), ("StandardScaler", "transformer", "predict")),
    "a clusterer": (DBSCAN().fit(IRIS.data), ("DBSCAN", "no predict", "Fit a classifier to its labels")),
    "an outlier detector": (LocalOutlierFactor().fit(IRIS.data), ("LocalOutlierFactor", "novelty=True")),
}


@pytest.mark.parametrize("kind", HELD)
def test_a_pickle_of_something_else_is_named_with_what_to_do(tmp_path: Path, kind: str) -> None:
    model, words = HELD[kind]
    said = refusal(tmp_path, model, ROW, *FEATURES)
    assert all(word in said for word in words)
    assert not [word for word in OTHERS_WORDS if word in said]


def local_class() -> Any:
    class Doubled(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
        def fit(self, *_: Any) -> Any:
            return self

        def transform(self, rows: Any) -> Any:
            return rows * 2

    Doubled.__module__ = "__main__"
    return make_pipeline(Doubled(), fitted_iris())


def local_function() -> Any:
    return make_pipeline(FunctionTransformer(lambda rows: rows * 2), fitted_iris())


@pytest.mark.parametrize("made", [local_class, local_function])
def test_a_class_or_function_that_cloudpickle_wrote_is_named_with_what_to_do(
    tmp_path: Path, made: Callable[[], Any]
) -> None:
    result = package_file(tmp_path, cloudpickle.dumps(made()), *FEATURES)
    refused(result, "cloudpickle", "class or function", "scikit-learn")


@pytest.mark.parametrize(
    ("library", "advice"),
    [("xgboost.sklearn", "HistGradientBoosting"), ("lightgbm.sklearn", "HistGradientBoosting"), ("torch", "MLP")],
)
def test_a_model_of_another_library_gets_advice_of_its_own(tmp_path: Path, library: str, advice: str) -> None:
    refused(package_file(tmp_path, b"\x80\x02c" + library.encode() + b"\nModel\n)\x81."), library, advice)


@pytest.mark.parametrize(
    "protocol",
    [0, 2],
)
def test_a_pickle_of_an_old_protocol_is_packaged(tmp_path: Path, protocol: int) -> None:
    data = pickle.dumps(fitted_iris(), protocol=protocol)
    understand(tmp_path, data, ROW, *FEATURES)


def test_a_model_that_was_compressed_afterwards_is_packaged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    joblib.dump(fitted_iris(), buffer)
    understand(tmp_path, lzma.compress(buffer.getvalue()), ROW, *FEATURES)


def test_a_name_in_a_file_cannot_steer_the_terminal_that_shows_it(tmp_path: Path) -> None:
    result = package_file(tmp_path, b"\x80\x04\x8c\x06os\x1b[2J\x8c\x06system\x93.")
    assert "\x1b" not in result.stderr


def test_a_directory_in_place_of_a_file_is_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "mine.joblib").mkdir()
    result = CliRunner().invoke(main, ["package", str(tmp_path / "mine.joblib"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "directory" in result.stderr
