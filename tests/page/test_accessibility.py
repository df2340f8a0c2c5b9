"""axe-core finds nothing, light and dark, on a phone and on a desktop; and pictures are taken for people to judge."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.page.conftest import PROJECT, PYTHON

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


def page_of(browser: Browser, size: str, scheme: str) -> Page:
    """A page of this size in this colour scheme."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    return page


def violations(page: Page) -> list[str]:
    """What axe-core complains of, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(
    browser: Browser, service: Callable[[str], str], screenshots: Path, size: str, scheme: str
) -> None:
    for model in ("iris", "categories", "kinds", "regression"):
        page = page_of(browser, size, scheme)
        page.goto(service(model))
        expect(page.locator("#prediction")).not_to_have_text("…")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
        page.screenshot(path=screenshots / f"{model}-{size}-{scheme}.png", full_page=True)
        if model == "kinds":  # its number may be missing
            page.get_by_label("remark").evaluate("field => { field.maxLength = 1000; }")
            page.get_by_label("remark").fill("x" * 41)
        page.locator("input[type=number]").first.fill("")
        page.locator("input[type=number]").last.fill("1e6")
        expect(page.get_by_role("alert")).not_to_be_empty()
        assert violations(page) == []
        page.screenshot(path=screenshots / f"{model}-{size}-{scheme}-problem.png", full_page=True)
        page.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "docs"])
def test_a_page_that_asks_for_the_key_is_accessible(
    browser: Browser, stage: str, screenshots: Path, size: str, scheme: str, path: str
) -> None:
    page = page_of(browser, size, scheme)
    page.goto(stage + path)
    for said in ("asks for", "does not know"):
        expect(page.get_by_role("alert")).to_contain_text(said)
        assert violations(page) == []
        page.get_by_label("API key").fill("wrong")
        page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    page.screenshot(path=screenshots / f"key-{path or 'page'}-{size}-{scheme}.png", full_page=True)
    page.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_with_its_report_is_accessible(
    browser: Browser, service: Callable[[str], str], screenshots: Path, size: str, scheme: str
) -> None:
    page = page_of(browser, size, scheme)
    page.goto(service("iris"))
    page.get_by_role("button", name="Show the report").click()
    expect(page.frame_locator("iframe").get_by_role("img", name="Confusion matrix")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    page.screenshot(path=screenshots / f"report-{size}-{scheme}.png", full_page=True)
    page.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_by_itself_is_accessible_and_scrolls_wide_parts_only(
    browser: Browser, service: Callable[[str], str], screenshots: Path, size: str, scheme: str
) -> None:
    page = page_of(browser, size, scheme)
    # As a file: the service's policy lets no script run in its report, so axe could not either.
    page.set_content(page.request.get(service("iris") + "/report").text())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") == (scheme == "light")
    page.screenshot(path=screenshots / f"report-alone-{size}-{scheme}.png", full_page=True)
    page.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_drift_report_is_accessible(browser: Browser, screenshots: Path, size: str, scheme: str) -> None:
    made = [str(PYTHON), "-m", "tests.unit.handler.monitoring.drift.shown_page"]
    page = page_of(browser, size, scheme)
    page.set_content(subprocess.run(made, cwd=PROJECT, check=True, capture_output=True, text=True).stdout)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    page.screenshot(path=screenshots / f"drift-{size}-{scheme}.png", full_page=True)
    page.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_page_without_a_model_is_accessible(
    browser: Browser, service: Callable[[str], str], screenshots: Path, size: str
) -> None:
    page = page_of(browser, size, "light")
    refusal = {"error": "No version serves yet.", "code": "alias_not_set", "request_id": "1", "details": []}
    page.route("**/model", lambda route: route.fulfill(status=503, json=refusal))
    page.goto(service("iris"))
    expect(page.get_by_role("alert")).to_have_text("No version serves yet.")
    assert violations(page) == []
    page.screenshot(path=screenshots / f"unserved-{size}.png", full_page=True)
    page.close()
