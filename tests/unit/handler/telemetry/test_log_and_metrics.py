"""`handler.telemetry.log_and_metrics`, in a process of its own: log lines and metrics of a function as CloudWatch would
read them."""

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.unit.handler.asking import as_base64, get_event, http_event, predict_event, read_answer, rest_event
from tests.unit.handler.models import Version
from tests.unit.handler.processes import Outcome, run_function

ROW = [6.0, 2.5, 4.5, 1.5]

TELLING = ["61234.5678", "tell-tale-text", "tell-tale-name"]
"""Feature values and names that nothing else writes."""

REQUESTS: list[tuple[dict[str, Any], int]] = [
    (predict_event({"features": [61234.5678, 2.5, 4.5, 1.5]}), 200),
    (predict_event({"instances": [ROW, [61234.5678, 1, 1, 1], ROW]}), 200),
    (http_event('{"features": [61234.5678, 2.5, 4.5, 1.5]}'), 200),
    (get_event("/health"), 200),
    (predict_event({"features": [61234.5678]}), 422),
    (predict_event({"features": [61234.5678, "tell-tale-text", None, True]}), 422),
    (predict_event({"features": {"tell-tale-name": 61234.5678}}), 422),
    (rest_event('{"features": [61234.5678, "tell-tale-text"'), 400),
    (rest_event('{"features": [61234.5678, NaN, "tell-tale-text"]}'), 400),
    (rest_event('{"tell-tale-name": 61234.5678}'), 400),
    (as_base64(rest_event(""), b'{"features": [61234.5678, "tell-tale-text\xff"]}'), 400),
    (predict_event({"instances": [[61234.5678, 1, 1, 1]] * 4}), 413),
    (rest_event('{"features": [61234.5678]}', headers={"Content-Type": "text/plain"}), 415),
    (get_event("/nowhere"), 404),
    (get_event("/predict"), 405),
    ({"features": [61234.5678]}, 400),
]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, iris_root: Path) -> Outcome:
    """All of the requests to one function, a good one first."""
    steps = [{"ask": event} for event, _ in REQUESTS]
    return run_function(tmp_path_factory.mktemp("function"), steps, MODEL_URI=str(iris_root), MAX_ROWS="3")


@pytest.fixture(scope="module")
def without_model(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Two requests to a function that has no model."""
    folder = tmp_path_factory.mktemp("function")
    steps = [{"ask": predict_event({"features": [61234.5678, 1, 1, 1]})}] * 2
    return run_function(folder, steps, MODEL_URI=str(folder), POWERTOOLS_SERVICE_NAME="s", LOG_LEVEL="DEBUG")


def measured(outcome: Outcome, name: str) -> list[float]:
    """Every value of a metric, in the order of the lines."""
    return [value for line in outcome.metrics if name in line for value in values(line[name])]


def values(value: float | list[float]) -> list[float]:
    return value if isinstance(value, list) else [value]


def test_the_requests_of_this_file_are_answered_as_they_are_meant(outcome: Outcome) -> None:
    answers = [read_answer(raw, f"request-{number}") for number, raw in enumerate(outcome.answers)]
    assert [answer.status for answer in answers] == [status for _, status in REQUESTS]


def test_each_request_has_one_line_with_what_happened_to_whom(outcome: Outcome, iris_version: Version) -> None:
    lines = [line for line in outcome.log if line["message"] == "answered"]
    assert [line["function_request_id"] for line in lines] == [f"request-{number}" for number in range(len(REQUESTS))]
    assert [line["status"] for line in lines] == [status for _, status in REQUESTS]
    assert {line["model_version"] for line in lines} == {iris_version.manifest.version}
    assert {line["service"] for line in lines} == {"sklearn-on-lambda"}
    assert all(line["milliseconds"] > 0 for line in lines)
    assert [line for line in outcome.log if "xray_trace_id" in line] == []  # nothing is traced here
    assert [line["cold_start"] for line in lines] == [True] + [False] * (len(REQUESTS) - 1)
    assert [(line["method"], line["path"]) for line in lines[:4]] == [
        *[("POST", "/predict")] * 3,
        ("GET", "/health"),
    ]


def test_the_load_has_a_line_of_its_own_and_nothing_else_has(outcome: Outcome, iris_version: Version) -> None:
    others = [line for line in outcome.log if line["message"] not in ("answered", "window")]
    assert [(line["message"], line["level"]) for line in others] == [("model loaded", "INFO")]
    assert iris_version.manifest.version in others[0].values()
    assert others[0]["milliseconds"] > 0


def test_no_feature_value_is_ever_written(outcome: Outcome, without_model: Outcome) -> None:
    for written in (outcome.stdout, outcome.stderr, without_model.stdout, without_model.stderr):
        assert [value for value in TELLING if value in written] == []
        assert base64.b64encode(TELLING[0].encode()).decode() not in written


def test_nothing_is_written_beside_the_log(outcome: Outcome, without_model: Outcome) -> None:
    assert (outcome.stderr, without_model.stderr) == ("", "")


def test_the_cold_start_and_the_load_are_counted_once(outcome: Outcome) -> None:
    assert measured(outcome, "ColdStart") == [1]
    (load,) = measured(outcome, "ModelLoadTime")
    assert 0 < load < 60_000


def test_requests_predictions_and_times_are_measured(outcome: Outcome) -> None:
    assert measured(outcome, "Requests") == [1] * len(REQUESTS)
    assert len(measured(outcome, "Latency")) == len(REQUESTS)
    assert measured(outcome, "Predictions") == [1, 3, 1]
    latencies = measured(outcome, "PredictLatency")
    assert len(latencies) == 3
    assert all(0 < latency < 10_000 for latency in latencies)


def test_each_error_is_counted_under_its_code(outcome: Outcome) -> None:
    counted: Counter[str] = Counter()
    for line in outcome.metrics:
        if "Errors" in line:
            counted[line["code"]] += int(sum(values(line["Errors"])))
    bodies = [json.loads(raw["body"]) for raw in outcome.answers if raw["statusCode"] != 200]
    assert counted == Counter(body["code"] for body in bodies)


def test_a_metric_s_line_is_in_the_embedded_format_with_its_unit_and_dimensions(outcome: Outcome) -> None:
    units = {
        **dict.fromkeys(["ColdStart", "Requests", "Predictions", "Errors", "OutsideTraining"], "Count"),
        **dict.fromkeys(["Latency", "PredictLatency", "ModelLoadTime"], "Milliseconds"),
    }
    found = set()
    for line in outcome.metrics:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "SklearnOnLambda"
        names = {metric["Name"] for metric in directive["Metrics"]}
        assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}.items() <= units.items()
        (dimensions,) = directive["Dimensions"]
        assert set(dimensions) == {
            "Errors": {"service", "code"},
            "ColdStart": {"service", "function_name"},
        }.get(min(names), {"service"})
        assert all(line[name] for name in (*names, *dimensions))
        found |= names
    assert found == set(units)


def test_why_there_is_no_model_is_in_the_log_of_every_request_that_wanted_one(without_model: Outcome) -> None:
    reasons = [line for line in without_model.log if line["message"] == "no model to serve"]
    assert [line["function_request_id"] for line in reasons] == ["request-0", "request-1"]
    for line in reasons:
        assert (line["level"], line["code"], line["service"]) == ("ERROR", "alias_not_set", "s")
        assert "publish one, then promote it" in line["reason"]
    assert [line["model_version"] for line in without_model.log if line["message"] == "answered"] == ["none"] * 2
    assert measured(without_model, "Errors") == [1, 1]
    assert measured(without_model, "ModelLoadTime") == measured(without_model, "Predictions") == []


def test_what_is_logged_of_a_request_has_a_bound(tmp_path: Path, iris_root: Path) -> None:
    asked: list[Any] = [make(None, method="GET", path="/health") for make in (rest_event, http_event)]
    asked += [make(None, method="G" * 9999, path="/" * 9999) for make in (rest_event, http_event)]
    asked.append({"features": [1]})
    outcome = run_function(tmp_path, [{"ask": event} for event in asked], MODEL_URI=str(iris_root))
    logged = [(line.get("method"), line.get("path")) for line in outcome.log if line["message"] == "answered"]
    assert logged == [*[("GET", "/health")] * 2, *[("G" * 300, "/" * 300)] * 2, (None, None)]
