"""Finds the fenced blocks of a page, and says of each what it is: the word after its three backticks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md") if (ROOT / name).exists()),
    *sorted((ROOT / "docs").glob("*.md")),
)

RUN: Final = ("sh", "console", "python", "js", "logs")
"""What is executed as it stands."""

PARSED: Final = ("json", "toml", "yaml")
"""What is data, and is tried by the check that its kind names."""

WORDS: Final = (*RUN, *PARSED, "text")

KIND = re.compile(r"<!-- sample: (\S+) -->\s*\Z")


@dataclass(frozen=True)
class Fence:
    """One block. `line` is where its first line stands in the page, and `kind` what `<!-- sample: KIND -->` says."""

    page: str
    line: int
    word: str
    text: str
    kind: str | None = None

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def fences(page: str, markdown: str) -> Iterator[Fence]:
    """The blocks of a page in their order, those in lists too; `page` is its name. An indented block has no word."""
    kind = None
    for token in MarkdownIt().parse(markdown):
        if token.type == "html_block":
            found = KIND.search(token.content)
            kind = found[1] if found else None
            continue
        if token.type in ("fence", "code_block"):
            assert token.map is not None  # blocks have one
            first = token.map[0] + (2 if token.type == "fence" else 1)
            yield Fence(page, first, token.info.strip(), token.content, kind)
        if not token.type.startswith("bullet_list") and not token.type.startswith("list_item"):
            kind = None


def code_spans(markdown: str) -> Iterator[tuple[int, str]]:
    """Each text that stands between backticks within a line, with the line where its paragraph begins."""
    for token in MarkdownIt().enable("table").parse(markdown):
        for child in token.children or ():
            if child.type == "code_inline":
                yield (token.map[0] + 1 if token.map else 0), child.content


def fences_of(path: Path) -> list[Fence]:
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    return list(fences(name, path.read_text(encoding="utf-8")))
