"""Which numbers a model can compute with at all: its domain, in an array, in words and in JSON Schema.

A one-hot encoder takes only the codes that it was fitted to, a logarithm only what is above zero. Where the manifest
gives a domain, a value outside it is refused before the model sees it, and the contract shows the domain. The range
seen in training is another matter: a value outside that is answered, with a warning (`handler.rows.ranges`).
"""

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Domain

LARGEST = float(np.finfo(np.float32).max)
"""scikit-learn's trees compute in 32-bit floats and refuse what those cannot hold; no model is given more."""

LARGEST_CODE = 2**53
"""A whole number beyond it may be another one where JSON's numbers are 64-bit floats (RFC 8259, 6)."""

MOST_VALUES_LISTED = 20


def outside(domain: Domain, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of `values`, of shape (rows,), the model cannot take. No domain excludes a gap (NaN)."""
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
    """What is taken, in words that follow "expected"."""
    if domain.values:
        listed = ", ".join(map(_plain, domain.values[:MOST_VALUES_LISTED]))
        more = len(domain.values) - MOST_VALUES_LISTED
        return f"one of {listed}" + (f" and {more} more" if more > 0 else "")
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
