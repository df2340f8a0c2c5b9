"""A case: a drift from when it is found until it is gone, or until another version serves. Each raises one event.

Nothing here writes or sends. Who runs this keeps the case by compare-and-swap: as opened before the event is sent, and
as sent after it. A run that ends in between is followed by one that sends the event again, with the same id. So an
event comes at least once, and whoever acts on it tells it by its case.
"""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from handler.errors.base import SklearnOnLambdaError
from handler.monitoring.drift.report import DriftReport
from handler.monitoring.monitor.files import CASE_FILE
from handler.records.decoding import Undecodable, decode

CASE_FORMAT_VERSION = 1

COOL_DOWN = timedelta(hours=24)
"""The least time between two events: a feature at the edge of drifting would raise one each hour otherwise, and each
may train a model."""


class InvalidCase(SklearnOnLambdaError):
    """The file of the case cannot be read."""


@dataclass(frozen=True)
class Case:
    """The newest case. Times are in ISO 8601, UTC.

    `drifted` and `worst_psi` are as they were when it was opened. `sent_at` is when its event was sent, `last_sent_at`
    when the last event of any case was; None where none was.
    """

    format_version: int
    id: str
    version: str
    opened_at: str
    drifted: tuple[str, ...]
    worst_psi: float
    closed_at: str | None
    sent_at: str | None
    last_sent_at: str | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def to_json(self) -> str:
        """The case as it is kept; `case_from` gives it back unchanged."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    def told(self) -> dict[str, str | None]:
        """What the report says of it: not when the event was sent, because the report is written before."""
        return {"id": self.id, "opened_at": self.opened_at, "closed_at": self.closed_at}


def case_from(data: bytes) -> Case:
    """Parse the file of a case; raises InvalidCase."""
    try:
        case = decode(Case, json.loads(data))
        times = (case.opened_at, case.closed_at, case.sent_at, case.last_sent_at)
        naive = [text for text in times if text is not None and datetime.fromisoformat(text).tzinfo is None]
    except (ValueError, RecursionError, Undecodable) as error:
        raise InvalidCase(
            f"{CASE_FILE} cannot be read: {error}. Delete it; if there still is a drift, the next run opens a new case."
        ) from error
    if case.format_version != CASE_FORMAT_VERSION or naive:
        raise InvalidCase(
            f"{CASE_FILE} is of format {case.format_version}, or has a time without a zone; this code reads format "
            f"{CASE_FORMAT_VERSION}. Deploy the release that wrote it, or delete it."
        )
    return case


def next_case(before: Case | None, report: DriftReport, now: datetime) -> Case | None:
    """The newest case after `report`; `before` itself where nothing changes.

    A report that says neither drift nor none leaves the case as it is.
    """
    case = before
    if case and case.is_open and (report.verdict == "none" or report.version != case.version):
        case = replace(case, closed_at=_text(now))
    if report.verdict == "drift" and (case is None or not case.is_open):
        last = case.last_sent_at if case else None
        drifted, psi = report.drifted, report.worst_psi
        case = Case(CASE_FORMAT_VERSION, _new_id(now), report.version, _text(now), drifted, psi, None, None, last)
    return case


def is_due(case: Case | None, report: DriftReport, now: datetime) -> bool:
    """Whether the event of `case` is to be sent now: it was not yet, the drift is there, and the cool-down is over."""
    if case is None or not case.is_open or case.sent_at is not None or report.verdict != "drift":
        return False
    return case.last_sent_at is None or now >= datetime.fromisoformat(case.last_sent_at) + COOL_DOWN


def sent(case: Case, now: datetime) -> Case:
    """`case` once its event was sent."""
    return replace(case, sent_at=_text(now), last_sent_at=_text(now))


def _new_id(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
