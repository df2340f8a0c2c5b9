"""More requests at once than the plan allows are refused, in our form, with Retry-After."""

import threading
from concurrent.futures import ThreadPoolExecutor

from ops.http_client import Answer
from ops.prove.account import bounds
from ops.prove.claims.claim import Claim, Seen, answer, fact
from ops.prove.claims.ground import Ground

ALLOWED = (200, 429)


def look(ground: Ground) -> list[Seen]:
    """Ask from several threads until the first 429, or until the burst is used up."""
    stack = ground.serving()
    refused = threading.Event()
    # Each thread takes its share; what is left when one is refused is not sent.
    threads = bounds.BURST_THREADS if ground.caller.is_aws else bounds.STAND_IN_THREADS
    shares = [bounds.BURST_REQUESTS // threads] * threads

    def ask(share: int) -> list[Answer]:
        answers: list[Answer] = []
        while len(answers) < share and not refused.is_set():
            answers.append(stack.api.ask("GET", "/health", headers={"Origin": bounds.PAGE}))
            if answers[-1].status == 429:
                refused.set()
        return answers

    with ThreadPoolExecutor(threads) as pool:
        try:
            answers = [each for part in pool.map(ask, shares) for each in part]
        finally:
            refused.set()  # so that a signal does not wait for the rest of the burst
    throttled = next((each for each in answers if each.status == 429), None)
    others = sorted({each.status for each in answers} - set(ALLOWED))
    seen = [fact(f"statuses other than 200 and 429 among {len(answers)} requests", [], others)]
    if throttled is None:
        came = f"{len(answers)} answers, none of them 429"
        return [*seen, Seen("a burst above ThrottleBurst and ThrottleRate", "429 throttled", came, False)]
    seen.append(answer(f"a burst of {len(answers)} requests", throttled, 429, "throttled"))
    seen.append(fact("Retry-After", "1", throttled.headers.get("retry-after")))
    exposed = throttled.headers.get("access-control-expose-headers", "")
    seen.append(fact("Retry-After is readable for a page", True, "retry-after" in exposed.lower()))
    return seen


CLAIM = Claim(
    name="throttling",
    sentence="A burst above ThrottleBurst is answered with 429, in the form of our errors and with Retry-After.",
    why="The stand-in counts requests in its own way; AWS's token bucket is approximate, and what clients meet.",
    how=f"at most {bounds.BURST_REQUESTS} GET /health from {bounds.BURST_THREADS} threads, ended by the first 429",
    calls={"execute-api:Invoke": bounds.BURST_REQUESTS, "lambda:cold start": bounds.BURST_THREADS},
    seconds=20,
    look=look,
)
