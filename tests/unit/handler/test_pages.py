"""`handler.pages`: what a browser gets is ours alone, and nothing in a model can become a script of it."""

import base64
import hashlib
import html.parser
import json
import re
from pathlib import Path
from typing import Any

import aws_lambda_powertools
import pytest

from handler.app import Application
from handler.manifest import Feature
from handler.pages import try_it_page
from tests import served_models
from tests.unit.handler.asking import Answer, ask, get_event, http_event, open_application, predict_event
from tests.unit.handler.models import Version
from tests.unit.handler.processes import run_function

PAGES = ("/", "/docs", "/docs/")
NASTY = "</script><script>alert(1)</script><!-- \u2028 \"'& {{model}} \\ größe \U0001f600"


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


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """A model whose names and categories are the worst that a manifest can hold."""
    sound = served_models.categories()
    manifest = sound.manifest
    size, colour, *others = manifest.features
    features = (
        Feature(NASTY, "number", minimum=size.minimum, maximum=size.maximum, quantiles=size.quantiles),
        Feature("colour", "category", categories=(*colour.categories, NASTY)),
        *others,
    )
    version = sound.changed(name=NASTY, features=features)
    return open_application(MODEL_URI=str(version.write(tmp_path_factory.mktemp("registry") / "model")))


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_allows_the_scripts_and_styles_of_the_page_by_their_hashes_and_no_others(
    nasty: Application, path: str
) -> None:
    answer = ask(nasty, get_event(path))
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
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & {*policy["script-src"], *policy["style-src"]}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_handler_in_an_attribute_and_loads_nothing_from_elsewhere(nasty: Application, path: str) -> None:
    answer = ask(nasty, get_event(path))
    for tag, attributes, _ in Elements(answer.text).found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href", "action"):
            target = attributes.get(name) or ""
            assert target in ("", "data:,") or target.startswith(("./docs/", "../docs/"))
    assert not re.findall(r"(?:url\(|@import|https?:)", answer.text.replace("http://www.w3.org/2000/svg", ""))


def test_a_model_reaches_the_page_as_data_whatever_its_names_are(nasty: Application) -> None:
    answer = ask(nasty, get_event("/"))
    scripts = [(attributes, text) for tag, attributes, text in Elements(answer.text).found if tag == "script"]
    (data,) = [text for attributes, text in scripts if attributes.get("type") == "application/json"]
    assert len(scripts) == 2
    model = json.loads(data)
    assert model["name"] == model["features"][0]["name"] == NASTY
    assert model["features"][1]["categories"][-1] == NASTY
    assert model == ask(nasty, get_event("/model")).body


def test_the_page_tells_no_more_of_the_model_than_the_route_for_clients(iris_version: Version) -> None:
    page = try_it_page(iris_version.manifest)
    assert iris_version.manifest.training.dataset_sha256 not in page.text


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


def test_a_page_without_a_model_is_refused_in_the_form_of_all_errors(tmp_path: Path) -> None:
    application = open_application(MODEL_URI=str(tmp_path / "nothing"))
    assert ask(application, get_event("/")).status == 503
    assert ask(application, get_event("/docs")).status == 200


def test_a_prediction_imports_nothing_of_the_pages_and_the_contract(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    predict = {"ask": predict_event({"features": [6.0, 2.5, 4.5, 99.0]})}
    looked = [{"ask": get_event(path)} for path in ("/", "/docs", "/openapi.json")]
    for_people = ["handler.pages", "handler.openapi", "handler.openapi_schemas", "pydantic"]
    steps: list[dict[str, Any]] = [predict, {"imported": for_people}, *looked, {"imported": for_people}]
    outcome = run_function(tmp_path, steps, MODEL_URI=str(root))
    _, before, *_, after = outcome.answers
    assert before == {"imported": []}
    assert after == {"imported": ["handler.pages", "handler.openapi", "handler.openapi_schemas"]}
