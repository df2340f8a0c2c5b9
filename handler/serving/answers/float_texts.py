"""Floats as json.dumps writes them, many at once.

Python's own shortest repr of a float takes a microsecond, which for a large batch is more than the model takes. orjson
finds the same digits in a thirtieth of that. It only writes an exponent otherwise, and for other sizes.
"""

import numpy as np
from numpy.typing import NDArray

MANY = 2_000
"""Floats from which on orjson, which is imported then, writes them."""

LEAST, MOST = 1e-4, 1e16
"""From `LEAST` on, and below `MOST`, neither writes an exponent (Python documentation, `float.__repr__`)."""


def float_texts(values: NDArray[np.float64]) -> list[str]:
    """`repr` of each of `values`, of shape (values,), all of them finite."""
    numbers = values.tolist()
    if len(numbers) < MANY:
        return list(map(repr, numbers))
    import orjson

    texts = orjson.dumps(numbers).decode()[1:-1].split(",")
    sizes = np.abs(values)
    for place in np.flatnonzero(((sizes < LEAST) & (sizes > 0)) | (sizes >= MOST)).tolist():
        texts[place] = repr(numbers[place])
    return texts
