"""S3 that fails, stalls or breaks off ends in an error of ours, within a bounded time, and nothing is unpickled."""

import time
from contextlib import AbstractContextManager

import pytest

import handler.registry.s3.client
from handler.errors.model import AliasNotSet, RegistryAccessDenied, RegistryNotFound, RegistryUnreachable
from handler.registry.s3_store import S3Store
from tests.integration.answers import assert_refused
from tests.integration.sockets import answering, conversing, refused, s3_error, stall

pytestmark = pytest.mark.usefixtures("unpicklings")

URI = "s3://models/iris"


@pytest.mark.parametrize(
    "server",
    [
        refused(),
        conversing(s3_error("500 Internal Server Error", "InternalError")),
        conversing(s3_error("503 Slow Down", "SlowDown")),
        conversing(answering("502 Bad Gateway", b"<html>not S3</html>")),
        conversing(answering("200 OK", b'{"format_version": 1, "vers', promised=400)),
        conversing(lambda connection: connection.close()),
    ],
    ids=["refused", "500", "slow_down", "not_s3", "truncated", "closed"],
)
def test_s3_out_of_reach_is_told_in_bounded_time(
    server: AbstractContextManager[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with server as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        began = time.monotonic()
        assert_refused(URI, RegistryUnreachable, "registry_unreachable")
    assert time.monotonic() - began < 20


def test_s3_that_accepts_and_then_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler.registry.s3.client, "READ_SECONDS", 0.2)
    with conversing(stall) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        began = time.monotonic()
        with pytest.raises(RegistryUnreachable):
            S3Store("models", "iris").get("aliases/production.json")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("403 Forbidden", "AccessDenied"),
        ("403 Forbidden", "InvalidAccessKeyId"),
        ("403 Forbidden", "SignatureDoesNotMatch"),
        ("400 Bad Request", "ExpiredToken"),
    ],
)
def test_credentials_that_s3_refuses_are_told(status: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with conversing(s3_error(status, code)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert_refused(URI, RegistryAccessDenied, "registry_access_denied")


def test_a_bucket_that_does_not_exist_is_told_from_a_key_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with conversing(s3_error("404 Not Found", "NoSuchBucket")) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert_refused(URI, RegistryNotFound, "registry_not_found")
    with conversing(s3_error("404 Not Found", "NoSuchKey")) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert_refused(URI, AliasNotSet, "alias_not_set")
