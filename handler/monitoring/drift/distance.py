"""The Jensen-Shannon distance: how far apart two lists of counts are, from 0 (equal shares) to 1 (no bin in common)."""

import numpy as np
from numpy.typing import NDArray


def shannon_distance(then: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    """The distance, to the base 2, of two lists of counts of shape (bins,), whose sums are not 0."""
    old, new = then / then.sum(), now / now.sum()
    middle = (old + new) / 2
    divergence = (_divergence(old, middle) + _divergence(new, middle)) / 2
    # Rounding may leave a divergence of nothing just below 0.
    return float(np.sqrt(min(max(divergence, 0.0), 1.0)))


def _divergence(shares: NDArray[np.float64], middle: NDArray[np.float64]) -> float:
    """The sum of p log2(p / m); a share of 0 gives 0."""
    met = shares > 0
    return float((shares[met] * np.log2(shares[met] / middle[met])).sum())
