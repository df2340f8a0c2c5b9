"""What POST /predict makes of rows, to hold what scores them without a request to it."""

from collections.abc import Sequence
from pathlib import Path

from handler.api.application import Application
from handler.api.body.strict_json import read_strictly
from handler.errors.base import Problem
from handler.scoring.outcome import Outcome, Refusal
from tests.unit.handler.asking import ask, open_application, rest_event
from tests.unit.handler.models import Version


def serving(version: Version, root: Path) -> Application:
    """An application that serves `version` from the registry at `root`."""
    return open_application(MODEL_URI=str(version.write(root)))


def as_asked(application: Application, rows: Sequence[str]) -> Outcome:
    """What it answers to `rows`, JSON texts: to each that it refuses alone, and to the others in one request."""
    refusals = {}
    for place, row in enumerate(rows):
        answer = ask(application, rest_event(f'{{"features": {row}}}'))
        if answer.status != 200:
            problems = tuple(Problem(**problem) for problem in answer.body["details"])
            refusals[place] = Refusal(answer.status, answer.body["code"], answer.body["error"], problems)
    sound = [place for place in range(len(rows)) if place not in refusals]
    answers: list[dict[str, object] | None] = [None] * len(rows)
    if sound:
        body = f'{{"instances": [{", ".join(rows[place] for place in sound)}]}}'
        batch = ask(application, rest_event(body))
        assert batch.status == 200, batch.text
        for place, answer_of_row in zip(sound, batch.body["predictions"], strict=True):
            answers[place] = answer_of_row
    return Outcome(answers, refusals)


def parsed(rows: Sequence[str]) -> list[object]:
    """The rows as a request has them."""
    return [read_strictly(row) for row in rows]


def repeated(outcome: Outcome, expected: Outcome) -> bool:
    """Whether both say the same, to the last bit of each number."""
    return list(outcome.answers) == list(expected.answers) and dict(outcome.refusals) == dict(expected.refusals)
