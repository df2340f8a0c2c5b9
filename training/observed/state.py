"""The state of a model at one moment, as `status` shows it: records, and how they are made of what was read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from handler.monitoring.drift.report import DriftReport
from handler.monitoring.window import LATENCY_LABELS, LATENCY_MILLISECONDS, Window
from handler.registry.alias import Alias
from handler.registry.manifest import Manifest

MEDIAN, NEARLY_ALL = 0.5, 0.99


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: `what`, in a sentence, and the `command` that mends it or shows more of it.

    `page` is the place of the documentation that says more.
    """

    what: str
    command: str
    page: str


@dataclass(frozen=True)
class Serving:
    """What the alias says, and the version that it names: since when, by whom, why, what served before."""

    version: str
    since: str
    by: str
    reason: str
    before: str | None
    task: str
    estimator: str
    metrics: Mapping[str, float]
    runtime: Mapping[str, str]
    commit: str | None

    @classmethod
    def of(cls, alias: Alias, before: str | None, manifest: Manifest) -> "Serving":
        made = manifest.training
        return cls(
            *(alias.version, alias.promoted_at, alias.promoted_by, alias.reason, before, manifest.task),
            *(made.estimator, manifest.metrics, manifest.runtime, made.git_commit),
        )


@dataclass(frozen=True)
class Function:
    """A deployed function on record: its stack, since when, the commit, the formats that it reads, its engines."""

    stack: str
    recorded_at: str
    commit: str | None
    formats: tuple[int, ...]
    engines: Mapping[str, Mapping[str, str]]
    """The libraries of the engine of each form, with their versions."""


@dataclass(frozen=True)
class Traffic:
    """What the windows of the last hour counted.

    `answering` has the rows of each version, `errors` the failed requests by code. The times are milliseconds within
    which half, and 99 %, of the requests were answered: upper edges of the windows' bins, None where there was no
    request or the last edge was not enough.
    """

    requests: int
    answering: Mapping[str, int]
    errors: Mapping[str, int]
    half_within_ms: int | None
    nearly_all_within_ms: int | None

    @classmethod
    def of(cls, windows: Mapping[str, Window]) -> "Traffic":
        """Of the sum of each version's windows."""
        latency = _sum(window.latency for window in windows.values())
        return cls(
            sum(window.requests for window in windows.values()),
            {version: window.rows for version, window in sorted(windows.items()) if window.rows},
            _sum(window.errors for window in windows.values()),
            within(latency, MEDIAN),
            within(latency, NEARLY_ALL),
        )


@dataclass(frozen=True)
class DriftSeen:
    """A verdict on `version`: that of the monitor of `stack`, `written_at` a moment, or one that was computed here."""

    verdict: str
    version: str
    drifted: tuple[str, ...]
    worst_psi: float
    began: str | None
    ended: str | None
    rows: int
    windows: int
    stack: str | None = None
    written_at: str | None = None

    @classmethod
    def of(cls, report: DriftReport) -> "DriftSeen":
        return cls(
            *(report.verdict, report.version, report.drifted, report.worst_psi),
            *(report.began, report.ended, report.rows, report.windows),
        )

    @classmethod
    def from_monitor(cls, data: bytes) -> "DriftSeen | None":
        """What the monitor wrote into `drift.json`; None where it is something else."""
        try:
            said = json.loads(data)
            datetime.fromisoformat(said["written_at"])
            return cls(
                *(
                    str(said["verdict"]),
                    str(said["version"]),
                    tuple(map(str, said["drifted"])),
                    float(said["worst_psi"]),
                ),
                *(said["began"], said["ended"], int(said["rows"]), int(said["windows"])),
                *(str(said["stack"]), str(said["written_at"])),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


@dataclass(frozen=True)
class State:
    """All of it, `at` a moment in UTC. `read` names the log groups or files that the windows came from.

    `serving` is None where nothing does, `traffic` where no windows could be read. `last_window` is when the newest
    window ended.
    """

    at: str
    uri: str
    model: str
    alias: str
    serving: Serving | None
    functions: tuple[Function, ...]
    read: tuple[str, ...]
    traffic: Traffic | None
    last_window: str | None
    drift: tuple[DriftSeen, ...]
    findings: tuple[Finding, ...]

    def document(self) -> dict[str, Any]:
        """The state as JSON's objects and lists."""
        return asdict(self)


def within(latency: Mapping[str, int], share: float) -> int | None:
    """The milliseconds within which this share of the requests was answered, by nearest rank over the bins."""
    wanted, reached = share * sum(latency.values()), 0
    for label, edge in zip(LATENCY_LABELS, LATENCY_MILLISECONDS, strict=False):
        reached += latency.get(label, 0)
        if reached and reached >= wanted:
            return edge
    return None


def moment(text: str) -> datetime:
    """A moment that the registry has, which was checked when it was read."""
    return datetime.fromisoformat(text)


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            summed[name] = summed.get(name, 0) + count
    return dict(sorted(summed.items()))
