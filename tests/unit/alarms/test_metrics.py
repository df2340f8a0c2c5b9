"""Each alarm, and each line of the dashboard, is about a metric that the code really emits, under these dimensions.

An alarm on a metric that nobody emits never rings, and looks as if all were well.
"""

from copy import deepcopy
from typing import Any

import pytest

from tests.unit.alarms.declared import Series, alarms, dashboard, series_of, series_of_dashboard
from tests.unit.alarms.emitted import of_function, of_monitor, wrong_with
from tests.unit.handler.models import Version
from training.release.publish import TrainedFolder

ALARMS = alarms()


@pytest.fixture(scope="module")
def emitted(iris: TrainedFolder, tmp_path_factory: pytest.TempPathFactory) -> set[Series]:
    version = Version(iris.manifest, iris.artifact.data)
    return of_function(version, tmp_path_factory.mktemp("faults")) | of_monitor()


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_about_a_metric_that_there_is(emitted: set[Series], name: str) -> None:
    assert wrong_with(series_of(ALARMS[name]), emitted) is None


@pytest.mark.parametrize("monitor", [True, False])
def test_the_dashboard_shows_metrics_that_there_are(emitted: set[Series], monitor: bool) -> None:
    shown = list(series_of_dashboard(dashboard(monitor)))
    assert len(shown) > 10
    assert [wrong for series in shown if (wrong := wrong_with(series, emitted))] == []


def test_the_dashboard_shows_each_metric_that_an_alarm_is_about() -> None:
    shown = {(series.namespace, series.name) for series in series_of_dashboard(dashboard())}
    looked_at = {(series.namespace, series.name) for series in map(series_of, ALARMS.values())}
    # What tells of the monitor itself is no figure of the service; its alarms are in the row of alarms.
    of_monitor_itself = {("AWS/Lambda", "Errors"), ("AWS/SQS", "ApproximateNumberOfMessagesVisible")}
    assert looked_at - shown == of_monitor_itself


def dimension(name: str, value: Any) -> dict[str, Any]:
    return {"Name": name, "Value": value}


STACK = dimension("service", {"Ref": "AWS::StackName"})
STAGE = dimension("Stage", {"Ref": "StageName"})
API_ID = {"Ref": "PredictApi"}
PLANTED: list[tuple[str, str, Any, str]] = [
    ("LatencyAlarm", "MetricName", "LatencyMs", "nothing emits"),
    ("LatencyAlarm", "Namespace", "SklearnOnlambda", "nothing emits"),
    ("LatencyAlarm", "Dimensions", [dimension("Service", {"Ref": "AWS::StackName"})], "not under Service="),
    ("LatencyAlarm", "Dimensions", [], "not under"),
    ("LatencyAlarm", "Dimensions", [dimension("service", {"Ref": "ModelName"})], "not under service=${ModelName}"),
    ("InvalidAliasAlarm", "Dimensions", [STACK], "not under service="),
    ("InvalidAliasAlarm", "Dimensions", [STACK, dimension("code", "alias_invalid")], "not under code=alias_invalid"),
    ("DriftAlarm", "MetricName", "WorstPSI", "nothing emits"),
    ("ServerErrorsAlarm", "MetricName", "5xx", "AWS documents no 5xx"),
    ("ServerErrorsAlarm", "Dimensions", [dimension("ApiId", API_ID)], "AWS documents no"),
    ("ServerErrorsAlarm", "Dimensions", [dimension("ApiName", API_ID), STAGE], "the stack has no ApiName ${Pred"),
    ("ThrottlesAlarm", "Dimensions", [dimension("FunctionName", {"Ref": "PredictFunction.Alias"})], "has no"),
]


@pytest.mark.parametrize(("alarm", "property_", "value", "why"), PLANTED)
def test_an_alarm_about_nothing_is_found(
    emitted: set[Series], alarm: str, property_: str, value: Any, why: str
) -> None:
    planted = deepcopy(ALARMS[alarm])
    planted[property_] = value
    assert why in (wrong_with(series_of(planted), emitted) or "")


def test_a_line_of_the_dashboard_about_nothing_is_found(emitted: set[Series]) -> None:
    document = dashboard()
    widgets = [widget["properties"]["metrics"] for widget in document["widgets"] if widget["type"] == "metric"]
    widgets[0].append(["SklearnOnLambda", "Requests", "stage", "${AWS::StackName}"])
    (searched,) = [each[0][0] for each in widgets if isinstance(each[0][0], dict)]
    searched["expression"] = searched["expression"].replace("service,code", "service,reason")
    wrong = [found for series in series_of_dashboard(document) if (found := wrong_with(series, emitted))]
    assert len(wrong) == 2
