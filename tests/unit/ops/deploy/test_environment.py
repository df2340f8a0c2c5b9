"""The file that a shell sources after a deploy, and the commands that are shown: what bash makes of them counts."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ops.commands import ROOT
from ops.deploy.environment import environment_file, example_row, how_to_go_on, is_stand_in, reached

OUTPUTS = {
    "ApiUrl": "https://abc123.execute-api.eu-central-1.amazonaws.com/v1",
    "ApiId": "abc123",
    "ModelUri": "s3://models/churn",
}
FILE = ROOT / ".aws-sam/environment"


class StandsIn(BaseHTTPRequestHandler):
    """Answers as the stand-in does where AWS has nothing, and as a model that serves."""

    def do_GET(self) -> None:
        known = {
            "/_ministack/health": {},
            "/_aws/execute-api/abc123/v1/model": {"example": {"features": [3, None, "it's"]}},
        }
        body = json.dumps(known.get(self.path, {})).encode()
        self.send_response(200 if self.path in known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), StandsIn) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def sourced(folder: Path, text: str, made: str = "the key") -> dict[str, str]:
    """What the file's variables are in bash, where `make` prints its words and then `made`."""
    (folder / "environment").write_text(text)
    (folder / "make").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "$0.words"\necho "{made}"\n')
    (folder / "make").chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", ". ./environment; env -0"],
        cwd=folder,
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)


def test_it_exports_what_publishing_and_asking_need_and_asks_for_the_key_when_sourced(tmp_path: Path) -> None:
    stack = reached("churn-eu", OUTPUTS, {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_SECRET_ACCESS_KEY": "secret"})
    text = environment_file(stack)
    values = sourced(tmp_path, text)
    expected = {
        "MODEL_URI": "s3://models/churn",
        "API_URL": OUTPUTS["ApiUrl"],
        "API_KEY": "the key",
        "STACK_NAME": "churn-eu",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    assert {name: value for name, value in values.items() if name in expected} == expected
    assert (tmp_path / "make.words").read_text().split() == [
        "--silent",
        "-C",
        str(ROOT),
        *shlex.split("api-key STACK_NAME=churn-eu"),
    ]
    assert "the key" not in text


def test_where_the_stack_scores_tables_it_says_by_what(tmp_path: Path) -> None:
    arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:churn-Batch"
    for outputs, expected in ((OUTPUTS, None), ({**OUTPUTS, "BatchStateMachineArn": arn}, arn)):
        values = sourced(tmp_path, environment_file(reached("churn", outputs, {})))
        assert values.get("BATCH_STATE_MACHINE") == expected


def test_it_holds_no_credentials_and_no_region_that_came_from_a_profile() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}
    text = environment_file(reached("churn", OUTPUTS, {**environ, "AWS_PROFILE": "mine"}))
    assert "export AWS_PROFILE=mine" in text
    assert "AWS_DEFAULT_REGION" not in text
    assert not any(name in text or value in text for name, value in environ.items())


def test_what_a_shell_would_read_otherwise_is_quoted(tmp_path: Path) -> None:
    stack = reached("churn", {**OUTPUTS, "ModelUri": "s3://models/it's $HOME"}, {"AWS_PROFILE": "a b; exit"})
    values = sourced(tmp_path, environment_file(stack, api_key="$(exit)"))
    assert (values["MODEL_URI"], values["AWS_PROFILE"], values["API_KEY"]) == (
        "s3://models/it's $HOME",
        "a b; exit",
        "$(exit)",
    )


def test_in_a_stand_in_the_url_is_its_own_and_curl_trusts_its_certificate(endpoint: str, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.crt"
    stack = reached("churn", OUTPUTS, {"AWS_ENDPOINT_URL": endpoint, "AWS_CA_BUNDLE": str(bundle)})
    assert stack.api_url == f"{endpoint}/_aws/execute-api/abc123/v1"
    assert stack.place["CURL_CA_BUNDLE"] == str(bundle)


@pytest.mark.parametrize("address", [None, "", "http://127.0.0.1:1", "no url", "http://127.0.0.1:PORT/other"])
def test_an_endpoint_that_does_not_say_that_it_stands_in_is_aws(address: str | None, endpoint: str) -> None:
    environ = {} if address is None else {"AWS_ENDPOINT_URL": address.replace("PORT", endpoint.rpartition(":")[2])}
    assert not is_stand_in(environ)
    assert reached("churn", OUTPUTS, environ).api_url == OUTPUTS["ApiUrl"]


def test_the_row_that_is_shown_is_the_example_of_the_model_that_serves(endpoint: str) -> None:
    stack = reached("churn", OUTPUTS, {"AWS_ENDPOINT_URL": endpoint})
    row = example_row(stack, "key")
    assert row is not None
    assert json.loads(row) == {"features": [3, None, "it's"]}
    (curl,) = (line for line in how_to_go_on(stack, FILE, row).splitlines() if "curl" in line)
    assert shlex.split(curl)[-2] == row


def test_where_nothing_serves_the_next_command_publishes(endpoint: str) -> None:
    stack = reached("churn", {**OUTPUTS, "ApiId": "other"}, {"AWS_ENDPOINT_URL": endpoint})
    assert example_row(stack, "key") is None
    lines = how_to_go_on(stack, FILE, None).splitlines()
    assert lines[2].strip() == ". .aws-sam/environment"
    assert "training publish packaged --promote" in lines[3]
    assert f"{stack.api_url}/" in lines[-1]
