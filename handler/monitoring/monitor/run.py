"""One run of the monitor: what serves, what was counted of it in the last hours, whether it drifted, and who is told.

It never loads a model: the alias and the manifest are all that it reads of one. Whatever it cannot do it raises, and
the next run begins anew with the hours that this one has settled.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from handler.errors.base import SklearnOnLambdaError
from handler.errors.model import AliasNotSet
from handler.monitoring.drift.compared import drift_report
from handler.monitoring.drift.page import drift_page
from handler.monitoring.drift.report import DriftReport
from handler.monitoring.empty_window import empty_window
from handler.monitoring.monitor.case import Case, case_from, is_due, next_case, sent
from handler.monitoring.monitor.files import CASE_FILE, PAGE_FILE, REPORT_FILE, file_key
from handler.monitoring.monitor.hours import BrokenHour, Counted, Hour, counted_in, hour_file, hour_key, hours_until
from handler.monitoring.monitor.settings import MonitorSettings
from handler.monitoring.monitor.telling import MonitorLog, event_of, put_event
from handler.monitoring.reading.collected import Collected
from handler.monitoring.reading.log_group import read_log_group
from handler.monitoring.window import Window, total
from handler.registry.chain import read_alias, read_manifest
from handler.registry.manifest import Manifest
from handler.registry.s3_objects import S3Objects

RESERVE_SECONDS = 30.0
"""What is left of the function's time for comparing and writing once the log is read."""


class OutOfTime(SklearnOnLambdaError):
    """The function's time was nearly over before the log was read."""


@dataclass(frozen=True)
class Clients:
    """boto3's clients of S3, CloudWatch Logs and EventBridge."""

    s3: Any
    logs: Any
    events: Any


@dataclass(frozen=True)
class Monitor:
    """What one run has at hand; `seconds_left` says how much of the function's time is left."""

    settings: MonitorSettings
    clients: Clients
    log: MonitorLog
    now: datetime
    seconds_left: Callable[[], float]

    def run(self) -> DriftReport | None:
        """Do all of it; None where no version serves yet. Raises a SklearnOnLambdaError."""
        model = S3Objects(self.clients.s3, self.settings.model_uri)
        try:
            alias = read_alias(model, self.settings.model_alias)
        except AliasNotSet as error:
            # No metrics either: a stack without a model is no stack without traffic.
            self.log.logger.info("nothing to monitor", reason=str(error))
            return None
        manifest = read_manifest(model, alias.version, alias.manifest_sha256)
        hours = self._counted_hours(model, manifest)
        report = _report(manifest, list(hours.values()))
        self.log.measure(report)
        self._tell(model, report, [(hour.label, _report(manifest, [counted])) for hour, counted in hours.items()])
        return report

    def _counted_hours(self, model: S3Objects, manifest: Manifest) -> dict[Hour, Counted]:
        """Each hour of the period; those that are settled have a file from now on."""
        hours = {}
        for hour in hours_until(self.now, self.settings.drift_hours):
            empty = empty_window(manifest)
            key = self._key(hour_key(manifest.version, hour))
            kept = self._kept(model, key, hour, empty) if hour.is_settled(self.now) else None
            hours[hour] = counted = kept or self._read(hour, empty)
            if kept is None and hour.is_settled(self.now):
                model.put(key, hour_file(hour, counted, self.settings.stack).encode(), "application/jsonl")
        return hours

    def _kept(self, model: S3Objects, key: str, hour: Hour, empty: Window) -> Counted | None:
        blob = model.get(key)
        if blob is None:
            return None
        try:
            return counted_in(blob.data.decode(errors="replace"), hour, empty)
        except BrokenHour as error:
            self.log.logger.warning("hour read again", hour=hour.name, reason=str(error))
            return None

    def _read(self, hour: Hour, empty: Window) -> Counted:
        """What the log has of the hour. Never a part of it: raises OutOfTime before the time is over."""
        collected = Collected({empty.version: empty.bins})
        ended = min(hour.end, self.now)
        check = partial(self._require_time, hour)
        check(0, 0)
        lines = read_log_group(
            self.clients.logs, self.settings.log_group, hour.start, ended, version=empty.version, progress=check
        )
        for line in lines:
            collected.take(line.message)
        if collected.refused:
            refused = {str(kind): count for kind, count in collected.refused.items()}
            reasons = list(collected.reasons.values())
            self.log.logger.warning("windows not counted", hour=hour.name, refused=refused, reasons=reasons)
        return Counted(collected.windows.get(empty.version, empty), collected.lines[empty.version])

    def _require_time(self, hour: Hour, pages: int, lines: int) -> None:
        if self.seconds_left() < RESERVE_SECONDS:
            raise OutOfTime(
                f"The function's time was nearly over at the hour {hour.name}, after {pages} pages of the log with "
                f"{lines} windows. The hours before it are kept, and the next run goes on from there. If that does not "
                "help, have fewer lines to read: raise ObserveSeconds."
            )

    def _tell(self, model: S3Objects, report: DriftReport, over_time: list[tuple[str, DriftReport]]) -> None:
        """Keep the case and the report, and send the event of a case that has none yet."""
        case, due = self._case_after(model, report)
        document = report.document() | {
            "written_at": self.now.isoformat(timespec="seconds"),
            "stack": self.settings.stack,
            "alias": self.settings.model_alias,
            "hours": self.settings.drift_hours,
            "case": case.told() if case else None,
        }
        written = json.dumps(document, ensure_ascii=False) + "\n"
        model.put(self._key(REPORT_FILE), written.encode(), "application/json")
        # With an hour's rows alone there is rarely enough data for a verdict, but the index can be drawn.
        seen = [(label, hour) for label, hour in over_time if hour.rows]
        model.put(self._key(PAGE_FILE), drift_page(report, seen).encode(), "text/html; charset=utf-8")
        self.log.logger.info(
            "compared",
            verdict=report.verdict,
            version=report.version,
            rows=report.rows,
            windows=report.windows,
            worst_psi=round(report.worst_psi, 4),
            drifted=list(report.drifted),
            case=case.id if case and case.is_open else None,
        )
        if case is not None and due:
            self._send(model, case, report)

    def _case_after(self, model: S3Objects, report: DriftReport) -> tuple[Case | None, bool]:
        """The case as it is kept now, and whether this run is the one to send its event."""
        before, etag = self._kept_case(model)
        case = next_case(before, report, self.now)
        if case is not None and case != before and not model.swap(self._key(CASE_FILE), case.to_json(), etag):
            self.log.logger.info("another run was first")
            return self._kept_case(model)[0], False
        return case, is_due(case, report, self.now)

    def _kept_case(self, model: S3Objects) -> tuple[Case | None, str | None]:
        blob = model.get(self._key(CASE_FILE))
        return (case_from(blob.data), blob.etag) if blob else (None, None)

    def _send(self, model: S3Objects, case: Case, report: DriftReport) -> None:
        page = f"{model.uri}/{self._key(PAGE_FILE)}"
        put_event(self.clients.events, event_of(case, report, self.settings, page), self.now)
        self.log.logger.info("event sent", case=case.id)
        # Of two runs that found it unsent at once, both have sent it, and one of them writes this.
        kept, etag = self._kept_case(model)
        if kept == case and not model.swap(self._key(CASE_FILE), sent(case, self.now).to_json(), etag):
            self.log.logger.info("another run was first")

    def _key(self, name: str) -> str:
        return file_key(self.settings.stack, name)


def _report(manifest: Manifest, counted: list[Counted]) -> DriftReport:
    window = total((each.window for each in counted), empty_window(manifest))
    return drift_report(manifest, window, sum(each.lines for each in counted))
