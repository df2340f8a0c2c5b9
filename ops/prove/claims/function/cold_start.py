"""A cold start beside one of a plain build, by Lambda's own figure."""

import statistics
from collections.abc import Callable, Iterator
from functools import partial

from ops.prove.account import bounds
from ops.prove.account.deployed import Invocation
from ops.prove.claims.claim import Claim, Seen, fact
from ops.prove.claims.function.plain_stack import deploy_plain
from ops.prove.claims.function.reports import cold_starts, init_milliseconds
from ops.prove.claims.ground import Ground

AT_MOST = 0.2
"""Of a plain build's. The benchmark has 0.09 to 0.11 and fails above 0.14; Lambda adds the same time to both."""
INIT_LIMIT = 10_000.0
"""Milliseconds after which Lambda ends the init phase and runs it again within the request."""


def look(architecture: str, ground: Ground) -> list[Seen]:
    """Force cold starts of the stack's function and, on x86_64, of a plain one."""
    stack = ground.serving(architecture, "None")
    ground.step(f"{bounds.COLD_STARTS} cold starts on {architecture}")
    ours, seen = _measured(
        f"our package on {architecture}", cold_starts(ground.caller, stack.function, bounds.COLD_STARTS)
    )
    if ours is None:
        return seen
    seen.append(Seen("the slowest", f"below {INIT_LIMIT:.0f} ms", f"{max(ours):.0f} ms", max(ours) < INIT_LIMIT))
    if architecture == "x86_64":
        plain_function = deploy_plain(ground, stack, bounds.MEMORY_MB)
        plain, more = _measured("a plain build", cold_starts(ground.caller, plain_function, bounds.COLD_STARTS))
        seen += more
        if plain is not None:
            ratio = statistics.median(ours) / statistics.median(plain)
            seen.append(Seen("our median to the plain one's", f"at most {AT_MOST}", f"{ratio:.3f}", ratio <= AT_MOST))
    return seen


def _measured(who: str, invocations: Iterator[Invocation]) -> tuple[list[float] | None, list[Seen]]:
    """The init phases in milliseconds, and what was seen; None where Lambda told no figure."""
    every: list[Invocation] = []
    for invocation in invocations:
        every.append(invocation)
        if init_milliseconds(invocation.log) is None:
            break  # what tells nothing once will tell nothing more
    statuses = sorted({each.status for each in every})
    seen = [fact(f"{who}: statuses of {len(every)} cold starts", [200], statuses)]
    figures = [figure for each in every if (figure := init_milliseconds(each.log)) is not None]
    if len(figures) < bounds.COLD_STARTS:
        told = f"{len(figures)} of {bounds.COLD_STARTS} REPORT lines had it"
        return None, [*seen, Seen(f"{who}: Init Duration", "in each REPORT line", told, None)]
    listed = ", ".join(f"{figure:.0f}" for figure in figures)
    told = f"median {statistics.median(figures):.0f} ms of {listed}"
    return figures, [*seen, Seen(f"{who}: Init Duration", "in each REPORT line", told, True)]


def claim(architecture: str, sentence: str, starts: int) -> Claim:
    """The claim for an architecture; `starts` cold starts in all."""
    looked: Callable[[Ground], list[Seen]] = partial(look, architecture)
    return Claim(
        name=f"cold-start-{architecture}".replace("_", "-"),
        sentence=sentence,
        why="An emulator runs the init phase on another machine, and starts and reads the package in its own way.",
        how=f"{starts} cold starts, each of a version of its own, read from Lambda's REPORT lines",
        calls={"lambda:cold start": starts, "lambda:manage": 6 * starts, "cloudformation:deploy": 1},
        seconds=240,
        look=looked,
    )


X86_64 = claim(
    "x86_64",
    f"On x86_64 the init phase takes at most {AT_MOST} times as long as with a plain sam build.",
    2 * bounds.COLD_STARTS,
)
ARM64 = claim(
    "arm64", "On arm64 a cold start answers, within the 10 s that Lambda has for the init phase.", bounds.COLD_STARTS
)
