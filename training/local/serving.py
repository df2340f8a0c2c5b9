"""Serves the function's own routes on localhost, without Docker.

Each HTTP request becomes the event that a function URL would make of it, and the real handler answers it. What API
Gateway does (keys, throttling) is not here, nor are Lambda's metrics and log lines: uvicorn logs each request instead.
"""

import base64
import socket
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import uvicorn

from handler.api.application import Application, create_application
from handler.errors.request import UndecodableBody
from handler.telemetry.exchange import Exchange
from handler.telemetry.log_and_metrics import Telemetry
from handler.telemetry.metrics import Metric
from training.errors import PortTaken
from training.release.stores.schemes import open_writable_store

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


HOST = "127.0.0.1"


class LocalTelemetry(Telemetry):
    """Logs as on Lambda, but writes no metrics: they are for CloudWatch, and here a person reads the same stream."""

    def measure(self, metric: Metric, value: float) -> None:
        """Nothing is measured."""

    def count(self, metric: Metric, value: int, of: str) -> None:
        """Nothing is counted."""

    def answered(self, exchange: Exchange) -> None:
        """Nothing is logged: the server has a line for each request."""


def create_asgi(application: Application) -> Asgi:
    """The application as an ASGI app, which answers one request at a time as an execution environment does."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body = await _body(receive)
        request_id = str(uuid.uuid4())
        try:
            headers = _headers(scope)
        except UnicodeDecodeError:
            refusal = application.refuse(UndecodableBody("The headers must be UTF-8."), request_id)
            await _send(send, refusal.status, refusal.headers, refusal.body)
            return
        response = application.answer(_event(scope, headers, body), request_id)
        await _send(send, response["statusCode"], response["headers"], response["body"])

    return serve


def _event(scope: Scope, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """The event of a function URL (AWS Lambda Developer Guide, "Invoking Lambda function URLs", payload format)."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": scope["path"],
        "headers": headers,
        "requestContext": {"stage": "$default", "http": {"method": scope["method"], "path": scope["path"]}},
        "isBase64Encoded": False,
    }
    if not body:
        return event
    try:
        return {**event, "body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {**event, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def _headers(scope: Scope) -> dict[str, str]:
    """The headers by their names in lower case, those that come twice joined; raises UnicodeDecodeError."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("utf-8").lower(), raw_value.decode("utf-8")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _send(send: Send, status: int, headers: Mapping[str, Any], body: str) -> None:
    names = [(name.lower().encode(), str(value).encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": names})
    await send({"type": "http.response.body", "body": body.encode()})


async def _live(receive: Receive, send: Send) -> None:
    """Say that all is well when the server starts and when it ends: there is nothing to do then."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


def run_server(environ: Mapping[str, str], port: int) -> None:
    """Load the model that `environ` names, then answer on the loopback address until interrupted; raises PortTaken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} of {HOST} cannot be listened on ({error.strerror}): end what uses it, or choose another "
                "with --port (`make serve PORT=`)."
            ) from error
    uvicorn.run(create_asgi(local_application(environ)), host=HOST, port=port, ws="none")


def local_application(environ: Mapping[str, str]) -> Application:
    """The application with its model loaded. A person reads its log: windows are written only where they are asked for.

    S3 is read by boto3, which knows this workstation's profiles and SSO; the function reads by obstore, which does not.
    """
    environ = {"OBSERVE_SECONDS": "0", **environ}
    application = create_application(environ, LocalTelemetry(environ), opener=open_writable_store)
    application.holder.start()
    return application
