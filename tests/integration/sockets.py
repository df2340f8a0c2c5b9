"""Servers on the loopback address that fail as S3 and networks do: each is a real socket, and gone when its test is."""

import contextlib
import http.client
import http.server
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator

Conversation = Callable[[socket.socket], None]


@contextlib.contextmanager
def listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    """Serve with `handler`, one thread a connection; gives the URL."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def conversing(converse: Conversation) -> contextlib.AbstractContextManager[str]:
    """A server that reads one request of each connection and then lets `converse` have the connection."""

    class Converse(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            received = b""
            while b"\r\n\r\n" not in received:
                received += self.request.recv(65536)
            converse(self.request)

    return listening(Converse)


def answering(status: str, body: bytes = b"", promised: int | None = None) -> Conversation:
    """Answer with `status` and `body`; `promised` is the Content-Length where that is not the body's."""
    length = len(body) if promised is None else promised
    head = f'HTTP/1.1 {status}\r\nContent-Length: {length}\r\nETag: "0"\r\nConnection: close\r\n\r\n'.encode()

    def converse(connection: socket.socket) -> None:
        connection.sendall(head + body)

    return converse


def s3_error(status: str, code: str) -> Conversation:
    """Answer with an error as S3 spells it."""
    return answering(status, f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>no</Message></Error>'.encode())


def stall(connection: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    while connection.recv(65536):
        pass


@contextlib.contextmanager
def refused() -> Iterator[str]:
    """The URL of a port that nobody listens on, kept from everybody else meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextlib.contextmanager
def losing_answers(target: str, count: int, puts: list[int]) -> Iterator[str]:
    """A proxy before `target` that forwards all, but loses the answers to the first `count` PUTs.

    `puts` collects the status of each PUT, lost or not.
    """

    class Losing(_Forwarding):
        place = target.removeprefix("http://")

        def answer(self) -> None:
            status, headers, data = self.forwarded()
            if self.command == "PUT":
                puts.append(status)
                if len(puts) <= count:
                    return
            self.send(status, headers, data)

    with listening(Losing) as url:
        yield url


@contextlib.contextmanager
def refusing(
    target: str, method: str, count: int, status: str, code: str, where: str = ""
) -> Iterator[tuple[str, list[str]]]:
    """A proxy before `target` that refuses the first `count` requests of `method` whose path holds `where`, as S3 does.

    Gives the URL and the list that collects the paths of the refused.
    """
    refused: list[str] = []

    class Refusing(_Forwarding):
        place = target.removeprefix("http://")

        def answer(self) -> None:
            if self.command != method or where not in self.path or len(refused) == count:
                self.send(*self.forwarded())
                return
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            refused.append(self.path)
            said = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>no</Message></Error>'.encode()
            self.send(int(status.split()[0]), [("Content-Length", str(len(said)))], said)

    with listening(Refusing) as url:
        yield url, refused


class _Forwarding(http.server.BaseHTTPRequestHandler):
    """Hands a request on to `place` and its answer back; what it does with either is `answer`."""

    protocol_version = "HTTP/1.1"
    place = ""

    def answer(self) -> None:
        raise NotImplementedError

    def handle_request(self) -> None:
        self.close_connection = True
        self.answer()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_request

    def forwarded(self) -> tuple[int, list[tuple[str, str]], bytes]:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with contextlib.closing(http.client.HTTPConnection(self.place, timeout=10)) as upstream:
            upstream.request(self.command, self.path, body, dict(self.headers))
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def send(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
