"""What can be wrong with a model that serves, each with the command that mends it. Nothing is read here."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handler.errors.base import answer_for
from handler.errors.catalogue import OF_FUNCTION
from handler.errors.model import AliasNotSet, InvalidAlias, ModelUnavailable
from handler.monitoring.reading.collected import Collected
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION
from handler.settings import DEFAULT_ALIAS, DEFAULT_REFRESH_SECONDS
from training.observed.log import log_group_of
from training.observed.state import DriftSeen, Finding, Traffic, moment
from training.observed.words import counted
from training.release.deployed.readable import numbers, too_large, unreadable
from training.release.deployed.record import FunctionRecord

FOLLOWS = timedelta(seconds=DEFAULT_REFRESH_SECONDS + 60)
"""A function with the default of ModelRefreshSeconds follows the alias at its first request after that time; the rest
is for the request under way, and for clocks."""

MONITOR_WRITES = timedelta(hours=2)
"""The monitor writes once an hour by default; once it may fail."""

RUNBOOK = "docs/runbook.md"
STATUSES = {answer.code: answer.status for answer in OF_FUNCTION}


@dataclass(frozen=True)
class Asked:
    """The model that is looked at: its registry and the alias."""

    uri: str
    alias: str

    def command(self, words: str, *, of_alias: bool = False) -> str:
        """A command of this project, for this model."""
        alias = f" --alias {self.alias}" if of_alias and self.alias != DEFAULT_ALIAS else ""
        return f".venv/bin/python -m training {words}{alias} --model-uri {shlex.quote(self.uri)}"

    def deploy(self, stack: str, parameters: str = "") -> str:
        """The command that deploys the stack again from this checkout."""
        name = shlex.quote(self.uri.rstrip("/").rpartition("/")[2])
        more = f" PARAMETERS={parameters}" if parameters else ""
        return f"make deploy MODEL_NAME={name} STACK_NAME={stack}{more}"


def unserved(asked: Asked, error: ModelUnavailable) -> Iterator[Finding]:
    """The alias, or the manifest that it names, does not let a version serve."""
    if isinstance(error, AliasNotSet):
        command = asked.command("promote VERSION --reason WHY", of_alias=True)
    elif isinstance(error, InvalidAlias):
        command = asked.command("promote VERSION --reason 'the alias was damaged'", of_alias=True)
    else:
        command = asked.command("rollback --reason 'the version is damaged'", of_alias=True)
    yield Finding(str(error), command, f"{RUNBOOK}#{answer_for(error).code}")


def no_function(asked: Asked, functions: Sequence[FunctionRecord]) -> Iterator[Finding]:
    """Models on S3 are served by deployed functions, and none is on record."""
    if not functions and asked.uri.startswith("s3://"):
        yield Finding(
            f"No deployed function is on record for {asked.alias!r}, so `promote` asks none what it can read.",
            "make record-deploy STACK_NAME=NAME",
            "docs/operations.md",
        )


def cannot_serve(asked: Asked, function: FunctionRecord, version: str, manifest_json: bytes) -> Iterator[Finding]:
    """What the alias names is nothing that the function can read, or has room for; or what comes next will not be."""
    package = function.package
    reason = unreadable(manifest_json, package) or too_large(manifest_json, package, function.ephemeral_storage_mb)
    if reason:
        yield Finding(
            f"The function of {function.stack} cannot serve {version}: {reason}.",
            asked.deploy(function.stack),
            f"{RUNBOOK}#no-model-can-be-served",
        )
    elif MANIFEST_FORMAT_VERSION not in package.manifest_formats:
        yield Finding(
            f"The function of {function.stack} reads {numbers(package.manifest_formats)}, and this checkout writes "
            f"format {MANIFEST_FORMAT_VERSION} where it has to: `promote` will refuse such a version.",
            asked.deploy(function.stack),
            "docs/operations.md",
        )


def not_following(
    asked: Asked, version: str, promoted_at: str, latest: Mapping[str, datetime], stacks: Sequence[str]
) -> Iterator[Finding]:
    """A version that the alias named before still answers. `latest` has when each version's newest window began."""
    since = moment(promoted_at)
    for other, began in sorted(latest.items()):
        if other not in (version, "none") and began > since + FOLLOWS:
            group = log_group_of(stacks[0]) if stacks else "NAME"
            yield Finding(
                f"{other} still answered at {began:%Y-%m-%d %H:%M:%S}, although {asked.alias!r} names {version} since "
                f"{since:%Y-%m-%d %H:%M:%S}: a function could not load it.",
                f"aws logs filter-log-events --log-group-name {group} --filter-pattern '\"refresh failed\"'",
                f"{RUNBOOK}#refreshfailures",
            )


def failing(traffic: Traffic, stacks: Sequence[str]) -> Iterator[Finding]:
    """Requests failed for a reason that is ours."""
    for code, count in traffic.errors.items():
        status = STATUSES.get(code, 500)
        if status >= 500:
            group = log_group_of(stacks[0]) if stacks else "NAME"
            yield Finding(
                f"{count:,} of {counted(traffic.requests, 'request')} in the last hour got {status} {code}.",
                f"aws logs filter-log-events --log-group-name {group} --filter-pattern ERROR",
                f"{RUNBOOK}#{code}",
            )


def silent(asked: Asked, windows: int, stacks: Sequence[str], hours: float) -> Iterator[Finding]:
    """There is no window, although there is a log of a deployed function."""
    if not windows and stacks:
        yield Finding(
            f"No window was written in the last {hours:.0f} hours: nobody asked, or windows are switched off.",
            asked.deploy(stacks[0], "ObserveSeconds=60"),
            "docs/monitoring.md#windows",
        )


def not_counted(asked: Asked, collected: Collected, stacks: Sequence[str]) -> Iterator[Finding]:
    """Windows were refused."""
    for kind, count in collected.refused.items():
        yield Finding(
            f"{counted(count, 'window')} could not be counted. {collected.reasons[kind]}",
            asked.deploy(stacks[0]) if stacks else asked.command("drift --windows FILE"),
            "docs/monitoring.md#windows",
        )


def drifted(seen: DriftSeen, version: str, target: str) -> Iterator[Finding]:
    """The verdict on `version`, which serves, is drift; `target` is what it predicts."""
    if seen.verdict == "drift" and seen.version == version:
        yield Finding(
            f"Values drifted: {', '.join(seen.drifted)}. See whether they are right; if so, fit the model again to "
            "newer data.",
            f".venv/bin/python -m training train --table FILE --target {shlex.quote(target)} --out FOLDER",
            "docs/drift.md#retraining",
        )


def old_report(seen: DriftSeen, now: datetime) -> Iterator[Finding]:
    """The monitor has not written for longer than it should."""
    if seen.written_at is not None and seen.stack is not None and now - moment(seen.written_at) > MONITOR_WRITES:
        yield Finding(
            f"The monitor of {seen.stack} wrote last at {moment(seen.written_at):%Y-%m-%d %H:%M}: it fails, is "
            "switched off, or has a slower MonitorRate.",
            f"aws logs filter-log-events --log-group-name /aws/lambda/{seen.stack}-monitor --filter-pattern ERROR",
            "docs/monitoring.md#the-monitor",
        )


def unread(error: Exception) -> Finding:
    """The windows could not be read."""
    return Finding(str(error), "aws sts get-caller-identity", "docs/operations.md#rights")
