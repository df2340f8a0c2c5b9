"""What the monitor asks, in a stand-in for AWS: a bucket with a model, a log group, a bus of events."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError

from handler.monitoring.drift.report import DriftReport
from handler.monitoring.monitor.run import Clients, Monitor
from handler.monitoring.monitor.settings import MonitorSettings
from handler.monitoring.monitor.telling import MonitorLog
from handler.monitoring.window import Window, lines_of
from handler.registry.alias import Alias
from handler.registry.chain import MANIFEST_FILE, alias_key, version_key
from handler.registry.manifest import Manifest, sha256

BUCKET, STACK, GROUP = "models", "churn-prod", "/aws/lambda/churn-prod-predict"
URI = f"s3://{BUCKET}/churn"
ENVIRONMENT = {
    "MODEL_URI": URI,
    "LOG_GROUP": GROUP,
    "DRIFT_HOURS": "6",
    "POWERTOOLS_SERVICE_NAME": STACK,
    "POWERTOOLS_METRICS_NAMESPACE": "SklearnOnLambda",
}


@dataclass(frozen=True)
class Invocation:
    """Lambda's context, as far as the monitor reads it; `seconds` are left of its time, or what they give."""

    seconds: Callable[[], float] = lambda: 300.0
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * self.seconds())


@cache
def client(service: str) -> Any:
    """boto3's, made once, which takes longer than a test. moto answers whatever was made after its import."""
    return boto3.Session("test", "test", region_name="us-east-1").client(service)  # type: ignore[call-overload] # any


@contextmanager
def hooked(of: Any, moment: str, hook: Callable[..., Any]) -> Iterator[None]:
    """Have botocore call `hook` at its event `moment` of the client `of`, until the context ends."""
    of.meta.events.register(moment, hook)
    try:
        yield
    finally:
        of.meta.events.unregister(moment, hook)


@dataclass
class Cloud:
    """The stand-in, which the caller of this has begun."""

    s3: Any = field(default_factory=lambda: client("s3"))
    logs: Any = field(default_factory=lambda: client("logs"))
    events: Any = field(default_factory=lambda: client("events"))
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    """The periods for which the log was asked."""

    told: list[Any] = field(default_factory=list)
    """The details of the events that were sent."""

    def __post_init__(self) -> None:
        self.s3.create_bucket(Bucket=BUCKET)
        self.logs.create_log_group(logGroupName=GROUP)
        self.logs.create_log_stream(logGroupName=GROUP, logStreamName="one")

    @contextmanager
    def noting(self) -> Iterator["Cloud"]:
        """Note for what the log is asked, and which events are sent, until the context ends."""

        def note(params: Any, **_: Any) -> None:
            began, ended = (datetime.fromtimestamp(params[name] / 1000, UTC) for name in ("startTime", "endTime"))
            self.asked.append((began, ended))

        def hear(params: Any, **_: Any) -> None:
            (entry,) = params["Entries"]
            assert (entry["Source"], entry["DetailType"]) == ("sklearn-on-lambda", "Drift found")
            self.told.append(json.loads(entry["Detail"]))

        with (
            hooked(self.logs, "provide-client-params.cloudwatch-logs.FilterLogEvents", note),
            hooked(self.events, "provide-client-params.events.PutEvents", hear),
        ):
            yield self

    def promote(self, manifest: Manifest) -> None:
        """Have the alias name this version, whose artifact is not there: the monitor has no use for it."""
        data = manifest.to_json().encode()
        alias = Alias(1, manifest.version, sha256(data), "2026-01-01T00:00:00+00:00", "tests", "", None)
        self.put(version_key(manifest.version, MANIFEST_FILE), data)
        self.put(alias_key("production"), alias.to_json().encode())

    def put(self, key: str, data: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=f"churn/{key}", Body=data)

    def get(self, name: str) -> str:
        """A file of the monitor's folder."""
        key = f"churn/monitoring/{STACK}/{name}"
        return str(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def has(self, name: str) -> bool:
        try:
            self.get(name)
        except ClientError:
            return False
        return True

    def hours(self, version: str) -> list[str]:
        """The hours of which there is a file."""
        start = f"churn/monitoring/{STACK}/hours/{version}/"
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=start).get("Contents", [])
        return [entry["Key"].removeprefix(start).removesuffix(".jsonl") for entry in listed]

    def log(self, window: Window, at: datetime, window_id: str) -> None:
        """Write a window into the log, as the function does."""
        for line in lines_of(window, window_id=window_id, process="p", service=STACK):
            self.log_text(line, at)

    def log_text(self, text: str, at: datetime) -> None:
        event = {"timestamp": round(at.timestamp() * 1000), "message": text}
        self.logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=[event])

    def monitor(
        self, now: datetime, variables: Mapping[str, str], seconds_left: Callable[[], float] = lambda: 300.0
    ) -> Monitor:
        environ = ENVIRONMENT | dict(variables)
        clients = Clients(self.s3, self.logs, self.events)
        log = MonitorLog(environ, Invocation())  # type: ignore[arg-type] # as much of a context as is read
        return Monitor(MonitorSettings.from_env(environ), clients, log, now, seconds_left)

    def run(self, now: datetime, **variables: str) -> DriftReport | None:
        """One run at `now`."""
        return self.monitor(now, variables).run()
