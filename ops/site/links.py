"""What changes in a page's Markdown on its way into the site, where every page lies in one folder.

GitHub shows the same files as they lie in the repository, so nothing in them may be written for the site.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Final

OF_ROOT: Final = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "LICENSE",
}
"""The files of the repository's root that the site shows, and what they are called there. docs/security.md is another
page than SECURITY.md, which says how to report a weakness."""

FENCE: Final = re.compile(r"^(?P<indent> *)(?P<mark>```+|~~~+).*?^(?P=indent)(?P=mark) *$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"(?P<before>\]\(|(?:href|src|srcset)=\")(?P<to>[^)\s\"#]+)(?P<after>(?:#[^)\s\"]*)?[)\s\"])")
MARKER: Final = re.compile(r"^ *<!-- (?:generated: \S+|end|sample: \S+) -->\n", re.MULTILINE)


def outside_fences(markdown: str, change: Callable[[str], str]) -> str:
    """`markdown` with `change` made to all that is not in a fenced block."""
    parts, at = [], 0
    for fence in FENCE.finditer(markdown):
        parts += [change(markdown[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join([*parts, change(markdown[at:])])


def as_in_site(markdown: str, page: str) -> str:
    """The Markdown of the file `page` of the repository, with its links as the site has them and without markers."""
    folder = PurePosixPath(page).parent

    def moved(found: re.Match[str]) -> str:
        return found["before"] + place_in_site(found["to"], folder) + found["after"]

    return outside_fences(markdown, lambda text: LINK.sub(moved, MARKER.sub("\n", text)))


def place_in_site(link: str, folder: PurePosixPath) -> str:
    """Where a link of a file in `folder` leads in the site; what the site does not have stays, and fails its build."""
    if "://" in link or link.startswith(("mailto:", "/")):
        return link
    target = normpath(folder / link)
    if target in OF_ROOT:
        return OF_ROOT[target]
    return target.removeprefix("docs/") if target.startswith("docs/") else link
