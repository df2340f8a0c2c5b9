"""The function: HTTP events in, answers out. Start reading here.

Lambda calls `lambda_handler`; `training.local.serving` runs the same application on localhost. The routes are in
`handler.api.routes`, the errors in `handler.errors`; all between an event and the
estimator is in the modules that those import.
"""

# First of all: on Lambda it makes what follows cheaper.
from handler.coldstart import init_phase

# isort: split
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from handler.api.http.cors import PREFLIGHT, Cors
from handler.api.http.event import origin_of, parsed_event
from handler.api.http.paths import route_path
from handler.api.http.public_paths import is_public
from handler.api.http.responses import json_response, page_response
from handler.api.routes import find_route
from handler.engines.choice import import_shipped_engine
from handler.errors.base import answer_for
from handler.errors.model import InvalidSettings, ModelUnavailable
from handler.errors.request import RefusedRows, UnsupportedEvent, WrongMethod
from handler.registry.store import DirectoryStore, open_store
from handler.serving.artifact_cache import temporary_cache
from handler.serving.holder import Loaded, ModelHolder
from handler.serving.read_ahead import ReadAhead
from handler.serving.source import ModelSource, ServedModel
from handler.settings import DEFAULT_MAX_ROWS, DEFAULT_REFRESH_SECONDS, Settings
from handler.telemetry.log_and_metrics import Telemetry

if TYPE_CHECKING:
    from handler.serving.predictor import Predictor

RESTORE_SECONDS = 8.0
"""How long a restored environment waits for the alias, of the 10 s that Lambda gives it."""


class Application:
    """Everything that one execution environment keeps between requests."""

    def __init__(
        self,
        holder: ModelHolder,
        telemetry: Telemetry,
        max_rows: int = DEFAULT_MAX_ROWS,
        read_report: Callable[[str], bytes | None] = lambda _: None,
        cors: Cors | None = None,
    ) -> None:
        self.holder = holder
        self.telemetry = telemetry
        self.max_rows = max_rows
        self.read_report = read_report
        self.cors = cors or Cors()
        self.handle = telemetry.observed(self._handle)

    def _handle(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        began = time.perf_counter()
        answer = self.answer(event, context.aws_request_id)
        self.telemetry.answered(event, answer["statusCode"], time.perf_counter() - began, self._model_version())
        return answer

    def answer(self, event: dict[str, Any], request_id: str) -> dict[str, Any]:
        """What Lambda returns for `event`, whatever it is; nothing is said in the log of its having been answered."""
        try:
            asked = parsed_event(event)
        except UnsupportedEvent as error:
            refusal = self.refuse(error, request_id)
            return {"statusCode": refusal.status_code, "headers": refusal.headers, "body": refusal.body}
        try:
            response = self._respond(asked, request_id)
        except Exception as error:  # noqa: BLE001 - each has its answer, and what is not ours is logged there
            response = self.refuse(error, request_id, public=is_public(route_path(event)))
        response.headers.update(self.cors.headers(origin_of(event)))
        return {
            "statusCode": response.status_code,
            "body": response.body,
            "isBase64Encoded": False,
            **asked.header_serializer().serialize(headers=response.headers, cookies=[]),
        }

    def _respond(self, event: BaseProxyEvent, request_id: str) -> Response[str]:
        method = event.http_method.upper()
        if method == "OPTIONS" and self.cors.allows(origin_of(event.raw_event)):
            # For every path, so that a page can read why the request itself is refused.
            return Response(204, None, "", {**self._headers(request_id, public=True), **PREFLIGHT})
        path = route_path(event.raw_event)
        result = find_route(method, path)(self, event)
        headers = self._headers(request_id, public=is_public(path))
        response = json_response(200, result, headers) if isinstance(result, dict) else page_response(result, headers)
        if method == "HEAD":
            response.body = ""
        return response

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

    def _model_version(self) -> str:
        manifest = self.holder.served()
        return manifest.version if manifest else "none"

    def _headers(self, request_id: str, *, public: bool) -> dict[str, str]:
        version = {} if public else {"X-Model-Version": self._model_version()}
        return {"X-Request-Id": request_id, **version}

    def refuse(self, error: Exception, request_id: str, *, public: bool = False) -> Response[str]:
        """The error's answer, in the one form that all of them have; `public` where it was reached without a key."""
        answer = answer_for(error)
        self.telemetry.refused(answer.code, error)
        if answer.status == 500:
            self.telemetry.crashed(error)
        headers = self._headers(request_id, public=public)
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


def create_application(environ: Mapping[str, str], telemetry: Telemetry, ahead: bool = False) -> Application:
    """An application with the settings of `environ`, its model not yet asked for, or being read already if `ahead`.

    Raises nothing: settings that cannot be used are a reason why there is no model, told to clients like any other.
    """
    try:
        settings = Settings.from_env(environ)
        store = open_store(settings.model_uri)
    except InvalidSettings as error:
        return Application(ModelHolder(_failing(error), DEFAULT_REFRESH_SECONDS), telemetry)
    # A directory is as near as the cache would be. /tmp is all that a function may write to, and elsewhere everybody's.
    cache = temporary_cache() if init_phase.ON_LAMBDA and not isinstance(store, DirectoryStore) else None
    source = ModelSource(store, settings.model_alias, cache)
    first = ReadAhead(source).load if ahead else source.load
    holder = ModelHolder(source.load, settings.model_refresh_seconds, first=first)
    return Application(holder, telemetry, settings.max_rows, source.report, Cors(settings.cors_origins))


def _failing(error: InvalidSettings) -> Callable[[ServedModel | None], ServedModel]:
    def load(_: ServedModel | None) -> ServedModel:
        raise error

    return load


@cache
def application() -> Application:
    """The application of this execution environment: the one thing that lives between requests."""
    try:
        created = create_application(os.environ, Telemetry(os.environ), ahead=init_phase.ON_LAMBDA)
        import_shipped_engine()  # scikit-learn, while the model's bytes are on their way
    finally:
        init_phase.libraries_imported()
    created.holder.start()
    return created


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The entry that template.yaml names."""
    return application().handle(event, context)


def ask_after_restore(holder: ModelHolder) -> None:
    """Have the alias asked when this environment comes back from a SnapStart snapshot, before it answers anything.

    The runtime brings the hooks and gives them 10 s (AWS Lambda Developer Guide, "Implement code before or after Lambda
    function snapshots"). Without them, as on localhost, there is no snapshot to come back from.
    """
    try:
        from snapshot_restore_py import register_after_restore
    except ImportError:
        return
    # The state of `random` is the snapshot's, and botocore spreads its retries by it.
    register_after_restore(random.seed)
    register_after_restore(holder.restored, RESTORE_SECONDS)


# Importing a module does nothing, with this exception and that of `handler.coldstart.init_phase`: Lambda imports this
# module in its init phase, which has more CPU than most functions are given and delays no request (AWS Lambda Developer
# Guide, "Understanding the Lambda execution environment lifecycle"), so the model is loaded there. Elsewhere the first
# request does it. The first request may still come hours later, as with provisioned concurrency: it asks the alias
# again.
if init_phase.ON_LAMBDA:
    application().holder.ask_again()
    ask_after_restore(application().holder)
