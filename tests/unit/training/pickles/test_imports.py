"""What a file would import is found without importing any of it, wherever in the file the name stands."""

import bz2
import gzip
import io
import lzma
import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from training.errors import UnpackableArtifact
from training.pickles.imports import inspect_pickle


class Malicious:
    """Unpickled, it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


def dumped(value: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "place",
    [
        lambda evil: evil,
        lambda evil: {"a": [np.zeros((50, 3)), evil]},
        lambda evil: np.array([1, "a", evil], dtype=object),
        lambda evil: [np.arange(5), np.array([[evil]], dtype=object), np.arange(7.0)],
        lambda evil: (np.array(["ab", "c"]), np.asfortranarray(np.ones((4, 4), dtype=np.float32)), evil),
    ],
)
def test_a_call_is_seen_wherever_it_hides_and_never_made(tmp_path: Path, place: Callable[[Any], Any]) -> None:
    mark = tmp_path / "mark"
    contents = inspect_pickle(io.BytesIO(dumped(place(Malicious(mark)))))
    assert f"{os.mkdir.__module__}.mkdir" in contents.imports
    assert not mark.exists()


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(max_iter=200),
        RandomForestClassifier(5),
        HistGradientBoostingClassifier(max_iter=3),
    ],
)
def test_an_estimator_is_followed_to_its_end(estimator: Any) -> None:
    iris = load_iris()
    contents = inspect_pickle(io.BytesIO(dumped(estimator.fit(iris.data, iris.target))))
    assert f"{type(estimator).__module__}.{type(estimator).__name__}" in contents.imports
    assert contents.sklearn_versions == (sklearn.__version__,)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])
def test_a_compressed_file_is_looked_into(compress: Callable[[bytes], bytes]) -> None:
    data = dumped({"array": np.arange(1000.0), "path": Path("x")})
    assert inspect_pickle(io.BytesIO(compress(data))) == inspect_pickle(io.BytesIO(data))
    assert any("pathlib" in name for name in inspect_pickle(io.BytesIO(data)).imports)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_plain_pickle_of_any_protocol_is_followed(protocol: int) -> None:
    contents = inspect_pickle(io.BytesIO(pickle.dumps(LogisticRegression(), protocol=protocol)))
    assert "sklearn.linear_model._logistic.LogisticRegression" in contents.imports


@pytest.mark.parametrize("data", [b"", b"not a pickle", dumped(np.arange(1000.0))[:-900], b"\x1f\x8bxx", b"PK\x03\x04"])
def test_what_cannot_be_followed_is_refused(data: bytes) -> None:
    with pytest.raises(UnpackableArtifact):
        inspect_pickle(io.BytesIO(data))
