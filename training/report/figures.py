"""The pictures of a report: which there are for each task, and those of its features."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from training.fit.evaluation import answers_of
from training.fit.held_out import metric_of
from training.fit.trained_model import TrainedModel
from training.report.drawing import BLUE, GREY, Picture, drawn, short
from training.report.of_classes import classification_pictures
from training.report.of_tasks import (
    cluster_pictures,
    label_pictures,
    number_pictures,
    outlier_pictures,
    target_pictures,
)
from training.report.resampling import Importance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 20
MOST_FEATURES = 24


def pictures(model: TrainedModel, ranked: Sequence[Importance]) -> Iterator[Picture]:
    """All pictures of the report, in their order."""
    yield from _of_task(model)
    if ranked:
        yield _importance(model, ranked[:MOST_BARS])
    yield _distributions(model)


def _of_task(model: TrainedModel) -> Iterator[Picture]:
    answers = answers_of(model)
    if model.task == "outlier_detection":
        yield from outlier_pictures(answers)
    elif model.task == "clustering":
        yield from cluster_pictures(answers)
    elif answers.actual is None:
        return
    elif model.task == "regression":
        yield from number_pictures(answers.actual, answers.predicted)
    elif model.task == "classification":
        yield from classification_pictures(answers, model.target.classes)
    elif model.task == "several_targets":
        yield from target_pictures(answers)
    else:
        yield from label_pictures(answers, model.target.classes)


def _importance(model: TrainedModel, ranked: Sequence[Importance]) -> Picture:
    def draw(axes: "Axes") -> None:
        bars = ranked[::-1]
        axes.barh(range(len(bars)), [bar.mean for bar in bars], xerr=[bar.std for bar in bars], color=BLUE, ecolor=GREY)
        axes.set_yticks(range(len(bars)), [short(bar.feature) for bar in bars])
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_xlabel(f"Loss of {metric_of(model).removeprefix('neg_').replace('_', ' ')}")

    note = (
        "How much worse the model gets on these rows when one feature is shuffled. Features that say the same "
        "share their importance."
    )
    return drawn("Permutation importance", note, (7, 1 + 0.28 * len(ranked)), draw)


def _distributions(model: TrainedModel) -> Picture:
    features = model.features[:MOST_FEATURES]
    across = min(4, len(features))
    down = -(-len(features) // across)

    def draw(*every: "Axes") -> None:
        for index, axes in enumerate(every):
            if index >= len(features):
                axes.set_axis_off()
                continue
            axes.set_title(short(features[index].name))
            axes.tick_params(labelsize=7)
            column = model.x_test[:, index]
            if features[index].kind == "number":
                numbers = np.array(column, dtype=np.float64)
                axes.hist(numbers[np.isfinite(numbers)], bins=20, color=BLUE)
                continue
            # A gap may be NaN, the only value that is not itself.
            present = [value for value in column if value is not None and value == value]
            if features[index].kind == "text":
                axes.hist([len(value) for value in present], bins=20, color=BLUE)
                axes.set_xlabel("characters", fontsize=7)
            else:
                names, counts = np.unique([str(value) for value in present], return_counts=True)
                most = np.argsort(-counts, kind="stable")[:8][::-1]
                axes.barh([short(names[place]) for place in most], counts[most], color=BLUE)

    more = f" The first {MOST_FEATURES}." if len(model.features) > MOST_FEATURES else ""
    note = f"The rows measured on, by their values.{more}"
    return drawn("Feature distributions", note, (9, 0.6 + 1.6 * down), draw, rows=down, columns=across)
