"""The pictures of what is no classification: numbers, several targets, labels, outliers, clusters."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import PredictionErrorDisplay, f1_score

from handler.records.signature import Target
from training.measuring.answers import Answers
from training.report.drawing import BLUE, GREY, MOST_POINTS, RED, Picture, drawn, short
from training.report.of_classes import confusion

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_TARGETS = 4
MOST_BARS = 20


def number_pictures(actual: NDArray[Any], predicted: NDArray[Any], of: str = "") -> Iterator[Picture]:
    """The pictures of a number; `of` which target, where there are several."""
    actual, predicted = actual[:MOST_POINTS], predicted[:MOST_POINTS]
    for kind, caption, note in (
        (
            "actual_vs_predicted",
            "Actual against predicted values",
            "Each point is a row; a point on the line is predicted exactly.",
        ),
        ("residual_vs_predicted", "Residuals", "Actual minus predicted. A pattern here is something the model missed."),
    ):

        def draw(axes: "Axes", kind: str = kind) -> None:
            PredictionErrorDisplay(y_true=actual, y_pred=predicted).plot(
                ax=axes, kind=kind, scatter_kwargs={"alpha": 0.5, "s": 12}, line_kwargs={"color": GREY}
            )

        yield drawn(f"{caption}{of}", note, (5.5, 4.2), draw)


def target_pictures(answers: Answers) -> Iterator[Picture]:
    """The pictures of each of the first MOST_TARGETS targets."""
    for place, target in enumerate(answers.targets[:MOST_TARGETS]):
        if answers.actual is not None:
            yield from _of_target(target, answers.actual[:, place], answers.predicted[:, place])


def _of_target(target: Target, actual: NDArray[Any], predicted: NDArray[Any]) -> Iterator[Picture]:
    of = f": {target.name}"
    if target.classes:
        yield confusion(actual.astype(str), predicted.astype(str), target.classes, target.classes, of)
    else:
        yield from number_pictures(actual.astype(np.float64), predicted.astype(np.float64), of)


def label_pictures(answers: Answers, names: Sequence[str]) -> Iterator[Picture]:
    """How well each label is found."""
    if answers.actual is None:
        return
    scores = f1_score(answers.actual, answers.predicted, average=None, zero_division=0)
    note = "F1 of each label: 1 where it is answered for the rows that have it and for no others."
    yield _bars("Each label", note, names, scores, "F1")


def outlier_pictures(answers: Answers) -> Iterator[Picture]:
    """The scores, with what lies on which side."""
    scores = answers.scores
    if scores is None:
        return

    def draw(axes: "Axes") -> None:
        bins = np.histogram_bin_edges(scores, bins=40).tolist()
        if answers.actual is None:
            axes.hist(scores, bins=bins, color=BLUE)
        else:
            for mark, name, color in ((1, "truly an inlier", BLUE), (-1, "truly an outlier", RED)):
                axes.hist(scores[answers.actual == mark], bins=bins, color=color, alpha=0.7, label=name)
            axes.legend(fontsize=7)
        axes.axvline(0, color=GREY, linestyle=":", linewidth=1)
        axes.set(xlabel="Score", ylabel="Rows")

    yield drawn("Scores", "Rows to the left of the dotted line are answered as outliers.", (7, 3.6), draw)


def cluster_pictures(answers: Answers) -> Iterator[Picture]:
    """How large each cluster is."""
    names, counts = np.unique(answers.predicted, return_counts=True)
    order = sorted(range(len(names)), key=lambda place: (len(names[place]), names[place]))
    note = "How many of the rows measured on each cluster has."
    yield _bars("Clusters", note, [names[place] for place in order], counts[order], "Rows")


def _bars(caption: str, note: str, names: Sequence[str], values: NDArray[Any], label: str) -> Picture:
    shown, lengths = [short(str(name)) for name in names[:MOST_BARS]][::-1], values[:MOST_BARS][::-1]

    def draw(axes: "Axes") -> None:
        axes.barh(range(len(shown)), lengths, color=BLUE)
        axes.set_yticks(range(len(shown)), shown)
        axes.set_xlabel(label)

    more = f" The first {MOST_BARS}." if len(names) > MOST_BARS else ""
    return drawn(caption, note + more, (7, 1 + 0.28 * len(shown)), draw)
