"""The event of a drift, from the monitor's own code by the deployed rule to what people and GitHub are given.

The stand-in's CloudFormation cannot make an API destination, so what goes to GitHub is looked at in a queue: the rule
gets it as a further target, with the transformer that the template has for GitHub.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from handler.monitoring.drift.report import DriftReport
from handler.monitoring.monitor.case import next_case
from handler.monitoring.monitor.settings import MonitorSettings
from handler.monitoring.monitor.telling import event_of, put_event
from ops.stack import NAME, Stack
from tests.unit.handler.monitoring.monitor.reports import report
from tests.unit.template import TEMPLATE

NAME_OF_FEATURE = 'größe "in <cm>" \\ '
NOW = datetime(2026, 2, 1, tzinfo=UTC)


def send(deployed: Stack, found: DriftReport) -> Any:
    """Send the event as the monitor does; gives its detail."""
    case = next_case(None, found, NOW)
    assert case is not None
    uri = deployed.outputs["MonitoringUri"]
    settings = MonitorSettings(deployed.outputs["ModelUri"], "production", deployed.outputs["LogGroupName"], 24, NAME)
    detail = event_of(case, found, settings, f"{uri}/drift.html")
    put_event(deployed.stand_in.client("events"), detail, NOW)
    return detail


@contextmanager
def queue(deployed: Stack, name: str) -> Iterator[tuple[str, str]]:
    """A queue for this test alone, which the topic and the rule may write to: its URL and its ARN."""
    sqs = deployed.stand_in.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    principal = {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [allowed]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    yield url, arn
    sqs.delete_queue(QueueUrl=url)


def received(deployed: Stack, url: str) -> list[str]:
    """The bodies of the messages, waited for up to ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if messages := deployed.stand_in.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"):
            return [message["Body"] for message in messages]
    return []


def rule_of(deployed: Stack) -> str:
    """The name of the deployed rule."""
    pages = deployed.stand_in.client("cloudformation").list_stack_resources(StackName=NAME)["StackResourceSummaries"]
    (found,) = (each["PhysicalResourceId"] for each in pages if each["LogicalResourceId"] == "DriftRule")
    return str(found).split("|")[-1]


def test_a_subscriber_of_the_topic_reads_what_drifted_where_the_report_is_and_what_to_do(deployed: Stack) -> None:
    with queue(deployed, "subscriber") as (url, arn):
        topic = deployed.outputs["MonitoringTopicArn"]
        deployed.stand_in.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        detail = send(deployed, report("drift", name=NAME_OF_FEATURE))
        (body,) = received(deployed, url)
        said = json.loads(body)["Message"]
    for part in ("case", "version", "report"):
        assert detail[part] in said
    assert "größe 'in (cm)' /" in said
    assert f"training drift --stack {NAME}" in said
    assert "<" not in said


def test_github_is_given_an_event_that_its_workflow_takes_with_no_more_than_it_may_have(deployed: Stack) -> None:
    github = TEMPLATE["Resources"]["DriftRule"]["Properties"]["Targets"][1]["Fn::If"][1]
    events = deployed.stand_in.client("events")
    with queue(deployed, "github") as (url, arn):
        target = {"Id": "github", "Arn": arn, "InputTransformer": github["InputTransformer"]}
        events.put_targets(Rule=rule_of(deployed), Targets=[target])
        detail = send(deployed, report("drift", name=NAME_OF_FEATURE))
        (body,) = received(deployed, url)
        events.remove_targets(Rule=rule_of(deployed), Ids=["github"])
    sent = json.loads(body)
    payload = sent.pop("client_payload")
    assert sent == {"event_type": "drift"}
    same = {name: detail[name] for name in ("case", "stack", "model", "version", "alias", "worst_psi", "report")}
    assert payload == {**same, "drifted": detail["summary"]}
    assert len(payload) <= 10
