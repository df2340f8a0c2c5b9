"""The state of a model on one screen of 80 columns, for a person."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from handler.monitoring.drift.words import VERDICTS
from handler.monitoring.window import LATENCY_MILLISECONDS
from training.console import shown
from training.observed.state import DriftSeen, Function, Serving, State, Traffic, moment
from training.observed.words import counted

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def screen(state: State) -> RenderableType:
    """All that `state` has; what others wrote is shown without control characters."""
    now = moment(state.at)
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style="bold", no_wrap=True)
    lines.add_column(overflow="fold")
    for name, said in _lines(state, now):
        lines.add_row(name, Text(shown(said)))
    head = Text(shown(f"{state.model} as {state.alias!r}, {now:%Y-%m-%d %H:%M:%S} UTC"), style="bold")
    return Group(head, Text(shown(state.uri), overflow="fold"), Text(), lines, Text(), *_findings(state))


def _lines(state: State, now: datetime) -> Iterator[tuple[str, str]]:
    if state.serving is None:
        yield "Serves", "nothing"
    else:
        yield from _serving(state.serving, now)
    yield from _traffic(state, now)
    for seen in state.drift:
        yield "Drift", _drift(seen, state.serving, now)
    for function in state.functions:
        yield "Function", _function(function, now)


def _serving(serving: Serving, now: datetime) -> Iterator[tuple[str, str]]:
    yield "Serves", serving.version
    since = moment(serving.since)
    yield "Since", f"{since:%Y-%m-%d %H:%M:%S} UTC ({age(now - since)} ago), by {serving.by}"
    yield "Why", serving.reason
    yield "Before", serving.before or "nothing"
    yield "Model", f"{serving.task}, {serving.estimator}"
    yield (
        "Metrics",
        ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in serving.metrics.items()) or "-",
    )
    made = ", ".join(f"{library} {version}" for library, version in serving.runtime.items())
    yield "Made under", f"{made}; commit {(serving.commit or 'not known')[:12]}"


def _traffic(state: State, now: datetime) -> Iterator[tuple[str, str]]:
    traffic = state.traffic
    if traffic is None:
        yield "Windows", "were not read" if state.read else "none are known: name files of log lines with --windows"
        return
    yield "Answers", _answering(traffic, state.serving)
    failed = sum(traffic.errors.values())
    codes = ", ".join(f"{count:,} {code}" for code, count in traffic.errors.items())
    yield "Requests", f"{traffic.requests:,} in the last hour, {counted(failed, 'error')}{': ' if codes else ''}{codes}"
    if traffic.requests:
        yield "Time", f"half {_edge(traffic.half_within_ms)}, 99 % {_edge(traffic.nearly_all_within_ms)}"
    if state.last_window is None:
        yield "Windows", f"none in {', '.join(state.read)}"
    else:
        last = moment(state.last_window)
        yield "Windows", f"the last at {last:%Y-%m-%d %H:%M:%S} ({age(now - last)} ago), in {', '.join(state.read)}"


def _answering(traffic: Traffic, serving: Serving | None) -> str:
    """Which versions answered rows, against what the alias says."""
    if not traffic.answering:
        return "no row in the last hour"
    named = serving.version if serving else None
    said = [
        f"{counted(rows, 'row')} by {'this version' if version == named else version}"
        for version, rows in traffic.answering.items()
    ]
    return ", ".join(said)


def _drift(seen: DriftSeen, serving: Serving | None, now: datetime) -> str:
    verdict = next((words for known, words in VERDICTS.items() if known == seen.verdict), seen.verdict)
    names = f" in {', '.join(seen.drifted)}" if seen.drifted else ""
    of = "" if serving is None or seen.version == serving.version else f" of {seen.version}"
    if seen.written_at is None:
        told = "computed now"
    else:
        told = f"by the monitor of {seen.stack}, {age(now - moment(seen.written_at))} ago"
    return f"{verdict}{names}{of}: {counted(seen.rows, 'row')}, {told}"


def _function(function: Function, now: datetime) -> str:
    engines = "; ".join(
        f"{form} by {', '.join(f'{name} {version}' for name, version in libraries.items())}"
        for form, libraries in function.engines.items()
    )
    since = age(now - moment(function.recorded_at))
    return (
        f"{function.stack}, deployed {since} ago from commit {(function.commit or 'not known')[:12]}; manifests up to "
        f"format {max(function.formats, default=0)}; {engines}"
    )


def _findings(state: State) -> Iterator[RenderableType]:
    if not state.findings:
        yield Text("Nothing is wrong.", style="bold green")
        return
    yield Text("What is wrong", style="bold red")
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for number, finding in enumerate(state.findings, 1):
        table.add_row(f"{number}.", Text(shown(finding.what)))
        table.add_row("", Text(f"$ {shown(finding.command)}", style="bold"))
        table.add_row("", Text(shown(finding.page), style="dim"))
    yield table


def age(past: timedelta) -> str:
    """How long ago something was, in its largest unit."""
    for unit, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if past >= 2 * unit:
            return f"{past // unit} {name}"
    return f"{max(int(past.total_seconds()), 0)} s"


def _edge(milliseconds: int | None) -> str:
    return f"> {LATENCY_MILLISECONDS[-1]:,} ms" if milliseconds is None else f"≤ {milliseconds:,} ms"
