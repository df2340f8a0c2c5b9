"""The hours that are compared: each is read from the log until it is settled, and kept in a file from then on.

The log tells the same hour again and again while lines may still come late, so an hour counts as settled only some
time after its end. Its file has the window of that hour in the form of log lines, and never changes.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handler.errors.base import SklearnOnLambdaError
from handler.monitoring.line import lines_of
from handler.monitoring.reading.collected import Collected
from handler.monitoring.window import Window

HOUR_FORMAT_VERSION = 1
"""Raised by one whenever a file of an hour changes. Files of another format are read from the log again."""

HOUR = timedelta(hours=1)

LATE = timedelta(hours=2)
"""How long after its end an hour is read anew. CloudWatch shows a line within seconds as a rule, and says no bound."""


class BrokenHour(SklearnOnLambdaError):
    """The file of an hour cannot be read, or is of other bins or of another format."""


@dataclass(frozen=True)
class Hour:
    """The full hour from `start`, which is in UTC."""

    start: datetime

    @property
    def end(self) -> datetime:
        return self.start + HOUR

    @property
    def name(self) -> str:
        """As it stands in keys, such as 20260131T23."""
        return f"{self.start:%Y%m%dT%H}"

    @property
    def label(self) -> str:
        """As people read it."""
        return f"{self.start:%Y-%m-%d %H:00}"

    def is_settled(self, now: datetime) -> bool:
        """Whether no line of this hour is expected any more."""
        return now >= self.end + LATE


@dataclass(frozen=True)
class Counted:
    """What was counted of one version, in `window`, and the number of log lines that it is made of."""

    window: Window
    lines: int


def hours_until(now: datetime, full: int) -> Iterator[Hour]:
    """The `full` hours before the one of `now`, from the first to the last, and then that one."""
    running = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    yield from (Hour(running - back * HOUR) for back in range(full, -1, -1))


def hour_key(version: str, hour: Hour) -> str:
    """Where the file of an hour stands, below the stack's folder."""
    return f"hours/{version}/{hour.name}.jsonl"


def hour_file(hour: Hour, counted: Counted, service: str) -> str:
    """A settled hour as lines: the first says what it is, the others are its window, if there is anything in it."""
    head = {"message": "hour", "format_version": HOUR_FORMAT_VERSION, "hour": hour.name, "lines": counted.lines}
    written = lines_of(counted.window, window_id=hour.name, process="monitor", service=service)
    return "\n".join([json.dumps(head), *(written if counted.lines else [])]) + "\n"


def counted_in(text: str, hour: Hour, empty: Window) -> Counted:
    """What `hour_file` wrote of the version and in the bins of `empty`; raises BrokenHour."""
    first, *others = text.split("\n")[:-1] or [""]
    try:
        head = json.loads(first)
        stated = (head["message"], head["format_version"], head["hour"])
        lines = int(head["lines"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenHour(f"The file of the hour {hour.name} has no head.") from error
    if stated != ("hour", HOUR_FORMAT_VERSION, hour.name):
        raise BrokenHour(f"The file of the hour {hour.name} is of another hour or format.")
    collected = Collected({empty.version: empty.bins})
    for line in others:
        collected.take(line)
    window = collected.windows.pop(empty.version, empty)
    if (
        collected.windows
        or collected.refused
        or collected.duplicates
        or collected.incomplete
        or (lines > 0) != bool(others)
    ):
        raise BrokenHour(f"The file of the hour {hour.name} is not whole.")
    return Counted(window, lines)
