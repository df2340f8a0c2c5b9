"""docs/bring-your-model.md explains each refusal of `package`, `publish`, `promote` and `publish_model`, no other."""

import re

import pytest

import handler.errors.model
import training.errors
from handler.errors.base import SklearnOnLambdaError
from ops.commands import ROOT
from tests.unit.refusals import raised_classes, refusals

REFUSALS = refusals()

PAGE = (ROOT / "docs" / "bring-your-model.md").read_text(encoding="utf-8").partition("## What each refusal means")[2]
QUOTED = re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE)

TOLD_WHERE_ALL_IS_WELL = (
    *("Found by …", "CHECK THIS: the model", "Proved on", "The model does not take these columns of"),
    *("Requests leave out what the model", "Gate: …", "…, …; it answers", "Wrote …", "Published.", "… serves as"),
    *("The deployed function can read it", "No deployed function is on record", "Published to serve", "Installing …"),
    "Waiting for another process",
    *("CHECK THIS: the file", "CHECK THIS: the inputs", "CHECK THIS: no operator", "No operator makes probabilities"),
    *("The file does not take these columns of", "Its label is not the class of", "Its one output is a sigmoid"),
)
"""What these commands say beside refusals."""

ENDS_OF_OTHERS = (
    *("…: if … is yours", "…. What it is given there", "If that stack is gone", "the API would refuse", "they have no"),
    *("nothing was changed", "With held =", "Nothing is yet"),
    *(
        "… … joblib.dump(",
        "… Dump the fitted model itself.",
        "Its samplers work in fit alone",
        "It can have it: name it in SHIPPED_TOO",
        "…, which has",
        "Fit the model to frame",
    ),
)
"""Parts of sentences whose beginnings are quoted: advice, and reasons that a proof or the gate's table gives."""

OF_OTHER_COMMANDS = {
    "Another deploy of": "record-deploy",
    "… has no record of": "functions --forget",
    "… is the first that ever served as": "rollback",
    "Nothing serves as … yet": "rollback",
    "Nothing was ever released as": "history",
}
NEVER_OF_THESE = ("RecordMoved", "NoFunctionRecord", "NothingBefore")


def documented(sentence: str) -> bool:
    return sentence.startswith(tuple(QUOTED))


def no_refusal_of_these(sentence: str) -> bool:
    return sentence.startswith((*TOLD_WHERE_ALL_IS_WELL, *ENDS_OF_OTHERS, *OF_OTHER_COMMANDS))


@pytest.mark.parametrize(("sentence", "place"), REFUSALS.items(), ids=REFUSALS.values())
def test_each_refusal_is_on_the_page(sentence: str, place: str) -> None:
    assert documented(sentence) or no_refusal_of_these(sentence), (
        f"{place} says {sentence!r}: quote its beginning in docs/bring-your-model.md, with … for each value, and say "
        "why it is said and what to do."
    )


@pytest.mark.parametrize("quote", QUOTED)
def test_each_sentence_on_the_page_is_one_that_the_code_says(quote: str) -> None:
    assert any(sentence.startswith(quote) for sentence in REFUSALS)


def test_a_quotation_is_long_enough_to_mean_few_sentences() -> None:
    assert [quote for quote in QUOTED if len(re.findall(r"\w+", quote)) < 2 and quote not in REFUSALS] == []
    assert len(QUOTED) == len(set(QUOTED)) > 100


def test_each_class_of_error_that_these_commands_raise_is_named_on_the_page() -> None:
    modules = (vars(training.errors), vars(handler.errors.model))
    ours = {
        name
        for module in modules
        for name, cls in module.items()
        if isinstance(cls, type) and issubclass(cls, SklearnOnLambdaError)
    }
    raised = raised_classes() & ours - set(NEVER_OF_THESE)
    assert "UnpackableArtifact" in raised
    assert {name for name in raised if f"`{name}`" not in PAGE} == set()
