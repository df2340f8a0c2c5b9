"""axe-core finds nothing, light and dark, on a phone and on a desktop; and pictures are taken for people to judge."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


def violations(page: Page) -> list[str]:
    """What axe-core complains of, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(
    browser: Browser, service: Callable[[str], str], screenshots: Path, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    for model in ("iris", "categories", "regression"):
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
        page.goto(service(model))
        expect(page.locator("#prediction")).not_to_have_text("…")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
        page.screenshot(path=screenshots / f"{model}-{size}-{scheme}.png", full_page=True)
        page.locator("input[type=number]").first.fill("")
        page.locator("input[type=number]").last.fill("1e6")
        expect(page.get_by_role("alert")).not_to_be_empty()
        assert violations(page) == []
        page.screenshot(path=screenshots / f"{model}-{size}-{scheme}-problem.png", full_page=True)
        page.close()
