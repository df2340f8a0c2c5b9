"""The command that compares what a function was asked with what its model was fitted to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from handler.monitoring.drift.page import drift_page
from handler.monitoring.drift.report import Comparison, DriftReport
from handler.monitoring.drift.words import TO_DO, VERDICTS, title_of, verdict_in_words
from handler.monitoring.empty_window import digest_of
from handler.registry.chain import checked_manifest, manifest_bytes, read_alias, read_manifest
from handler.registry.manifest import Manifest
from training.cli.command import Judgement
from training.cli.options.shared import (
    Moment,
    alias,
    as_json,
    log_group,
    model_uri,
    print_json,
    require_one_source,
    stack,
    windows,
)
from training.console import count_progress, person, show_table
from training.observed.compared import Found
from training.observed.gathered import Gathered, Period, gather_files, gather_groups
from training.observed.log import logs_client, the_log_group
from training.observed.words import counted, notes
from training.release.promote import require_published
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore

HOURS = 24.0
HEAD = ("What", "Verdict", "PSI", "Limit", "Distance", "p", "Outside", "Null", "Unknown")

NOTHING = (
    "There is no window in it. A function writes them as it is asked, unless ObserveSeconds (OBSERVE_SECONDS) is 0; "
    "`serve` writes them where OBSERVE_SECONDS is set. Or the windows are in another log group, or of another time."
)


@click.command("drift", cls=Judgement, example="drift --windows windows.log --page drift.html")
@click.option("--version", metavar="VERSION", help="Compare this version.  [default: the one that the alias names]")
@alias
@windows
@log_group
@stack
@click.option(
    "--hours",
    type=click.FloatRange(0, min_open=True),
    metavar="NUMBER",
    help="Read the last so many hours.  [default: 24 of a log group, all of files]",
)
@click.option(
    "--since", type=Moment(), metavar="TIME", help="Read from this moment on, such as 2026-01-31T23:00 (UTC)."
)
@click.option("--until", type=Moment(), metavar="TIME", help="Read up to this moment.  [default: now]")
@click.option("--page", type=click.Path(path_type=Path), metavar="FILE", help="Write a page with plots into this file.")
@model_uri
@as_json
def drift(
    version: str | None,
    alias: str,
    windows: tuple[str, ...],
    log_group: str | None,
    stack: str | None,
    hours: float | None,
    since: datetime | None,
    until: datetime | None,
    page: Path | None,
    model_uri: str,
    as_json: bool,
) -> None:
    """Say whether clients send other values than the model was fitted to.

    It reads the windows that the function wrote into its log. Ends with 1 where values drifted, and with 0 where they
    did not, or where there is too little data or none. Where it fails, it ends with 2.
    """
    require_one_source(windows, log_group, stack)
    period = _period(hours, since, until)
    store = open_writable_store(model_uri)
    manifest = _manifest(store, alias, version)
    gathered = Gathered({manifest.version: digest_of(manifest)}, period)
    if windows:
        gather_files(windows, gathered)
    else:
        _gather_log(the_log_group(store, alias, stack, log_group), period, gathered)
    gathered.require_counted()
    found = Found.of(manifest, gathered)
    if page is not None:
        page.write_text(drift_page(found.report, found.over_time), encoding="utf-8")
    if as_json:
        print_json(found.document())
    else:
        _show(found)
    if found.report.verdict == "drift":
        click.get_current_context().exit(1)


def _period(hours: float | None, since: datetime | None, until: datetime | None) -> Period:
    """The time that the options name, open where they name none; raises click.UsageError where they contradict."""
    if hours is not None and since is not None:
        raise click.UsageError("--hours and --since both say when the time begins: give one of them.")
    if hours is not None:
        try:
            since = (until or datetime.now(UTC)) - timedelta(hours=hours)
        except OverflowError:
            raise click.UsageError("--hours is more than there are: give fewer.") from None
    if since is not None and since >= (until or datetime.now(UTC)):
        raise click.UsageError("--since must be before --until, and before now.")
    return Period(since, until)


def _manifest(store: WritableStore, alias: str, version: str | None) -> Manifest:
    if version is not None:
        require_published(store, version)
        return checked_manifest(manifest_bytes(store, version), version)
    served = read_alias(store, alias)
    return read_manifest(store, served.version, served.manifest_sha256)


def _gather_log(group: str, period: Period, gathered: Gathered) -> None:
    ended = period.ended or datetime.now(UTC)
    began = period.began or ended - timedelta(hours=HOURS)
    with count_progress(f"Reading {group}", None) as advance:
        gather_groups(logs_client(), [group], began, ended, gathered, lambda *_: advance(1))


def _show(found: Found) -> None:
    report, collected = found.report, found.gathered.collected
    person().print(verdict_in_words(report), style="red" if report.verdict == "drift" else "bold")
    if report.drifted:
        person().print(f"What drifted: {', '.join(report.drifted)}.")
    person().print(TO_DO[report.verdict])
    if report.rows:
        title = f"From {report.began} to {report.ended}, in {counted(report.windows, 'window')}"
        show_table(title, HEAD, map(_row, report.comparisons))
    for note in [*notes(collected, report.version), *_of_comparisons(report)]:
        person().print(note)
    if not collected.windows:
        person().print(NOTHING)


def _row(of: Comparison) -> tuple[str, ...]:
    limit = None if of.bound is None or of.floor is None else max(of.bound, of.floor)
    shares = (of.outside, of.null, of.unknown)
    return (
        title_of(of),
        VERDICTS[of.verdict],
        *("-" if number is None else f"{number:.3f}" for number in (of.psi, limit, of.distance)),
        "-" if of.p_value is None else f"{of.p_value:.2g}",
        *(f"{share:.1%}" for share in shares),
    )


def _of_comparisons(report: DriftReport) -> Iterator[str]:
    if report.rows and any(each.approximate for each in report.comparisons):
        yield (
            "The version's manifest has quantiles and no counts, so what training saw is known approximately, and less "
            "drift is found. Train or package the model again for an exact comparison."
        )
