"""A small HTTP client: sends one request as a client developer would, and gives status, headers and JSON."""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
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
        place = urlsplit(self.url)
        connection: http.client.HTTPConnection
        if place.scheme == "https":
            context = ssl.create_default_context(cafile=self.certificate)
            connection = http.client.HTTPSConnection(place.netloc, timeout=SECONDS, context=context)
        else:
            connection = http.client.HTTPConnection(place.netloc, timeout=SECONDS)
        try:
            connection.request(method, place.path + path, body, dict(self.headers) | dict(headers or {}))
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
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
