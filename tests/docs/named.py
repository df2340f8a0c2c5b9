"""What pages name: commands of `python -m training` with their options, targets of make, modules, each with its place.

Only what can be looked up in this project. Options of other programs are tried where the blocks are run.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from tests.docs.commands import commands, session
from tests.docs.fences import ROOT, code_spans, fences_of
from tests.makefile import MAKEFILE, TARGETS
from training.cli.main import main

VARIABLES: Final = set(re.findall(r"\$\(([A-Z][A-Z0-9_]*)\)", MAKEFILE))
OPERATORS: Final = set("|&;<>()")
OF_HELP: Final = {"-h", "--help"}


@dataclass(frozen=True)
class Spoken:
    """Some words of shell that a page says, in a block or in a sentence."""

    place: str
    text: str


def spoken(page: Path) -> Iterator[Spoken]:
    """Every command line of the page's blocks, and every text between backticks."""
    for block in fences_of(page):
        if block.word in ("sh", "console", ""):
            cut = session if block.word == "console" else commands
            for command in cut(block.text):
                yield Spoken(f"{page.name}:{block.line + command.line}", command.text)
    for line, text in code_spans(page.read_text(encoding="utf-8")):
        yield Spoken(f"{page.name}:{line}", text)


def words(text: str) -> list[str]:
    """The words of a command line as a shell cuts them, operators among them; cut at spaces where it is no shell."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:  # a quotation mark without its other one
        return text.split()


def arguments_after(text: str, program: str) -> Iterator[list[str]]:
    """The words that follow each call of `program`, up to the end of its command."""
    every = words(text)
    for place, word in enumerate(every):
        if word == program and (place == 0 or _begins_after(every[place - 1])):
            rest = every[place + 1 :]
            ends = next((number for number, word in enumerate(rest) if set(word) <= OPERATORS), len(rest))
            yield rest[:ends]


def _begins_after(word: str) -> bool:
    """Whether a command may begin after `word`, rather than have its arguments there."""
    return set(word) <= OPERATORS or "=" in word or word in ("time", "exec", "then", "do", "env", "!")


def wrong_training_commands(text: str) -> list[str]:
    """What of `python -m training …` the command line does not know."""
    # The interpreter may be any: python, python3.13, .venv/bin/python.
    line = re.sub(r"\S*python[\d.]* -m training(?![.\w])", "TRAINING", text)
    return [wrong for arguments in arguments_after(line, "TRAINING") for wrong in _wrong_training_arguments(arguments)]


def wrong_make_commands(text: str) -> list[str]:
    """What of `make …` is neither a target nor a variable of the Makefile."""
    return [wrong for arguments in arguments_after(text, "make") for wrong in _wrong_make_arguments(arguments)]


def _wrong_training_arguments(arguments: list[str]) -> list[str]:
    name = next((word for word in arguments if not word.startswith("-")), None)
    before = arguments[: arguments.index(name)] if name else arguments
    wrong = [word for word in before if word not in _options(main)]
    if name is None or re.fullmatch(r"[A-Z…]+", name):  # COMMAND, or none
        return wrong
    if name not in main.commands:
        return [*wrong, name]
    known = _options(main.commands[name])
    given = [word.partition("=")[0] for word in arguments[arguments.index(name) + 1 :] if re.match(r"--?[a-z]", word)]
    return wrong + [f"{name} {option}" for option in given if option not in known]


def _options(command: click.Command) -> set[str]:
    return OF_HELP | {name for option in command.params for name in (*option.opts, *option.secondary_opts)}


def _wrong_make_arguments(arguments: list[str]) -> list[str]:
    wrong = []
    for word in arguments:
        name, sets, _ = word.partition("=")
        if sets and re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            wrong += [word] if name not in VARIABLES else []
        elif re.fullmatch(r"[a-z][a-z0-9-]*", word):
            wrong += [word] if word not in TARGETS else []
        elif not re.fullmatch(r"\.tools/[\w{},-]+/installed|-.*|[A-Z…]+", word):  # TARGET stands for any
            wrong.append(word)
    return wrong


def wrong_modules(text: str) -> list[str]:
    """The modules of this project that `python -m` is given there and that do not exist."""
    named = re.findall(r"python[\d.]* -m ((?:ops|bench|tests|packager|handler|training)(?:\.\w+)*)", text)
    return [name for name in named if not _is_run(name)]


def _is_run(module: str) -> bool:
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()
