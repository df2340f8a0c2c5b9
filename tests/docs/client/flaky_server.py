"""A real HTTP server on loopback that gives answers as it was told, one after the other, and notes each request."""

import http.server
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Told:
    """An answer to give: its status, its code, and the seconds of its Retry-After, if it has one."""

    status: int
    code: str | None = None
    retry_after: int | None = None

    def body(self) -> bytes:
        if self.status == 200:
            return b'{"prediction": "yes"}'
        return json.dumps({"error": "no", "code": self.code, "request_id": "1", "details": []}).encode()


@dataclass
class Flaky:
    """The server's URL, and the moment, path and body of each request; the last answer is given again and again."""

    url: str = ""
    moments: list[float] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    @property
    def waits(self) -> list[float]:
        """The seconds between one request and the next."""
        return [later - before for before, later in zip(self.moments, self.moments[1:], strict=False)]


@contextmanager
def flaky_server(answers: Sequence[Told]) -> Iterator[Flaky]:
    """Serve `answers` on a port of loopback."""
    flaky = Flaky()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told = answers[min(len(flaky.moments), len(answers) - 1)]
            flaky.moments.append(time.monotonic())
            flaky.requests.append((self.path, sent))
            body = told.body()
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if told.retry_after is not None:
                self.send_header("Retry-After", str(told.retry_after))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flaky.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield flaky
    finally:
        server.shutdown()
        server.server_close()
