"""Writes what commands print into the `console` blocks of the pages: `python -m tests.docs.outputs [PAGE …]`.

It goes the README's way first, then runs all blocks of each page. An output stays as it stands where it says the same.
"""

import sys
import tempfile
from pathlib import Path

from tests.docs.commands import PROMPT, session
from tests.docs.fences import PAGES, Fence, fences_of
from tests.docs.leaving import Left
from tests.docs.reader import Reader, SampleFailed
from tests.docs.seen import agree, as_shown
from tests.docs.walk import BEGINNING, walked


def written_anew(text: str, reader: Reader) -> str:
    """The text of a `console` block with what its commands print now."""
    lines: list[str] = []
    for command in session(text):
        typed = command.text.splitlines()
        printed = as_shown(reader.shell.show(command.text).output, reader.checkout)
        shown = list(command.said)
        lines += [PROMPT + typed[0], *typed[1:], *(shown if agree(shown, printed) else printed)]
    return "\n".join(lines) + "\n"


def with_text(markdown: str, block: Fence, text: str) -> str:
    """The page with another text in one of its blocks, indented as the block is."""
    lines = markdown.splitlines(keepends=True)
    opening = lines[block.line - 2]
    indent = opening[: len(opening) - len(opening.lstrip())]
    end = block.line - 1 + len(block.text.splitlines())
    return "".join(
        [*lines[: block.line - 1], *(indent + line for line in text.splitlines(keepends=True)), *lines[end:]]
    )


def write(page: Path, reader: Reader) -> None:
    """Run the page's blocks and write their outputs. Blocks above are done first, so lines are found from below."""
    anew: list[tuple[Fence, str]] = []
    for block in fences_of(page):
        if block.word == "console":
            anew.append((block, written_anew(block.text, reader)))
        else:
            reader.do(block)
    markdown = page.read_text(encoding="utf-8")
    for block, text in reversed(anew):
        markdown = with_text(markdown, block, text)
    page.write_text(markdown, encoding="utf-8")


def main() -> None:
    wanted = [Path(name).resolve() for name in sys.argv[1:]] or list(PAGES)
    with tempfile.TemporaryDirectory() as folder, walked(Path(folder)) as walk:
        for page in wanted:
            if page == BEGINNING:
                continue
            left = Left.of(walk)
            reader = walk.reader.elsewhere(Path(folder) / f"state-{page.name}")
            try:
                write(page, reader)
            except SampleFailed as error:
                print(error, file=sys.stderr)
            else:
                print(page)
            finally:
                reader.finish()
                left.put_back()


if __name__ == "__main__":
    main()
