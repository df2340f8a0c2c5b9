"""The report of one version, for people: one HTML file that needs nothing else, and that prints well."""

import html
import re
from collections.abc import Iterable, Sequence

from handler.monitoring.html_document import html_document
from handler.records.signature import Feature
from handler.registry.manifest import Manifest
from training.fit.trained_model import TrainedModel
from training.release.gate.check import Comparison
from training.report.drawing import Picture
from training.report.figures import pictures
from training.report.resampling import confidence_intervals, importances
from training.report.words import kind_in_words, what_it_does

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --quiet: #57606a; --short: #b42318; --line: #d8dee4; --back: #fff }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --quiet: #aab2bd; --short: #ff9d8f; --line: #3a424d; --back: #171a20 }
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: var(--text); background: var(--back) }
main { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem }
p { margin: .3rem 0 .6rem; overflow-wrap: anywhere }
.note { color: var(--quiet); font-size: .92rem } .short { color: var(--short); font-weight: 600 }
.table, figure { overflow-x: auto } figure { margin: 0 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .95rem }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600 } .facts td + td { overflow-wrap: anywhere }
svg { max-width: 100%; height: auto; display: block }
@media screen and (max-width: 40rem) { .wide svg { max-width: none } }
@media screen and (prefers-color-scheme: dark) { figure { background: #fff; border-radius: .4rem; padding: .4rem } }
@media print {
  @page { margin: 1.6cm } main { margin: 0; padding: 0; max-width: none } body { font-size: 10.5pt }
  h2 { break-after: avoid } section.picture, tr { break-inside: avoid } thead { display: table-header-group }
}
"""
"""Follows the system's colours; the plots keep their light background. What is wide scrolls inside itself."""

WIDE = 1.5
"""The width, in heights, from which a picture would be too small to read on a phone, and is scrolled there instead."""


def render_report(model: TrainedModel, manifest: Manifest, comparison: Comparison | None = None) -> str:
    """The report of `manifest`, measured on the rows that `model` holds out, as a complete HTML document."""
    sections = [
        _summary(manifest, comparison),
        _metrics(manifest, confidence_intervals(model), "Measured on the rows held out"),
        *([_comparison(comparison)] if comparison is not None and comparison.checks else []),
        *map(_picture, pictures(model, importances(model))),
        _features(manifest.features, "Features, as seen in training"),
        _made_from(manifest, model.command),
    ]
    return _page(manifest, sections)


def render_measured_report(model: TrainedModel, manifest: Manifest, given: int, seconds: float) -> str:
    """The report of a model that was fitted elsewhere, measured on the rows of `model`, out of `given` ones.

    The features' importances are left out where they would take longer than `seconds`.
    """
    sections = [
        _summary_of_brought(manifest, given),
        _metrics(manifest, confidence_intervals(model), "Measured on the rows given with --table"),
        *map(_picture, pictures(model, importances(model, seconds))),
        _features(manifest.features, "Features, as seen in the table"),
        _made_from(manifest, model.command),
    ]
    return _page(manifest, sections)


def render_brought_report(manifest: Manifest) -> str:
    """The report of a model that was fitted elsewhere: what is known of it."""
    note = "This model was fitted elsewhere and packaged: neither its data nor its metrics are known here."
    sections = [
        f"<p>{html.escape(note)}</p>",
        _features(manifest.features, "Features"),
        _made_from(manifest, None),
    ]
    return _page(manifest, sections)


def _page(manifest: Manifest, sections: Sequence[str]) -> str:
    return html_document(f"{manifest.name} {manifest.version}", STYLE, "\n".join(sections))


def _summary(manifest: Manifest, comparison: Comparison | None) -> str:
    training = manifest.training
    fitted = training.rows - int(manifest.metrics.get("rows_tested", 0))
    text = (
        f"{what_it_does(manifest)} It was fitted to {fitted:,} rows of {training.dataset} and measured on "
        f"{training.rows - fitted:,} others."
    )
    verdict = ""
    if comparison is not None and comparison.served is not None:
        verdict = (
            f"<p>It passes the gate against {comparison.served}, the version that serves.</p>"
            if comparison.passed
            else f'<p class="short">It falls short of {comparison.served}, the version that serves.</p>'
        )
    return f"<p>{html.escape(text)}</p>\n{verdict}"


def _summary_of_brought(manifest: Manifest, given: int) -> str:
    tested = int(manifest.metrics["rows_tested"])
    text = (
        f"{what_it_does(manifest)} It was fitted elsewhere, and measured on {tested:,} of the {given:,} rows of "
        f"{manifest.training.dataset}, which were given with --table. Whether it was fitted to these very rows is not "
        "known here: if it was, it will do worse on new ones than this page says."
    )
    return f"<p>{html.escape(text)}</p>"


def _metrics(manifest: Manifest, intervals: dict[str, tuple[float, float]], title: str) -> str:
    rows = [
        (
            name.replace("_", " "),
            f"{value:.4g}",
            f"{intervals[name][0]:.4g} to {intervals[name][1]:.4g}" if name in intervals else "",
        )
        for name, value in manifest.metrics.items()
    ]
    note = "The interval holds 95 % of what resamples of the same rows give (bootstrap); it is wide where rows are few."
    return section(title, table(("Metric", "Value", "95 % interval"), rows), note)


def _comparison(comparison: Comparison) -> str:
    rows = [
        (check.name, check.new, check.served, check.allowed, "passed" if check.passed else "fell short")
        for check in comparison.checks
    ]
    against = comparison.served or "nothing yet"
    note = f"Serving now: {against}. Both answered the same {comparison.rows:,} rows held out."
    return section("Against the version that serves", table(("What", "New", "Serves", "Allowed", ""), rows), note)


def _picture(picture: Picture) -> str:
    caption = html.escape(picture.caption)
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.svg)[0])
    kind = "wide" if width > WIDE * height else "narrow"
    figure = f'<figure class="{kind}" role="img" aria-label="{caption}" tabindex="0">{picture.svg}</figure>'
    note = html.escape(picture.note)
    return f'<section class="picture">\n<h2>{caption}</h2>\n<p class="note">{note}</p>\n{figure}\n</section>'


def _features(features: Sequence[Feature], title: str) -> str:
    rows = [
        [
            feature.name,
            kind_in_words(feature),
            *(_number(value) for value in (feature.minimum, feature.mean, feature.maximum, feature.std)),
            ", ".join(map(str, feature.categories[:12])) + (", …" if len(feature.categories) > 12 else ""),
        ]
        for feature in features
    ]
    head = ["Name", "Kind", "Minimum", "Mean", "Maximum", "Standard deviation", "Categories"]
    if not any(feature.categories for feature in features):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return section(title, table(head, rows))


def _made_from(manifest: Manifest, command: str | None) -> str:
    training = manifest.training
    facts = {
        "Data": f"{training.dataset}, {training.rows:,} rows (SHA-256 {training.dataset_sha256[:12]}…)",
        "Estimator": training.estimator,
        "Parameters": ", ".join(f"{name}={value!r}" for name, value in training.parameters.items()),
        "Seed": str(training.seed),
        "Commit": training.git_commit or "not known",
        "Made at": manifest.created_at,
        "Command": command or "not known",
        "Libraries": ", ".join(f"{name} {version}" for name, version in manifest.runtime.items()),
        "Artifact": f"{manifest.artifact.file}, {manifest.artifact.bytes:,} bytes, SHA-256 {manifest.artifact.sha256}",
    }
    if not training.dataset_sha256:
        facts["Data"] = training.dataset
    return section("Made from", table(("What", "Which"), facts.items(), "facts"))


def section(title: str, body: str, note: str = "") -> str:
    """A part of the page under a heading, `body` being HTML and `note` plain text."""
    explained = f'<p class="note">{html.escape(note)}</p>\n' if note else ""
    return f"<h2>{html.escape(title)}</h2>\n{explained}{body}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "figures") -> str:
    """A table of plain texts as HTML."""
    heads = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    # Focusable, so that one that is wider than the screen can be scrolled by keys.
    begin = f'<div class="table" tabindex="0">\n<table class="{kind}">'
    return f"{begin}\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>\n</div>"
