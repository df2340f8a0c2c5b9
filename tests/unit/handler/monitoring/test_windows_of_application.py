"""Windows of the real application: what its log has of them, what it never has, and when there are none."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from handler.monitoring.line import parse_line
from handler.monitoring.observer import WindowObserver
from handler.monitoring.window import Window
from handler.records.signature import Feature
from tests.unit.handler.asking import ask, get_event, open_application, predict_event
from tests.unit.handler.models import Version, version_with
from tests.unit.handler.processes import run_function

ROW = [6.0, 2.5, 4.5, 1.5]
SECRETS = ("sk-live-4eC39HqLyjWDarjtT1zdp7dc", "61234.5678", "7.7770001")

Told = Callable[[], str]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """What was written since it was last asked."""

    def out() -> str:
        said = capsys.readouterr()
        return said.out + said.err

    return out


def windows_in(text: str) -> list[Window]:
    return [part.window for line in text.splitlines() if (part := parse_line(line))]


def test_the_first_answer_has_its_window_at_once(iris_root: Path, iris_version: Version, told: Told) -> None:
    application = open_application(MODEL_URI=str(iris_root), POWERTOOLS_SERVICE_NAME="first")
    ask(application, predict_event({"instances": [ROW, ROW]}))
    lines = told().splitlines()
    (window,) = windows_in("\n".join(lines))
    assert (window.version, window.requests, window.rows) == (iris_version.manifest.version, 1, 2)
    assert window.answers == {iris_version.manifest.target.name: {"=versicolor": 2}}
    assert {name: sum(counts.values()) for name, counts in window.features.items()} == {
        feature.name: 2 for feature in iris_version.manifest.features
    }
    (line,) = [json.loads(each) for each in lines if '"message":"window"' in each]
    (other,) = [json.loads(each) for each in lines if '"message":"answered"' in each]
    assert line["service"] == other["service"] == "first"
    ask(application, predict_event({"features": ROW}))
    assert windows_in(told()) == []


def test_a_refused_request_is_in_the_window(iris_root: Path, iris_version: Version, told: Told) -> None:
    ask(open_application(MODEL_URI=str(iris_root)), predict_event({"features": ["x"]}))
    (window,) = windows_in(told())
    # The model was loaded to check the row.
    assert (window.version, window.requests, window.rows) == (iris_version.manifest.version, 1, 0)
    assert window.errors == {"invalid_features": 1}
    assert sum(window.latency.values()) == 1


def test_a_function_without_a_model_writes_its_errors(tmp_path: Path, told: Told) -> None:
    ask(open_application(MODEL_URI=str(tmp_path)), predict_event({"features": ROW}))
    (window,) = windows_in(told())
    assert (window.version, window.errors) == ("none", {"alias_not_set": 1})


MODULES = [f"handler.monitoring{module}" for module in ("", ".window", ".counting", ".observer")]
NEVER = [f"handler.monitoring.{module}" for module in ("line", "drift", "reading", "monitor")]


STEPS: list[dict[str, Any]] = [{"ask": predict_event({"features": ROW})}, {"imported": MODULES + NEVER}]


def test_windows_cost_few_imports_and_no_level_of_the_log_leaves_them_out(tmp_path: Path, iris_root: Path) -> None:
    outcome = run_function(tmp_path, STEPS, MODEL_URI=str(iris_root), LOG_LEVEL="CRITICAL")
    assert outcome.answers[1]["imported"] == MODULES
    assert [line["message"] for line in outcome.log] == ["window"]
    (window,) = windows_in(outcome.stdout)
    assert (window.rows, outcome.stderr) == (1, "")


def test_where_nobody_asks_for_windows_nothing_of_monitoring_is_imported(tmp_path: Path, iris_root: Path) -> None:
    outcome = run_function(tmp_path, STEPS, MODEL_URI=str(iris_root), OBSERVE_SECONDS="0")
    assert outcome.answers[0]["statusCode"] == 200
    assert outcome.answers[1]["imported"] == []
    assert [line["message"] for line in outcome.log] == ["model loaded", "answered"]


@pytest.mark.parametrize("spoiled", [{"OBSERVE_SECONDS": "often"}, {"MAX_ROWS": "0"}])
def test_settings_that_cannot_be_used_have_their_answer_and_no_window(
    iris_root: Path, told: Told, spoiled: dict[str, str]
) -> None:
    answer = ask(open_application(MODEL_URI=str(iris_root), **spoiled), predict_event({"features": ROW}))
    assert (answer.status, answer.body["code"]) == (503, "invalid_settings")
    assert windows_in(told()) == []


def test_what_a_client_sends_is_in_no_window(tmp_path: Path, told: Told) -> None:
    features = (
        Feature("tier", "category", categories=("gold", "silver"), allow_unknown=True, nullable=True),
        Feature("owner", "text"),
        Feature("spent", "number", minimum=0.0, maximum=9.0, quantiles=(0.0, 1.0, 9.0)),
    )
    columns: Any = np.array([["gold", "a", 1.0], ["silver", "b", 2.0]], dtype=object)
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LinearRegression()).fit(columns, [1.0, 2.0])
    version = version_with(model, ["gold", "a", 1.0], features=features)
    root = str(version.write(tmp_path))
    rows = [[SECRETS[0], SECRETS[0], 61234.5678], [None, SECRETS[0], 7.7770001], ["gold", "", 0.5]]
    for times in (1, 40):  # few rows and many are counted in two ways
        application = open_application(MODEL_URI=root, POWERTOOLS_SERVICE_NAME="secrets", LOG_LEVEL="DEBUG")
        ask(application, predict_event({"instances": rows * times}))
        written = told()
        assert [secret for secret in SECRETS if secret in written] == []
        (window,) = windows_in(written)
        assert window.features == {
            "tier": {"unknown": times, "null": times, "=gold": times},
            "owner": {"any": 3 * times},
            "spent": {"above": times, "2": times, "1": times},
        }


def test_a_new_version_has_a_window_of_its_own(iris_version: Version, tmp_path: Path, told: Told) -> None:
    other = iris_version.changed(version=f"20270131T235959Z-{iris_version.manifest.version[-8:]}")
    root = iris_version.write(tmp_path)
    application = open_application(MODEL_URI=str(root), MODEL_REFRESH_SECONDS="1", OBSERVE_SECONDS="0")
    times = iter([0.0, 1.0, 2.0, 3.0, 60.0])
    application.observers += (WindowObserver(60, application.holder.served, "s", lambda: 1e9 + next(times)),)
    ask(application, predict_event({"features": ROW}))
    ask(application, predict_event({"features": ROW}))
    other.write(root)
    application.holder.ask_again()
    ask(application, predict_event({"features": ROW}))
    ask(application, get_event("/nowhere"))
    ask(application, get_event("/health"))
    windows = windows_in(told())
    assert [(window.version, window.requests, window.rows) for window in windows] == [
        (iris_version.manifest.version, 1, 1),
        (iris_version.manifest.version, 1, 1),
        (other.manifest.version, 3, 1),
    ]
    assert windows[2].errors == {"unknown_path": 1}
