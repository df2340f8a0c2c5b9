"""The pictures of a report, as SVG within the page.

scikit-learn's own displays draw them where it has one. The same model always gives the same pictures: the salts are
fixed, and there are no dates.
"""

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay, PrecisionRecallDisplay, PredictionErrorDisplay, RocCurveDisplay

from training.fit.calibration import BINS
from training.fit.evaluation import Answers, answers_of
from training.fit.trained_model import TrainedModel
from training.report.resampling import Importance

matplotlib.use("Agg")

MOST_CLASSES = 10
"""More curves in one picture cannot be told apart."""

MOST_BARS = 20
MOST_FEATURES = 24
MOST_POINTS = 2000

BLUE, GREY = "#0969da", "#8c959f"

SETTINGS: Any = {
    "text.parse_math": False,  # a name with dollar signs is a name
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
}


@dataclass(frozen=True)
class Picture:
    """`caption` is its heading, `note` says how to read it, `svg` is the drawing."""

    caption: str
    note: str
    svg: str


def pictures(model: TrainedModel, ranked: Sequence[Importance]) -> Iterator[Picture]:
    """All pictures of the report, in their order."""
    answers = answers_of(model)
    if model.task == "regression":
        yield from _regression(answers)
    else:
        yield from _classification(model, answers)
    if ranked:
        yield _importance(model, ranked[:MOST_BARS])
    yield _distributions(model)


def _regression(answers: Answers) -> Iterator[Picture]:
    actual, predicted = answers.actual[:MOST_POINTS], answers.predicted[:MOST_POINTS]
    for kind, caption, note in (
        (
            "actual_vs_predicted",
            "Actual against predicted values",
            "Each point is a row held out; a point on the line is predicted exactly.",
        ),
        ("residual_vs_predicted", "Residuals", "Actual minus predicted. A pattern here is something the model missed."),
    ):

        def draw(axes: Axes, kind: str = kind) -> None:
            PredictionErrorDisplay(y_true=actual, y_pred=predicted).plot(
                ax=axes, kind=kind, scatter_kwargs={"alpha": 0.5, "s": 12}, line_kwargs={"color": GREY}
            )

        yield _picture(caption, note, (5.5, 4.2), draw)


def _classification(model: TrainedModel, answers: Answers) -> Iterator[Picture]:
    names = model.target.classes
    yield _confusion(answers, names)
    if answers.probabilities is None:
        return
    kept = ", the first ten" if len(names) > MOST_CLASSES else ""
    which = "" if len(names) == 2 else f" One class against the rest{kept}."
    curves = [_Curve(names[index], *_one_against_rest(answers, index)) for index in _shown_classes(len(names))]
    yield _thresholds(curves, which)
    yield _calibration(curves, which)


def _confusion(answers: Answers, names: Sequence[str]) -> Picture:
    side = min(10.0, 3.5 + 0.35 * len(names))

    def draw(axes: Axes) -> None:
        ConfusionMatrixDisplay.from_predictions(
            answers.actual,
            answers.predicted,
            labels=answers.labels,
            display_labels=names,
            include_values=len(names) <= 30,
            cmap="Blues",
            colorbar=False,
            xticks_rotation=45 if len(names) > 3 else 0,
            ax=axes,
        )

    note = "Rows held out: their true class from top to bottom, the model's answer from left to right."
    return _picture("Confusion matrix", note, (side + 0.6, side), draw)


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
    def draw(left: Axes, right: Axes) -> None:
        for curve in curves:
            if 0 < curve.truth.sum() < len(curve.truth):
                RocCurveDisplay.from_predictions(curve.truth, curve.scores, name=curve.name, ax=left)
                PrecisionRecallDisplay.from_predictions(curve.truth, curve.scores, name=curve.name, ax=right)
        left.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1)
        left.set(title="ROC", xlabel="False positive rate", ylabel="True positive rate")
        right.set(title="Precision and recall", xlabel="Recall", ylabel="Precision")
        left.legend(loc="lower right", fontsize=7)
        right.legend(loc="lower left", fontsize=7)

    return _picture("ROC, precision and recall", f"What each threshold would cost.{which}", (9, 4.2), draw, columns=2)


def _calibration(curves: Sequence[_Curve], which: str) -> Picture:
    def draw(axes: Axes) -> None:
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
    return _picture("Calibration", note, (5.5, 4.2), draw)


def _importance(model: TrainedModel, ranked: Sequence[Importance]) -> Picture:
    def draw(axes: Axes) -> None:
        bars = ranked[::-1]
        axes.barh(range(len(bars)), [bar.mean for bar in bars], xerr=[bar.std for bar in bars], color=BLUE, ecolor=GREY)
        axes.set_yticks(range(len(bars)), [_short(bar.feature) for bar in bars])
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_xlabel(f"Loss of {(model.metric or 'score').removeprefix('neg_').replace('_', ' ')}")

    note = (
        "How much worse the model gets on the rows held out when one feature is shuffled. Features that say the same "
        "share their importance."
    )
    return _picture("Permutation importance", note, (7, 1 + 0.28 * len(ranked)), draw)


def _distributions(model: TrainedModel) -> Picture:
    features = model.features[:MOST_FEATURES]
    across = min(4, len(features))
    down = -(-len(features) // across)

    def draw(*every: Axes) -> None:
        for index, axes in enumerate(every):
            if index >= len(features):
                axes.set_axis_off()
                continue
            axes.set_title(_short(features[index].name))
            axes.tick_params(labelsize=7)
            column = model.x_test[:, index]
            if features[index].kind == "text":  # the texts themselves are of persons
                axes.set_xlabel("characters", fontsize=7)
                axes.hist([len(text) for text in column if isinstance(text, str)], bins=20, color=BLUE)
            elif features[index].kind == "number":
                numbers = np.array(column, dtype=np.float64)
                axes.hist(numbers[np.isfinite(numbers)], bins=20, color=BLUE)
            else:
                present = [str(value) for value in column if value is not None and value == value]
                names, counts = np.unique(present, return_counts=True)
                most = np.argsort(-counts, kind="stable")[:8][::-1]
                axes.barh([_short(names[place]) for place in most], counts[most], color=BLUE)

    more = f" The first {MOST_FEATURES}." if len(model.features) > MOST_FEATURES else ""
    note = f"The rows held out, by their values.{more}"
    return _picture("Feature distributions", note, (9, 0.6 + 1.6 * down), draw, rows=down, columns=across)


def _picture(
    caption: str, note: str, size: tuple[float, float], draw: Callable[..., None], rows: int = 1, columns: int = 1
) -> Picture:
    salt: Any = {
        "svg.hashsalt": caption
    }  # matplotlib draws the ids at random otherwise, and each drawing needs its own
    with matplotlib.rc_context({**SETTINGS, **salt}), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font has not, of layouts that are tight
        figure = Figure(figsize=size, layout="constrained")
        draw(*np.ravel(figure.subplots(rows, columns)))
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    svg = drawn.getvalue()[drawn.getvalue().index("<svg") :]
    used = set(re.findall(r"#([\w.-]+)", svg))
    # Matplotlib numbers its groups from 1 in every drawing; in one page an id stands for one thing.
    return Picture(caption, note, re.sub(r' id="([\w.-]+)"', lambda found: found[0] if found[1] in used else "", svg))


def _short(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27]}…"
