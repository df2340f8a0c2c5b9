"""A server on 127.0.0.1 that answers by path, over TLS too, and remembers what it was asked."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.certificates import make_authority

Answer = tuple[int, bytes]
Answers = Mapping[str, Answer | Callable[[dict[str, str]], Answer]]
"""By path: a status and a body, or what makes them of the request's headers."""


class Requests:
    """What a server was asked, and with which headers."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []

    def headers(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.seen if asked == path]


@contextmanager
def serving(answers: Answers, context: ssl.SSLContext | None = None) -> Iterator[tuple[str, Requests]]:
    """A server with these answers; yields its URL and what it is asked."""
    requests = Requests()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            requests.seen.append((self.path, headers))
            answer = answers.get(self.path, (404, b""))
            status, body = answer(headers) if callable(answer) else answer
            self.send_response(status)
            self.send_header("ETag", '"tag"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake is what a test is about
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate_authority(folder: Path, name: str, host: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """The certificate of a CA of the test's own, and a server's context with a certificate of `host` by that CA."""
    made = make_authority(folder, name, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    return made.bundle, context
