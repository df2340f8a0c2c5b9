"""`handler.api.pages.assembly`: what a browser gets is ours alone, whatever the model is."""

import base64
import hashlib
import html.parser
import re
from pathlib import Path
from typing import Any

import aws_lambda_powertools
import pytest

from handler.api.application import Application
from tests.unit.handler.asking import Answer, ask, get_event, http_event, predict_event
from tests.unit.handler.models import Version
from tests.unit.handler.processes import run_function

PAGES = ("/", "/docs", "/docs/")


class Elements(html.parser.HTMLParser):
    """A page as a browser parses it: its elements, and the text of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser calls it so
        self.found.append(("", {}, ""))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] in ("script", "style"):
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)


def policy_of(answer: Answer) -> dict[str, list[str]]:
    """The Content-Security-Policy by directive."""
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_allows_the_scripts_and_styles_of_the_page_by_their_hashes_and_no_others(
    iris_application: Application, path: str
) -> None:
    answer = ask(iris_application, get_event(path))
    policy = policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        inline = [
            text
            for found, attributes, text in Elements(answer.text).found
            if found == tag and not {"src", "type"} & set(attributes)
        ]
        hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline]
        assert len(hashes) == 1
        assert policy[directive] == ["'self'", *hashes]
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["connect-src"] == ["'self'"]
    inline_styles = {*policy["style-src"], *policy.get("style-src-elem", [])}
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & {*policy["script-src"], *inline_styles}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_handler_in_an_attribute_and_loads_nothing_from_elsewhere(
    iris_application: Application, path: str
) -> None:
    answer = ask(iris_application, get_event(path))
    for tag, attributes, _ in Elements(answer.text).found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href", "action"):
            target = attributes.get(name) or ""
            assert target in ("", "data:,") or target.startswith(("./docs/", "../docs/"))
    assert not re.findall(r"(?:url\(|@import|https?:)", answer.text.replace("http://www.w3.org/2000/svg", ""))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_html_for_this_site_alone_and_the_same_for_both_kinds_of_api(
    iris_application: Application, path: str
) -> None:
    rest = ask(iris_application, get_event(path))
    http = ask(iris_application, http_event(None, method="GET", path=path))
    assert rest.text == http.text
    assert rest.headers["content-type"] == "text/html; charset=utf-8"
    assert rest.headers["x-content-type-options"] == "nosniff"
    assert rest.headers["referrer-policy"] == "no-referrer"
    assert rest.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "up"), [("/docs", "./"), ("/docs/", "../")])
def test_the_links_of_the_contracts_page_lead_to_its_files_with_a_slash_and_without(
    iris_application: Application, path: str, up: str
) -> None:
    found = Elements(ask(iris_application, get_event(path)).text).found
    targets = {attributes.get("src") or attributes.get("href") for _, attributes, _ in found} - {None, "data:,"}
    assert targets == {f"{up}docs/swagger-ui.js", f"{up}docs/swagger-ui.css"}


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/docs/swagger-ui.js", "swagger-ui-bundle.min.js", "text/javascript; charset=utf-8"),
        ("/docs/swagger-ui.css", "swagger-ui.min.css", "text/css; charset=utf-8"),
    ],
)
def test_the_files_of_swagger_ui_are_powertools_own_and_kept_for_a_day(
    iris_application: Application, path: str, file: str, kind: str
) -> None:
    folder = Path(aws_lambda_powertools.__file__).parent / "event_handler" / "openapi" / "swagger_ui"
    answer = ask(iris_application, get_event(path))
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.text == (folder / file).read_text("utf-8")
    assert answer.headers["cache-control"] == "public, max-age=86400"


def test_a_prediction_imports_nothing_of_the_pages_and_the_contract(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    predict = {"ask": predict_event({"features": [6.0, 2.5, 4.5, 99.0]})}
    looked = [{"ask": get_event(path)} for path in ("/", "/docs", "/openapi.json")]
    for_people = [
        "handler.api.pages.assembly",
        "handler.api.contract.document",
        "handler.api.contract.schemas",
        "pydantic",
    ]
    steps: list[dict[str, Any]] = [predict, {"imported": for_people}, *looked, {"imported": for_people}]
    outcome = run_function(tmp_path, steps, MODEL_URI=str(root))
    _, before, *_, after = outcome.answers
    assert before == {"imported": []}
    assert after == {
        "imported": ["handler.api.pages.assembly", "handler.api.contract.document", "handler.api.contract.schemas"]
    }
