"""The plots of a drift report, as SVG that follows the colours of the page around it.

Nothing is told by colour alone: what was then is an outline, what is now is filled, and each bar has its figures.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from handler.monitoring.drift.report import Comparison, DriftReport
from handler.monitoring.drift.words import bins_in_words, title_of

MOST_BARS = 16
WIDTH, LABELS, FIGURES = 640, 190, 130
"""In the units of the drawing, of which a letter has about 7: of all, of the labels, of the figures behind the bars."""

STEP, BAR = 30, 10
HIGH, LEFT, TOP, BOTTOM = 150, 60, 12, 24
LONGEST = 26
"""Letters of a label; more are left out."""


@dataclass(frozen=True)
class Bar:
    """The shares of one bin, or of several in one."""

    label: str
    then: float
    now: float


def bars_of(comparison: Comparison) -> list[Bar]:
    """A bar for each bin that has rows; of many names those whose shares differ most, and one for the others."""
    rows_then, rows_now = sum(comparison.then) or 1, sum(comparison.now) or 1
    labelled = zip(
        bins_in_words(comparison), comparison.then or [0.0] * len(comparison.now), comparison.now, strict=True
    )
    bars = [Bar(label, then / rows_then, now / rows_now) for label, then, now in labelled if then or now]
    if len(bars) <= MOST_BARS or comparison.cuts:
        return bars
    kept = set(sorted(range(len(bars)), key=lambda at: -abs(bars[at].now - bars[at].then))[: MOST_BARS - 1])
    others = [bar for at, bar in enumerate(bars) if at not in kept]
    rest = Bar(f"{len(others)} others", sum(bar.then for bar in others), sum(bar.now for bar in others))
    return [*(bar for at, bar in enumerate(bars) if at in kept), rest]


def then_and_now(comparison: Comparison, number: int) -> str:
    """The share of each bin then and now. `number` tells the drawing from the others of its page."""
    bars = bars_of(comparison)
    largest = max((max(bar.then, bar.now) for bar in bars), default=0) or 1
    scale = (WIDTH - LABELS - FIGURES) / largest
    parts = []
    for at, bar in enumerate(bars):
        top = at * STEP + 4
        then, now = bar.then * scale, bar.now * scale
        parts.append(
            f'<text x="{LABELS - 8}" y="{top + 15}" text-anchor="end">{_short(bar.label)}</text>'
            f'<rect class="then" x="{LABELS}" y="{top}" width="{then:.1f}" height="{BAR}"/>'
            f'<rect class="now" x="{LABELS}" y="{top + BAR + 1}" width="{now:.1f}" height="{BAR}"/>'
            f'<text x="{LABELS + max(then, now) + 6:.1f}" y="{top + 15}">{bar.then:.1%} → {bar.now:.1%}</text>'
        )
    told = "; ".join(f"{bar.label}: {bar.then:.1%} then, {bar.now:.1%} now" for bar in bars)
    return _drawing(number, f"{title_of(comparison)}, then and now", told, len(bars) * STEP + 4, parts)


def index_over_time(of: Comparison, over_time: Sequence[tuple[str, DriftReport]], number: int) -> str:
    """The index of what `of` compares in each of the periods, with the limit above which it is drift."""
    found = [_same(of, report) for _, report in over_time]
    indexes = [None if each is None else each.psi for each in found]
    limits = [None if each is None or each.psi is None else max(each.floor or 0, each.bound or 0) for each in found]
    most = max((value for value in (*indexes, *limits) if value is not None and value < inf), default=0) or 1
    known = [(at, value) for at, value in enumerate(indexes) if value is not None]
    parts = [
        _axes([label for label, _ in over_time], f"{most:.2g}"),
        _line("limit", limits, most),
        _line("now", indexes, most),
    ]
    for at, value in known:
        each = found[at]
        mark = "mark drifted" if each is not None and each.verdict == "drift" else "mark"
        parts.append(f'<circle class="{mark}" cx="{_across(at, len(found)):.1f}" cy="{_up(value, most):.1f}" r="4"/>')
    told = "; ".join(f"{over_time[at][0]}: {value:.3f}" for at, value in known) or "nothing was compared"
    return _drawing(number, f"PSI of {title_of(of)} over time", told, HIGH, parts)


def rows_over_time(over_time: Sequence[tuple[str, DriftReport]], number: int) -> str:
    """How many rows each of the periods has."""
    rows = [report.rows for _, report in over_time]
    most = max(rows, default=0) or 1
    width = max((WIDTH - LEFT) / max(len(rows), 1) - 2, 1)
    parts = [_axes([label for label, _ in over_time], f"{most:,}")]
    for at, count in enumerate(rows):
        left, top = _across(at, len(rows)) - width / 2, _up(count, most)
        parts.append(
            f'<rect class="now" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{HIGH - BOTTOM - top:.1f}"/>'
        )
    told = "; ".join(f"{label}: {report.rows:,}" for label, report in over_time)
    return _drawing(number, "Rows over time", told, HIGH, parts)


def _same(of: Comparison, report: DriftReport) -> Comparison | None:
    return next((each for each in report.comparisons if (each.of, each.name) == (of.of, of.name)), None)


def _drawing(number: int, title: str, told: str, height: int, parts: Sequence[str]) -> str:
    begin = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title-{number} told-{number}">'
    name = f'<title id="title-{number}">{html.escape(title)}</title>'
    return f'{begin}{name}<desc id="told-{number}">{html.escape(told)}</desc>{"".join(parts)}</svg>'


def _axes(labels: Sequence[str], most: str) -> str:
    """The line at 0, the largest value, and the first and the last period."""
    low = HIGH - BOTTOM
    texts = [
        f'<path class="axis" d="M{LEFT} {low}H{WIDTH}"/>',
        f'<text x="{LEFT - 6}" y="{TOP + 4}" text-anchor="end">{most}</text>',
        f'<text x="{LEFT - 6}" y="{low}" text-anchor="end">0</text>',
    ]
    if labels:
        texts.append(f'<text x="{LEFT}" y="{HIGH - 6}">{_short(labels[0])}</text>')
    if len(labels) > 1:
        texts.append(f'<text x="{WIDTH}" y="{HIGH - 6}" text-anchor="end">{_short(labels[-1])}</text>')
    return "".join(texts)


def _line(kind: str, values: Sequence[float | None], most: float) -> str:
    """A line through `values`, broken where there is none."""
    steps, pen = [], "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        steps.append(f"{pen}{_across(at, len(values)):.1f} {_up(min(value, most), most):.1f}")
        pen = "L"
    return f'<path class="line {kind}" d="{"".join(steps)}"/>' if steps else ""


def _across(at: int, of: int) -> float:
    return LEFT + (at + 0.5) * (WIDTH - LEFT) / of


def _up(value: float, most: float) -> float:
    return HIGH - BOTTOM - value / most * (HIGH - BOTTOM - TOP)


def _short(text: str) -> str:
    return html.escape(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")
