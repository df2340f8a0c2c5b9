"""What the alarms say is so: the runbook has their sections, each 503 has one, and a parameter switches them off."""

import re
from itertools import product
from typing import Any

import pytest

from handler.errors.catalogue import ANSWERS, OF_FUNCTION
from ops.commands import ROOT
from ops.reference.markdown import first_line
from ops.reference.template import CENTS, declared_alarms
from tests.unit.alarms.declared import RESOURCES, alarms, as_text, dashboard, series_of, series_of_dashboard
from tests.unit.template import PATH, TEMPLATE
from tests.unit.test_runbook import HEADINGS, slug

ALARMS = alarms()
OF_MONITOR = {"DriftAlarm", "NoTrafficAlarm", "MonitorAlarm", "UndeliveredAlarm"}
OF_STREAMS = {"DeadLettersAlarm"}
OWN_MESSAGE = {"DriftAlarm"}
"""The monitor sends one itself, with more in it."""

DASHBOARD_CENTS = 300
MOST_METRICS = 50
"""Of a dashboard that may be one of the three free ones (Amazon CloudWatch pricing)."""


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_it_means_and_which_section_says_what_to_do(name: str) -> None:
    found = re.fullmatch(r"([^\n]+\.) What to do: docs/runbook\.md#([\w-]+)", ALARMS[name]["AlarmDescription"])
    assert found
    assert found[2] in {slug(heading) for heading in HEADINGS}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_tells_the_topic(name: str) -> None:
    alarm, topic = ALARMS[name], [{"Ref": "MonitoringTopic"}]
    assert alarm.get("AlarmActions") == (None if name in OWN_MESSAGE else topic)
    assert alarm.get("OKActions", topic) == topic
    assert alarm.get("ActionsEnabled", True)


def of_codes() -> dict[str, dict[str, Any]]:
    """The alarms on errors by code, by the code."""
    return {code: alarm for alarm in ALARMS.values() if (code := dict(series_of(alarm).dimensions).get("code"))}


def test_each_reason_for_a_503_has_an_alarm_and_no_other_error_has() -> None:
    assert set(of_codes()) == {answer.code for answer in OF_FUNCTION if answer.status == 503}


def test_the_alarm_of_a_503_says_what_its_error_says() -> None:
    meanings = {answer.code: first_line(error.__doc__) for error, answer in ANSWERS.items()}
    for code, alarm in of_codes().items():
        assert alarm["AlarmDescription"] == f"503 {code}: {meanings[code]} What to do: docs/runbook.md#{code}"
        assert as_text(alarm["AlarmName"]) == f"${{${{AWS::StackName}}-503-{code.replace('_', '-')}}}"


def test_the_alarms_of_503_differ_in_nothing_else() -> None:
    own = ("AlarmName", "AlarmDescription", "Dimensions")
    rules = [{name: value for name, value in alarm.items() if name not in own} for alarm in of_codes().values()]
    assert all(rule == rules[0] for rule in rules)


def test_an_alarm_looks_no_further_back_than_cloudwatch_lets_it() -> None:
    """A day, where the period is below an hour (Amazon CloudWatch API Reference, "PutMetricAlarm")."""
    for alarm in ALARMS.values():
        assert alarm["Period"] % 60 == 0
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= 86_400
        assert alarm.get("DatapointsToAlarm", 1) <= alarm["EvaluationPeriods"]


def holds(condition: str, **parameters: str) -> bool:
    """Whether a condition of the template holds with these parameters; the others have their defaults."""
    values = {name: str(said["Default"]) for name, said in TEMPLATE["Parameters"].items()} | parameters

    def true(expression: Any) -> bool:
        ((kind, given),) = expression.items()
        if kind == "Condition":
            return true(TEMPLATE["Conditions"][given])
        if kind == "Fn::Equals":
            one, other = (values[each["Ref"]] if isinstance(each, dict) else each for each in given)
            return bool(one == other)
        if kind == "Fn::Not":
            return not true(given[0])
        return {"Fn::And": all, "Fn::Or": any}[kind](map(true, given))

    return true(TEMPLATE["Conditions"][condition])


def section() -> dict[str, Any]:
    """The resources that stand under the heading of the alarms."""
    text = PATH.read_text().split("# Alarms, dashboard, topic\n", 1)[1].split("# Rights for people and CI", 1)[0]
    return {name: RESOURCES[name] for name in re.findall(r"^  (\w+):$", text, re.MULTILINE)}


def there(**parameters: str) -> set[str]:
    """The resources of the section that a stack with these parameters has."""
    return {name for name, resource in section().items() if holds(resource["Condition"], **parameters)}


TOPIC = {"MonitoringKey", "MonitoringKeyAlias", "MonitoringTopic", "MonitoringTopicPolicy"}


def test_a_parameter_switches_the_section_off() -> None:
    assert set(ALARMS) | TOPIC | {"Dashboard", "MonitoringEmail"} == set(section())
    assert there() == set(section()) - {"MonitoringEmail"} - OF_STREAMS
    assert there(Alarms="disabled", Queue="enabled") == TOPIC
    assert there(Monitor="disabled") == set(section()) - {"MonitoringEmail"} - OF_MONITOR - OF_STREAMS
    for source in ({"Queue": "enabled"}, {"StreamArn": "arn:aws:kinesis:x"}):
        assert there(**source) == set(section()) - {"MonitoringEmail"}
    assert there(Alarms="disabled", Monitor="disabled", AlarmEmail="a@b.example") == set()


def test_an_address_is_subscribed_where_there_is_a_topic() -> None:
    for switched_off in ({}, {"Alarms": "disabled"}, {"Monitor": "disabled"}):
        assert "MonitoringEmail" in there(AlarmEmail="oncall@example.com", **switched_off)


def test_nothing_is_referred_to_that_is_not_there() -> None:
    """A resource of the section refers to those alone that are there whenever it is."""
    for name, resource in section().items():
        for parameters in (
            {},
            {"Monitor": "disabled"},
            {"Alarms": "disabled"},
            {"AlarmEmail": "a@b.example"},
            {"Queue": "enabled"},
        ):
            if holds(resource["Condition"], **parameters):
                for other in re.findall(r"'Ref': '(\w+)'", str(resource)):
                    condition = RESOURCES.get(other, {}).get("Condition")
                    assert condition is None or holds(condition, **parameters), (name, other)


@pytest.mark.parametrize("text", ["", "oncall@example.com", "on.call+ml@sub.example.co"])
def test_an_address_or_nothing_is_taken(text: str) -> None:
    assert re.fullmatch(TEMPLATE["Parameters"]["AlarmEmail"]["AllowedPattern"], text)


@pytest.mark.parametrize("text", ["oncall", "oncall@example", "a b@example.com", "a@b@example.com", " "])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not re.fullmatch(TEMPLATE["Parameters"]["AlarmEmail"]["AllowedPattern"], text)


@pytest.mark.parametrize("resource", ["MonitoringKey", "MonitoringTopicPolicy"])
def test_cloudwatch_and_eventbridge_may_use_the_topic_and_only_cloudwatch_can_say_for_whom(resource: str) -> None:
    """With a condition EventBridge delivers nothing, and says nothing."""
    properties = RESOURCES[resource]["Properties"]
    statements = properties.get("KeyPolicy", properties.get("PolicyDocument"))["Statement"]
    of_service = {
        statement["Principal"]["Service"]: statement
        for statement in statements
        if isinstance(statement["Principal"], dict) and "Service" in statement["Principal"]
    }
    assert set(of_service) == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert of_service["cloudwatch.amazonaws.com"]["Condition"] == account
    assert "Condition" not in of_service["events.amazonaws.com"]
    if resource == "MonitoringKey":
        assert all(each["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"] for each in of_service.values())


def test_the_dashboard_shows_every_alarm_and_no_more_metrics_than_are_free() -> None:
    for monitor, streams in product((True, False), repeat=2):
        document = dashboard(monitor, streams)
        (row,) = [widget for widget in document["widgets"] if widget["type"] == "alarm"]
        shown = [arn.rsplit(":alarm:", 1)[1] for arn in row["properties"]["alarms"]]
        left_out = (set() if monitor else OF_MONITOR) | (set() if streams else OF_STREAMS)
        those = [alarm for name, alarm in ALARMS.items() if name not in left_out]
        assert [f"${{{name}}}" for name in shown] == [as_text(alarm["AlarmName"]) for alarm in those]
        assert len(list(series_of_dashboard(document))) + len(of_codes()) <= MOST_METRICS


def test_no_two_widgets_of_the_dashboard_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in dashboard()["widgets"]:
        columns = range(widget["x"], widget["x"] + widget["width"])
        cells = {(x, y) for x in columns for y in range(widget["y"], widget["y"] + widget["height"])}
        assert not cells & taken
        assert max(columns) < 24
        taken |= cells
    assert taken == {(x, y) for x in range(24) for y in range(20)}


def test_the_prices_that_are_said_are_those_of_what_is_there() -> None:
    assert len([*declared_alarms()]) == len(ALARMS)
    assert sum(alarm.of_streams for alarm in declared_alarms()) == len(OF_STREAMS)
    always, more = len(ALARMS) - len(OF_STREAMS), CENTS * len(OF_STREAMS) / 100
    cents = CENTS * always
    monitoring = (ROOT / "docs" / "monitoring.md").read_text()
    assert f"| ${cents / 100:.2f} for {always}, and ${more:.2f} with a queue or a stream |" in monitoring
    said = TEMPLATE["Parameters"]["Alarms"]["Description"]
    assert f"${(cents + DASHBOARD_CENTS) / 100:.2f} a month" in said
    assert f"${more:.2f} more with a queue or a stream" in said
    assert f"| ${(cents + DASHBOARD_CENTS + 100) / 100:.2f} |" in (ROOT / "docs" / "operations.md").read_text()
