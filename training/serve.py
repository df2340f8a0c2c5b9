"""Serves the function's own routes on localhost, without Docker: `make serve`.

Powertools brings the ASGI side; routes, errors and answers are `handler.app`'s. What API Gateway does (keys,
throttling) is not here, nor are Lambda's metrics and log lines: uvicorn logs each request instead.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import uvicorn
from aws_lambda_powertools.event_handler import HttpResolverLocal
from aws_lambda_powertools.event_handler.http_resolver import MockLambdaContext
from aws_lambda_powertools.metrics import MetricUnit

from handler.app import TRAILING_SLASH, Application, create_application
from handler.errors import UndecodableBody
from handler.telemetry import Telemetry

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class LocalContext(MockLambdaContext):
    """What Lambda would say of an invocation: here, an id of its own."""

    def __init__(self) -> None:
        self.aws_request_id = str(uuid.uuid4())


class LocalResolver(HttpResolverLocal):
    """Powertools' ASGI resolver, with one context a request in place of one for all."""

    @property
    def lambda_context(self) -> Any:
        return self.context.setdefault("local_context", LocalContext())

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        """Ignored: the resolver sets the context that all requests share."""


class LocalTelemetry(Telemetry):
    """Logs as on Lambda, but writes no metrics: they are for CloudWatch, and here a person reads the same stream."""

    def measure(self, name: str, unit: MetricUnit, value: float) -> None:
        """Nothing is measured."""

    def count(self, name: str, value: int, dimension: str, of: str) -> None:
        """Nothing is counted."""


def create_asgi(application: Application) -> Asgi:
    """The application as an ASGI app."""
    resolver = LocalResolver(debug=False, strip_prefixes=TRAILING_SLASH)
    application.routed(resolver)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await resolver(scope, receive, send)
        except UnicodeDecodeError:
            # The resolver decodes body and headers before any route runs. API Gateway would hand on base64 instead.
            refusal = application.refuse(UndecodableBody("The body and the headers must be UTF-8."), str(uuid.uuid4()))
            headers = [(name.lower().encode(), str(value).encode()) for name, value in refusal.headers.items()]
            await send({"type": "http.response.start", "status": refusal.status_code, "headers": headers})
            await send({"type": "http.response.body", "body": str(refusal.body).encode()})

    return answer


def run_server(environ: Mapping[str, str], port: int) -> None:
    """Load the model that `environ` names, then answer on the loopback address until interrupted."""
    application = create_application(environ, LocalTelemetry(environ))
    application.environment.start()
    uvicorn.run(create_asgi(application), host="127.0.0.1", port=port)
