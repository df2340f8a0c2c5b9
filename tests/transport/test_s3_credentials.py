"""The function's credentials from an endpoint on its machine, as under SnapStart: they expire, and are asked for anew.

Both the endpoint and S3 are servers on loopback; S3 takes the credentials that the test says are good just now.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest

from handler.errors.model import RegistryAccessDenied, RegistryUnreachable
from handler.registry.s3_store import S3Store
from tests.integration.sockets import conversing, refused, stall
from tests.transport.recording import Requests, serving

KEY = "aliases/production.json"
PATH = f"/models/iris/{KEY}"
EXPIRED = (400, b"<?xml version='1.0'?><Error><Code>ExpiredToken</Code><Message>no</Message></Error>")


@dataclass
class Cloud:
    """`given` is the token of the credentials that the endpoint gives now, `good` those that S3 takes now."""

    given: str = "first"
    good: set[str] = field(default_factory=lambda: {"first"})
    asks_for: str = "may-i"
    requests: Requests | None = None

    def credentials(self, headers: dict[str, str]) -> tuple[int, bytes]:
        if headers.get("authorization") != self.asks_for:
            return 401, b'{"code": "Unauthorized", "message": "no"}'
        keys = {"AccessKeyId": "KEY", "SecretAccessKey": "secret", "Token": self.given}
        return 200, json.dumps({**keys, "Expiration": "2020-01-01T00:00:00Z"}).encode()

    def alias(self, headers: dict[str, str]) -> tuple[int, bytes]:
        return (200, b"alias") if headers.get("x-amz-security-token") in self.good else EXPIRED

    @property
    def asked(self) -> int:
        assert self.requests is not None
        return len(self.requests.headers("/credentials"))


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with serving({PATH: made.alias, "/credentials": made.credentials}) as (url, requests):
        made.requests = requests
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "may-i")
        yield made


def read(store: S3Store) -> bytes:
    blob = store.get(KEY)
    assert blob is not None
    return blob.data


def test_the_token_of_the_variable_is_sent_to_the_endpoint_and_its_credentials_to_s3(cloud: Cloud) -> None:
    assert read(S3Store("models", "iris")) == b"alias"
    assert cloud.requests is not None
    (headers,) = cloud.requests.headers(PATH)
    assert "Credential=KEY/" in headers["authorization"]
    assert headers["x-amz-security-token"] == "first"
    assert "authorization" in cloud.requests.headers("/credentials")[0]


def test_credentials_that_expired_since_the_last_file_are_never_used_again(cloud: Cloud) -> None:
    store = S3Store("models", "iris")
    assert read(store) == b"alias"
    cloud.given, cloud.good = "second", {"second"}  # hours later, whatever any clock says
    assert read(store) == b"alias"
    assert cloud.asked == 2
    assert cloud.requests is not None
    assert [headers["x-amz-security-token"] for headers in cloud.requests.headers(PATH)] == ["first", "second"]


def test_credentials_that_expire_between_the_endpoint_and_s3_are_renewed_within_the_same_read(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = iter(["expired meanwhile", "second"])
    plain = Cloud.credentials

    def renewed(self: Cloud, headers: dict[str, str]) -> tuple[int, bytes]:
        self.given = next(given)
        return plain(self, headers)

    monkeypatch.setattr(Cloud, "credentials", renewed)
    cloud.good = {"second"}
    with serving({PATH: cloud.alias, "/credentials": lambda headers: cloud.credentials(headers)}) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        assert read(S3Store("models", "iris")) == b"alias"


def test_credentials_that_stay_expired_are_told(cloud: Cloud) -> None:
    cloud.good = set()
    with pytest.raises(RegistryAccessDenied, match="ExpiredToken"):
        read(S3Store("models", "iris"))


def test_after_a_restore_the_endpoint_and_the_token_are_those_of_the_variables_now(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = S3Store("models", "iris")
    assert read(store) == b"alias"  # before the snapshot
    later = Cloud(given="restored", good={"restored"}, asks_for="another")
    with serving({PATH: later.alias, "/other": later.credentials}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/other")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "another")
        assert read(store) == b"alias"
        assert requests.headers(PATH)[0]["x-amz-security-token"] == "restored"
    assert cloud.asked == 1


def test_variables_that_come_with_the_restore_are_enough(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    with pytest.MonkeyPatch.context() as before:
        before.delenv(name)
        store = S3Store("models", "iris")
        with pytest.raises(RegistryAccessDenied, match="There are no credentials"):
            read(store)
    assert read(store) == b"alias"
    assert cloud.asked == 1
    monkeypatch.delenv(name)
    with pytest.raises(RegistryAccessDenied):
        read(store)


def test_a_token_that_the_endpoint_refuses_is_told_and_nothing_is_asked_of_s3(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong")
    with pytest.raises(RegistryAccessDenied, match=r"refused the function's token \(401\)"):
        read(S3Store("models", "iris"))
    assert cloud.requests is not None
    assert cloud.requests.headers(PATH) == []


def test_a_relative_uri_goes_before_a_full_one(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cloud.requests is not None
    monkeypatch.setattr("handler.registry.s3.credentials.RELATIVE_HOST", os.environ["AWS_ENDPOINT_URL"])
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/credentials?id=1")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/")
    with pytest.raises(RegistryUnreachable, match="RELATIVE_URI gave no credentials"):
        read(S3Store("models", "iris"))  # the server knows the path without its query alone
    assert {path for path, _ in cloud.requests.seen} == {"/credentials?id=1"}


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (200, b"not json"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"AccessKeyId": "", "SecretAccessKey": ""}'),
        (200, b'{"AccessKeyId": 1, "SecretAccessKey": 2}'),
        (200, b'{"AccessKeyId": "a", "SecretAccessKey": "b", "Token": 3}'),
        (404, b"<html>"),
    ],
)
def test_an_endpoint_that_gives_no_credentials_is_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes]
) -> None:
    del cloud
    with serving({"/credentials": answer}) as (url, requests):
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        with pytest.raises(RegistryUnreachable, match="FULL_URI gave no credentials"):
            read(S3Store("models", "iris"))
    assert len(requests.seen) == 3


@pytest.mark.parametrize("fault", ["down", "silent", "broken"])
def test_an_endpoint_that_does_not_answer_is_told_in_bounded_time(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    del cloud
    servers: dict[str, AbstractContextManager[str]] = {
        "down": refused(),
        "silent": conversing(stall),
        "broken": conversing(lambda connection: connection.sendall(b"nonsense\r\n\r\n")),
    }
    with servers[fault] as url:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        began = time.monotonic()
        with pytest.raises(RegistryUnreachable, match="FULL_URI does not answer at 127"):
            read(S3Store("models", "iris"))
        assert time.monotonic() - began < 5


def test_an_endpoint_that_is_back_a_moment_later_is_asked_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = iter([True, False])

    def once(headers: dict[str, str]) -> tuple[int, bytes]:
        return (500, b"") if next(failing) else cloud.credentials(headers)

    with serving({"/credentials": once}) as (url, _):
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        assert read(S3Store("models", "iris")) == b"alias"


def test_the_endpoint_is_never_asked_through_a_proxy(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}) as (proxy, requests):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("http_proxy", proxy)
        assert S3Store("models", "iris").get(KEY) is None  # the proxy knows no path
    assert cloud.asked == 1
    assert [path for path, _ in requests.seen] == [os.environ["AWS_ENDPOINT_URL"] + PATH]
