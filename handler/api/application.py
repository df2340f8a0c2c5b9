"""A request's way from the event to the answer, and everything that one execution environment keeps between requests.

`Application.handle` is where a request comes in; read on from there. What each path answers is in `handler.api.routes`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from handler.api.http.cors import PREFLIGHT, Cors
from handler.api.http.event import Request, read_request
from handler.api.http.responses import Page, Response, json_response, lambda_answer, page_response
from handler.api.routes.route import Call, find_route
from handler.api.routes.table import ROUTES, needs_key
from handler.errors.base import answer_for
from handler.errors.model import InvalidSettings, ModelUnavailable
from handler.errors.request import RefusedRows, WrongMethod
from handler.registry.schemes import open_store
from handler.registry.store import Store
from handler.serving.holder import Loaded, ModelHolder
from handler.serving.opening import failed_holder, open_holder, open_source
from handler.settings import DEFAULT_MAX_ROWS, Settings
from handler.telemetry.exchange import Exchange, Observer
from handler.telemetry.log_and_metrics import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from handler.serving.predictor import Predictor


class Application:
    """The model's holder, the limits and the observers, behind the routes."""

    routes = ROUTES

    def __init__(
        self,
        holder: ModelHolder,
        telemetry: Telemetry,
        observers: tuple[Observer, ...] = (),
        max_rows: int = DEFAULT_MAX_ROWS,
        read_report: Callable[[str], bytes | None] = lambda _: None,
        cors: Cors | None = None,
    ) -> None:
        self.holder = holder
        self.telemetry = telemetry
        self.observers = observers
        self.max_rows = max_rows
        self.read_report = read_report
        self.cors = cors or Cors()

    def handle(self, event: Any, context: "LambdaContext") -> dict[str, Any]:
        """What Lambda returns for `event`. Its log lines bear the invocation's names, its metrics are written."""
        self.telemetry.begin(context)
        try:
            return self.answer(event, context.aws_request_id)
        finally:
            self.telemetry.end(context)

    def answer(self, event: Any, request_id: str) -> dict[str, Any]:
        """The answer to `event`, whatever it is, once the observers have seen it."""
        began = time.perf_counter()
        call, code = None, None
        try:
            call = Call(read_request(event), self)
            response = self._respond(call, request_id)
        except Exception as error:  # noqa: BLE001 - each has its answer, and what is not ours is logged there
            code = answer_for(error).code
            response = self.refuse(error, request_id, call.request if call else None)
        self._observe(
            Exchange(
                request_id,
                call.request.method if call else None,
                call.request.sent_path if call else None,
                call.route.path if call and call.route else None,
                response.status,
                code,
                time.perf_counter() - began,
                self._model_version(),
                call.predicted if call else None,
                call.request.api_request_id if call else None,
            )
        )
        return lambda_answer(response, call.request.payload_version if call else None)

    def _respond(self, call: Call, request_id: str) -> Response:
        """The response of the route that `call` asks for; raises what stands in the way of one."""
        request, method = call.request, call.request.method.upper()
        if method == "OPTIONS" and self.cors.allows(request.headers.get("origin")):
            # For every path, so that a page can read why the request itself is refused.
            return Response(204, {"X-Request-Id": request_id, **self._cors_headers(request), **PREFLIGHT}, "")
        call.route, call.parameters = find_route(self.routes, method, request.path)
        result = call.route.answer(call)
        headers = self._headers(request_id, request)
        response = page_response(result, headers) if isinstance(result, Page) else json_response(200, result, headers)
        return replace(response, body="") if method == "HEAD" else response

    def refuse(self, error: Exception, request_id: str, request: Request | None = None) -> Response:
        """The error's response, in the one form that all of them have."""
        answer = answer_for(error)
        self.telemetry.refused(answer.code, error)
        if answer.status == 500:
            self.telemetry.crashed(error)
        headers = self._headers(request_id, request)
        if isinstance(error, ModelUnavailable):
            headers["Retry-After"] = str(self.holder.retry_after())
        if isinstance(error, WrongMethod):
            headers["Allow"] = ", ".join(error.allowed)
        body = {
            "error": answer.sentence or str(error),
            "code": answer.code,
            "request_id": request_id,
            "details": [asdict(problem) for problem in error.problems] if isinstance(error, RefusedRows) else [],
        }
        return json_response(answer.status, body, headers)

    def predictor(self) -> "Predictor":
        """The model that serves; raises ModelUnavailable."""
        try:
            return self.holder.predictor()
        finally:
            for news in self.holder.take_news():
                if isinstance(news, Loaded):
                    self.telemetry.model_loaded(news.version, news.seconds, news.replaced)
                else:
                    self.telemetry.refresh_failed(news.version, answer_for(news.error).code, news.error)

    def _observe(self, exchange: Exchange) -> None:
        for observer in self.observers:
            try:
                observer.observe(exchange)
            except Exception as error:  # noqa: BLE001 - whatever an observer does, the client has its answer
                self.telemetry.crashed(error)

    def _headers(self, request_id: str, request: Request | None) -> dict[str, str]:
        headers = {"X-Request-Id": request_id}
        if request is None or needs_key(request.path):
            headers["X-Model-Version"] = self._model_version()
        return headers | self._cors_headers(request) if request else headers

    def _cors_headers(self, request: Request) -> dict[str, str]:
        return self.cors.headers(request.headers.get("origin"))

    def _model_version(self) -> str:
        manifest = self.holder.served()
        return manifest.version if manifest else "none"


def create_application(
    environ: Mapping[str, str],
    telemetry: Telemetry,
    observers: tuple[Observer, ...] = (),
    ahead: bool = False,
    opener: Callable[[str], Store] = open_store,
) -> Application:
    """An application with the settings of `environ`, its model not yet asked for, or being read already if `ahead`.

    Its registry is opened by `opener`. The telemetry is the first of its observers; windows are counted last. Raises
    nothing: settings that cannot be used are a reason why there is no model, which clients learn like any other. Then
    nobody knows how often windows are wanted, and there are none.
    """
    observers = (telemetry, *observers)
    try:
        settings = Settings.from_env(environ)
        source = open_source(settings, opener)
    except InvalidSettings as error:
        return Application(failed_holder(error), telemetry, observers)
    holder = open_holder(source, settings.model_refresh_seconds, ahead)
    if settings.observe_seconds:
        from handler.monitoring.observer import WindowObserver  # not paid for where nobody asks for windows

        observers = (*observers, WindowObserver(settings.observe_seconds, holder.served, telemetry.service))
    return Application(holder, telemetry, observers, settings.max_rows, source.report, Cors(settings.cors_origins))
