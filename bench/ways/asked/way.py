"""A way of asking, and how its answers are held against those of POST /predict."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bench.ways.asked.cloud import Cloud
from bench.ways.asked.question import Question, Said, without_id


@dataclass(frozen=True)
class Counted:
    """How many rows were asked, and how many have another answer than POST /predict gives, or none, or a second one.

    `first` shows the first that differs.
    """

    rows: int
    differ: int
    first: str = field(default="", compare=False)

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.rows + other.rows, self.differ + other.differ, self.first or other.first)


@dataclass(frozen=True)
class Ground:
    """A model published at `uri`, and the folder that it came from.

    `package` is what is deployed, unpacked, and `cloud` a stack that serves the model; None where nobody needs them.
    """

    uri: str
    folder: Path
    package: Path | None = None
    cloud: Cloud | None = None


@dataclass(frozen=True)
class Way:
    """`word` chooses it, and `component` is what runs.

    A way that `needs` a stack is given one that is deployed, and one that needs the package a built one.
    """

    word: str
    name: str
    component: str
    ask: Callable[[Question, Ground], Counted]
    needs: Literal["nothing", "package", "stack"] = "nothing"


def of_requests(question: Question, given: Sequence[tuple[int, Any] | None]) -> Counted:
    """Status and body that came for each request of `question`, in their order; None where nothing came."""
    rows = sum(asked.rows for asked in question.requests)
    pairs = [
        (asked, [asked.status, asked.answer], each and [each[0], without_id(each[1])])
        for asked, each in zip(question.requests, given, strict=True)
    ]
    wrong = [(asked, wanted, came) for asked, wanted, came in pairs if not same(wanted, came)]
    return Counted(rows, sum(asked.rows for asked, _, _ in wrong), _shown(wrong[0][1], wrong[0][2]) if wrong else "")


def of_rows(question: Question, given: Sequence[tuple[int, Said]]) -> Counted:
    """What came for rows, each with its place in the table, in any order."""
    found: dict[int, Said] = {}
    twice = 0
    for place, said in given:
        twice += place in found
        found[place] = said
    wrong = [(said, found.get(place)) for place, said in enumerate(question.said) if not same(found.get(place), said)]
    unasked = len(found.keys() - range(len(question.rows)))
    first = _shown(*wrong[0]) if wrong else ""
    return Counted(len(question.rows), len(wrong) + twice + unasked, first)


def same(one: Any, other: Any) -> bool:
    """Whether both are the same JSON: floats by each bit, numbers by kind too."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def flat(answer: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """An answer as a table has it: names within names behind a dot."""
    found: dict[str, Any] = {}
    for name, value in answer.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {f"{before}{name}": value}
    return found


def _shown(wanted: Any, came: Any) -> str:
    return f"expected {json.dumps(wanted)[:1000]}\ncame     {json.dumps(came)[:1000]}"
