"""The routes: which paths there are, and the one function that answers each.

`handler.app` looks a request up by `find_route` and turns what the function gives, or raises, into a response.
A new route is a function here and its line in ROUTES.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent

from handler.api.body.instances import parse_body, to_rows
from handler.api.http.event import json_text
from handler.api.http.paths import asked_path
from handler.api.http.responses import JsonText, Page, model_summary, visible_manifest
from handler.errors.request import TooManyRows, UnknownPath, WrongMethod
from handler.rows.ranges import outside_training

if TYPE_CHECKING:
    from handler.app import Application


def predict(application: "Application", event: BaseProxyEvent) -> dict[str, Any]:
    """POST /predict: one row or a batch of rows."""
    instances = parse_body(json_text(event))
    if len(instances.rows) > application.max_rows:
        raise TooManyRows(
            f"The batch has {len(instances.rows)} rows; {application.max_rows} are taken. Send it in parts."
        )
    predictor = application.predictor()
    rows = to_rows(instances, predictor.manifest.features)
    began = time.perf_counter()
    answer: dict[str, Any]
    if instances.batch:
        answer = {"predictions": JsonText(predictor.predict_json(rows))}
    else:
        (answer,) = predictor.predict(rows)
    application.telemetry.predicted(len(rows), time.perf_counter() - began)
    answer["model"] = model_summary(predictor.manifest)
    outside = outside_training(rows, predictor.manifest.features)
    if outside.problems:
        application.telemetry.extrapolated(outside.counts)
        answer["warnings"] = [asdict(problem) for problem in outside.problems]
    return answer


def health(application: "Application", _: BaseProxyEvent) -> dict[str, Any]:
    """GET /health: whether a model is served, and which."""
    return {"status": "ok", "model": model_summary(application.predictor().manifest)}


def model(application: "Application", _: BaseProxyEvent) -> dict[str, Any]:
    """GET /model: what the model takes, answers, and was measured at."""
    from handler.api.contract.shown_example import shown_example

    predictor = application.predictor()
    return visible_manifest(predictor.manifest, shown_example(predictor))


def contract(application: "Application", _: BaseProxyEvent) -> dict[str, Any]:
    """GET /openapi.json: the contract, made for the model that serves."""
    from handler.api.contract.document import openapi
    from handler.api.contract.shown_example import shown_example

    predictor = application.predictor()
    return openapi(predictor.manifest, application.max_rows, shown_example(predictor))


# What follows is for people. Its modules are imported when somebody looks: the predict path does not pay for them.
def try_it(_: "Application", __: BaseProxyEvent) -> Page:
    """GET /: a page to try the model in a browser."""
    from handler.api.pages.assembly import try_it_page

    return try_it_page()


def report(application: "Application", _: BaseProxyEvent) -> Page:
    """GET /report: what the model was trained on and how it was measured, as it was published with it."""
    from handler.api.pages.assembly import report_page

    version = application.predictor().manifest.version
    html = application.read_report(version)
    if html is None:
        raise UnknownPath(f"{version} was published without a report.")
    return report_page(html)


def docs(_: "Application", event: BaseProxyEvent) -> Page:
    """GET /docs: the contract, to read and to try."""
    from handler.api.pages.assembly import docs_page

    return docs_page(asked_path(event.raw_event))


def swagger_ui_script(_: "Application", __: BaseProxyEvent) -> Page:
    """GET /docs/swagger-ui.js: the script of GET /docs."""
    from handler.api.pages.assembly import swagger_ui_file

    return swagger_ui_file("swagger-ui-bundle.min.js")


def swagger_ui_style(_: "Application", __: BaseProxyEvent) -> Page:
    """GET /docs/swagger-ui.css: the style of GET /docs."""
    from handler.api.pages.assembly import swagger_ui_file

    return swagger_ui_file("swagger-ui.min.css")


Route = Callable[["Application", BaseProxyEvent], dict[str, Any] | Page]

ROUTES: Mapping[tuple[str, str], Route] = {
    ("POST", "/predict"): predict,
    ("GET", "/health"): health,
    ("GET", "/model"): model,
    ("GET", "/openapi.json"): contract,
    ("GET", "/"): try_it,
    ("GET", "/report"): report,
    ("GET", "/docs"): docs,
    ("GET", "/docs/swagger-ui.js"): swagger_ui_script,
    ("GET", "/docs/swagger-ui.css"): swagger_ui_style,
}


def find_route(method: str, path: str) -> Route:
    """The function that answers `method` on `path`; raises UnknownPath, or WrongMethod with the methods there are.

    HEAD is answered as GET is; `handler.app` leaves the body out (RFC 9110, 9.3.2).
    """
    if route := ROUTES.get(("GET" if method == "HEAD" else method, path)):
        return route
    methods = [known for known, at in ROUTES if at == path]
    allowed = (*methods, "HEAD") if "GET" in methods else (*methods,)
    if allowed:
        raise WrongMethod(f"{path} takes {', '.join(allowed)}, not {method[:20]}.", allowed)
    paths = ", ".join(f"{known} {at}" for known, at in ROUTES)
    raise UnknownPath(f"There is no such path here; there are {paths}.")
