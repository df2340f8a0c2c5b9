"""What an isolated process does to prove a rewritten model: it answers rows from their JSON, with what Lambda has.

Its answers must be those that the model as it was loaded gave where pandas is.
"""

import json
from pathlib import Path
from typing import Any

from handler.coldstart.deferred_imports import defer_imports
from handler.coldstart.docstrings import keep_docstrings

ROUNDING = 1e-12
"""How far a number may be from the original's, as a share of it: sums in another order differ so."""

LEAST = 1e-15
"""The same of a number near zero, such as a probability."""

MOST_LISTED = 10_000
"""So many of the rows that are wrong are listed."""


def main(registry: str, version: str, rows: str, answers: str, together: int) -> dict[str, Any]:
    """How many rows were asked, how many answers differ at all (`inexact`) and too much (`wrong`), the `largest`
    difference as a share, the first row that is wrong with both answers, one that is not; or the first that was refused
    with its column and the reason. So many of the rows are asked `together`, the others each alone."""
    # As in Lambda's init phase, and before scikit-learn is imported: a proof means what the function does.
    defer_imports()
    keep_docstrings()
    from handler.api.body.instances import parse_body, to_rows
    from handler.errors.request import RequestError
    from training.release.loaded_version import load_version

    predictor = load_version(registry, version)
    values = json.loads(Path(rows).read_text(encoding="utf-8"))
    try:
        got = []
        for asked in (values[:together], *([row] for row in values[together:])):
            # A batch, as one row is laid out in the same way; json.dumps writes each float so that it is read again.
            body = json.dumps({"instances": asked})
            got += predictor.predict(to_rows(parse_body(body), predictor.manifest.features))
    except RequestError as error:
        problems = [vars(one) for one in getattr(error, "problems", ())]
        return {"refused": problems[:1] or [{"row": None, "feature": None, "problem": str(error)}]}
    return compared(json.loads(Path(answers).read_text(encoding="utf-8")), got)


def compared(expected: list[dict[str, Any]], got: list[dict[str, Any]]) -> dict[str, Any]:
    """How the two sets of answers differ, as `main` says it."""
    shares = [_difference(one, other) for one, other in zip(expected, got, strict=True)]
    wrong = [row for row, share in enumerate(shares) if share > ROUNDING]
    right = next((row for row, share in enumerate(shares) if share <= ROUNDING), None)
    found = {
        "rows": len(shares),
        "inexact": sum(share > 0 for share in shares),
        "largest": max((share for share in shares if share <= ROUNDING), default=0.0),
        "wrong": len(wrong),
        "wrong_rows": wrong[:MOST_LISTED],
        "right_row": right,
    }
    if wrong:
        found |= {"wrong_row": wrong[0], "expected": expected[wrong[0]], "got": got[wrong[0]]}
    return found


def _difference(one: Any, other: Any) -> float:
    """How far two answers are from each other: 0 where they are the same, infinite where no number tells them apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        if list(one) != list(other):
            return float("inf")
        return max((_difference(one[name], other[name]) for name in one), default=0.0)
    if isinstance(one, float) and isinstance(other, float):
        if one == other:
            return 0.0
        gap = abs(one - other)
        return min(gap, ROUNDING) if gap <= LEAST else gap / max(abs(one), abs(other))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return 0.0 if list(one) == list(other) else float("inf")
    return 0.0 if one == other else float("inf")
