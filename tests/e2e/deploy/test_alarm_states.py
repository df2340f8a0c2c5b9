"""Each alarm is quiet on data of a good day, rings on data of a bad one, and is quiet again; what it tells arrives.

The data are put into CloudWatch of a stand-in for AWS, under the alarm's own dimensions. The stand-in (ministack
1.5.33) evaluates an alarm by the namespace and the name of its metric: it looks at no dimensions, so the alarms on
`Errors` by code ring together there. That each has the dimensions of a metric that is emitted is in tests/unit/alarms/.
It takes all spans of an alarm as one, does nothing about data that are missing, and encrypts no topic.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from ops import aws_stand_in
from ops.aws_stand_in import StandIn
from ops.commands import ROOT
from tests.e2e.deploy.section_of_alarms import section, template

STACK = "alarms"
EDGE_SECONDS = 5.0
"""Data are put so long before they leave the time that an alarm looks at, so that one state can follow another."""


@dataclass(frozen=True)
class Data:
    """What is put for an alarm on a good day and on a bad one, and how docs/monitoring.md says it."""

    good: Sequence[float]
    bad: Sequence[float]
    good_said: str
    bad_said: str


ONE_ERROR = Data([0], [1], "0", "1")
DATA = {
    "5xx": Data([0] * 99 + [1], [0] * 9 + [1], "1 % of the answers", "10 % of the answers"),
    "throttles": ONE_ERROR,
    "p99": Data([50] * 300 + [3000], [50] * 95 + [3000] * 5, "50 ms, 1 in 301 with 3 s", "50 ms, 5 in 100 with 3 s"),
    "init-time": Data([900, 7900], [900, 8100], "up to 7.9 s", "up to 8.1 s"),
    "refresh-failures": ONE_ERROR,
    "503": ONE_ERROR,
    "drift": Data([0], [1], "verdict none", "verdict drift"),
    "no-traffic": Data([1], [0], "1 row", "0 rows"),
    "monitor": ONE_ERROR,
    "undelivered": ONE_ERROR,
    "dead-letters": ONE_ERROR,
}
"""By the end of the alarm's name, or by `503`."""


def data_of(name: str) -> Data:
    return DATA["503" if name.startswith("503-") else name]


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """An AWS of its own: what is put here would ring the alarms of another stack too."""
    with aws_stand_in.running(tmp_path_factory.mktemp("aws-of-alarms")) as stand_in:
        yield stand_in


class Alarms:
    """The deployed section, with a queue that hears what the topic tells."""

    def __init__(self, stand_in: StandIn) -> None:
        self.cloudwatch = stand_in.client("cloudwatch")
        self._sqs = stand_in.client("sqs")
        cloudformation = stand_in.client("cloudformation")
        cloudformation.create_stack(StackName=STACK, TemplateBody=template())
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        (described,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        (output,) = described["Outputs"]
        self.topic: str = output["OutputValue"]
        self._queue: str = self._sqs.create_queue(QueueName="hears")["QueueUrl"]
        asked = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        arn = asked["Attributes"]["QueueArn"]
        allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
        allowed |= {"Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": self.topic}}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": policy})
        stand_in.client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)

    def every(self) -> dict[str, dict[str, Any]]:
        """Each alarm as CloudWatch describes it, by the end of its name."""
        pages = self.cloudwatch.get_paginator("describe_alarms").paginate()
        every = [alarm for page in pages for alarm in page["MetricAlarms"]]
        return {alarm["AlarmName"].removeprefix(f"{STACK}-"): alarm for alarm in every}

    def states(self) -> dict[str, str]:
        return {name: alarm["StateValue"] for name, alarm in self.every().items()}

    def put(self, kind: str) -> None:
        """The data of a `good` or a `bad` day for all alarms, almost as old as each alarm looks back."""
        by_namespace: dict[str, list[dict[str, Any]]] = {}
        for name, alarm in self.every().items():
            looked_back = alarm["Period"] * alarm["EvaluationPeriods"]
            moment = datetime.fromtimestamp(time.time() - looked_back + EDGE_SECONDS, UTC)
            datum = {"MetricName": alarm["MetricName"], "Dimensions": alarm["Dimensions"], "Timestamp": moment}
            values = getattr(data_of(name), kind)
            by_namespace.setdefault(alarm["Namespace"], []).extend({**datum, "Value": value} for value in values)
        for namespace, data in by_namespace.items():
            self.cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)

    def heard(self) -> list[tuple[str, str, str]]:
        """What the topic told since the last call: of which alarm, its new state, and the description."""
        told = []
        while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                body = json.loads(json.loads(message["Body"])["Message"])
                name = body["AlarmName"].removeprefix(f"{STACK}-")
                told.append((name, body["NewStateValue"], body["AlarmDescription"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return told


@pytest.fixture(scope="module")
def alarms(stand_in: StandIn) -> Alarms:
    return Alarms(stand_in)


@dataclass(frozen=True)
class Day:
    """What each alarm was after the data of this day, and what the topic told."""

    states: dict[str, str]
    heard: list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def days(alarms: Alarms) -> tuple[Day, Day, Day]:
    """A good day, a bad one, and a good one again."""
    seen: list[Day] = []
    for kind in ("good", "bad", "good"):
        if seen:
            time.sleep(EDGE_SECONDS + 0.5)
        alarms.put(kind)
        seen.append(Day(alarms.states(), alarms.heard()))
    good, bad, again = seen
    return good, bad, again


def test_every_alarm_of_the_template_is_there_and_has_data(alarms: Alarms) -> None:
    declared = [resource for resource in section().values() if resource["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms.every()) == len(declared)
    assert {"503" if name.startswith("503-") else name for name in alarms.every()} == set(DATA)


def test_each_alarm_is_quiet_on_a_good_day_rings_on_a_bad_one_and_is_quiet_again(
    days: tuple[Day, Day, Day], alarms: Alarms
) -> None:
    names = list(alarms.every())
    seen = {name: tuple(day.states[name] for day in days) for name in names}
    for name, states in seen.items():
        print(f"{name:30} {' → '.join(states)}")
    assert seen == dict.fromkeys(names, ("OK", "ALARM", "OK"))


def test_who_listens_to_the_topic_hears_of_each_alarm_what_it_means_and_where_to_read_what_to_do(
    days: tuple[Day, Day, Day], alarms: Alarms
) -> None:
    _, bad, again = days
    topic = [alarms.topic]
    for day, state, actions in ((bad, "ALARM", "AlarmActions"), (again, "OK", "OKActions")):
        told = {name for name, alarm in alarms.every().items() if alarm[actions] == topic}
        assert sorted(day.heard) == sorted(
            (name, state, alarm["AlarmDescription"]) for name, alarm in alarms.every().items() if name in told
        )
        assert len(told) > 20
    assert all("What to do: docs/runbook.md#" in description for _, _, description in bad.heard)


def test_the_dashboard_that_is_made_is_json_and_names_the_alarms_that_there_are(alarms: Alarms) -> None:
    document = json.loads(alarms.cloudwatch.get_dashboard(DashboardName=STACK)["DashboardBody"])
    (row,) = [widget for widget in document["widgets"] if widget["type"] == "alarm"]
    assert set(row["properties"]["alarms"]) == {alarm["AlarmArn"] for alarm in alarms.every().values()}
    assert "${" not in json.dumps(document)


def test_the_page_says_on_which_data_the_alarms_were_seen() -> None:
    page = (ROOT / "docs" / "monitoring.md").read_text()
    rows = [f"| `{name}` | {data.good_said} | {data.bad_said} |" for name, data in DATA.items()]
    assert [row for row in rows if row not in page] == []
