"""An estimator's parameters as JSON holds them."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """`parameters`, sorted; what JSON has no form for (an object, infinity, NaN) becomes its text, on one line.

    The folder in which a pipeline caches its fits is left out: it is a path of the machine that fitted.
    """
    return {name: None if _is_cache(name) else _plain(value) for name, value in sorted(parameters.items())}


def _is_cache(name: str) -> bool:
    return name.rpartition("__")[2] == "memory"


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return " ".join(repr(value).split())
