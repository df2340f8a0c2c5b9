"""A small HTTP client: sends one request as a client developer would, and gives status, headers and JSON."""

import contextlib
import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """`headers` have lower-case names; `body` is parsed if its content type is JSON, and text otherwise."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class HttpApi:
    """An API below `url`. `certificate` is the one to trust on https; `headers` go with each request."""

    url: str
    certificate: Path | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request on a connection of its own; raises OSError where nothing answers."""
        connection = self._connection()
        try:
            return self._answer(connection, method, path, body, headers)
        finally:
            connection.close()

    def again(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """Send the same request on one connection, as often as an answer is asked for; raises OSError as `ask`."""
        connection = self._connection()
        try:
            while True:
                yield self._answer(connection, method, path, None, headers)
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        place = urlsplit(self.url)
        if place.scheme == "https":
            context = ssl.create_default_context(cafile=self.certificate)
            return http.client.HTTPSConnection(place.netloc, timeout=SECONDS, context=context)
        return http.client.HTTPConnection(place.netloc, timeout=SECONDS)

    def _answer(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: str | bytes | None,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        # A server may answer and close before it has read a body that is too large.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            connection.request(method, urlsplit(self.url).path + path, body, dict(self.headers) | dict(headers or {}))
        response = connection.getresponse()
        text = response.read().decode()
        names = {name.lower(): value for name, value in response.getheaders()}
        is_json = names.get("content-type", "").startswith("application/json")
        # The answer to a preflight has no body, whatever its type.
        return Answer(response.status, names, json.loads(text) if is_json and text else text)


def free_port() -> int:
    """A port of loopback on which nothing listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
