"""The report of one version, for people: one HTML file that needs nothing else.

`training.folder` writes it beside the artifact. The picture is drawn by scikit-learn's own display and stands in the
page as SVG.
"""

import html
import io
from collections.abc import Iterable

import matplotlib
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay, PredictionErrorDisplay

from handler.manifest import Manifest
from training.model import TrainedModel

matplotlib.use("Agg")

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 } h1
{ font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2rem } table { border-collapse: collapse; width: 100%;
font-variant-numeric: tabular-nums } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid
#d8dee4; vertical-align: top } td + td { overflow-wrap: anywhere } figure { margin: 0 } svg { max-width: 100%; height:
auto } code { font-size: .9em } @media print { body { margin: 0 } h2 { break-after: avoid } figure, tr { break-inside:
avoid } }
"""


def render_report(model: TrainedModel, manifest: Manifest) -> str:
    """The report of `manifest`, measured on the rows that `model` holds out, as a complete HTML document."""
    title = f"{manifest.name} {manifest.version}"
    caption, figure = _figure(model, manifest)
    training = manifest.training
    made_from = {
        "Data": f"{training.dataset}, {training.rows} rows (SHA-256 {training.dataset_sha256[:12]}…)",
        "Estimator": training.estimator,
        "Parameters": ", ".join(f"{name}={value!r}" for name, value in training.parameters.items()),
        "Seed": str(training.seed),
        "Commit": training.git_commit or "not known",
        "Made at": manifest.created_at,
        "Libraries": ", ".join(f"{name} {version}" for name, version in manifest.runtime.items()),
        "Artifact": f"{manifest.artifact.file}, {manifest.artifact.bytes:,} bytes, SHA-256 {manifest.artifact.sha256}",
    }
    features = [
        (
            f.name,
            f.kind,
            *(f"{value:.4g}" if value is not None else "" for value in (f.minimum, f.mean, f.maximum, f.std)),
        )
        for f in manifest.features
    ]
    metrics = [(name.replace("_", " "), f"{value:.4g}") for name, value in manifest.metrics.items()]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{html.escape(title)}</h1>
<h2>Measured on the rows held out</h2>
{_table(("Metric", "Value"), metrics)}
<h2>{caption}</h2>
<figure role="img" aria-label="{caption}">{figure}</figure>
<h2>Features, as seen in training</h2>
{_table(("Name", "Kind", "Minimum", "Mean", "Maximum", "Standard deviation"), features)}
<h2>Made from</h2>
{_table(("What", "Which"), made_from.items())}
</body>
</html>
"""


def _figure(model: TrainedModel, manifest: Manifest) -> tuple[str, str]:
    """A caption, and what the model got right and wrong as SVG."""
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    if manifest.task == "regression":
        caption = "Actual against predicted values"
        PredictionErrorDisplay.from_estimator(
            model.estimator, model.x_test, model.y_test, kind="actual_vs_predicted", ax=axes
        )
    else:
        caption = "Confusion matrix"
        ConfusionMatrixDisplay.from_estimator(
            model.estimator,
            model.x_test,
            model.y_test,
            labels=model.estimator.classes_,
            display_labels=manifest.target.classes,
            cmap="Blues",
            colorbar=False,
            ax=axes,
        )
    drawn = io.StringIO()
    # A fixed salt and no date: the same model gives the same report.
    with matplotlib.rc_context({"svg.hashsalt": manifest.name}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return caption, drawn.getvalue()[drawn.getvalue().index("<svg") :]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>"
