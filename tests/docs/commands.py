"""Cuts a block of shell into its commands, each with the line where it begins."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

PROMPT = "$ "


@dataclass(frozen=True)
class Command:
    """`line` counts from 0, from the block's first line. `said` is what a `console` block shows below the command."""

    line: int
    text: str
    said: tuple[str, ...] = ()


def is_whole(text: str) -> bool:
    """Whether bash would run these lines, rather than wait for more of them."""
    if text.rstrip("\n").endswith("\\"):
        return False
    # A here-document without its end is only a warning.
    parsed = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return parsed.stderr == ""


def commands(text: str) -> Iterator[Command]:
    """The commands of an `sh` block. Lines that bash does not take for a whole command end the block as one."""
    lines = text.splitlines()
    begun: list[str] = []
    for number, line in enumerate(lines):
        if not begun and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun.append(line)
        if is_whole("\n".join(begun) + "\n") or number == len(lines) - 1:
            yield Command(number - len(begun) + 1, "\n".join(begun))
            begun = []
    if begun:
        yield Command(len(lines) - len(begun), "\n".join(begun))


def session(text: str) -> Iterator[Command]:
    """The commands of a `console` block, each with what it shows below. Raises ValueError where it begins otherwise."""
    lines = text.splitlines()
    if not lines or not lines[0].startswith(PROMPT):
        raise ValueError(f"A console block begins with `{PROMPT}COMMAND`, this one with: {lines[0] if lines else ''}")
    begins = [number for number, line in enumerate(lines) if line.startswith(PROMPT)]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        typed = [lines[begin].removeprefix(PROMPT)]
        rest = lines[begin + 1 : end]
        while rest and not is_whole("\n".join(typed) + "\n"):
            typed.append(rest.pop(0))
        yield Command(begin, "\n".join(typed), tuple(rest))
