"""The try-it page in a real browser: controls ask, answers show, mistakes are told where they were made."""

import json
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.page.gateway import KEY

Service = Callable[[str], str]


def open_page(page: Page, url: str) -> Page:
    """Open the try-it page and wait for its first answer."""
    page.goto(url)
    expect(page.locator("#prediction")).not_to_have_text("…")
    return page


def test_the_page_shows_the_model_and_the_prediction_of_its_example(page: Page, service: Service) -> None:
    open_page(page, service("iris"))
    expect(page.get_by_role("heading", level=1)).to_have_text("iris")
    expect(page.locator("#target")).to_have_text("Predicts species: one of setosa, versicolor, virginica.")
    expect(page.locator("#version")).to_contain_text("LogisticRegression")
    expect(page.locator("#metrics")).to_contain_text("accuracy 0.96")
    assert page.get_by_role("slider").count() == 4
    assert page.locator("#probabilities dt").all_text_contents() == ["setosa", "versicolor", "virginica"]
    assert sum(float(share.rstrip(" %")) for share in page.locator(".share").all_text_contents()) == pytest.approx(
        100, abs=0.2
    )


def test_a_slider_moved_by_keyboard_changes_the_prediction(page: Page, service: Service) -> None:
    open_page(page, service("iris"))
    for name in ("petal length", "petal width"):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press("Home")
    expect(page.locator("#prediction")).to_have_text("setosa")
    for name in ("petal length", "petal width"):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press("End")
    expect(page.locator("#prediction")).to_have_text("virginica")
    expect(page.locator("#warnings")).to_be_empty()
    expect(page.get_by_label("petal length (cm)", exact=True)).to_have_value("6.9")
    expect(page.get_by_label("petal width (cm)", exact=True)).to_have_value("2.5")


def test_a_slider_dragged_by_mouse_changes_the_prediction_while_it_moves(page: Page, service: Service) -> None:
    open_page(page, service("iris"))
    seen = set()
    box = page.get_by_role("slider", name="petal length").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for share in (0.02, 0.5, 0.98):
        with page.expect_response("**/predict"):
            page.mouse.move(box["x"] + share * box["width"], middle, steps=5)
        page.wait_for_timeout(300)
        seen.add(page.locator(".share").nth(2).text_content())
    page.mouse.up()
    assert len(seen) == 3


def test_dragging_asks_for_one_prediction_at_a_time(page: Page, service: Service) -> None:
    open_page(page, service("iris"))
    under_way, most = 0, 0

    def began(_: object) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)

    def ended(_: object) -> None:
        nonlocal under_way
        under_way -= 1

    page.on("request", began)
    page.on("requestfinished", ended)
    page.get_by_role("slider", name="petal length").focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(page.locator("#prediction")).to_have_text("virginica")
    assert most == 1


def test_a_value_that_does_not_fit_is_told_at_its_field_and_by_the_answer(page: Page, service: Service) -> None:
    open_page(page, service("iris"))
    field = page.get_by_label("sepal width (cm)", exact=True)
    field.fill("")
    expect(page.locator("#feature-1-problem")).to_have_text("expected a number, got null")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("expected a number, got null")
    expect(page.get_by_role("alert")).to_contain_text("sepal width (cm)")
    expect(page.locator("#json")).to_contain_text('"code": "invalid_features"')
    field.fill("3")
    expect(page.locator("#feature-1-problem")).to_be_hidden()
    expect(field).to_have_attribute("aria-invalid", "false")


def test_a_value_outside_training_is_answered_with_a_warning(page: Page, service: Service) -> None:
    open_page(page, service("iris"))
    page.get_by_label("petal length (cm)", exact=True).fill("70")
    expect(page.locator("#warnings")).to_have_text("petal length (cm): 70 is above 6.9, the most that training saw.")


def test_the_page_works_without_the_slash_at_its_end(page: Page, stage: str) -> None:
    page.goto(stage.rstrip("/"))
    page.get_by_label("API key").fill(KEY)
    page.keyboard.press("Enter")
    expect(page.locator("#prediction")).not_to_have_text("…")
    page.get_by_role("link", name="The whole contract").click()
    page.get_by_label("API key").fill(KEY)
    page.keyboard.press("Enter")
    expect(page.get_by_text("/predict", exact=True)).to_be_visible()


def test_the_languages_are_tabs_of_the_keyboard_and_the_request_can_be_copied(page: Page, service: Service) -> None:
    url = service("iris")
    open_page(page, url)
    page.get_by_role("tab", name="curl").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.get_by_role("tab", name="Python")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Python")).to_contain_text("urllib.request")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="JavaScript")).to_contain_text("await fetch")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="curl")).to_contain_text(f"curl -X POST '{url}/predict'")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#request").inner_text()


@pytest.mark.parametrize("model", ["iris", "categories", "kinds"])
def test_the_requests_to_copy_run_as_they_stand_and_answer_the_same(page: Page, service: Service, model: str) -> None:
    open_page(page, service(model))
    if model == "categories":
        page.get_by_label("colour").select_option('it\'s "green" </script>')
    if model == "kinds":
        page.get_by_label("remark").fill('it\'s "fine" </script>\n\\ 😀')
    prediction = page.locator("#prediction").inner_text()
    for language, command in (("Python", [sys.executable, "-"]), ("curl", ["bash"])):
        page.get_by_role("tab", name=language).click()
        script = page.locator("#request").inner_text()
        done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=30, check=False)
        assert prediction in done.stdout, (script, done.stderr)


def test_categories_and_gaps_can_be_chosen(page: Page, service: Service) -> None:
    open_page(page, service("categories"))
    assert page.get_by_label("colour").locator("option").all_text_contents() == [
        "blue",
        "red",
        'it\'s "green" </script>',
    ]
    shade = page.get_by_label("shade")
    assert shade.locator("option").all_text_contents() == ["dark", "light", "(missing)"]
    with page.expect_request("**/predict") as asked:
        shade.select_option("(missing)")
    assert asked.value.post_data_json == {"features": [5, "blue", None, pytest.approx(16), 5]}
    page.get_by_label("größe (cm)", exact=True).fill("9")
    expect(page.locator("#prediction")).to_have_text("large")
    page.get_by_label("größe (cm)", exact=True).fill("1")
    expect(page.locator("#prediction")).to_have_text("small")
    expect(page.get_by_label("weight & <b>", exact=True)).to_have_value(re.compile(r"1[56]"))


def test_every_kind_is_sent_as_what_it_is(page: Page, service: Service) -> None:
    open_page(page, service("kinds"))
    row = [40, 3, True, "B", "some text", 10, False, "some text"]
    changes: list[tuple[Callable[[], object], list[object]]] = [
        (lambda: page.get_by_label("class").select_option("2"), [40, 2, *row[2:]]),
        (lambda: page.get_by_label("member").select_option("false"), [40, 2, False, *row[3:]]),
        (lambda: page.get_by_label("member").select_option("(missing)"), [40, 2, None, *row[3:]]),
        (lambda: page.get_by_label("shop").select_option("(missing)"), [40, 2, None, *row[3:5], None, *row[6:]]),
        (lambda: page.get_by_label("confirmed").check(), [40, 2, None, *row[3:5], None, True, row[7]]),
        (lambda: page.get_by_label("note (missing)").check(), [40, 2, None, *row[3:5], None, True, None]),
    ]
    for change, sent in changes:
        with page.expect_response("**/predict") as answered:
            change()
        assert answered.value.request.post_data_json == {"features": sent}
        assert answered.value.status == 200
    assert page.get_by_label("member").locator("option").all_text_contents() == ["true", "false", "(missing)"]
    expect(page.get_by_label("note", exact=True)).to_be_disabled()
    page.get_by_label("note (missing)").uncheck()
    expect(page.get_by_label("note", exact=True)).to_be_enabled()


def test_a_text_can_be_written_up_to_its_limit(page: Page, service: Service) -> None:
    open_page(page, service("kinds"))
    remark = page.get_by_label("remark")
    expect(remark).to_have_attribute("maxlength", "40")
    remark.fill("")
    remark.press_sequentially("it's <b>\n" + 50 * "x")
    expect(page.locator("#json")).to_contain_text('"prediction"')
    written = remark.input_value()
    assert written == "it's <b>\n" + 31 * "x"
    page.get_by_role("tab", name="JavaScript").click()
    expect(page.get_by_role("tabpanel")).to_contain_text(json.dumps(written))
    expect(page.get_by_role("alert")).to_be_empty()


def test_names_that_are_markup_are_shown_as_they_are_written(page: Page, service: Service) -> None:
    nasty = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \u2028 \"'& {{model}}"

    def rename(route: Route) -> None:
        model = route.fetch().json()
        model["name"] = model["target"]["name"] = model["features"][0]["name"] = nasty
        route.fulfill(json=model)

    page.route("**/model", rename)
    open_page(page, service("categories"))
    assert page.locator("h1").evaluate("e => e.textContent") == nasty
    assert page.locator("#features label").first.evaluate("e => e.textContent") == nasty
    assert page.locator("img").count() == 0


def test_a_regression_answers_a_number_and_shows_no_bars(page: Page, service: Service) -> None:
    open_page(page, service("regression"))
    before = float(page.locator("#prediction").inner_text())
    page.get_by_role("slider", name="a, from").focus()
    page.keyboard.press("End")
    expect(page.locator("#prediction")).not_to_have_text(str(before))
    assert float(page.locator("#prediction").inner_text()) > before
    expect(page.locator("#target")).to_have_text("Predicts y: a number.")
    assert page.locator("#probabilities dt").count() == 0


def test_a_service_that_goes_away_is_told(page: Page, service: Service) -> None:
    open_page(page, service("iris"))
    page.route("**/predict", lambda route: route.abort())
    page.get_by_role("slider", name="petal length").press("Home")
    expect(page.get_by_role("alert")).to_have_text("The service could not be reached, or its answer not be read.")
    page.unroute("**/predict")
    page.get_by_role("slider", name="petal length").press("End")
    expect(page.get_by_role("alert")).to_be_empty()
