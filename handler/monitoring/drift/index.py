"""The population stability index (PSI), and how large it gets by chance alone."""

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.drift.chi_squared import upper_quantile


def stability_index(then: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    """The index of two lists of counts, of shape (bins,), each bin with a count in one of the two, no sum 0.

    It is the sum over the bins of (p - q) ln(p / q), p and q being the shares. An empty bin would make it infinite, so
    that each list first gets a row for each bin, spread over the bins in the shares that both lists have on average.
    That pulls neither list to a side: equal shares stay equal, and their index is 0.
    """
    average = (then / then.sum() + now / now.sum()) / 2
    added = len(then) * average
    old, new = ((counts + added) / (counts + added).sum() for counts in (then, now))
    return float(((new - old) * np.log(new / old)).sum())


def largest_by_chance(share: float, bins: int, then: float, now: float) -> float:
    """What the index of so many bins exceeds with the probability `share`, if both lists came from the same shares.

    The index times M N / (M + N) is then chi-squared of `bins - 1` degrees of freedom, the more nearly the more rows
    each bin has; M and N are the sums of the two lists (Yurdakul, "Statistical Properties of Population Stability
    Index", Western Michigan University, 2018). Of one bin, what two would give.
    """
    return upper_quantile(share, max(bins - 1, 1)) * (1 / then + 1 / now)
