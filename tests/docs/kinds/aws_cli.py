"""Commands for parts of AWS that no stand-in has: the real AWS CLI reads them, checks them and sends them, to nobody.

Each request is answered with nothing. What proves something is that the CLI knows the command and its options, takes
their values, and asked at least once.
"""

import http.server
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.commands import commands
from tests.docs.fences import Fence
from tests.docs.reader import Reader, SampleFailed


@contextmanager
def recorder() -> Iterator[tuple[str, list[str]]]:
    """The URL of a server that answers everything with nothing, and the list of what it is asked."""
    asked: list[str] = []

    class Nothing(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(f"{self.command} {self.path} {sent.decode(errors='replace')}")
            is_query = "x-www-form-urlencoded" in self.headers.get("Content-Type", "")
            body = b"<Response></Response>" if is_query or not sent else b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def check(block: Fence, reader: Reader) -> None:
    with recorder() as (url, asked), tempfile.TemporaryDirectory() as folder:
        prompt = reader.elsewhere(Path(folder) / "state").shell
        for command in commands(block.text):
            known = len(asked)
            done = prompt.run(f"export AWS_ENDPOINT_URL={url} AWS_PAGER=\n{command.text}")
            place = f"{block.page}:{block.line + command.line}"
            if done.code != 0:
                raise SampleFailed(f"{place}: {command.text}\nended with {done.code}:\n{done.output}")
            if "aws " in command.text and len(asked) == known:
                raise SampleFailed(f"{place}: {command.text}\nsent no request.")
