"""`handler.telemetry.exchange`: every request passes the observers with its answer, and none of them can spoil it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handler.telemetry.exchange import Exchange
from tests.unit.handler.asking import ask, get_event, http_event, open_application, predict_event, rest_event
from tests.unit.handler.models import Version

ROW = [6.0, 2.5, 4.5, 1.5]
FAR = [6.0, 2.5, 4.5, 99.0]


class Recording:
    """Keeps every exchange."""

    def __init__(self) -> None:
        self.seen: list[Exchange] = []

    def observe(self, exchange: Exchange) -> None:
        self.seen.append(exchange)


class Failing:
    """Raises at every exchange."""

    def observe(self, exchange: Exchange) -> None:
        raise RuntimeError(f"cannot keep {exchange.request_id}")


def passed(iris_root: Path, event: Any) -> Exchange:
    """The exchange that an observer sees of `event`."""
    recording = Recording()
    ask(open_application(recording, MODEL_URI=str(iris_root)), event)
    (exchange,) = recording.seen
    return exchange


@pytest.mark.parametrize(
    ("event", "method", "path", "route", "status", "code"),
    [
        (predict_event({"features": ROW}), "POST", "/predict", "/predict", 200, None),
        (http_event(None, method="HEAD", path="/health/"), "HEAD", "/health/", "/health", 200, None),
        (predict_event({"features": ["x"]}), "POST", "/predict", "/predict", 422, "invalid_features"),
        (rest_event("{}", method="PUT"), "PUT", "/predict", None, 405, "wrong_method"),
        (get_event("/nowhere"), "GET", "/nowhere", None, 404, "unknown_path"),
        ({"features": ROW}, None, None, None, 400, "unsupported_event"),
    ],
)
def test_an_observer_sees_what_was_asked_and_how_it_ended(
    iris_root: Path,
    event: Any,
    method: str | None,
    path: str | None,
    route: str | None,
    status: int,
    code: str | None,
) -> None:
    exchange = passed(iris_root, event)
    assert (exchange.method, exchange.path, exchange.route) == (method, path, route)
    assert (exchange.status, exchange.code) == (status, code)
    assert exchange.request_id
    assert 0 < exchange.seconds < 60


@pytest.mark.parametrize("rows", [[ROW], [ROW, FAR, ROW]])
@pytest.mark.parametrize("batch", [True, False])
def test_an_observer_can_read_the_rows_and_the_answers_of_a_prediction(
    iris_root: Path, iris_version: Version, rows: list[list[float]], batch: bool
) -> None:
    rows = rows if batch else rows[-1:]
    recording = Recording()
    application = open_application(recording, MODEL_URI=str(iris_root))
    answer = ask(application, predict_event({"instances": rows} if batch else {"features": rows[0]}))
    (exchange,) = recording.seen
    assert exchange.predicted is not None
    np.testing.assert_array_equal(exchange.predicted.rows, rows)
    answered = answer.body["predictions"] if batch else [answer.body]
    for kept, given in zip(exchange.predicted.answers(), answered, strict=True):
        assert kept == {name: given[name] for name in kept}
        assert set(kept) == {"prediction", "prediction_index", "probabilities"}
    assert exchange.predicted.outside == ({"petal width (cm)": 1} if FAR in rows else {})
    assert exchange.model_version == iris_version.manifest.version


@pytest.mark.parametrize("event", [get_event("/health"), predict_event({"features": ["x"]}), get_event("/nowhere")])
def test_there_are_no_rows_where_nothing_was_predicted(iris_root: Path, event: Any) -> None:
    assert passed(iris_root, event).predicted is None


def test_a_failing_observer_costs_neither_the_client_its_answer_nor_the_others_the_exchange(
    iris_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = Recording()
    environ = {"MODEL_URI": str(iris_root), "POWERTOOLS_SERVICE_NAME": str(tmp_path)}
    answer = ask(open_application(Failing(), recording, **environ), predict_event({"features": ROW}))
    assert answer.body["prediction"] == "versicolor"
    assert [exchange.status for exchange in recording.seen] == [200]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (failure,) = [line for line in lines if line.get("message") == "internal error"]
    assert (failure["exception_name"], "observe" in failure["trace"]) == ("RuntimeError", True)


class Interrupting:
    """Raises what is no Exception, as a signal does."""

    def observe(self, exchange: Exchange) -> None:
        raise KeyboardInterrupt(exchange.request_id)


def test_the_metrics_are_written_even_where_answering_raises(
    iris_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"MODEL_URI": str(iris_root), "POWERTOOLS_SERVICE_NAME": str(tmp_path)}
    with pytest.raises(KeyboardInterrupt):
        ask(open_application(Interrupting(), **environ), predict_event({"features": ROW}))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (metrics,) = [line for line in lines if "Requests" in line]
    assert (metrics["Requests"], metrics["Predictions"]) == ([1], [1])
