"""The columns that the simulation of drift draws: so many values, as training has them or drifted."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Draw = Callable[[np.random.Generator, int, bool], Column]
"""Draws so many values, drifted or not."""


def normal(random: np.random.Generator, rows: int, drifted: bool) -> Column:
    return random.normal(0.5 if drifted else 0.0, 1, rows)


def lognormal(random: np.random.Generator, rows: int, drifted: bool) -> Column:
    return np.exp(normal(random, rows, drifted))


def uniform(random: np.random.Generator, rows: int, drifted: bool) -> Column:
    return random.random(rows) + (0.5 * 12**-0.5 if drifted else 0.0)


def zeros(random: np.random.Generator, rows: int, drifted: bool, fewer: bool = False) -> Column:
    share = 0.6 if drifted and fewer else 0.7
    return np.where(random.random(rows) < share, 0.0, 10 + normal(random, rows, drifted and not fewer))


def whole(random: np.random.Generator, rows: int, drifted: bool, mean: float = 3.0) -> Column:
    return random.poisson(mean + (0.5 * mean**0.5 if drifted else 0.0), rows).astype(np.float64)


def gaps(random: np.random.Generator, rows: int, drifted: bool, share: float = 0.05) -> Column:
    return np.where(random.random(rows) < share + (0.1 if drifted else 0.0), np.nan, normal(random, rows, False))


def categories(random: np.random.Generator, rows: int, drifted: bool, of: int = 200) -> Column:
    shares = 1 / np.arange(1, of + 1)
    if drifted:
        shares[[0, 2]] = shares[[2, 0]]
    return random.choice(np.char.add("c", np.arange(of).astype(str)), rows, p=shares / shares.sum())


def rare(random: np.random.Generator, rows: int, drifted: bool) -> Column:
    return np.where(random.random(rows) < (0.04 if drifted else 0.01), "yes", "no")
