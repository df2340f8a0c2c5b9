"""The site shows what GitHub shows of the same pages, and is not built where a link or the list of pages is wrong."""

import os
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from ops.commands import ROOT
from ops.site.links import OF_ROOT
from tests.docs.fences import PAGES

COUNTED = ("li", "table", "tr", "pre", "h1", "h2", "h3", "h4", "blockquote")


def build(project: Path, site: Path) -> "subprocess.CompletedProcess[str]":
    """Build the site of `project` as `make docs` does."""
    command = [str(ROOT / ".tools/docs/bin/python"), "-m", "mkdocs", "build", "--strict", "--site-dir"]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*command, str(site)], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = build(ROOT, folder)
    assert built.returncode == 0, built.stderr
    return folder


class _Article(HTMLParser):
    """Counts the elements of a page of the site, within its text."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.text: list[str] = []
        self.within = False

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.within = self.within or tag == "article"
        if self.within and tag in COUNTED:
            self.counts[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "article"

    def handle_data(self, data: str) -> None:
        if self.within:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        assert "generated" not in data
        assert "sample" not in data


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_the_lists_tables_blocks_and_headings_that_github_shows(page: Path, site: Path) -> None:
    name = OF_ROOT[page.name] if page.parent == ROOT else page.name
    article = _Article()
    article.feed((site / name).with_suffix(".html").read_text())
    tokens = MarkdownIt().enable("table").parse(page.read_text())
    wanted = Counter(token.tag for token in tokens if token.nesting == 1 and token.tag in COUNTED)
    wanted["pre"] += sum(token.type in ("fence", "code_block") for token in tokens)
    assert article.counts == wanted
    assert re.findall(r"<!--|```|\]\(", "".join(article.text)) == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the site is made of, to be changed."""
    for name in ("docs", "ops"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", *OF_ROOT):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("page", "added"),
    [
        ("README.md", "[x](docs/nowhere.md)"),
        ("README.md", "[x](docs/reference.md#no-such-heading)"),
        ("docs/memory.md", "[x](../handler/app.py)"),
        ("docs/memory.md", "[x](/handler)"),
        ("docs/page-that-the-nav-has-not.md", "# A page"),
    ],
)
def test_a_link_that_leads_nowhere_or_a_page_without_a_place_fails_the_site(
    project: Path, page: str, added: str
) -> None:
    file = project / page
    file.write_text((file.read_text() if file.exists() else "") + f"\n\n{added}\n")
    assert build(project, project / "site").returncode != 0
