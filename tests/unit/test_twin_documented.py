"""docs/onnx.md names the bounds of the twin's gate and explains each reason that it gives."""

import re

import pytest

from ops.commands import ROOT
from tests.unit.refusals import refusals
from training.twin.asked.crossing import MOST_ROWS
from training.twin.asked.rows import DRAWN
from training.twin.compared.parity import BOUND, NEAR_A_TIE
from training.twin.gate import SECONDS

PAGE = (ROOT / "docs" / "onnx.md").read_text(encoding="utf-8").partition("## The twin")[2].partition("\n## ")[0]
QUOTED = re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE)
REASONS = refusals(
    ("training/twin/gate.py", "training/twin/making.py", "training/twin/outcome.py", "training/twin/asked")
)

NO_REASONS = ("Twin: …", "…, where … is allowed", "It has no graph.")
"""What is said of a twin that was made, and what no model comes to."""


@pytest.mark.parametrize(("sentence", "place"), REASONS.items(), ids=REASONS.values())
def test_each_reason_is_on_the_page(sentence: str, place: str) -> None:
    assert sentence.startswith((*QUOTED, *NO_REASONS)), (
        f"{place} says {sentence!r}: quote its beginning in docs/onnx.md."
    )


@pytest.mark.parametrize("quote", QUOTED)
def test_each_reason_on_the_page_is_one_that_the_gate_gives(quote: str) -> None:
    assert any(sentence.startswith(quote) for sentence in REASONS)


def test_the_bounds_and_the_numbers_of_rows_are_those_of_the_gate() -> None:
    assert f"| a probability | {BOUND:.5f} |" in PAGE
    assert NEAR_A_TIE == 2 * BOUND
    assert f"{DRAWN:,} rows drawn" in PAGE
    assert f"At most {MOST_ROWS:,}\n" in PAGE
    assert f"longer than {SECONDS:.0f} seconds" in PAGE
