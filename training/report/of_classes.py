"""The pictures of a classification, by scikit-learn's own displays where it has one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, PrecisionRecallDisplay, RocCurveDisplay

from training.measuring.answers import Answers
from training.measuring.calibration import BINS
from training.report.drawing import GREY, Picture, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 10
"""More curves in one picture cannot be told apart."""


def classification_pictures(answers: Answers, names: Sequence[str]) -> Iterator[Picture]:
    """The pictures of a classification whose classes have these names, in the order of its labels."""
    yield confusion(answers.actual, answers.predicted, answers.labels, names)
    if answers.probabilities is None:
        return
    kept = ", the first ten" if len(names) > MOST_CLASSES else ""
    which = "" if len(names) == 2 else f" One class against the rest{kept}."
    curves = [_Curve(names[index], *_one_against_rest(answers, index)) for index in _shown_classes(len(names))]
    yield _thresholds(curves, which)
    yield _calibration(curves, which)


def confusion(actual: Any, predicted: Any, labels: Any, names: Sequence[str], of: str = "") -> Picture:
    """The confusion matrix of `labels`, which have these names; `of` which target, where there are several."""
    side = min(10.0, 3.5 + 0.35 * len(names))

    def draw(axes: "Axes") -> None:
        ConfusionMatrixDisplay.from_predictions(
            actual,
            predicted,
            labels=labels,
            display_labels=names,
            include_values=len(names) <= 30,
            cmap="Blues",
            colorbar=False,
            xticks_rotation=45 if len(names) > 3 else 0,
            ax=axes,
        )

    note = "The rows measured on: their true class from top to bottom, the model's answer from left to right."
    return drawn(f"Confusion matrix{of}", note, (side + 0.6, side), draw)


@dataclass(frozen=True)
class _Curve:
    """One class against the rest: which rows held out are of it, and the probabilities that the model gave it."""

    name: str
    truth: Any
    scores: Any


def _one_against_rest(answers: Answers, index: int) -> tuple[Any, Any]:
    label = index if answers.labels is None else answers.labels[index]
    return answers.actual == label, None if answers.probabilities is None else answers.probabilities[:, index]


def _shown_classes(count: int) -> Sequence[int]:
    """The classes with a curve; of two classes, the curve of the second says it all."""
    return (1,) if count == 2 else range(min(count, MOST_CLASSES))


def _thresholds(curves: Sequence[_Curve], which: str) -> Picture:
    def draw(left: "Axes", right: "Axes") -> None:
        for curve in curves:
            if 0 < curve.truth.sum() < len(curve.truth):
                RocCurveDisplay.from_predictions(curve.truth, curve.scores, name=curve.name, ax=left)
                PrecisionRecallDisplay.from_predictions(curve.truth, curve.scores, name=curve.name, ax=right)
        left.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1)
        left.set(title="ROC", xlabel="False positive rate", ylabel="True positive rate")
        right.set(title="Precision and recall", xlabel="Recall", ylabel="Precision")
        left.legend(loc="lower right", fontsize=7)
        right.legend(loc="lower left", fontsize=7)

    return drawn("ROC, precision and recall", f"What each threshold would cost.{which}", (9, 4.2), draw, columns=2)


def _calibration(curves: Sequence[_Curve], which: str) -> Picture:
    def draw(axes: "Axes") -> None:
        axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1)
        for curve in curves:
            place = np.minimum((curve.scores * BINS).astype(int), BINS - 1)
            filled = [place == bin_ for bin_ in range(BINS) if (place == bin_).any()]
            given, happened = ([values[rows].mean() for rows in filled] for values in (curve.scores, curve.truth))
            axes.plot(given, happened, marker="o", markersize=4, label=curve.name)
        axes.set(
            xlabel="Probability that the model gave", ylabel="Share that it was right", xlim=(0, 1), ylim=(0, 1.02)
        )
        axes.legend(fontsize=7)

    note = f"On the dotted line, 80 % of the answers that are given with 80 % certainty are right.{which}"
    return drawn("Calibration", note, (5.5, 4.2), draw)
