"""How far a model's probabilities, or a regression's mean, are from what happens."""

import numpy as np
from numpy.typing import NDArray

BINS = 10


def calibration_error(right: NDArray[np.bool_], confidence: NDArray[np.float64]) -> float:
    """The expected calibration error over BINS bins of equal width; `confidence` is the chosen class' probability.

    0 is perfect: of the rows answered with 80 %, 80 % are right (Guo et al. 2017, "On Calibration of Modern Neural
    Networks", section 2).
    """
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    error = 0.0
    for place in range(BINS):
        inside = places == place
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)


def standardized_bias(actual: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """How far the mean prediction is from the mean of the actual values, in standard deviations of those."""
    spread = float(np.std(actual))
    return abs(float(np.mean(predicted - actual))) / spread if spread else 0.0
