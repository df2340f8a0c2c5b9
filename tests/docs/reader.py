"""A reader who goes through a page and does what each block says, in the order of the page."""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.docs.commands import Command, commands, session
from tests.docs.fences import PARSED, Fence
from tests.docs.insights import run_query
from tests.docs.seen import agree, as_shown
from tests.docs.shell import Done, Shell

SCRIPT_SECONDS = 300
SHOWN = 6000
"""The characters of an output that a failure quotes, from its end."""


class SampleFailed(Exception):
    """A block did not do what its page says; the message names the page and the line."""


@dataclass(frozen=True)
class Step:
    """A command, or a whole script, with how long it took."""

    place: str
    text: str
    seconds: float
    output: str


@dataclass(frozen=True)
class Reader:
    """Somebody in the root of a checkout, with what his shell has set so far."""

    shell: Shell

    @property
    def checkout(self) -> Path:
        return self.shell.folder

    def elsewhere(self, state: Path) -> "Reader":
        """The same reader at another prompt, to which he brings what he has set; what he sets there stays there."""
        state.write_text(self.shell.state.read_text())
        return Reader(replace(self.shell, state=state, groups=[]))

    def follow(self, blocks: Iterable[Fence]) -> list[Step]:
        """Do what the blocks say; raises SampleFailed at the first that does not go as the page says."""
        return [step for block in blocks for step in self.do(block)]

    def do(self, block: Fence) -> list[Step]:
        """Do what one block says."""
        if block.kind:
            check_of(block.kind)(block, self)
            return []
        if block.word in PARSED:
            raise SampleFailed(
                f"{block.place}: Nothing tries this {block.word}: name a check, `<!-- sample: KIND -->`."
            )
        if block.word == "text":
            return []
        if block.word not in DO:
            raise SampleFailed(f"{block.place}: `{block.word}` is no word of a block that this project knows.")
        return DO[block.word](self, block)

    def finish(self) -> None:
        self.shell.end()


def check_of(kind: str) -> Callable[[Fence, Reader], None]:
    """The check of a kind: the function `check` of the module of its name in tests/docs/kinds."""
    check: Callable[[Fence, Reader], None] = importlib.import_module(f"tests.docs.kinds.{kind.replace('-', '_')}").check
    return check


def _sh(reader: Reader, block: Fence) -> list[Step]:
    steps = []
    for command in commands(block.text):
        done = reader.shell.run(command.text)
        if done.code != 0:
            raise SampleFailed(_ended(block, command, done))
        steps.append(_step(block, command, done))
    return steps


def _console(reader: Reader, block: Fence) -> list[Step]:
    steps = []
    for command in session(block.text):
        done = reader.shell.show(command.text)
        printed = as_shown(done.output, reader.checkout)
        if not agree(list(command.said), printed):
            raise SampleFailed(
                f"{block.page}:{block.line + command.line}: {command.text}\nprinted something else than the page shows."
                " `python -m tests.docs.outputs` writes it anew. It printed:\n" + "\n".join(printed)
            )
        steps.append(_step(block, command, done))
    return steps


def _python(reader: Reader, block: Fence) -> list[Step]:
    return _script(reader, block, "sample.py", [".venv/bin/python"])


def _js(reader: Reader, block: Fence) -> list[Step]:
    """As a page in the browser has them, the script finds API_URL and API_KEY."""
    known = "globalThis.API_URL = process.env.API_URL; globalThis.API_KEY = process.env.API_KEY;"
    return _script(reader, block, "sample.mjs", ["node", "--import", f"data:text/javascript,{known}"])


def _script(reader: Reader, block: Fence, name: str, interpreter: list[str]) -> list[Step]:
    """Run the block as a script in the root of the checkout; a stand-in for AWS is trusted as AWS is."""
    quoted = " ".join(f"'{word}'" for word in [*interpreter, name])
    trust = 'SSL_CERT_FILE="${CURL_CA_BUNDLE:-}" NODE_EXTRA_CA_CERTS="${CURL_CA_BUNDLE:-}"'
    script = reader.checkout / name
    script.write_text(block.text)
    try:
        done = reader.shell.run(f'if [ -n "${{CURL_CA_BUNDLE:-}}" ]; then export {trust}; fi\n{quoted}')
    finally:
        script.unlink()
    if done.code != 0:
        raise SampleFailed(_ended(block, Command(0, block.text), done))
    return [Step(block.place, block.text, done.seconds, done.output)]


def _logs(reader: Reader, block: Fence) -> list[Step]:
    try:
        found = run_query(block.text, reader.shell.variables())
    except ValueError as error:
        raise SampleFailed(f"{block.place}: {error}") from None
    return [Step(block.place, block.text, 0.0, "\n".join(found))]


def _ended(block: Fence, command: Command, done: Done) -> str:
    where = f"{block.page}:{block.line + command.line}"
    return f"{where}: {command.text}\nended with {done.code}, after it printed:\n{done.output[-SHOWN:]}"


def _step(block: Fence, command: Command, done: Done) -> Step:
    return Step(f"{block.page}:{block.line + command.line}", command.text, done.seconds, done.output)


DO: Final[dict[str, Callable[[Reader, Fence], list[Step]]]] = {
    "sh": _sh,
    "console": _console,
    "python": _python,
    "js": _js,
    "logs": _logs,
}
