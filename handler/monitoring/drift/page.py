"""The page of a drift report, for people: one HTML file that needs nothing else, without a script.

It has counts, and the edges of bins that the manifest has. No value that a client sent is in it.
"""

import html
from collections.abc import Iterable, Sequence

from handler.monitoring.drift.plots import index_over_time, rows_over_time, then_and_now
from handler.monitoring.drift.report import Comparison, DriftReport
from handler.monitoring.drift.words import TO_DO, VERDICTS, number_in_words, title_of, verdict_in_words
from handler.monitoring.html_document import html_document

MOST_DRAWN = 30
"""More drawings would make the page slow to open; the table has all comparisons."""

MOST_OVER_TIME = 5
MOST_PERIODS = 400

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --quiet: #57606a; --bad: #b42318; --line: #d8dee4; --back: #fff;
  --now: #0969da }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --quiet: #aab2bd; --bad: #ff9d8f; --line: #3a424d; --back: #171a20; --now: #6cb2ff }
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: var(--text); background: var(--back) }
main { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem }
h3 { font-size: 1rem; margin: 1.4rem 0 .2rem; overflow-wrap: anywhere }
p { margin: .3rem 0 .6rem; overflow-wrap: anywhere }
.note { color: var(--quiet); font-size: .92rem } .drift { color: var(--bad); font-weight: 600 }
.table, figure { overflow-x: auto } figure { margin: 0 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .95rem }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600 } th[scope="row"] { min-width: 8rem }
svg { width: 640px; max-width: 100%; height: auto; display: block }
svg text { font: 13px system-ui, sans-serif; fill: var(--text) }
.then { fill: none; stroke: var(--quiet); stroke-width: 1.5 } rect.now { fill: var(--now) }
.axis { stroke: var(--line) } .line { fill: none; stroke-width: 2 } .line.now { stroke: var(--now) }
.line.limit { stroke: var(--quiet); stroke-dasharray: 5 4 }
.mark { fill: var(--back); stroke: var(--now); stroke-width: 2 } .mark.drifted { fill: var(--bad); stroke: var(--bad) }
@media screen and (max-width: 40rem) { svg { max-width: none } }
@media print {
  @page { margin: 1.6cm } main { margin: 0; padding: 0; max-width: none } body { font-size: 10.5pt }
  h2, h3 { break-after: avoid } figure, tr { break-inside: avoid } thead { display: table-header-group }
}
"""


def drift_page(report: DriftReport, over_time: Sequence[tuple[str, DriftReport]] = ()) -> str:
    """The page of `report` as a complete HTML document.

    `over_time` are reports on parts of the time, the oldest first, each with what it is called, such as an hour.
    """
    ranked = sorted(report.comparisons, key=lambda each: -1.0 if each.psi is None else each.psi, reverse=True)
    compared = [each for each in ranked if each.psi is not None]
    body = "\n".join([_summary(report), _table(ranked), _drawings(compared), _over_time(compared, over_time)])
    return html_document(f"Drift of {report.model} {report.version}", STYLE, body)


def _summary(report: DriftReport) -> str:
    kind = ' class="drift"' if report.verdict == "drift" else ""
    lines = [f"<p{kind}>{html.escape(verdict_in_words(report))}</p>"]
    if report.drifted:
        lines.append(f"<p>What drifted: {html.escape(', '.join(report.drifted))}.</p>")
    lines.append(f"<p>{html.escape(TO_DO[report.verdict])}</p>")
    period = "" if report.began is None else f" Counted from {report.began} to {report.ended}."
    fitted = "not known" if report.fitted_rows is None else f"{report.fitted_rows:,}"
    about = (
        f"{report.requests:,} requests and {report.rows:,} rows in {report.windows:,} windows.{period} Rows that the "
        f"model was fitted to: {fitted}. Chance of an alarm without a drift: {report.alpha:.3g}."
    )
    lines.append(f'<p class="note">{html.escape(about)}</p>')
    return "\n".join(lines)


def _table(ranked: Sequence[Comparison]) -> str:
    head = ("What", "Verdict", "PSI", "Limit", "Distance", "p-value", "Bins", "Out of range", "Null", "Unknown")
    rows = []
    for each in ranked:
        cells = [
            title_of(each),
            VERDICTS[each.verdict] + (", from quantiles" if each.approximate else ""),
            _figure(each.psi),
            _figure(_limit(each)),
            _figure(each.distance),
            "" if each.p_value is None else f"{each.p_value:.2g}",
            str(each.compared_bins or ""),
            f"{each.outside:.1%}",
            f"{each.null:.1%}",
            f"{each.unknown:.1%}",
        ]
        rows.append((cells, each.verdict == "drift"))
    note = (
        "PSI is the population stability index. It is drift above the limit, which is the larger of what chance gives "
        "and of the floor for such values. The distance is that of Jensen and Shannon, from 0 to 1; the p-value is of "
        "a chi-squared test. The shares are of the rows now."
    )
    return _section("Comparisons", _table_of(head, rows, "Comparisons"), note)


def _over_time(compared: Sequence[Comparison], over_time: Sequence[tuple[str, DriftReport]]) -> str:
    if not over_time:
        return ""
    periods = over_time[-MOST_PERIODS:]
    worst = compared[:MOST_OVER_TIME]
    parts = [_figure_of(title_of(each), index_over_time(each, periods, at)) for at, each in enumerate(worst)]
    parts.append(_figure_of("Rows", rows_over_time(periods, len(worst))))
    head = ("Period", "Verdict", "Rows", "Worst PSI", "What drifted")
    rows = [
        (
            [label, VERDICTS[each.verdict], f"{each.rows:,}", _figure(each.worst_psi), ", ".join(each.drifted)],
            each.verdict == "drift",
        )
        for label, each in periods
    ]
    note = (
        "The line is the PSI of each period, the dashed line its limit, and a filled point is drift. A period with few "
        "rows has a high limit."
    )
    return _section("Over time", "\n".join([*parts, _table_of(head, rows, "Over time")]), note)


def _drawings(compared: Sequence[Comparison]) -> str:
    drawn = compared[:MOST_DRAWN]
    # The numbers of the drawings go on after those over time, of which there are no more than these.
    parts = [_figure_of(title_of(each), then_and_now(each, MOST_OVER_TIME + 1 + at)) for at, each in enumerate(drawn)]
    left_out = len(compared) - len(drawn)
    note = (
        "An outline is the share among the rows of training, a filled bar the share now. The largest PSI comes first."
    )
    if left_out:
        note += f" The other {left_out:,} are in the table alone."
    return _section("Then and now", "\n".join(parts), note) if parts else ""


def _limit(comparison: Comparison) -> float | None:
    return None if comparison.floor is None or comparison.bound is None else max(comparison.floor, comparison.bound)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if value < 1000 else number_in_words(value)


def _figure_of(title: str, drawing: str) -> str:
    # Focusable, so that one that is wider than the screen can be scrolled by keys.
    region = f'role="group" aria-label="{html.escape(title)}" tabindex="0"'
    return f"<h3>{html.escape(title)}</h3>\n<figure {region}>{drawing}</figure>"


def _section(title: str, body: str, note: str) -> str:
    return f'<h2>{html.escape(title)}</h2>\n<p class="note">{html.escape(note)}</p>\n{body}'


def _table_of(head: Iterable[str], rows: Iterable[tuple[Sequence[str], bool]], title: str) -> str:
    """A table of plain texts; the second of each row says whether it is marked."""
    heads = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = []
    for (first, *others), marked in rows:
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in others)
        kind = ' class="drift"' if marked else ""
        lines.append(f'<tr{kind}><th scope="row">{html.escape(first)}</th>{cells}</tr>')
    body = "\n".join(lines)
    region = f'<div class="table" role="group" aria-label="{html.escape(title)}" tabindex="0">'
    return f"{region}\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>"
