"""Drives the pages of a deployed stage in a real browser; tests/e2e/deploy starts it, for it needs a stage.

    DEPLOYED_URL=https://…/Prod/ DEPLOYED_KEY=… .tools/page/bin/python -m pytest --confcutdir=tests/page THIS_FILE

Its name is none that pytest collects by itself. What the pages do in each case, the other files here try on loopback.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

URL = os.environ["DEPLOYED_URL"]
KEY = os.environ["DEPLOYED_KEY"]

OF_THE_MODEL = ("setosa", "sepal", "LogisticRegression", "accuracy")


@pytest.fixture
def stage(browser: Browser) -> Iterator[Page]:
    """A page that fails its test where a script fails or the policy stops something."""
    # The stand-in signed its certificate itself.
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert complaints == []


def test_without_the_key_the_contract_and_the_report_are_403(stage: Page) -> None:
    for path in ("openapi.json", "report", "model", "health"):
        answer = stage.request.get(URL + path)
        assert (answer.status, answer.json()["code"]) == (403, "invalid_api_key")
        assert stage.request.get(URL + path, headers={"x-api-key": KEY}).status == 200


def test_the_page_asks_for_the_key_then_predicts_and_shows_the_report(stage: Page, screenshots: Path) -> None:
    stage.goto(URL)
    expect(stage.get_by_role("alert")).to_have_text("The service asks for an API key.")
    for word in OF_THE_MODEL:
        assert word not in stage.content()
    stage.screenshot(path=screenshots / "deployed-key.png")
    stage.get_by_label("API key").fill("wrong")
    stage.keyboard.press("Enter")
    expect(stage.get_by_role("alert")).to_have_text("The service does not know this API key.")
    stage.get_by_label("API key").fill(KEY)
    stage.keyboard.press("Enter")
    expect(stage.locator("#prediction")).to_have_text("versicolor")
    for name in ("petal length", "petal width"):
        stage.get_by_role("slider", name=name).press("Home")
    expect(stage.locator("#prediction")).to_have_text("setosa")
    stage.get_by_role("button", name="Show the report").click()
    assert stage.locator("iframe").get_attribute("sandbox") == ""
    expect(stage.frame_locator("iframe").get_by_role("img", name="Confusion matrix")).to_be_visible()
    stage.screenshot(path=screenshots / "deployed-page.png", full_page=True)


def test_the_contract_is_shown_with_the_key_and_asked_with_it(stage: Page, screenshots: Path) -> None:
    stage.goto(URL + "docs")
    expect(stage.get_by_role("alert")).to_have_text("The service asks for an API key.")
    stage.get_by_label("API key").fill(KEY)
    stage.keyboard.press("Enter")
    expect(stage.get_by_role("heading", name="iris: predictions")).to_be_visible()
    stage.locator("#operations-default-predict").click()
    stage.get_by_role("button", name="Try it out").click()
    with stage.expect_response("**/predict") as answered:
        stage.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    stage.screenshot(path=screenshots / "deployed-docs.png")
