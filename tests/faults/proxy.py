"""An HTTP proxy in front of S3 that can be told to fail as networks and services do, one fault at a time.

It is a real server on the loopback address: what a client of it meets comes through a socket.
"""

import contextlib
import http.client
import http.server
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

ERRORS = {
    "500": (500, "InternalError"),
    "503 SlowDown": (503, "SlowDown"),
    "403": (403, "AccessDenied"),
    "404 NoSuchKey": (404, "NoSuchKey"),
    "404 NoSuchBucket": (404, "NoSuchBucket"),
}
FAULTS = ("refuses", "resets", "stalls", "stalls half-way", "truncates", "flips a byte", "flips, no checksum", *ERRORS)


@dataclass
class Proxy:
    """Forwards to `target`; `fault` is what happens to requests whose path holds `where`, None for nothing.

    `before` is told of each request that would write before it is forwarded, `after` once it was.
    """

    target: str
    fault: str | None = None
    where: str = ""
    before: Callable[[str, str], None] = lambda *_: None
    after: Callable[[str, str], None] = lambda *_: None
    requests: int = 0
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    _server: "_Server | None" = None

    def break_with(self, fault: str, where: str = "") -> None:
        """From now on, fail like this."""
        self.released.clear()
        self.fault, self.where = fault, where
        if fault == "refuses":
            self._stop()

    def mend(self) -> None:
        """From now on, forward everything; who was made to wait is let go."""
        refused = self.fault == "refuses"
        self.fault = None
        self.released.set()
        if refused:
            self._listen()

    def _listen(self) -> None:
        port = int(self.url.rpartition(":")[2] or 0)
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None


@contextlib.contextmanager
def proxied(target: str) -> Iterator[Proxy]:
    """A proxy in front of `target`, gone at the end."""
    proxy = Proxy(target)
    proxy._listen()
    try:
        yield proxy
    finally:
        proxy.released.set()
        proxy._stop()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, *arguments: object) -> None:
        self.connections: list[socket.socket] = []
        super().__init__(*arguments)  # type: ignore[arg-type] # address and handler, as the base takes them

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override] # TCP
        self.connections.append(request)
        super().process_request(request, client_address)

    def handle_error(self, *_: object) -> None:
        """A client that hung up is what these tests are about."""

    def hang_up(self) -> None:
        """End the connections that are kept open: who refuses must not answer over an old one."""
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _handler(proxy: Proxy) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            proxy.requests += 1
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault = proxy.fault if proxy.where in self.path else None
            if fault == "stalls":
                proxy.released.wait(60)
            if fault in ("stalls", "resets"):
                return self.reset()
            if fault in ERRORS:
                return self.refuse(*ERRORS[fault])
            writes = self.command not in ("GET", "HEAD")
            if writes:
                proxy.before(self.command, self.path)
            status, headers, data = self.forwarded(body)
            if writes:
                proxy.after(self.command, self.path)
            return self.answer(status, headers, data, fault)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = forward

        def forwarded(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            place = proxy.target.removeprefix("http://")
            with contextlib.closing(http.client.HTTPConnection(place, timeout=30)) as upstream:
                upstream.request(self.command, self.path, body, dict(self.headers))
                answer = upstream.getresponse()
                return answer.status, answer.getheaders(), answer.read()

        def answer(self, status: int, headers: list[tuple[str, str]], data: bytes, fault: str | None) -> None:
            self.send_response_only(status)
            for name, value in headers:
                unchecked = fault == "flips, no checksum" and name.lower().startswith("x-amz-checksum")
                if name.lower() not in ("connection", "transfer-encoding", "content-length") and not unchecked:
                    self.send_header(name, value)
            given = {name.lower(): value for name, value in headers}
            length = given.get("content-length", "0") if self.command == "HEAD" else str(len(data))
            if status != 304:
                self.send_header("Content-Length", length)
            self.end_headers()
            half = len(data) // 2
            if fault is not None and fault.startswith("flips") and data and status in (200, 206):
                data = data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]
            if fault in ("truncates", "stalls half-way"):
                self.wfile.write(data[:half])
                if fault == "stalls half-way" and data:
                    proxy.released.wait(60)
                self.close_connection = True
                return
            self.wfile.write(data)

        def refuse(self, status: int, code: str) -> None:
            text = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>injected</Message></Error>'.encode()
            self.answer(status, [("Content-Type", "application/xml")], b"" if self.command == "HEAD" else text, None)

        def reset(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
