"""`handler.registry.s3.credentials`, as far as nothing is asked: tests/integration has the endpoint."""

import pytest

from handler.errors.model import InvalidSettings, RegistryAccessDenied
from handler.registry.s3.credentials import Credentials, credentials_for

PLACE = "s3://models/iris/aliases/production.json"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


def test_the_variables_of_lambda_are_the_credentials_with_and_without_a_session() -> None:
    assert credentials_for(PLACE, KEYS) == Credentials("key", "secret", None)
    assert credentials_for(PLACE, {**KEYS, "AWS_SESSION_TOKEN": ""}) == Credentials("key", "secret", None)
    assert credentials_for(PLACE, {**KEYS, "AWS_SESSION_TOKEN": "token"}) == Credentials("key", "secret", "token")


def test_no_secret_is_in_what_is_printed() -> None:
    assert repr(Credentials("key", "hidden", "hidden too")) == "Credentials(access_key_id='key')"


@pytest.mark.parametrize(
    ("environ", "missing"),
    [({"AWS_ACCESS_KEY_ID": "key"}, "AWS_SECRET_ACCESS_KEY"), ({"AWS_SECRET_ACCESS_KEY": "s"}, "AWS_ACCESS_KEY_ID")],
)
def test_half_a_pair_is_told(environ: dict[str, str], missing: str) -> None:
    with pytest.raises(RegistryAccessDenied, match=f"{missing} is not set"):
        credentials_for(PLACE, environ)


@pytest.mark.parametrize("environ", [{}, {"AWS_PROFILE": "mine"}])
def test_a_workstation_without_keys_is_told_what_to_do(environ: dict[str, str]) -> None:
    with pytest.raises(RegistryAccessDenied, match=r"reads no profile.*`python -m training serve`"):
        credentials_for(PLACE, environ)


@pytest.mark.parametrize(
    "uri",
    [
        "http://example.com/credentials",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://10.0.0.1/",
        "http://127.0.0.1@example.com/",
        "http://[fd00:ec2::24]/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1/credentials",
        "http://[half/",
        "http://127.0.0.1:port/",
    ],
)
def test_a_token_is_sent_in_the_clear_to_this_machine_and_the_container_hosts_alone(uri: str) -> None:
    environ = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": uri, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token"}
    with pytest.raises(InvalidSettings, match="AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http on this"):
        credentials_for(PLACE, environ)


def test_a_token_that_would_end_its_header_is_refused() -> None:
    environ = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token\r\nX-Other: header",
    }
    with pytest.raises(InvalidSettings, match="line break"):
        credentials_for(PLACE, environ)


def test_a_token_file_that_is_not_there_is_told() -> None:
    environ = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere/token",
    }
    with pytest.raises(RegistryAccessDenied, match=r"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names '/nowhere/token'"):
        credentials_for(PLACE, environ)
