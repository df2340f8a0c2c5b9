"""What a model can take of a number at all: which values lie outside, and how that is told.

A one-hot encoder knows the codes that it was fitted to, a logarithm takes what is above zero. Where the manifest says
so, a request is refused before the model is asked, and the contract says it too. Ranges seen in training are another
thing: what lies outside of those is answered, with a warning (`handler.rows.ranges`).
"""

import numpy as np
from numpy.typing import NDArray

from handler.registry.manifest import Domain

MOST_VALUES_TOLD = 20


def outside(domain: Domain, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of `values`, of shape (rows,), the model cannot take. A gap (NaN) is in no domain's way."""
    refused: NDArray[np.bool_] = np.zeros(len(values), dtype=np.bool_)
    if domain.values:
        refused |= ~np.isin(values, domain.values)
    if domain.minimum is not None:
        refused |= values < domain.minimum
    if domain.exclusive_minimum is not None:
        refused |= values <= domain.exclusive_minimum
    if domain.maximum is not None:
        refused |= values > domain.maximum
    if domain.exclusive_maximum is not None:
        refused |= values >= domain.exclusive_maximum
    return refused & ~np.isnan(values)


def description(domain: Domain) -> str:
    """What is taken, as a sentence goes on after "expected"."""
    if domain.values:
        told = ", ".join(map(_plain, domain.values[:MOST_VALUES_TOLD]))
        more = len(domain.values) - MOST_VALUES_TOLD
        return f"one of {told}" + (f" and {more} more" if more > 0 else "")
    words = {
        "at least": domain.minimum,
        "above": domain.exclusive_minimum,
        "at most": domain.maximum,
        "below": domain.exclusive_maximum,
    }
    return "a number " + " and ".join(f"{word} {_plain(bound)}" for word, bound in words.items() if bound is not None)


def _plain(value: float) -> str:
    return repr(value).removesuffix(".0")


def bounds(domain: Domain) -> dict[str, float]:
    """The bounds as JSON Schema's keywords ("JSON Schema Validation", 6.2)."""
    keywords = {
        "minimum": domain.minimum,
        "exclusiveMinimum": domain.exclusive_minimum,
        "maximum": domain.maximum,
        "exclusiveMaximum": domain.exclusive_maximum,
    }
    return {keyword: bound for keyword, bound in keywords.items() if bound is not None}
