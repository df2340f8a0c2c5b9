"""docs/tables.md names each option of `train` and explains each of its refusals."""

import re
from dataclasses import asdict
from typing import Any

import pytest

from ops.commands import ROOT
from tests.unit.refusals import TRAIN, refusals
from training.cli.train import train
from training.fit.description import DEFAULT_DRIFT, DEFAULT_GATE

PAGE = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"^\| `(.+?)` \|", PAGE.partition("## What is refused")[2], re.MULTILINE)
REFUSALS = refusals((*TRAIN, "training/folder/examples.py"))
OPTIONS = sorted(name for option in train.params for name in option.opts if name.startswith("--"))

NO_BEGINNINGS = ("…numbers with marks", "…, …: …give more rows", "… cannot be read: …; train again", "Wrote …")
"""What `train` says of columns and on success, and parts of sentences whose beginnings are quoted."""


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_of_train_is_on_the_page(option: str) -> None:
    assert re.search(rf"`{option}[` ]|^.*\s{option}[\s`]", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("sentence", "place"), REFUSALS.items(), ids=REFUSALS.values())
def test_each_refusal_of_train_is_on_the_page(sentence: str, place: str) -> None:
    assert sentence.startswith((*QUOTED, *NO_BEGINNINGS)), (
        f"{place} says {sentence!r}: quote its beginning in docs/tables.md, with … for each value, and say why it is "
        "said and what to do."
    )


@pytest.mark.parametrize("quote", QUOTED)
def test_each_sentence_on_the_page_is_one_that_train_says(quote: str) -> None:
    assert any(sentence.startswith(quote) for sentence in REFUSALS)


def test_the_page_quotes_many_sentences_and_none_twice() -> None:
    assert len(QUOTED) == len(set(QUOTED)) > 40


@pytest.mark.parametrize("spec", [DEFAULT_GATE, DEFAULT_DRIFT], ids=["gate", "drift"])
def test_each_field_of_the_gate_and_of_drift_is_on_the_page_with_its_default(spec: Any) -> None:
    for name, default in asdict(spec).items():
        assert f"| `{name}` | {'none' if default is None else default} |" in PAGE
