"""What `make deploy` gives to `sam deploy`, and what it says before it begins where a deploy would fail."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ops.deploy.api_key import main
from ops.deploy.deploy import build_parameters, own_environment, parser, wanted
from ops.deploy.described import NotDescribed, described_stack, require_deployable
from ops.deploy.plan import configuration, merged, model_name

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
REGION = {"AWS_DEFAULT_REGION": "us-east-1"}
STACK = """<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>
<Stacks><member><StackName>churn</StackName><StackStatus>{status}</StackStatus>
<CreationTime>2029-01-02T03:04:05Z</CreationTime><LastUpdatedTime>2030-01-02T03:04:05Z</LastUpdatedTime>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"""
"""As in AWS CloudFormation API Reference, "DescribeStacks", Examples."""


def stack(status: str) -> str:
    return STACK.format(status=status)


def refusal(code: str, message: str) -> str:
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


class Cloud(HTTPServer):
    """CloudFormation as far as a test says what it answers, on a socket of this machine."""

    status = 500
    body = ""

    def answers(self, status: int, body: str) -> None:
        self.status, self.body = status, body


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Cloud)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A shell in which nothing of AWS is set, and an empty home."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return monkeypatch


@pytest.fixture
def cloud(bare: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with Cloud(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        for name, value in (KEYS | REGION | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}).items():
            bare.setenv(name, value)
        yield server
        server.shutdown()
        thread.join()


DEFAULT = tuple(configuration("default")["parameter_overrides"])


@pytest.mark.parametrize(
    ("given", "configured", "expected"),
    [
        ([], ["A=1"], ["A=1"]),
        (["B=2"], ["A=1"], ["A=1", "B=2"]),
        (["A=2"], ["A=1", "C=3"], ["A=2", "C=3"]),
        (["A=2", "A=3"], "A=1 C=3", ["A=3", "C=3"]),
        (["ParameterKey=A,ParameterValue=2"], ['A="1"'], ["A=2"]),
        (["A=a b"], [], ['A="a b"']),
        (["A="], ["A=1"], ["A="]),
    ],
)
def test_what_is_given_stands_beside_what_samconfig_says(
    given: list[str], configured: object, expected: list[str]
) -> None:
    assert merged(given, {"parameter_overrides": configured}) == expected


def test_a_model_s_name_does_not_lose_the_parameters_of_samconfig() -> None:
    named = wanted(parser().parse_args(["--model-name", "churn"]), stand_in=False)
    assert set(named.overrides) == {*DEFAULT, "ModelName=churn"}
    both = wanted(parser().parse_args(["--model-name", "churn", "--parameter-overrides", "MaxRows=5"]), stand_in=False)
    assert set(both.overrides) == {*DEFAULT, "MaxRows=5", "ModelName=churn"}


def test_without_a_model_s_name_the_stack_keeps_its_own() -> None:
    assert wanted(parser().parse_args([]), stand_in=False).overrides == ()


@pytest.mark.parametrize(
    ("given", "deployed", "expected"),
    [
        ([], {}, []),
        ([], {"Engine": "onnx", "Architecture": "arm64", "MaxRows": "5"}, ["Architecture=arm64", "Engine=onnx"]),
        (["MaxRows=5"], {"Engine": "onnx"}, ["Engine=onnx"]),
        (["Engine=onnx"], {}, ["Engine=onnx"]),
        (["Engine=sklearn"], {"Engine": "onnx"}, ["Engine=sklearn"]),
    ],
)
def test_what_is_built_is_for_the_processor_and_the_engine_that_the_stack_will_have(
    given: list[str], deployed: dict[str, str], expected: list[str]
) -> None:
    assert build_parameters(wanted(parser().parse_args(["--parameter-overrides", *given]), False), deployed) == expected


def test_an_engine_that_there_is_not_is_refused_before_anything_is_built() -> None:
    asked = wanted(parser().parse_args(["--parameter-overrides", "Engine=tensorflow"]), stand_in=False)
    with pytest.raises(NotDescribed, match="Engine must be sklearn or onnx"):
        build_parameters(asked, {})


def test_the_stack_and_the_confirmation_are_those_of_the_environment() -> None:
    prod = wanted(parser().parse_args(["--config-env", "prod"]), stand_in=False)
    assert (prod.stack, prod.confirmed) == ("sklearn-on-lambda-prod", True)
    assert not wanted(parser().parse_args(["--stack-name", "mine"]), stand_in=False).confirmed


@pytest.mark.parametrize("name", ["Churn", "my model", "-churn", "../churn", "c" * 64, ""])
def test_a_name_that_the_template_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(NotDescribed, match="lower-case letters"):
        model_name(name)


def test_sam_gets_the_person_s_account_and_nothing_of_make_s() -> None:
    environ = {"AWS_PROFILE": "mine", "MAKEFLAGS": "n", "MAKELEVEL": "1", "PATH": "/bin", "MFLAGS": "-n"}
    given = own_environment(environ)
    assert given["AWS_PROFILE"] == "mine"
    assert not any("FLAGS" in name or name == "MAKELEVEL" for name in given)


@pytest.mark.parametrize("name", ["my_stack", "1stack", "a b", "s" * 129])
def test_a_stack_s_name_that_cloudformation_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(NotDescribed, match="letters, digits and '-' only"):
        require_deployable(name)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("ROLLBACK_COMPLETE", "sam delete --stack-name churn"),
        ("DELETE_FAILED", "sam delete --stack-name churn"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("UPDATE_IN_PROGRESS", "wait until that is done"),
        ("CREATE_IN_PROGRESS", "wait until that is done"),
    ],
)
def test_a_stack_that_takes_no_deploy_is_named_with_what_to_do(cloud: Cloud, status: str, said: str) -> None:
    cloud.answers(200, stack(status))
    with pytest.raises(NotDescribed, match=said):
        require_deployable("churn")


@pytest.mark.parametrize(
    "status",
    ["CREATE_COMPLETE", "UPDATE_COMPLETE", "REVIEW_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"],
)
def test_any_other_stack_can_be_deployed_to(cloud: Cloud, status: str) -> None:
    cloud.answers(200, stack(status))
    require_deployable("churn")


def test_a_stack_that_is_not_there_can_be_deployed(cloud: Cloud) -> None:
    cloud.answers(400, refusal("ValidationError", "Stack with id churn does not exist"))
    require_deployable("churn")
    assert described_stack("churn") is None


def test_a_stack_says_when_it_was_changed(cloud: Cloud) -> None:
    cloud.answers(200, stack("UPDATE_COMPLETE"))
    found = described_stack("churn")
    assert found is not None
    assert found.changed_at == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "code", "begins"),
    [
        (403, "ExpiredToken", "The AWS credentials have expired: sign in again"),
        (403, "InvalidClientTokenId", "AWS does not know these credentials (InvalidClientTokenId): check"),
        (403, "AccessDenied", "These credentials may not look at the stack 'churn': they need the right"),
        (400, "ValidationError", "CloudFormation does not describe the stack 'churn' (ValidationError): check"),
    ],
)
def test_what_aws_refuses_is_one_sentence(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], status: int, code: str, begins: str
) -> None:
    cloud.answers(status, refusal(code, "secret words"))
    assert main(["--stack-name", "churn"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(begins)
    assert (len(said.splitlines()), "secret words" in said) == (1, False)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("environ", "begins"),
    [
        (REGION, "No AWS credentials were found: sign in"),
        (KEYS, "No AWS region is set: export AWS_DEFAULT_REGION"),
        ({**KEYS, **REGION, "AWS_PROFILE": "absent"}, "AWS_PROFILE names a profile that is not configured here"),
        ({**KEYS, "AWS_DEFAULT_REGION": "not a region"}, "The AWS region is not a region's name"),
        ({**KEYS, **REGION, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "Nothing answers at http://127.0.0.1:1"),
        ({**KEYS, **REGION, "AWS_ENDPOINT_URL": "localhost"}, "AWS_ENDPOINT_URL is no URL"),
    ],
)
def test_an_account_that_is_not_set_up_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environ: dict[str, str], begins: str
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(["--stack-name", "churn"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(begins)
    assert (said.out, len(said.err.splitlines())) == ("", 1)
