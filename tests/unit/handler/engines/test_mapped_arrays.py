"""`handler.engines.mapped_arrays`: what it loads is what joblib loads, in plain arrays that lie in one mapping.

It uses parts of joblib that joblib does not promise. Where a release changes them, these tests fail.
"""

import io
import warnings
from collections.abc import Callable
from mmap import mmap
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from handler.engines import mapped_arrays
from handler.engines.mapped_arrays import load_mapped
from handler.registry import storage
from handler.registry.chain import VerifiedArtifact
from handler.registry.storage import PrivateFile, hold
from tests.unit.handler.models import version_with

PAGES = 8192
MANIFEST = version_with(DummyRegressor().fit([[0.0]], [0.0]), [0.0]).manifest
X, Y = load_digits(return_X_y=True)

ARRAYS: dict[str, NDArray[Any]] = {
    "numbers": np.arange(PAGES, dtype=np.float64),
    "columns first": np.asfortranarray(np.arange(PAGES, dtype=np.float32).reshape(64, -1)),
    "three axes": np.arange(PAGES, dtype=np.int16).reshape(4, 8, -1),
    "a stride": np.arange(2 * PAGES)[::2],
    "records": np.zeros(PAGES, dtype=[("left", "<i4"), ("value", "<f8"), ("flag", "u1")]),
    "packed records": np.zeros(PAGES, dtype=np.dtype([("flag", "u1"), ("value", "<f8")])),
    "texts": np.array(["a", "ﬀ", "long enough"] * PAGES),
    "moments": np.arange(PAGES).astype("datetime64[s]"),
    "truths": np.arange(PAGES) % 3 == 0,
    "long numbers": np.arange(PAGES, dtype=np.longdouble),
    "the other byte order": np.arange(PAGES, dtype=">f8"),
    "objects": np.array(["a", None, 1.5] * PAGES, dtype=object),
    "nothing": np.zeros((0, 5)),
    "texts of no length": np.zeros(PAGES, dtype="U0"),
    "one number": np.array(1.5),
}

CLASSIFIERS: dict[str, Callable[[], Any]] = {
    "logistic regression": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
    "support vectors": lambda: CalibratedClassifierCV(SVC(), ensemble=False, cv=2),
    "random forest": lambda: RandomForestClassifier(20, random_state=0),
    "histogram boosting": lambda: HistGradientBoostingClassifier(max_iter=5, random_state=0),
    "k-nearest neighbours": KNeighborsClassifier,
    "k-nearest neighbours in a tree": lambda: KNeighborsClassifier(algorithm="kd_tree"),
    "naive Bayes": GaussianNB,
    "neural network": lambda: MLPClassifier([16], max_iter=20, random_state=0),
    "categories": lambda: make_pipeline(
        ColumnTransformer([("few", OneHotEncoder(handle_unknown="ignore"), [0, 1, 2])], remainder="passthrough"),
        LogisticRegression(max_iter=50),
    ),
    "voting": lambda: VotingClassifier(
        [("bayes", GaussianNB()), ("trees", RandomForestClassifier(5, random_state=0))], voting="soft"
    ),
}


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 0)


def held(data: bytes) -> VerifiedArtifact:
    """`data` as an artifact in a file; no digest is compared here."""
    content = hold(lambda: [data], len(data))
    assert isinstance(content, PrivateFile)
    return VerifiedArtifact(MANIFEST, content)


def dumped(value: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer, **options)
    return buffer.getvalue()


def lies_in(array: Any) -> Any:
    """What has the memory of `array`."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return array


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def mappings() -> int:
    return len(Path("/proc/self/maps").read_text().splitlines())


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_the_one_that_joblib_loads(name: str) -> None:
    data = dumped({"before": "x" * 7, "array": ARRAYS[name], "after": [1.5]})
    found, expected = load_mapped(held(data)), joblib.load(io.BytesIO(data))
    ours, theirs = found["array"], expected["array"]
    assert (type(ours), ours.dtype, ours.shape, ours.strides) == (
        np.ndarray,
        theirs.dtype,
        theirs.shape,
        theirs.strides,
    )
    np.testing.assert_array_equal(ours, theirs)
    assert ours.flags.writeable
    assert ours.flags.aligned
    assert (found["before"], found["after"]) == (expected["before"], expected["after"])


@pytest.mark.parametrize("name", ["numbers", "columns first", "three axes", "texts", "long numbers"])
def test_a_large_array_lies_in_the_mapping_and_a_small_one_does_not_keep_it(name: str) -> None:
    found = load_mapped(held(dumped([ARRAYS[name], np.arange(10.0)])))
    assert isinstance(lies_in(found[0]), mmap)
    assert isinstance(lies_in(found[1]), np.ndarray)


def test_an_array_can_be_written_to_and_the_next_load_knows_nothing_of_it() -> None:
    file = held(dumped(ARRAYS["numbers"]))
    load_mapped(file)[:] = 7
    np.testing.assert_array_equal(load_mapped(file), ARRAYS["numbers"])


def test_thousands_of_arrays_take_one_mapping_and_one_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/cost/test_memory.py has more arrays than a process may have mappings."""
    monkeypatch.setattr(mapped_arrays, "SMALL_BYTES", 1)
    file = held(dumped([np.array([number, -number]) for number in range(3000)]))
    before = descriptors(), mappings()
    found = load_mapped(file)
    assert len({id(lies_in(array)) for array in found}) == 1
    assert descriptors() <= before[0] + 1
    assert mappings() <= before[1] + 100
    np.testing.assert_array_equal(np.stack(found)[:, 0], np.arange(3000))


def test_arrays_that_were_written_without_alignment_are_copied_into_their_place() -> None:
    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise io.UnsupportedOperation  # joblib then writes as it did before 1.2

    pipe = Pipe()
    joblib.dump(["x", ARRAYS["numbers"], "y", ARRAYS["three axes"]], pipe)
    first, numbers, second, axes = load_mapped(held(pipe.getvalue()))
    assert (first, second, numbers.flags.aligned, axes.flags.aligned) == ("x", "y", True, True)
    np.testing.assert_array_equal(numbers, ARRAYS["numbers"])
    np.testing.assert_array_equal(axes, ARRAYS["three axes"])


def test_what_is_in_memory_is_left_to_joblib() -> None:
    assert load_mapped(VerifiedArtifact(MANIFEST, dumped(ARRAYS["numbers"]))) is None


@pytest.mark.parametrize("method", ["zlib", "gzip", "bz2", "lzma", "xz"])
def test_what_is_compressed_is_left_to_joblib(method: str) -> None:
    assert load_mapped(held(dumped(ARRAYS["numbers"], compress=(method, 3)))) is None


@pytest.mark.parametrize("protocol", range(2, 6))
def test_every_pickle_protocol_is_read(protocol: int) -> None:
    found = load_mapped(held(dumped({"a": ARRAYS["numbers"]}, protocol=protocol)))
    np.testing.assert_array_equal(found["a"], ARRAYS["numbers"])


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_mapped_model_answers_bit_for_bit_as_one_in_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_arrays, "SMALL_BYTES", 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        data = dumped(CLASSIFIERS[name]().fit(X[:500], Y[:500]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mapped: BaseEstimator = load_mapped(held(data))
    in_memory = joblib.load(io.BytesIO(data))
    for count in (1, 3, 1000):
        assert mapped.predict_proba(X[500 : 500 + count]).tobytes() == (
            in_memory.predict_proba(X[500 : 500 + count]).tobytes()
        )
        assert mapped.predict(X[:count]).tobytes() == in_memory.predict(X[:count]).tobytes()


def test_a_mapped_regression_answers_bit_for_bit_as_one_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_arrays, "SMALL_BYTES", 1)
    data = dumped(Ridge().fit(X, Y))
    assert load_mapped(held(data)).predict(X).tobytes() == joblib.load(io.BytesIO(data)).predict(X).tobytes()
