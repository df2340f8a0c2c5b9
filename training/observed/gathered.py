"""Windows from wherever they are, added up as people look at them: by version, by the hour, and of late."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from handler.monitoring.reading.collected import Collected
from handler.monitoring.reading.log_group import LogsClient
from handler.monitoring.window import Window
from training.errors import NoWindowCounted, UnreadableLog
from training.observed.files import log_lines, opened
from training.observed.log import read_lines


@dataclass(frozen=True)
class Period:
    """From `began` on and before `ended`, both in UTC; None is no bound."""

    began: datetime | None = None
    ended: datetime | None = None

    def has(self, moment: datetime) -> bool:
        """Whether `moment` is in it."""
        return (self.began is None or moment >= self.began) and (self.ended is None or moment < self.ended)


@dataclass(frozen=True)
class Hour:
    """What was counted of one version in one hour: the `window`, made of so many log `lines`."""

    began: datetime
    window: Window
    lines: int

    @property
    def label(self) -> str:
        """The hour as people read it."""
        return f"{self.began:%Y-%m-%d %H:00}"


class Gathered:
    """The windows that ended within `period`, each counted once.

    `collected` has what was counted of each version, and what was not. `latest` has of each version when the newest of
    its windows began, `recent` what was counted since `recent_since`.
    """

    def __init__(
        self, bins: Mapping[str, str], period: Period | None = None, recent_since: datetime | None = None
    ) -> None:
        """`bins` maps versions to the digest of their bins."""
        self.collected = Collected(bins)
        self.latest: dict[str, datetime] = {}
        self.recent: dict[str, Window] = {}
        self._period = period or Period()
        self._recent = Period(recent_since)
        self._hours: dict[tuple[str, datetime], Hour] = {}

    def take(self, text: str) -> None:
        """Count a log line, unless it is none of a window, or was counted before."""
        part = self.collected.parsed(text)
        if part is None or part.window.ended is None:
            return
        window, ended = part.window, datetime.fromtimestamp(part.window.ended, UTC)
        if not self._period.has(ended) or not self.collected.add(part):
            return
        version, began = window.version, datetime.fromtimestamp(window.began or part.window.ended, UTC)
        self.latest[version] = max(began, self.latest.get(version, began))
        if self._recent.has(ended):
            self.recent[version] = _added(self.recent.get(version), window)
        hour = ended.replace(minute=0, second=0, microsecond=0)
        held = self._hours.get((version, hour))
        self._hours[version, hour] = Hour(
            hour, _added(held.window if held else None, window), (held.lines if held else 0) + 1
        )

    def take_all(self, texts: Iterable[str]) -> None:
        """Count each of the log lines."""
        for text in texts:
            self.take(text)

    def hours(self, version: str) -> list[Hour]:
        """The hours in which `version` was counted, the earliest first."""
        return [self._hours[key] for key in sorted(self._hours) if key[0] == version]

    def require_counted(self) -> None:
        """Raise NoWindowCounted where there were windows, and all of them were refused."""
        collected = self.collected
        if collected.refused and not collected.windows:
            raise NoWindowCounted(
                f"None of the {sum(collected.refused.values()):,} windows that there are can be counted. "
                + " ".join(collected.reasons.values())
            )


def gather_files(places: Sequence[str], gathered: Gathered) -> None:
    """Count the windows in files, `-` for standard input; raises UnreadableLog, or OSError."""
    for place in places:
        try:
            with opened(place) as text:
                gathered.take_all(log_lines(text))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableLog(
                f"{place} is compressed, and cannot be unpacked to its end: it was cut off or damaged. Fetch it again."
            ) from error


def gather_groups(
    client: LogsClient,
    groups: Sequence[str],
    began: datetime,
    ended: datetime,
    gathered: Gathered,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> None:
    """Count the windows in log groups; raises LogGroupMissing, LogAccessDenied or LogUnreachable.

    `progress` is called after each page of a group, with how many pages and lines that group has given.
    """
    for group in groups:
        gathered.take_all(line.message for line in read_lines(client, group, began, ended, progress))


def _added(held: Window | None, window: Window) -> Window:
    return held.plus(window) if held else window
