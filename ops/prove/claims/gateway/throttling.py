"""More requests at once than the plan allows are refused, in our form, with Retry-After."""

import contextlib
import http.client
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from ops.http_client import Answer
from ops.prove.account import bounds
from ops.prove.claims.claim import Claim, Seen, answer, fact
from ops.prove.claims.ground import Ground

ALLOWED = (200, 429)
ENOUGH = 30.0
"""Requests a second that use up a ThrottleRate of 20 and a ThrottleBurst of 40, the template's, within the burst."""


def look(ground: Ground) -> list[Seen]:
    """Ask from several threads, each on one connection, until the first 429, or until the burst is used up."""
    stack = ground.serving()
    threads = bounds.BURST_THREADS if ground.caller.is_aws else bounds.STAND_IN_THREADS
    refused = threading.Event()

    def ask(share: int) -> list[Answer]:
        answers: list[Answer] = []
        # A connection that breaks ends this thread's share alone.
        with contextlib.suppress(OSError, http.client.HTTPException):
            for came in itertools.islice(stack.api.again("GET", "/health", {"Origin": bounds.PAGE}), share):
                answers.append(came)
                if came.status == 429:
                    refused.set()
                if refused.is_set():  # what is left of anybody's share is not sent
                    break
        return answers

    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        try:
            shares = [bounds.BURST_REQUESTS // threads] * threads
            answers = [each for part in pool.map(ask, shares) for each in part]
        finally:
            refused.set()  # so that a signal does not wait for the rest of the burst
    return judged(answers, len(answers) / (time.monotonic() - began))


def judged(answers: list[Answer], rate: float) -> list[Seen]:
    """What the answers show; `rate` is how many came in a second."""
    others = sorted({each.status for each in answers} - set(ALLOWED))
    seen = [fact(f"statuses other than 200 and 429 among {len(answers)} requests", [], others)]
    throttled = next((each for each in answers if each.status == 429), None)
    if throttled is None:
        came = f"{len(answers)} answers, {rate:.0f} a second, none of them 429"
        # From far away nobody can ask fast enough, which says nothing about the gateway.
        return [*seen, Seen("a burst above ThrottleRate", "429 throttled", came, False if rate > ENOUGH else None)]
    exposed = throttled.headers.get("access-control-expose-headers", "")
    return [
        *seen,
        answer(f"a burst of {len(answers)} requests, {rate:.0f} a second", throttled, 429, "throttled"),
        fact("Retry-After", "1", throttled.headers.get("retry-after")),
        fact("Retry-After is readable for a page", True, "retry-after" in exposed.lower()),
    ]


CLAIM = Claim(
    name="throttling",
    sentence="A burst above ThrottleBurst is answered with 429, in the form of our errors and with Retry-After.",
    why="The stand-in counts exactly; API Gateway throttles approximately, and that is what clients meet.",
    how=f"at most {bounds.BURST_REQUESTS} GET /health from {bounds.BURST_THREADS} threads, ended by the first 429",
    calls={"execute-api:Invoke": bounds.BURST_REQUESTS, "lambda:cold start": bounds.BURST_THREADS},
    seconds=20,
    look=look,
)
