"""Probabilities that were rounded to float32 are measured without a warning, and all others as they are."""

import numpy as np
import pytest

from handler.records.signature import Target
from training.measuring.answers import Answers, answers_in, without_rounding
from training.measuring.metrics import measure

CLASSES = ("a", "b", "c")
EXACT = np.random.default_rng(0).dirichlet(np.ones(3), 200)


def answers_of(probabilities: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> Answers:
    answered = [
        {"prediction": CLASSES[int(np.argmax(row))], "probabilities": dict(zip(CLASSES, row, strict=True))}
        for row in probabilities.tolist()
    ]
    return answers_in(answered, "classification", (Target("y", CLASSES),))


def test_probabilities_of_float32_are_measured_as_those_of_float64(recwarn: pytest.WarningsRecorder) -> None:
    rounded = EXACT.astype(np.float32).astype(np.float64)
    assert np.abs(rounded.sum(axis=1) - 1).max() > 1e-8
    losses = []
    for probabilities in (EXACT, rounded):
        answers = answers_of(probabilities)
        truth = Answers(np.arange(200) % 3, answers.predicted, answers.probabilities, answers.labels)
        losses.append(measure("classification", truth)["log_loss"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)
    assert not recwarn


def test_no_others_are_changed() -> None:
    far = np.array([[0.5, 0.4, 0.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    for probabilities in (EXACT, far):
        assert np.array_equal(without_rounding(probabilities), probabilities)
        given = answers_of(probabilities).probabilities
        assert given is not None
        assert np.array_equal(given, probabilities)
