"""What a report says in words: its verdict, what to do about it, and which values each bin has."""

from collections.abc import Sequence
from math import inf, nextafter

from handler.monitoring.drift.report import Comparison, DriftReport, Verdict
from handler.records.bins import ANY, CONFIDENCE, NULL, UNKNOWN

VERDICTS: dict[Verdict, str] = {
    "drift": "drift",
    "none": "no drift",
    "too_little_data": "too little data",
    "no_traffic": "no traffic",
    "not_known": "not known",
}

TO_DO: dict[Verdict, str] = {
    "drift": "Look below at what changed, and ask whoever sends it. Mend a fault there, such as another unit or a "
    "broken source. If the change is real and stays, train on fresh data, and promote the new version.",
    "none": "There is nothing to do.",
    "too_little_data": "Wait for more rows, or take a longer period.",
    "no_traffic": "If clients should be sending rows, look for why none arrive.",
    "not_known": "Train or package the model again and publish it: its manifest has no counts to compare with.",
}


def verdict_in_words(report: DriftReport) -> str:
    """One sentence: what was found, and in what."""
    rows = f"{report.rows:,} {'row' if report.rows == 1 else 'rows'}"
    compared = sum(1 for each in report.comparisons if each.psi is not None)
    if report.verdict == "drift":
        return f"Drift: {len(report.drifted)} of {compared} comparisons differ by more than chance, over {rows}."
    if report.verdict == "none":
        return f"No drift: none of {compared} comparisons differs by more than chance or more than little, over {rows}."
    if report.verdict == "too_little_data":
        return f"Too little data: {rows} cannot show whether the values drifted."
    if report.verdict == "no_traffic":
        return "No traffic: no row was answered."
    return f"Not known: there is nothing to compare {rows} with."


def title_of(comparison: Comparison) -> str:
    """What was compared, as `DriftReport.drifted` names it."""
    return comparison.name if comparison.of == "feature" else f"{comparison.of}: {comparison.name}"


def bins_in_words(comparison: Comparison) -> list[str]:
    """Which values each of the comparison's bins has, in the order of its counts."""
    special = {NULL: "null", UNKNOWN: "other values", ANY: "any value"}
    intervals = _intervals(comparison.labels, comparison.cuts)
    return [
        special.get(label) or (label[1:] if label.startswith("=") else intervals[place])
        for place, label in enumerate(comparison.labels)
    ]


def number_in_words(value: float) -> str:
    """Four digits of a number, and no exponent where it is short without one."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _intervals(labels: Sequence[str], cuts: Sequence[float]) -> dict[int, str]:
    if not cuts:
        return {}
    if tuple(labels) == CONFIDENCE.labels:
        return {at: f"{at / 10:.1f} to {(at + 1) / 10:.1f}" for at in range(len(labels))}
    # The last cut is just above the largest value, as the one after a value that has a bin of its own is above that.
    edges = [*cuts[:-1], nextafter(cuts[-1], -inf)]
    texts = {0: f"below {number_in_words(edges[0])}", len(cuts): f"above {number_in_words(edges[-1])}"}
    for at in range(1, len(cuts)):
        if _is_one_value(cuts[at - 1], cuts[at]):
            texts[at] = f"= {number_in_words(cuts[at - 1])}"
        elif at > 1 and _is_one_value(cuts[at - 2], cuts[at - 1]):
            texts[at] = f"over {number_in_words(cuts[at - 2])} to {number_in_words(edges[at])}"
        else:
            texts[at] = f"{number_in_words(edges[at - 1])} to {number_in_words(edges[at])}"
    return texts


def _is_one_value(low: float, high: float) -> bool:
    return high == nextafter(low, inf)
