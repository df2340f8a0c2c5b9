"""A server on the loopback address that describes stacks as CloudFormation does; there is none of it in moto's half
that is installed."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.integration.sockets import listening

NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


@dataclass
class Stacks:
    """The stacks there are, which a test changes as deploys do; with `refusal`, every request is refused with it."""

    outputs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    status: str = "UPDATE_COMPLETE"
    refusal: str | None = None

    def answer(self, asked: str) -> tuple[int, str]:
        if self.refusal is not None:
            return 403, _error(self.refusal, "no")
        if asked not in self.outputs:
            return 400, _error("ValidationError", f"Stack with id {asked} does not exist")
        described = (
            f"<StackName>{asked}</StackName><StackStatus>{self.status}</StackStatus>"
            "<CreationTime>2030-01-01T00:00:00Z</CreationTime>"
            + _members("Output", self.outputs[asked])
            + _members("Parameter", self.parameters[asked])
        )
        return 200, (
            f'<DescribeStacksResponse xmlns="{NAMESPACE}"><DescribeStacksResult><Stacks><member>{described}</member>'
            "</Stacks></DescribeStacksResult></DescribeStacksResponse>"
        )


def _error(code: str, message: str) -> str:
    told = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f'<ErrorResponse xmlns="{NAMESPACE}">{told}</ErrorResponse>'


def _members(kind: str, values: Mapping[str, str]) -> str:
    members = [
        f"<member><{kind}Key>{name}</{kind}Key><{kind}Value>{escape(value)}</{kind}Value></member>"
        for name, value in values.items()
    ]
    return f"<{kind}s>{''.join(members)}</{kind}s>"


def describing(stacks: Stacks) -> contextlib.AbstractContextManager[str]:
    """Describe `stacks`; gives the URL."""

    class Describe(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, text = stacks.answer(form["StackName"][0])
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return listening(Describe)
