"""The report of one version, for people: one HTML file that needs nothing else, and that prints well."""

import html
from collections.abc import Iterable, Sequence

from handler.records.signature import Feature
from handler.registry.manifest import Manifest
from training.fit.trained_model import TrainedModel
from training.release.gate.comparison import Comparison
from training.report.figures import Picture, pictures
from training.report.resampling import confidence_intervals, importances

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
h1 { font-size: 1.6rem; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem }
p { margin: .3rem 0 .6rem } .note { color: #57606a; font-size: .92rem } .short { color: #b42318; font-weight: 600 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .95rem }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #d8dee4; vertical-align: top }
th { font-weight: 600 } td + td { overflow-wrap: anywhere }
figure { margin: 0 } svg { max-width: 100%; height: auto; display: block }
@media print {
  @page { margin: 1.6cm } body { margin: 0; padding: 0; max-width: none; font-size: 10.5pt }
  h2 { break-after: avoid } section.picture, tr { break-inside: avoid } thead { display: table-header-group }
}
"""


def render_report(model: TrainedModel, manifest: Manifest, comparison: Comparison | None = None) -> str:
    """The report of `manifest`, measured on the rows that `model` holds out, as a complete HTML document."""
    ranked = importances(model)
    drawn = [_picture(picture) for picture in pictures(model, ranked)]
    sections = [
        _summary(manifest, comparison),
        _metrics(manifest, confidence_intervals(model)),
        *([_comparison(comparison)] if comparison is not None and comparison.checks else []),
        *drawn,
        _features(manifest.features),
        _made_from(manifest, model.command),
    ]
    return _page(manifest, sections)


def render_brought_report(manifest: Manifest) -> str:
    """The report of a model that was fitted elsewhere: what is known of it."""
    note = "This model was fitted elsewhere and packaged: neither its data nor its metrics are known here."
    sections = [
        f"<p>{html.escape(note)}</p>",
        _features(manifest.features),
        _made_from(manifest, None),
    ]
    return _page(manifest, sections)


def _page(manifest: Manifest, sections: Sequence[str]) -> str:
    title = html.escape(f"{manifest.name} {manifest.version}")
    body = "\n".join(sections)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def _summary(manifest: Manifest, comparison: Comparison | None) -> str:
    training = manifest.training
    what = (
        f"predicts {manifest.target.name} as one of {len(manifest.target.classes)} classes"
        if manifest.task == "classification"
        else f"predicts the number {manifest.target.name}"
    )
    fitted = training.rows - int(manifest.metrics.get("rows_tested", 0))
    text = (
        f"A {training.estimator.rpartition('.')[2]} that {what} from {len(manifest.features)} features. It was fitted "
        f"to {fitted:,} rows of {training.dataset} and measured on {training.rows - fitted:,} others."
    )
    verdict = ""
    if comparison is not None and comparison.served is not None:
        verdict = (
            f"<p>It passes the gate against {comparison.served}, the version that serves.</p>"
            if comparison.passed
            else f'<p class="short">It falls short of {comparison.served}, the version that serves.</p>'
        )
    return f"<p>{html.escape(text)}</p>\n{verdict}"


def _metrics(manifest: Manifest, intervals: dict[str, tuple[float, float]]) -> str:
    rows = [
        (
            name.replace("_", " "),
            f"{value:.4g}",
            f"{intervals[name][0]:.4g} to {intervals[name][1]:.4g}" if name in intervals else "",
        )
        for name, value in manifest.metrics.items()
    ]
    note = "The interval holds 95 % of what resamples of the same rows give (bootstrap); it is wide where rows are few."
    return _section("Measured on the rows held out", _table(("Metric", "Value", "95 % interval"), rows), note)


def _comparison(comparison: Comparison) -> str:
    rows = [
        (check.name, check.new, check.served, check.allowed, "passed" if check.passed else "fell short")
        for check in comparison.checks
    ]
    against = comparison.served or "nothing yet"
    note = f"Serving now: {against}. Both answered the same {comparison.rows:,} rows held out."
    return _section("Against the version that serves", _table(("What", "New", "Serves", "Allowed", ""), rows), note)


def _picture(picture: Picture) -> str:
    caption = html.escape(picture.caption)
    figure = f'<figure role="img" aria-label="{caption}">{picture.svg}</figure>'
    note = html.escape(picture.note)
    return f'<section class="picture">\n<h2>{caption}</h2>\n<p class="note">{note}</p>\n{figure}\n</section>'


def _features(features: Sequence[Feature]) -> str:
    rows = [
        [
            feature.name,
            _kind(feature) + (", may be null" if feature.nullable else ""),
            *(_number(value) for value in (feature.minimum, feature.mean, feature.maximum, feature.std)),
            ", ".join(map(str, feature.categories[:12])) + (", …" if len(feature.categories) > 12 else ""),
        ]
        for feature in features
    ]
    head = ["Name", "Kind", "Minimum", "Mean", "Maximum", "Standard deviation", "Categories"]
    if not any(feature.categories for feature in features):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return _section("Features, as seen in training", _table(head, rows))


def _kind(feature: Feature) -> str:
    if feature.is_coded:
        return "category of whole numbers"
    limit = f", up to {feature.max_length:,} characters" if feature.max_length is not None else ""
    return feature.kind + limit


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
    return _section("Made from", _table(("What", "Which"), facts.items()))


def _section(title: str, body: str, note: str = "") -> str:
    explained = f'<p class="note">{html.escape(note)}</p>\n' if note else ""
    return f"<h2>{html.escape(title)}</h2>\n{explained}{body}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>"
