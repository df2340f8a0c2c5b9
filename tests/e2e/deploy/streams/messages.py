"""The messages of a soak: what is in them, and what POST /predict of the deployed API says of each.

One in a hundred is poisoned, in every way that a body can be wrong, and in two that only this model knows.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ops.http_client import HttpApi
from tests.e2e.deploy.streams.own.brittle_step import FAILS, KILLS

SEED = 18
POISONED_IN = 100
ROWS_OF_ONE = 5
"""The most rows of a message."""

ASKED_AT_ONCE = 1000
"""Rows in a request to the API, the default of MaxRows."""

NEVER = json.dumps({"features": [FAILS, 3.0, 4.0, 1.0]})
KILLER = json.dumps({"features": [KILLS, 3.0, 4.0, 1.0]})
REFUSED = (
    *("{", "no JSON", "[]", "{}", " ", '""', "null", "NaN", "ä", '{"features": [1, 2, 3, 4]'),
    *('{"features": [1e999, 2, 3, 4]}', '{"features": [1, 2, 3]}', '{"features": ["a", 2, 3, 4]}'),
    *('{"features": [null, 2, 3, 4]}', '{"features": {"sepal": 1}}', '{"instances": []}', '{"rows": [[1, 2, 3, 4]]}'),
    *('{"instances": [[1, 2, 3, 4], [1, 2]]}', '{"features": [1, 2, 3, 4], "instances": []}'),
    '{"features": [1, 2, 3, 4], "features": [1, 2, 3, 4]}',
)


@dataclass(frozen=True)
class Planned:
    """A message's body, and its kind: `sound`, `refused`, `never` or `killer`."""

    body: str
    kind: str


def plan(messages: int, killers: int = 2) -> list[Planned]:
    """So many messages, shuffled: of a hundred one is poisoned, and of ten poisoned ones one can never be answered."""
    draw = random.Random(SEED)  # noqa: S311 - for rows, not for secrets
    poisoned = messages // POISONED_IN
    never = max(1, poisoned // 10)
    every = [Planned(KILLER, "killer")] * killers + [Planned(NEVER, "never")] * never
    every += [Planned(REFUSED[number % len(REFUSED)], "refused") for number in range(poisoned - len(every))]
    every += [Planned(json.dumps(_sound(draw)), "sound") for _ in range(messages - len(every))]
    draw.shuffle(every)
    return every


def _sound(draw: random.Random) -> dict[str, Any]:
    rows = [[round(draw.uniform(0.1, 7.9), 1) for _ in range(4)] for _ in range(draw.randint(1, ROWS_OF_ONE))]
    return {"features": rows[0]} if len(rows) == 1 else {"instances": rows}


def answers_of_api(api: HttpApi, planned: Sequence[Planned]) -> list[tuple[int, Any] | None]:
    """What POST /predict answers to each body: its status and its body, without the id; None of one never answered.

    Sound rows are asked many at once, and what is refused on its own, once for each body that there is.
    """
    sound = [json.loads(each.body) if each.kind == "sound" else None for each in planned]
    answered = iter(_predictions(api, [row for document in sound if document for row in _rows(document)]))
    refused = {body: _alone(api, body) for body in {each.body for each in planned if each.kind == "refused"}}
    expected: list[tuple[int, Any] | None] = []
    for each, document in zip(planned, sound, strict=True):
        if document is None:
            expected.append(refused.get(each.body))
            continue
        found = [next(answered) for _ in _rows(document)]
        model = found[0].pop("model")
        predictions = [{name: value for name, value in one.items() if name != "model"} for one in found]
        batch = "instances" in document
        expected.append(
            (200, {"predictions": predictions, "model": model} if batch else {**predictions[0], "model": model})
        )
    return expected


def without_id(body: Any) -> Any:
    """An answer's body without what differs between requests: the id, and warnings, which count a request's rows."""
    return {name: value for name, value in body.items() if name not in ("request_id", "warnings")}


def _rows(document: dict[str, Any]) -> list[Any]:
    rows: list[Any] = document.get("instances") or [document["features"]]
    return rows


def _predictions(api: HttpApi, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(rows), ASKED_AT_ONCE):
        answer = api.ask("POST", "/predict", json.dumps({"instances": rows[start : start + ASKED_AT_ONCE]}))
        assert answer.status == 200, answer
        for prediction in answer.body["predictions"]:
            yield {**prediction, "model": answer.body["model"]}


def _alone(api: HttpApi, body: str) -> tuple[int, Any]:
    answer = api.ask("POST", "/predict", body.encode())
    return answer.status, without_id(answer.body)
