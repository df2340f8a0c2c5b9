"""S3 that fails, stalls or breaks off ends in an error of ours, within a bounded time, and nothing is unpickled."""

import contextlib
import socket
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


def trickle(connection: socket.socket) -> None:
    """Promise a large answer, and send a byte of it now and then."""
    with contextlib.suppress(OSError):
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nETag: "0"\r\n\r\n')
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)


def test_an_answer_that_trickles_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler.registry.s3.client, "ANSWER_SECONDS", 0.3)
    with conversing(trickle) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        began = time.monotonic()
        with pytest.raises(RegistryUnreachable, match="nothing came in time"):
            S3Store("models", "iris").get("aliases/production.json")
    assert time.monotonic() - began < 5


FAILURES = {
    "refused": (refused(), r"no connection came about"),
    "closed": (conversing(lambda connection: connection.close()), "the connection broke"),
    "not http": (conversing(lambda connection: connection.sendall(b"nonsense\r\n\r\n")), "the connection broke"),
    "truncated": (conversing(answering("200 OK", b"half", promised=9)), "the answer broke off"),
    "500": (conversing(s3_error("500 Internal Server Error", "InternalError")), "InternalError"),
    "503": (conversing(s3_error("503 Slow Down", "SlowDown")), "SlowDown"),
    "not s3": (conversing(answering("502 Bad Gateway", b"<html>not S3</html>")), "status 502"),
    "teapot": (conversing(answering("418 I'm a teapot", b"<Error><Code>a b</Code></Error>")), "status 418"),
    "400": (conversing(s3_error("400 Bad Request", "InvalidRequest")), "InvalidRequest"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_is_told_in_a_sentence_of_ours_that_names_the_place_and_the_host(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, reason = FAILURES[name]
    with server as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(RegistryUnreachable) as caught:
            S3Store("models", "iris").get("aliases/production.json")
        host = url.removeprefix("http://")
    assert str(caught.value) == f"S3 did not answer for {URI}/aliases/production.json at {host}: {reason}."


def test_a_host_that_has_no_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://no-such-host.invalid")
    with pytest.raises(RegistryUnreachable, match=r"at no-such-host\.invalid: no connection came about\.$"):
        S3Store("models", "iris").get("aliases/production.json")


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
