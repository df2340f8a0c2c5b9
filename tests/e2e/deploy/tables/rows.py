"""The table, and what POST /predict says of its rows: the answers of those that it takes, and the other refusals."""

import csv
import json
import random
from pathlib import Path
from typing import Any

from ops.http_client import HttpApi

PARTS, ROWS_PER_PART = 300, 20
ROWS = PARTS * ROWS_PER_PART
ONE_REQUEST = 1000
"""The stack's MaxRows."""

REFUSED = {517 * place + 3: ("many", "")[place % 2] for place in range(12)}
"""What stands in place of a number, by the row."""

FEATURES = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]


def rows() -> list[list[Any]]:
    """The values of all rows, as a request has them."""
    drawn = random.Random(18)  # noqa: S311 - flowers are no secret
    found: list[list[Any]] = [[round(drawn.uniform(0.1, 7.9), 3) for _ in FEATURES] for _ in range(ROWS)]
    for place, text in REFUSED.items():
        found[place][place % len(FEATURES)] = text or None
    return found


def write(path: Path) -> None:
    """Write the table as a CSV, with a column that is no feature."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["flower", *FEATURES])
        writer.writerows([f"no. {place}", *row] for place, row in enumerate(rows()))


def said_by_predict(api: HttpApi) -> tuple[dict[int, Any], dict[int, Any]]:
    """The answers, and the refusals of the other rows, by the place of the row."""
    values = rows()
    sound = [place for place in range(ROWS) if place not in REFUSED]
    answers: dict[int, Any] = {}
    for first in range(0, len(sound), ONE_REQUEST):
        places = sound[first : first + ONE_REQUEST]
        body = json.dumps({"instances": [values[place] for place in places]})
        answer = api.ask("POST", "/predict", body)
        assert answer.status == 200, answer.body
        answers.update(zip(places, answer.body["predictions"], strict=True))
    refusals = {}
    for place in REFUSED:
        answer = api.ask("POST", "/predict", json.dumps({"features": values[place]}))
        details = [{name: each[name] for name in ("feature", "problem")} for each in answer.body["details"]]
        told = {"status": answer.status, "code": answer.body["code"], "error": answer.body["error"]}
        refusals[place] = {**told, "details": details}
    return answers, refusals
