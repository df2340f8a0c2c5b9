"""The chi-squared distribution, and the test that two lists of counts came from the same shares.

The functions that serve have no scipy, so that the distribution is computed here, from the incomplete gamma function.
"""

import math

import numpy as np
from numpy.typing import NDArray

PRECISION = 1e-15
MOST_STEPS = 100_000
TINY = 1e-300


def chi_squared_test(then: NDArray[np.float64], now: NDArray[np.float64]) -> tuple[float, float]:
    """Pearson's statistic of two lists of counts, of shape (bins,), and its p-value.

    Neither sum may be 0, and each bin must have a count in one of the two. With one bin there is nothing to test: 0, 1.
    """
    if len(then) < 2:
        return 0.0, 1.0
    share = now.sum() / (now.sum() + then.sum())
    both = then + now
    expected_now, expected_then = both * share, both * (1 - share)
    statistic = float(((now - expected_now) ** 2 / expected_now + (then - expected_then) ** 2 / expected_then).sum())
    return statistic, survival(statistic, len(then) - 1)


def survival(value: float, degrees: int) -> float:
    """The probability that a chi-squared variable of so many degrees of freedom, at least 1, exceeds `value`.

    It is the upper regularised incomplete gamma function: by its series where that converges fast, by its continued
    fraction elsewhere ("NIST Digital Library of Mathematical Functions", 8.11.4 and 8.9.2; the fraction is evaluated by
    Lentz's method as in "Numerical Recipes", 6.2).
    """
    shape, point = degrees / 2, value / 2
    if point <= 0:
        return 1.0
    # What both forms have in front: x^a e^-x / Gamma(a).
    factor = math.exp(shape * math.log(point) - point - math.lgamma(shape))
    if point < shape + 1:
        return 1 - factor * _series(shape, point)
    return factor * _fraction(shape, point)


def upper_quantile(share: float, degrees: int) -> float:
    """The value that a chi-squared variable exceeds with the probability `share`, which is between 0 and 1.

    Found by Newton's steps on the logarithm of the survival function, kept between bounds that close in on it.
    """
    wanted = math.log(share)
    least, most = 0.0, max(1.0, float(degrees))
    while survival(most, degrees) > share:
        least, most = most, 2 * most
    value = (least + most) / 2
    for _ in range(MOST_STEPS):
        above = survival(value, degrees)
        difference = math.log(above) - wanted
        least, most = (value, most) if difference > 0 else (least, value)
        following = value + difference * above / _density(value, degrees)
        if not least < following < most:
            following = (least + most) / 2
        if abs(following - value) <= 4 * PRECISION * value:
            return following
        value = following
    return value


def _density(value: float, degrees: int) -> float:
    shape = degrees / 2
    return math.exp((shape - 1) * math.log(value / 2) - value / 2 - math.lgamma(shape)) / 2


def _series(shape: float, point: float) -> float:
    """The sum over n from 0 of x^n / (a (a + 1) … (a + n))."""
    term = total = 1 / shape
    for step in range(1, MOST_STEPS):
        term *= point / (shape + step)
        total += term
        if term < PRECISION * total:
            break
    return total


def _fraction(shape: float, point: float) -> float:
    """1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - …)))."""
    bottom = point + 1 - shape
    upper = 1 / TINY
    lower = found = 1 / bottom
    for step in range(1, MOST_STEPS):
        top = -step * (step - shape)
        bottom += 2
        lower = 1 / _not_zero(top * lower + bottom)
        upper = _not_zero(bottom + top / upper)
        found *= lower * upper
        if abs(lower * upper - 1) < PRECISION:
            break
    return found


def _not_zero(value: float) -> float:
    return value if abs(value) >= TINY else TINY
