"""A reverse proxy that does what the deployed API Gateway does: a stage's prefix, and a key for all but the pages.

Below `/Prod` it hands every request on without the prefix; what template.yaml lets through without a key (the pages and
their files) needs none here, and the rest is refused in the gateway's words.
"""

import contextlib
import http.client
import http.server
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STAGE = "/Prod"
KEY = "a-key-for-tests"
REFUSED = {"error": "The header x-api-key is missing, or holds no key of this API.", "code": "invalid_api_key"}
KEYLESS = re.findall(
    r"Path: (\S+)\n +Method: ANY\n +Auth: \{ApiKeyRequired: false\}",
    (Path(__file__).parents[2] / "template.yaml").read_text(),
)
KEPT = ("content-security-policy", "cache-control", "x-content-type-options", "referrer-policy", "x-model-version")


def needs_key(path: str) -> bool:
    """Whether the template asks for the key on `path`; this suite's environment lacks what the handler imports."""
    folders = tuple(known.removesuffix("{proxy+}") for known in KEYLESS if known.endswith("/{proxy+}"))
    return (path.rstrip("/") or "/") not in KEYLESS and not path.startswith(folders)


@contextmanager
def gateway(service: str) -> Iterator[str]:
    """The URL of a stage before `service`, with a slash at its end."""
    place = service.removeprefix("http://")

    class Stage(http.server.BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            prefix, path = self.path[: len(STAGE)], self.path[len(STAGE) :] or "/"
            if prefix != STAGE or not path.startswith("/"):
                self.answer(403, "application/json", b'{"message":"Forbidden"}', {})
            elif needs_key(path) and self.headers.get("x-api-key") != KEY:
                self.answer(
                    403, "application/json", json.dumps(REFUSED | {"request_id": "1", "details": []}).encode(), {}
                )
            else:
                with contextlib.closing(http.client.HTTPConnection(place, timeout=30)) as upstream:
                    headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                    upstream.request(self.command, path, body or None, headers)
                    answer = upstream.getresponse()
                    kept = {name: value for name, value in answer.getheaders() if name.lower() in KEPT}
                    self.answer(answer.status, answer.headers["content-type"], answer.read(), kept)

        def answer(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = forward

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{STAGE}/"
        finally:
            server.shutdown()
            thread.join()
