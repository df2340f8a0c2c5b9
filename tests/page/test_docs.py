"""The contract's page in a real browser: Swagger UI from our own files, under our own policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.page.gateway import KEY


@pytest.mark.parametrize("path", ["docs", "docs/"])
def test_the_contract_is_shown_below_a_stage_and_asked_with_the_key(page: Page, stage: str, path: str) -> None:
    page.goto(stage + path)
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="iris: predictions")).to_be_visible()
    page.locator("#operations-default-predict").click()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/Prod/predict") as answered:
        page.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    assert answered.value.json()["prediction"]
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


@pytest.mark.parametrize("model", ["categories", "regression"])
def test_the_contract_of_every_kind_of_model_is_shown(page: Page, service: Callable[[str], str], model: str) -> None:
    page.goto(f"{service(model)}/docs")
    expect(page.get_by_role("heading", name="tested: predictions")).to_be_visible()
    page.locator("#operations-default-predict").click()
    expect(page.get_by_text("Predict y for one row or a batch of rows")).to_be_visible()
