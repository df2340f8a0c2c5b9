"""A model answers on arm64 as it does on x86_64."""

import json
import random

from handler.serving.self_test import TOLERANCE
from ops.http_client import Answer
from ops.prove.account import bounds
from ops.prove.account.deployed import Deployed
from ops.prove.claims.claim import Claim, Seen, answer, fact
from ops.prove.claims.ground import Ground

RANGES = ((4.3, 7.9), (2.0, 4.4), (1.0, 6.9), (0.1, 2.5))
"""Of iris' four features, in which training saw values."""


def look(ground: Ground) -> list[Seen]:
    """Ask for the same rows on both, of the same version."""
    here = _ask(ground.serving("x86_64", ""))
    there = _ask(ground.serving("arm64", "None"))
    seen = [answer("the rows on x86_64", here, 200), answer("the rows on arm64", there, 200)]
    if here.status != 200 or there.status != 200:
        return seen
    seen.append(fact("the version", here.body["model"]["version"], there.body["model"]["version"]))
    pairs = list(zip(here.body["predictions"], there.body["predictions"], strict=True))
    seen.append(fact("classes that differ", 0, sum(one["prediction"] != two["prediction"] for one, two in pairs)))
    apart = max(
        abs(one["probabilities"][name] - two["probabilities"][name])
        for one, two in pairs
        for name in one["probabilities"]
    )
    told = "equal to the last bit" if apart == 0 else f"{apart:.3g} apart at most"
    seen.append(Seen("probabilities", f"at most {TOLERANCE} apart, as the self-test allows", told, apart <= TOLERANCE))
    return seen


def rows() -> list[list[float]]:
    """The same rows in each run."""
    dice = random.Random(15)  # noqa: S311 - nothing secret
    return [[round(dice.uniform(*limits), 2) for limits in RANGES] for _ in range(bounds.ROWS_COMPARED)]


def _ask(stack: Deployed) -> Answer:
    return stack.api.ask("POST", "/predict", json.dumps({"instances": rows()}))


CLAIM = Claim(
    name="arm64",
    sentence="On arm64 a version gives the same classes as on x86_64, and the same probabilities up to rounding.",
    why="A package for arm64 is built here, and never started on a machine that has another processor.",
    how=f"{bounds.ROWS_COMPARED} rows, asked on x86_64 and, after a deploy with Architecture=arm64, again",
    calls={"execute-api:Invoke": 2 + 4 * bounds.POLLS, "cloudformation:deploy": 1},
    seconds=240,
    look=look,
)
