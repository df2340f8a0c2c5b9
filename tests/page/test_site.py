"""Every page of the site that `make docs` makes, on a phone and on a desktop, light and dark."""

import functools
import http.server
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import PROJECT
from tests.page.test_accessibility import SIZES, violations

PAGES = re.findall(r": ([\w-]+)\.md$", (PROJECT / "mkdocs.yml").read_text(), re.MULTILINE)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site's URL, with a slash at its end: built as `make docs` builds it, and served on loopback."""
    folder = tmp_path_factory.mktemp("site")
    build = [".tools/docs/bin/python", "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(build, cwd=PROJECT, env=environment, check=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def sideways(page: Page) -> int:
    """By how many pixels the page itself scrolls sideways."""
    excess: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return excess


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_accessible_and_never_scrolls_sideways(page: Page, site: str, screenshots: Path, name: str) -> None:
    """axe looks at each page once: at every other one on a phone in dark colours, at the rest on a desktop in light."""
    looked_at = ("phone", "dark") if PAGES.index(name) % 2 else ("desktop", "light")
    page.emulate_media(reduced_motion="reduce", color_scheme="light")
    page.goto(f"{site}{name}.html")
    expect(page.locator("h1")).to_have_count(1)
    for scheme, colours in (("light", "default"), ("dark", "slate")):
        page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", colours)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            assert sideways(page) == 0
            if (size, scheme) == looked_at:
                assert violations(page) == []
            page.screenshot(path=screenshots / f"site-{name}-{size}-{scheme}.png")


def test_the_search_finds_a_page_without_any_other_host(page: Page, site: str) -> None:
    page.set_viewport_size({"width": SIZES["desktop"][0], "height": SIZES["desktop"][1]})
    page.goto(f"{site}index.html")
    page.get_by_role("textbox", name="Search").press_sequentially("alias_not_set")  # it searches when keys go up
    expect(page.locator(".md-search-result__item").first).to_be_visible()


def test_the_switch_overrides_the_system_s_colours(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site}index.html")
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.locator("label[title='Always light']:visible").click()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
