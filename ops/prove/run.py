"""One run: claim after claim, then the report, and everything is deleted, whatever happened."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from ops.prove.account.caller import Caller
from ops.prove.account.deletion import delete_all
from ops.prove.account.leftovers import tagged
from ops.prove.claims.claim import Claim, Verdict, verdict
from ops.prove.claims.ground import Ground

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """Somebody ended the run by a signal. Not an Exception, so that no claim takes it for its own failure."""


@dataclass(frozen=True)
class Tried:
    """A claim, what came out, and the seconds it took."""

    claim: Claim
    verdict: Verdict
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """A run that is over. `left` are the things that could not be deleted; `ended` says that a signal ended it."""

    name: str
    caller: Caller
    began: str
    seconds: float
    tried: tuple[Tried, ...]
    untried: tuple[str, ...]
    ended: bool
    left: tuple[str, ...]
    still_tagged: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether every claim was tried to its end, none was refuted, and nothing is left."""
        bad = any(each.verdict.failed or each.verdict.word == "not held" for each in self.tried)
        return not (bad or self.untried or self.ended or self.left)


def run(caller: Caller, name: str, claims: tuple[Claim, ...], prepared: Path) -> Outcome:
    """Try the claims in a stack of their own, and delete everything of it."""
    began, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    tried: list[Tried] = []
    ended = False
    with signals_end_it() as from_now_on_deleting:
        try:
            ground = Ground(caller, name, prepared, say)
            # One by one, so that those that were tried are there when a signal ends the run.
            tried.extend(try_one(claim, ground) for claim in claims)
        except Ended:
            ended = True
            say("Ended by a signal.")
        finally:
            from_now_on_deleting()
            say(f"Deleting everything of {name}")
            left = delete_all(caller, name, say)
    untried = tuple(claim.name for claim in claims[len(tried) :])
    marks = tuple(tagged(caller, name))
    names = tuple(str(each) for each in left)
    return Outcome(name, caller, began, time.monotonic() - clock, tuple(tried), untried, ended, names, marks)


def try_one(claim: Claim, ground: Ground) -> Tried:
    """Try a claim. Where it breaks, the run goes on with the next one."""
    began = time.monotonic()
    say(f"\n{claim.name}: {claim.sentence}")
    try:
        result = verdict(claim.look(ground), is_aws=ground.caller.is_aws)
    except Exception as error:  # noqa: BLE001 - whatever breaks is told, and must not keep the rest from being tried
        text = f"It could not be tried to its end: {type(error).__name__}: {str(error).strip()[-1500:]}"
        result = Verdict("not shown here", text, (), failed=True)
    say(f"{claim.name}: {result.word}. {result.reason}")
    return Tried(claim, result, time.monotonic() - began)


@contextmanager
def signals_end_it() -> Iterator[Callable[[], None]]:
    """Within, a signal raises Ended; once the yielded function was called, a signal is only answered."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Ended

    def told(_number: int, _frame: FrameType | None) -> None:
        say("Still deleting. What a killed run leaves is removed by `make prove-on-aws-clean`.")

    before = {number: signal.signal(number, end) for number in SIGNALS}

    def no_more() -> None:
        for number in SIGNALS:
            signal.signal(number, told)

    try:
        yield no_more
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
