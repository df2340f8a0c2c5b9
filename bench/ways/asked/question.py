"""What is asked: sound rows and rows that are refused, with what POST /predict says to each.

Rows are asked in blocks of 1,000, as `score` asks them, because the last bits of an answer may depend on how many rows
are asked at once. A refused row is asked alone, and is missing from its block, because one refuses a whole request.
"""

import contextlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final, cast

from handler.api.application import Application, create_application
from handler.telemetry.log_and_metrics import Telemetry

BLOCK: Final = 1_000
ALONE: Final = 25
"""Sound rows of the first block that are also asked alone, in a request each."""

Row = Sequence[Any]
Said = Mapping[str, Any]
"""What became of a row: {"answer": …} or {"refusal": {status, code, error, details}}."""


@dataclass(frozen=True)
class Asked:
    """One request: its body, and the status and the body of POST /predict's answer, without the request's id."""

    body: str
    rows: int
    status: int
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """The rows of a table with what is said of each, and the requests by which they are asked."""

    features: tuple[str, ...]
    rows: tuple[Row, ...]
    said: tuple[Said, ...]
    requests: tuple[Asked, ...]


def question(uri: str, sound: Sequence[Row], refused: Sequence[Row]) -> Question:
    """`refused` rows stand among `sound` ones; the model at `uri` is asked about all of them.

    Raises RuntimeError where POST /predict answers a refused row, or refuses a sound one.
    """
    environ = {"MODEL_URI": uri, "OBSERVE_SECONDS": "0"}
    with contextlib.redirect_stdout(io.StringIO()):  # its log, of all requests
        application = create_application(environ, Telemetry(environ))
    features = tuple(feature.name for feature in application.predictor().manifest.features)
    rows, bad = _mixed_together(sound, refused)
    said: list[Said] = [{}] * len(rows)
    requests: list[Asked] = []
    for began in range(0, len(rows), BLOCK):
        places = range(began, min(began + BLOCK, len(rows)))
        good = [place for place in places if place not in bad]
        block = _ask(application, {"instances": [rows[place] for place in good]}, len(good))
        if block.status != 200:
            raise RuntimeError(f"A sound row was refused: {block.answer}")
        requests.append(block)
        for place, answer in zip(good, block.answer["predictions"], strict=True):
            said[place] = {"answer": answer}
        for place in (place for place in places if place in bad):
            alone = _ask(application, {"features": rows[place]}, 1)
            if alone.status == 200:
                raise RuntimeError(f"A row was to be refused, and was answered: {rows[place]}")
            requests.append(alone)
            said[place] = {"refusal": _refusal(alone)}
    sound_alone = [row for place, row in enumerate(rows[:BLOCK]) if place not in bad][:ALONE]
    requests += [_ask(application, {"features": row}, 1) for row in sound_alone]
    return Question(features, tuple(rows), tuple(said), tuple(requests))


def without_id(body: Any) -> Any:
    """The body of an answer without what each request has of its own."""
    return {name: value for name, value in body.items() if name != "request_id"} if isinstance(body, dict) else body


def event_of(body: str) -> dict[str, Any]:
    """POST /predict, as a REST API sends it to the function."""
    return {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "Prod", "path": "/Prod/predict", "httpMethod": "POST"},
        "body": body,
        "isBase64Encoded": False,
    }


def _ask(application: Application, document: Mapping[str, Any], rows: int) -> Asked:
    body = json.dumps(document)
    context = SimpleNamespace(
        aws_request_id="reference",
        function_name="predict",
        memory_limit_in_mb=1769,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:predict",
    )
    with contextlib.redirect_stdout(io.StringIO()):  # its metrics
        given = application.handle(event_of(body), cast(Any, context))
    return Asked(body, rows, given["statusCode"], without_id(json.loads(given["body"])))


def _refusal(alone: Asked) -> Mapping[str, Any]:
    problems = [{"feature": each["feature"], "problem": each["problem"]} for each in alone.answer.get("details", ())]
    return {
        "status": alone.status,
        "code": alone.answer["code"],
        "error": alone.answer["error"],
        "details": problems,
    }


def _mixed_together(sound: Sequence[Row], refused: Sequence[Row]) -> tuple[list[Row], set[int]]:
    """All rows, the refused ones spread over the sound ones, and the places of these."""
    every = max(1, len(sound) // max(1, len(refused)))
    rows: list[Row] = []
    bad: set[int] = set()
    waiting: Iterator[Row] = iter(refused)
    for place, row in enumerate(sound):
        if place % every == every // 2 and (one := next(waiting, None)) is not None:
            bad.add(len(rows))
            rows.append(one)
        rows.append(row)
    for one in waiting:
        bad.add(len(rows))
        rows.append(one)
    return rows, bad
