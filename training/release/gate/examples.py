"""Compares a brought model, of which no rows are known, on the examples of the version that serves.

These are few rows, and the answers to them are that version's own: they cannot show which of the two is better. They
show that the new version takes what clients send, and how fast it is.
"""

from collections.abc import Mapping
from typing import Any

from handler.records.signature import Example, Target
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from training.errors import UnprovedArtifact
from training.isolation import ProcessFailed
from training.measuring.taken import places_taken
from training.release.gate.check import Check
from training.release.gate.measurement import answer_and_time

NO_ROWS = "compared on contract, size, latency and examples only: no rows were given; add --table"

ALIKE = 0.05
"""Two numbers are counted as alike where they differ by less than this share of the target's spread."""


def on_examples(new: VerifiedArtifact, served: VerifiedArtifact) -> tuple[list[Check], float | None, float | None]:
    """The checks of what the two answer to the examples of `served`; the milliseconds for a row of each, if known."""
    examples = served.manifest.examples
    try:
        ours = answer_and_time(new, _rows_for(new.manifest, served.manifest))
    except (ProcessFailed, UnprovedArtifact) as failure:
        return [_answered(f"it cannot answer them: {failure}", len(examples), False)], None, None
    alike = sum(
        is_alike(answer, example, served.manifest) for answer, example in zip(ours.answers, examples, strict=True)
    )
    checks = [_answered(f"{len(examples)}, of them {alike} alike", len(examples), True)]
    checks += _same_form(ours.answers[0], examples[0].answer)
    try:
        theirs = answer_and_time(served, [list(example.features) for example in examples])
    except (ProcessFailed, UnprovedArtifact):  # what serves may be of other versions than are here
        return checks, ours.milliseconds, None
    return checks, ours.milliseconds, theirs.milliseconds


def _answered(new: str, count: int, passed: bool) -> Check:
    return Check("examples answered", new, f"{count}", "all, alike or not", passed)


def _same_form(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Check]:
    """Whether clients find the same fields in the answers."""
    fields = sorted((set(ours) | set(theirs)) - {"prediction", "prediction_index"})
    return [
        Check(field, "yes" if field in ours else "no", "yes" if field in theirs else "no", "the same", False)
        for field in fields
        if (field in ours) != (field in theirs)
    ]


def _rows_for(new: Manifest, served: Manifest) -> list[list[Any]]:
    """The examples of `served` with the features of `new`; raises UnprovedArtifact where it would refuse one."""
    names = [feature.name for feature in served.features]
    for feature in new.features:
        if feature.name not in names:
            raise UnprovedArtifact(f"they have no {feature.name!r}.")
    places = [names.index(feature.name) for feature in new.features]
    rows = [[example.features[place] for place in places] for example in served.examples]
    refused = len(rows) - len(places_taken(rows, new.features))
    if refused:
        raise UnprovedArtifact(f"the API would refuse {refused} of them.")
    return rows


def is_alike(answer: Mapping[str, Any], example: Example, served: Manifest) -> bool:
    """Whether a new version says of a row what `example` says: the same class, or nearly the same number."""
    ours, theirs = answer["prediction"], example.answer["prediction"]
    if isinstance(theirs, dict):
        return isinstance(ours, dict) and all(
            _is_value_alike(ours.get(target.name), theirs[target.name], target) for target in served.targets
        )
    if isinstance(theirs, list):
        return isinstance(ours, list) and sorted(ours) == sorted(theirs)
    if served.task == "regression":
        return _is_value_alike(ours, theirs, served.target)
    return bool(ours == theirs)


def _is_value_alike(ours: Any, theirs: float | str, target: Target) -> bool:
    if isinstance(theirs, str) or not isinstance(ours, (int, float)):
        return bool(ours == theirs)
    return abs(ours - theirs) <= ALIKE * (target.spread or abs(theirs))
