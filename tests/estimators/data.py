"""Small data that suits scikit-learn's estimators: one set for each kind of rows and of target."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.datasets import load_diabetes, load_iris

Rows = NDArray[Any]

_IRIS = load_iris()
_DIABETES = load_diabetes()


@dataclass(frozen=True)
class Data:
    """Rows to fit on and their target, if any."""

    x: Rows
    y: Any = None


def _shuffled(x: Rows, y: Any) -> tuple[Rows, Any]:
    order = np.random.default_rng(0).permutation(len(x))
    return x[order], y[order]


_FLOWERS, _SPECIES = _shuffled(_IRIS.data, _IRIS.target_names[_IRIS.target])
_PATIENTS, _PROGRESS = _shuffled(_DIABETES.data[:200, :4], _DIABETES.target[:200])
_PETALS = _FLOWERS[:, 2:]


def classes() -> Data:
    """Three classes with names."""
    return Data(_FLOWERS, _SPECIES)


def two_classes() -> Data:
    """Two classes with names, of flowers that overlap."""
    kept = _SPECIES != "setosa"
    return Data(_FLOWERS[kept], _SPECIES[kept])


def partly_labelled() -> Data:
    """Numbers for classes, -1 for every third row's."""
    y = np.unique(_SPECIES, return_inverse=True)[1]
    return Data(_FLOWERS, np.where(np.arange(len(y)) % 3 == 0, -1, y))


def counts() -> Data:
    """Classes of rows of counts."""
    return Data(np.round(_FLOWERS), _SPECIES)


def numbers() -> Data:
    """A number to predict from four."""
    return Data(_PATIENTS, _PROGRESS)


def one_number() -> Data:
    """A number to predict from one."""
    return Data(_PATIENTS[:, :1], _PROGRESS)


def two_numbers() -> Data:
    """Two numbers to predict."""
    return Data(_FLOWERS[:, :2], _PETALS)


def two_classes_at_once() -> Data:
    """Two targets: the species, and whether the petals are long, as a text."""
    long = np.where(_PETALS[:, 0] > 4, "long", "short")
    return Data(_FLOWERS, np.column_stack([_SPECIES.astype(object), long.astype(object)]))


def labels() -> Data:
    """Three labels, any of which a flower may have, as columns of 0 and 1."""
    x, small = _FLOWERS, _FLOWERS[:, :2]
    columns = [x[:, 0] > 5.8, x[:, 1] > 3.0, _PETALS[:, 0] > 4.3]
    return Data(small, np.column_stack(columns).astype(int))


def sparse_labels() -> Data:
    """The same labels as a sparse array."""
    known = labels()
    return Data(known.x, csr_array(known.y))


def no_target() -> Data:
    """Rows alone."""
    return Data(_FLOWERS)


DataOf = Callable[[], Data]
