"""One run: claim after claim, then the report, and everything is deleted, whatever happened."""

import signal
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from ops.prove.account.caller import Caller
from ops.prove.account.deletion import delete_all
from ops.prove.account.leftovers import tagged
from ops.prove.claims.claim import Claim, Seen, Verdict, verdict
from ops.prove.claims.ground import Ground, NotServing

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
    with Signals() as signals:
        try:
            ground = Ground(caller, name, prepared, say)
            for claim in claims:
                if signals.came:  # raised where Python ignores it, as in a destructor
                    break
                tried.append(try_one(claim, ground))
            signals.deleting = True
        except Ended:
            say("Ended by a signal.")
        finally:
            signals.deleting = True
            say(f"Deleting everything of {name}")
            left = delete_all(caller, name, say)
    untried = tuple(claim.name for claim in claims[len(tried) :])
    marks = tuple(tagged(caller, name))
    names = tuple(str(each) for each in left)
    return Outcome(name, caller, began, time.monotonic() - clock, tuple(tried), untried, signals.came, names, marks)


def try_one(claim: Claim, ground: Ground) -> Tried:
    """Try a claim. Where it breaks, the run goes on with the next one."""
    began = time.monotonic()
    say(f"\n{claim.name}: {claim.sentence}")
    try:
        result = verdict(claim.look(ground), is_aws=ground.caller.is_aws)
    except NotServing as error:
        seen = Seen("POST /predict, before anything else", "200", str(error), False)
        result = verdict([seen], is_aws=ground.caller.is_aws)
    except Exception as error:  # noqa: BLE001 - whatever breaks is told, and must not keep the rest from being tried
        text = f"It could not be tried to its end: {type(error).__name__}: {str(error).strip()[-1500:]}"
        result = Verdict("not shown here", text, (), failed=True)
    say(f"{claim.name}: {result.word}. {result.reason}")
    return Tried(claim, result, time.monotonic() - began)


@dataclass
class Signals:
    """Within, the first signal raises Ended. A later one, or one while everything is deleted, is only answered."""

    came: bool = False
    deleting: bool = False
    _before: dict[int, Any] = field(default_factory=dict)

    def __enter__(self) -> "Signals":
        self._before = {number: signal.signal(number, self._take) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        if self.came or self.deleting:
            say("Still deleting. What a killed run leaves is removed by `make prove-on-aws-clean`.")
            return
        self.came = True
        raise Ended


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
