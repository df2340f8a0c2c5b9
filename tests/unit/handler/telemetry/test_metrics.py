"""`handler.telemetry.metrics`: what is declared is what the function emits, name by name, with unit and dimensions."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.metrics import MetricUnit

import handler.telemetry.log_and_metrics
from handler.telemetry.metrics import METRICS, MONITOR_METRICS, Metric
from tests.unit.handler.asking import predict_event
from tests.unit.handler.models import Version
from tests.unit.handler.processes import Outcome, run_function

EVERY_METRIC = (*METRICS, *MONITOR_METRICS)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, iris_version: Version) -> Outcome:
    """A function whose registry is gone after the init phase, asked for a row beyond training and for a short one."""
    folder = tmp_path_factory.mktemp("function")
    root = iris_version.write(folder / "iris")
    steps: list[dict[str, Any]] = [
        {"move": [str(root), str(folder / "gone")]},
        {"ask": predict_event({"features": [600.0, 2.5, 4.5, 1.5]})},
        {"ask": predict_event({"features": [6.0]})},
    ]
    return run_function(folder, steps, MODEL_URI=str(root), AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")


def emitted(outcome: Outcome) -> set[tuple[str, str, frozenset[str]]]:
    """Name, unit and dimensions of each metric in the lines that CloudWatch would read."""
    found = set()
    for line in outcome.metrics:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        (dimensions,) = directive["Dimensions"]
        found |= {(metric["Name"], metric["Unit"], frozenset(dimensions)) for metric in directive["Metrics"]}
    return found


def test_what_is_emitted_is_what_is_declared(outcome: Outcome) -> None:
    declared = {(each.name, each.unit, frozenset(each.dimensions)) for each in METRICS}
    assert emitted(outcome) == declared


def test_no_metric_is_named_beside_its_declaration() -> None:
    tree = ast.parse(Path(handler.telemetry.log_and_metrics.__file__).read_text())
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert texts & {each.name for each in EVERY_METRIC} == set()


@pytest.mark.parametrize("metric", EVERY_METRIC, ids=lambda metric: metric.name)
def test_a_metric_is_declared_in_full(metric: Metric) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z]+", metric.name)
    assert metric.unit in MetricUnit.__members__
    assert "service" in metric.dimensions
    for text in (metric.meaning, metric.when_high):
        assert re.fullmatch(r"[A-Z][^\n]+\.", text)


def test_no_two_metrics_have_one_name_whatever_the_case() -> None:
    assert len({each.name.lower() for each in EVERY_METRIC}) == len(EVERY_METRIC)
