"""Compares what a command printed with what a page shows, where some things differ from run to run.

Versions, digests, times, figures of seconds, and what the stand-in for AWS makes up are taken as equal, and so is the
white space that a table puts around them. Long decimals are taken as equal where they differ by a ten thousandth at
most: a solver stops at another place on another processor. A line that is only `…` stands for any lines.
"""

import math
import re
from pathlib import Path
from typing import Final

ANY_LINES = "…"
HOME_OF_READER: Final = "/home/you/sklearn-on-lambda"

CHANGING: Final = (
    (re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{8}\b"), "VERSION"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b1-[0-9a-f]{8}-[0-9a-f]{24}\b"), "TRACE"),
    (re.compile(r"\b[0-9a-f]{40,64}\b"), "DIGEST"),
    (re.compile(r"\b[0-9a-f]{12}(?:…|\.\.\.)"), "DIGEST"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|\+00:?00| UTC)?"), "TIME"),
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "TIME"),
    (re.compile(r"(?<![\w.])\d+(?:\.\d+)? ?(?:s|ms|seconds?|milliseconds?)\b"), "SECONDS"),
    (re.compile(r"https://localhost:\d+"), "ENDPOINT"),
    (re.compile(r"/execute-api/[a-z0-9]+/"), "/execute-api/API/"),
    (re.compile(r"https://[a-z0-9]+\.execute-api\."), "https://API.execute-api."),
    (re.compile(r"\b(sklearn-on-lambda[a-z0-9-]*?)-(?=[a-z]*\d)[a-z0-9]{8,13}\b", re.IGNORECASE), r"\1-SUFFIX"),
    (re.compile(r"/tmp/[\w./-]+"), "/tmp/FILE"),  # noqa: S108 - a path to be recognised
    (re.compile(r"\s+"), " "),
)

LONG_DECIMAL: Final = re.compile(r"\d+\.\d{9,}\b")
MOST_APART: Final = 1e-4


def as_shown(output: str, checkout: Path) -> list[str]:
    """The lines of an output as a page shows them: below a reader's home, without space at their ends."""
    text = output.replace(str(checkout), HOME_OF_READER)
    return [line.rstrip() for line in text.strip("\n").rstrip().splitlines()]


def unchanging(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, replacement in CHANGING:
        line = pattern.sub(replacement, line)
    return line.strip()


def _same(shown: str, printed: str) -> bool:
    one, other = unchanging(shown), unchanging(printed)
    if LONG_DECIMAL.sub("DECIMAL", one) != LONG_DECIMAL.sub("DECIMAL", other):
        return False
    pairs = zip(LONG_DECIMAL.findall(one), LONG_DECIMAL.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=MOST_APART) for a, b in pairs)


def agree(shown: list[str], printed: list[str]) -> bool:
    """Whether the page shows what was printed. Empty lines are passed over: a bar of progress leaves some behind."""
    shown, printed = ([line for line in lines if line.strip()] for lines in (shown, printed))
    if not shown:
        return not printed
    if shown[0].strip() == ANY_LINES:
        return any(agree(shown[1:], printed[skipped:]) for skipped in range(len(printed) + 1))
    return bool(printed) and _same(shown[0], printed[0]) and agree(shown[1:], printed[1:])
