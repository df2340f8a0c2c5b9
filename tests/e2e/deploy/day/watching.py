"""What the people who run the service see at one moment of the day: the monitor's reports, messages, alarms, commands.

The stand-in makes no metrics of what is logged in the embedded format, so the monitor's lines are read from its log and
put as metrics. Nothing but that is done in its place.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from ops.aws_stand_in import Credentials
from ops.commands import ROOT, environment
from ops.stack import NAME, Stack

QUEUE = "told"


@dataclass(frozen=True)
class Command:
    """How a command ended, and what it printed."""

    code: int
    printed: str
    noted: str

    @property
    def document(self) -> Any:
        return json.loads(self.printed)


@dataclass(frozen=True)
class Run:
    """A run of the monitor: what it answered, the report and the page that it keeps, and what people were told then.

    `events` are the messages about drift, `rung` the alarms that told of their new state, `alarms` the states of all,
    by the alarms' names without the stack's.
    """

    answered: dict[str, Any]
    report: dict[str, Any]
    page: str
    events: list[str]
    rung: dict[str, str]
    alarms: dict[str, str]


@dataclass(frozen=True)
class Moment:
    """A run of the monitor, and then what `status` and `drift` say, each with --json."""

    run: Run
    status: Command
    drift: Command


@dataclass(frozen=True)
class Watch:
    """Somebody with the stack's observing policy, to whom the topic tells by the queue at `queue`."""

    stack: Stack
    alias: str
    observer: Credentials
    queue: str

    @classmethod
    def begin(cls, stack: Stack, alias: str, observer: Credentials) -> "Watch":
        """Subscribe a queue to the stack's topic."""
        sqs, topic = stack.stand_in.client("sqs"), stack.outputs["MonitoringTopicArn"]
        url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        stack.stand_in.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return cls(stack, alias, observer, url)

    def look(self, hours_ago: float = 0.0) -> Moment:
        """Run the monitor, then look closer."""
        return Moment(self.run(hours_ago), self.type("status", "--json"), self.type("drift", "--json"))

    def run(self, hours_ago: float = 0.0) -> Run:
        """Have the monitor run as its schedule would. Its metrics are put as `hours_ago` hours old."""
        began = int(time.time() * 1000)
        answered = self._run_monitor()
        self._put_metrics(began, hours_ago)
        told = self._told()
        of_alarms = [json.loads(text) for text in told if text.startswith("{")]
        return Run(
            answered,
            json.loads(self._kept("drift.json")),
            self._kept("drift.html"),
            [text for text in told if not text.startswith("{")],
            {told["AlarmName"].removeprefix(f"{NAME}-"): told["NewStateValue"] for told in of_alarms},
            self._alarms(),
        )

    def schedule(self) -> dict[str, Any]:
        """The schedule of the monitor."""
        scheduler = self.stack.stand_in.client("scheduler")
        target = self.stack.outputs["MonitorFunctionName"]
        (name,) = [
            each["Name"] for each in scheduler.list_schedules()["Schedules"] if each["Target"]["Arn"].endswith(target)
        ]
        schedule: dict[str, Any] = scheduler.get_schedule(Name=name)
        return schedule

    def type(self, *arguments: str) -> Command:
        """`python -m training …`, typed by whoever watches."""
        variables = environment(self.stack.stand_in.environment(self.observer))
        place = ["--alias", self.alias, "--model-uri", self.stack.outputs["ModelUri"]]
        done = subprocess.run(
            [sys.executable, "-m", "training", *arguments, *place],
            cwd=ROOT,
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Command(done.returncode, done.stdout, done.stderr)

    def _run_monitor(self) -> dict[str, Any]:
        run = self.stack.stand_in.client("lambda").invoke(
            FunctionName=self.stack.outputs["MonitorFunctionName"], Payload=b"{}"
        )
        answered: dict[str, Any] = json.loads(run["Payload"].read())
        assert "FunctionError" not in run, answered
        return answered

    def _put_metrics(self, since: int, hours_ago: float) -> None:
        logs, metrics = self.stack.stand_in.client("logs"), self.stack.stand_in.client("cloudwatch")
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{NAME}-monitor", startTime=since)["events"]
        lines = [event["message"] for event in found if event["message"].startswith('{"_aws"')]
        assert lines, [event["message"] for event in found]
        for line in map(json.loads, lines):
            for directive in line["_aws"]["CloudWatchMetrics"]:
                (dimensions,) = directive["Dimensions"]
                metrics.put_metric_data(
                    Namespace=directive["Namespace"],
                    MetricData=[
                        {
                            "MetricName": metric["Name"],
                            "Unit": metric["Unit"],
                            "Values": line[metric["Name"]],
                            "Dimensions": [{"Name": name, "Value": line[name]} for name in dimensions],
                            "Timestamp": line["_aws"]["Timestamp"] / 1000 - 3600 * hours_ago,
                        }
                        for metric in directive["Metrics"]
                    ],
                )

    def _told(self) -> list[str]:
        """What came by the topic since it was last asked."""
        sqs = self.stack.stand_in.client("sqs")
        texts = []
        while received := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in received:
                texts.append(json.loads(message["Body"])["Message"])
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return texts

    def _kept(self, name: str) -> str:
        bucket, _, prefix = self.stack.outputs["MonitoringUri"].removeprefix("s3://").partition("/")
        kept = self.stack.stand_in.client("s3", self.observer).get_object(Bucket=bucket, Key=f"{prefix}/{name}")
        text: str = kept["Body"].read().decode()
        return text

    def _alarms(self) -> dict[str, str]:
        pages = self.stack.stand_in.client("cloudwatch").get_paginator("describe_alarms").paginate()
        alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
        return {alarm["AlarmName"].removeprefix(f"{NAME}-"): alarm["StateValue"] for alarm in alarms}
