"""The function: HTTP events in, answers out. Start reading here.

Lambda calls `lambda_handler`; `training.serve` runs the same routes on localhost. For a new route, write its function
and add it to ROUTES; for a new error, add its class to `handler.errors` and its line to ANSWERS. All between an event
and the estimator is in the modules that this one imports.
"""

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from handler.answers import answer_for
from handler.environment import Environment, load_served_model
from handler.errors import (
    InvalidFeatures,
    InvalidSettings,
    ModelUnavailable,
    TooManyRows,
    UnknownPath,
    UnsupportedEvent,
    WrongMethod,
)
from handler.instances import parse_body, to_rows
from handler.predictor import Predictor
from handler.request import json_text, payload_version
from handler.responses import json_response, model_summary, visible_manifest
from handler.settings import DEFAULT_MAX_ROWS, Settings
from handler.store import open_store
from handler.telemetry import Telemetry

TRAILING_SLASH: list[str | re.Pattern[str]] = [re.compile("/+$")]
"""What resolvers leave out of a path. Powertools' REST resolver ignores the slash by itself, the others do not."""


class Application:
    """Everything that one execution environment keeps between requests."""

    def __init__(self, environment: Environment, telemetry: Telemetry, max_rows: int = DEFAULT_MAX_ROWS) -> None:
        self.environment = environment
        self.telemetry = telemetry
        self.max_rows = max_rows
        self._resolvers = {
            "1.0": self.routed(APIGatewayRestResolver(debug=False, strip_prefixes=TRAILING_SLASH)),
            "2.0": self.routed(APIGatewayHttpResolver(debug=False, strip_prefixes=TRAILING_SLASH)),
        }
        self.handle = telemetry.observed(self._handle)

    def routed(self, resolver: ApiGatewayResolver) -> ApiGatewayResolver:
        """Give `resolver` the routes and the errors of this application, and give it back."""
        for (method, path), route in ROUTES.items():
            resolver.route(path, method)(self._answering(resolver, route))

        def refuse(error: Exception) -> Response[str]:
            if isinstance(error, NotFoundError):
                error = _no_route(resolver.current_event)
            return self.refuse(error, resolver.lambda_context.aws_request_id)

        resolver.exception_handler([Exception, NotFoundError])(refuse)
        return resolver

    def _answering(self, resolver: ApiGatewayResolver, route: "Route") -> Callable[[], Response[str]]:
        def answer() -> Response[str]:
            body = route(self, resolver.current_event)
            return json_response(200, body, self._headers(resolver.lambda_context.aws_request_id))

        return answer

    def _handle(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            answer = self._resolvers[payload_version(event)].resolve(event, context)
        except UnsupportedEvent as error:
            refusal = self.refuse(error, context.aws_request_id)
            answer = {"statusCode": refusal.status_code, "headers": refusal.headers, "body": refusal.body}
            event = {}
        self.telemetry.answered(event, answer["statusCode"], time.perf_counter() - began, self._model_version())
        return answer

    def predictor(self) -> Predictor:
        """The model that serves; raises ModelUnavailable."""
        predictor = self.environment.predictor()
        load_seconds = self.environment.take_load_seconds()
        if load_seconds is not None:
            self.telemetry.model_loaded(predictor.manifest.version, load_seconds)
        return predictor

    def _model_version(self) -> str:
        manifest = self.environment.served()
        return manifest.version if manifest else "none"

    def _headers(self, request_id: str) -> dict[str, str]:
        return {"X-Request-Id": request_id, "X-Model-Version": self._model_version()}

    def refuse(self, error: Exception, request_id: str) -> Response[str]:
        """The error's answer, in the one form that all of them have."""
        answer = answer_for(error)
        self.telemetry.refused(answer.code, error)
        if answer.status == 500:
            self.telemetry.crashed(error)
        headers = self._headers(request_id)
        if isinstance(error, ModelUnavailable):
            headers["Retry-After"] = str(self.environment.retry_after())
        if isinstance(error, WrongMethod):
            headers["Allow"] = ", ".join(error.allowed)
        body = {
            "error": answer.sentence or str(error),
            "code": answer.code,
            "request_id": request_id,
            "details": [asdict(problem) for problem in error.problems] if isinstance(error, InvalidFeatures) else [],
        }
        return json_response(answer.status, body, headers)


def predict(application: Application, event: BaseProxyEvent) -> dict[str, Any]:
    """POST /predict: one row or a batch of rows."""
    instances = parse_body(json_text(event))
    if len(instances.rows) > application.max_rows:
        raise TooManyRows(
            f"The batch has {len(instances.rows)} rows; {application.max_rows} are taken. Send it in parts."
        )
    predictor = application.predictor()
    rows = to_rows(instances, predictor.manifest.features)
    began = time.perf_counter()
    predictions = predictor.predict(rows)
    application.telemetry.predicted(len(predictions), time.perf_counter() - began)
    answers: dict[str, Any] = {"predictions": predictions} if instances.batch else predictions[0]
    return {**answers, "model": model_summary(predictor.manifest)}


def health(application: Application, _: BaseProxyEvent) -> dict[str, Any]:
    """GET /health: whether a model is served, and which."""
    return {"status": "ok", "model": model_summary(application.predictor().manifest)}


def model(application: Application, _: BaseProxyEvent) -> dict[str, Any]:
    """GET /model: what the model takes, answers, and was measured at."""
    return visible_manifest(application.predictor().manifest)


Route = Callable[[Application, BaseProxyEvent], dict[str, Any]]

ROUTES: Mapping[tuple[str, str], Route] = {
    ("POST", "/predict"): predict,
    ("GET", "/health"): health,
    ("GET", "/model"): model,
}


def _no_route(event: BaseProxyEvent) -> UnknownPath | WrongMethod:
    path = event.path.rstrip("/") or "/"
    allowed = tuple(method for method, known in ROUTES if known == path)
    if allowed:
        return WrongMethod(f"{path} takes {', '.join(allowed)}, not {event.http_method}.", allowed)
    paths = ", ".join(f"{method} {known}" for method, known in ROUTES)
    return UnknownPath(f"There is no such path here; there are {paths}.")


def create_application(environ: Mapping[str, str], telemetry: Telemetry) -> Application:
    """An application with the settings of `environ`, its model not yet asked for.

    Raises nothing: settings that cannot be used are a reason why there is no model, told to clients like any other.
    """
    try:
        settings = Settings.from_env(environ)
    except InvalidSettings as error:
        return Application(Environment(_failing(error)), telemetry)

    def load() -> Predictor:
        return load_served_model(open_store(settings.model_uri), settings.model_alias)

    return Application(Environment(load), telemetry, settings.max_rows)


def _failing(error: ModelUnavailable) -> Callable[[], Predictor]:
    def load() -> Predictor:
        raise error

    return load


@cache
def application() -> Application:
    """The application of this execution environment: the one thing that lives between requests."""
    created = create_application(os.environ, Telemetry(os.environ))
    created.environment.start()
    return created


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The entry that template.yaml names."""
    return application().handle(event, context)


# Importing a module does nothing, with this one exception: Lambda imports this module in its init phase, which has
# more CPU than most functions are given and delays no request (AWS Lambda Developer Guide, "Understanding the Lambda
# execution environment lifecycle"), so the model is loaded there. Elsewhere the first request does it.
if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    application()
