"""The one rule on how rows are held: in an array of float64, or of objects where a text stands among the numbers."""

from collections.abc import Iterable
from typing import Any

import numpy as np


def row_dtype(kinds: Iterable[str]) -> type[Any]:
    """The type of an array of rows whose features are of these `kinds`, as manifests name them."""
    return np.float64 if all(kind == "number" for kind in kinds) else object
