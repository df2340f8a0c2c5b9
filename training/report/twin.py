"""The section of a report on the twin: what it was asked and how it answered, or why there is none."""

import html

from training.report.page import section, table
from training.twin.outcome import Outcome, Twin

END = "</main>"


def with_twin_section(report: str, twin: Outcome | None) -> str:
    """`report`, a page of this room, with the section at its end; as it is where no twin was asked for."""
    return report if twin is None else report.replace(END, f"{_section(twin)}\n{END}")


def _section(twin: Outcome) -> str:
    title = "The twin in ONNX"
    if not isinstance(twin, Twin):
        return section(title, f"<p>There is none. {html.escape(twin.reason)}</p>")
    parity = twin.parity
    facts = {
        "Rows asked": f"{parity.rows:,}",
        "Of them at thresholds of trees": f"{parity.boundary_rows:,}",
        "Thresholds with rows on both sides": f"{twin.asked_thresholds:,} of {twin.thresholds:,}",
        "Largest difference": f"{parity.largest_difference:.2g}",
        "Allowed": f"{parity.bound:.0e}",
        "Labels that differ, all at a tie": f"{parity.labels_differing:,}",
        "Takes": twin.input,
        "Size": f"{len(twin.data):,} bytes",
    }
    note = (
        "The twin is the same model for a function with ONNX Runtime. Both were asked the same rows. A difference is "
        "of a probability, or of another number as a share of its spread."
    )
    return section(title, table(("What", "How much"), facts.items(), "facts"), note)
