"""What pandas left in the parameters and the state of a fitted model, and how it is taken out."""

from typing import Any

import numpy as np


def without_pandas(value: Any) -> Any:
    """`value` with arrays in the place of what pandas holds values in: an Index, a Series, an array, a frame."""
    if type(value).__module__.partition(".")[0] == "pandas":
        kind = {base.__name__ for base in type(value).__mro__}
        if kind & {"Index", "Series", "ExtensionArray", "DataFrame"}:
            array = np.asarray(value)
            return array if array.dtype.kind in "biuf" else np.asarray(value, dtype=object)
        return value
    if isinstance(value, dict):
        for key in list(value):
            value[key] = without_pandas(value[key])
        return value
    if isinstance(value, list):
        value[:] = [without_pandas(item) for item in value]
        return value
    if type(value) is tuple:
        changed = tuple(without_pandas(item) for item in value)
        return value if all(one is other for one, other in zip(value, changed, strict=True)) else changed
    return value
