"""Values outside of training are one metric, and the request's log line says of which features they are.

A metric by feature would be a price by feature.
"""

import io
import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import Ridge

from handler.telemetry.log_and_metrics import LOGGED, MOST_FEATURES
from tests.served_models import number
from tests.unit.handler.asking import ask, open_application, predict_event
from tests.unit.handler.models import version_with

INSIDE = 1.0
OUTSIDE = 9.5e9


@dataclass(frozen=True)
class Written:
    """What a function wrote, and the warnings of its answers."""

    text: str
    warnings: list[Any]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def asked(folder: Path, names: list[str], *requests: list[list[float]]) -> Written:
    """A function whose model has features of these names, each seen from 0 to 2, asked for each batch of rows."""
    rows = np.outer([0.0, 1.0, 2.0], np.ones(len(names)))
    features = tuple(number(name, column) for name, column in zip(names, rows.T, strict=True))
    version = version_with(Ridge().fit(rows, rows[:, 0]), rows[0].tolist(), features=features)
    root = str(version.write(folder / "model"))
    with redirect_stdout(io.StringIO()) as output:
        # A logger keeps its stream as long as its service has its name.
        application = open_application(MODEL_URI=root, POWERTOOLS_SERVICE_NAME=str(folder))
        answers = [ask(application, predict_event({"instances": each})) for each in requests]
    return Written(output.getvalue(), [answer.body.get("warnings") for answer in answers])


def told(written: Written) -> list[Any]:
    """What each request's line says of values outside of training."""
    return [line.get("outside_training") for line in written.lines if line.get("message") == "answered"]


def counted(written: Written) -> list[tuple[list[float], list[str]]]:
    """The values of the metric, each with the dimensions that it is counted under."""
    lines = [line for line in written.lines if "OutsideTraining" in line and "_aws" in line]
    return [(line["OutsideTraining"], line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) for line in lines]


def test_the_metric_counts_them_all_together_and_the_log_line_by_feature(tmp_path: Path) -> None:
    rows = [[OUTSIDE, INSIDE, OUTSIDE], [-OUTSIDE, INSIDE, INSIDE]]
    written = asked(tmp_path, ["größe", "fine", "a\tb"], [[INSIDE] * 3], rows)
    assert told(written) == [None, {"größe": 2, "a\tb": 1}]
    assert counted(written) == [([3], ["service"])]


def test_a_request_without_such_values_says_nothing_of_them(tmp_path: Path) -> None:
    written = asked(tmp_path, ["one"], [[INSIDE]])
    assert "outside_training" not in written.text
    assert counted(written) == []


def test_the_features_with_the_most_such_values_are_named_and_no_more_than_the_bound(tmp_path: Path) -> None:
    names = [f"feature {index}" for index in range(MOST_FEATURES + 10)]
    rows = [[OUTSIDE] * len(names), [INSIDE] * 10 + [OUTSIDE] * MOST_FEATURES]
    written = asked(tmp_path, names, rows)
    assert told(written) == [dict.fromkeys(names[10:], 2)]
    assert counted(written) == [([2 * MOST_FEATURES + 10], ["service"])]


def test_long_names_are_cut_and_lose_no_count(tmp_path: Path) -> None:
    written = asked(tmp_path, ["n" * 5000 + "a", "n" * 5000 + "b"], [[OUTSIDE, OUTSIDE]])
    assert told(written) == [{"n" * LOGGED: 2}]


def test_no_value_is_written(tmp_path: Path) -> None:
    written = asked(tmp_path, ["one"], [[OUTSIDE]])
    assert written.warnings[0]
    assert [part for part in ("9.5e", "9500000000") if part in written.text] == []
