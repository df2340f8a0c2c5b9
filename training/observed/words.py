"""What was found of drift, in words for a person."""

from collections.abc import Mapping

from handler.monitoring.drift.report import DriftReport, Verdict
from handler.monitoring.reading.collected import Collected

MOST_NAMED = 5
"""A sentence names so many features of a longer list."""

VERDICTS: Mapping[Verdict, str] = {
    "drift": "drift",
    "none": "none",
    "too_little_data": "too little data",
    "no_traffic": "no traffic",
    "not_known": "not known",
}


def sentence(report: DriftReport) -> str:
    """The verdict in a sentence."""
    asked = f"{counted(report.rows, 'row')} of {report.model} {report.version}"
    if report.verdict == "drift":
        names = report.drifted
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        return f"Drift in {', '.join(names[:MOST_NAMED])}{more}: by {asked}."
    if report.verdict == "none":
        return f"No drift: {asked} are as in training."
    if report.verdict == "too_little_data":
        return f"Too little data: {asked} do not suffice to tell a drift from chance. Look at more hours."
    if report.verdict == "no_traffic":
        return f"No traffic: {report.model} {report.version} answered no row in this time."
    return f"Not known: the manifest has too little that {asked} could be compared with."


def notes(collected: Collected, version: str) -> list[str]:
    """What else there was beside the windows of `version`, and what was not counted."""
    others = [
        f"There are also {counted(window.rows, 'row')} of {'no version' if name == 'none' else f'version {name}'}."
        for name, window in sorted(collected.windows.items())
        if name != version and window.rows
    ]
    refused = [
        f"{counted(count, 'window')} {'was' if count == 1 else 'were'} not counted. {collected.reasons[kind]}"
        for kind, count in collected.refused.items()
    ]
    twice = [f"{counted(collected.duplicates, 'line')} came twice and counted once."] if collected.duplicates else []
    cut = [f"{counted(collected.incomplete, 'window')} came without all parts."] if collected.incomplete else []
    return [*others, *refused, *twice, *cut]


def counted(number: int, what: str) -> str:
    """`number` of `what`, which takes an s."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
