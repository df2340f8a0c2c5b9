"""Looks at all places that say what serves and how well: the registry, the records of functions, the windows.

Nothing is written, and no model is read: `verify` reads models.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handler.errors.model import ModelUnavailable, RegistryError
from handler.monitoring.empty_window import digest_of
from handler.monitoring.monitor.files import REPORT_FILE, file_key
from handler.monitoring.reading.failures import LogUnreadable
from handler.registry.chain import manifest_bytes, read_alias, read_manifest
from handler.registry.manifest import Manifest
from training.errors import InvalidFunctionRecord
from training.observed import findings
from training.observed.compared import report_of
from training.observed.findings import Asked
from training.observed.gathered import Gathered, gather_files, gather_groups
from training.observed.log import log_group_of, logs_client, require_stack_name
from training.observed.state import DriftSeen, Finding, Function, Serving, State, Traffic
from training.release.deployed.record import FunctionRecord
from training.release.deployed.records import each_record
from training.release.history import served_before
from training.release.stores.writable import WritableStore

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Places:
    """Where windows are: files, or one log group, or that of one stack; none of them: those of the functions on
    record."""

    files: tuple[str, ...] = ()
    log_group: str | None = None
    stack: str | None = None


@dataclass(frozen=True)
class Look:
    """One look at the model in `store` under `alias`, at the moment `now`."""

    store: WritableStore
    alias: str
    places: Places
    now: datetime
    progress: Progress = lambda *_: None

    @property
    def asked(self) -> Asked:
        """The model, as commands name it."""
        return Asked(self.store.uri, self.alias)

    def state(self) -> State:
        """What there is to see; raises a RegistryError, UnreadableLog, UnknownLogGroup, or an OSError."""
        found: list[Finding] = []
        serving, manifest = self._serving(found)
        records = self._records(found)
        stacks = [record.stack for record in records]
        if manifest is not None and records:
            data = manifest_bytes(self.store, manifest.version)
            for record in records:
                found += findings.cannot_serve(self.asked, record, manifest.version, data)
        reports = [seen for stack in stacks if (seen := self._report(stack))]
        lasts = DAY if len(reports) < max(len(stacks), 1) else HOUR
        read, gathered = self._gathered(found, stacks, manifest, lasts)
        if gathered is not None and manifest is not None and not reports:
            reports = [DriftSeen.of(report_of(manifest, gathered))]
        traffic = Traffic.of(gathered.recent) if gathered else None
        if gathered is not None and traffic is not None:
            found += self._of_windows(stacks, serving, gathered, traffic, lasts)
        for seen in reports:
            found += findings.drifted(seen, manifest.version, manifest.target.name) if manifest else ()
            found += findings.old_report(seen, self.now)
        return State(
            self.now.isoformat(timespec="seconds"),
            self.store.uri,
            manifest.name if manifest else self.store.uri.rstrip("/").rpartition("/")[2],
            self.alias,
            serving,
            tuple(map(_function, records)),
            read,
            traffic,
            _last_window(gathered),
            tuple(reports),
            tuple(found),
        )

    def _serving(self, found: list[Finding]) -> tuple[Serving | None, Manifest | None]:
        try:
            alias = read_alias(self.store, self.alias)
            manifest = read_manifest(self.store, alias.version, alias.manifest_sha256)
            return Serving.of(alias, served_before(self.store, self.alias, alias), manifest), manifest
        except RegistryError:
            raise
        except ModelUnavailable as error:
            found += findings.unserved(self.asked, error)
            return None, None

    def _records(self, found: list[Finding]) -> list[FunctionRecord]:
        """The functions on record that serve the alias, or the one that was named."""
        records = []
        for stack, record in each_record(self.store):
            if isinstance(record, InvalidFunctionRecord):
                command = self.asked.command(f"functions --forget {stack}")
                found.append(Finding(str(record), command, "docs/operations.md"))
            elif record.alias == self.alias and self.places.stack in (None, stack):
                records.append(record)
        found += findings.no_function(self.asked, records)
        return records

    def _report(self, stack: str) -> DriftSeen | None:
        blob = self.store.get(file_key(stack, REPORT_FILE))
        return DriftSeen.from_monitor(blob.data) if blob else None

    def _gathered(
        self, found: list[Finding], stacks: Sequence[str], manifest: Manifest | None, lasts: timedelta
    ) -> tuple[tuple[str, ...], Gathered | None]:
        """The names of what was read, and what was in it; None where there is nothing to read, or it cannot be."""
        bins = {manifest.version: digest_of(manifest)} if manifest else {}
        gathered = Gathered(bins, recent_since=self.now - HOUR)
        if self.places.files:
            gather_files(self.places.files, gathered)
            return self.places.files, gathered
        groups = self._groups(stacks)
        if not groups:
            return (), None
        try:
            gather_groups(logs_client(), groups, self.now - lasts, self.now, gathered, self.progress)
        except LogUnreadable as error:
            found.append(findings.unread(error))
            return groups, None
        return groups, gathered

    def _groups(self, stacks: Sequence[str]) -> tuple[str, ...]:
        if self.places.log_group is not None:
            return (self.places.log_group,)
        if self.places.stack is not None:
            require_stack_name(self.places.stack)
            return (log_group_of(self.places.stack),)
        return tuple(map(log_group_of, stacks))

    def _of_windows(
        self, stacks: Sequence[str], serving: Serving | None, gathered: Gathered, traffic: Traffic, lasts: timedelta
    ) -> Iterator[Finding]:
        windows = sum(gathered.collected.lines.values())
        if serving is not None:
            yield from findings.not_following(self.asked, serving.version, serving.since, gathered.latest, stacks)
        yield from findings.failing(traffic, stacks)
        if lasts == DAY and not self.places.files:
            yield from findings.silent(self.asked, windows, stacks, lasts / HOUR)
        yield from findings.not_counted(self.asked, gathered.collected, stacks)


def _function(record: FunctionRecord) -> Function:
    package = record.package
    engines = {form: dict(engine.versions) for form, engine in package.engines.items()}
    return Function(record.stack, record.recorded_at, record.commit, package.manifest_formats, engines)


def _last_window(gathered: Gathered | None) -> str | None:
    ends = [window.ended for window in gathered.collected.windows.values() if window.ended] if gathered else []
    return datetime.fromtimestamp(max(ends), UTC).isoformat(timespec="seconds") if ends else None
