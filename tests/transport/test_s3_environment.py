"""What the variables of the environment change in a request of the function's to S3, and what they do not."""

import contextlib
import os
import socket
import socketserver
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from handler.errors.model import InvalidSettings, RegistryUnreachable
from handler.registry.s3_store import S3Store
from tests.integration.sockets import answering, conversing, listening, refused
from tests.transport.recording import certificate_authority, serving

KEY = "aliases/production.json"
PATH = f"/models/iris/{KEY}"

STRAY = {
    "AWS_SKIP_SIGNATURE": "true",
    "AWS_ALLOW_HTTP": "false",
    "AWS_ALLOW_INVALID_CERTIFICATES": "true",
    "AWS_ENDPOINT": "http://127.0.0.1:9",
    "AWS_BUCKET": "other",
    "AWS_BUCKET_NAME": "other",
    "AWS_TOKEN": "stray",
    "AWS_S3_EXPRESS": "true",
    "AWS_REQUEST_PAYER": "true",
    "AWS_UNSIGNED_PAYLOAD": "true",
    "AWS_CHECKSUM_ALGORITHM": "none that there is",
    "AWS_CONDITIONAL_PUT": "none that there is",
    "AWS_COPY_IF_NOT_EXISTS": "none that there is",
    "AWS_DISABLE_TAGGING": "perhaps",
    "AWS_DISABLE_BULK_DELETE": "perhaps",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    "AWS_IMDSV1_FALLBACK": "true",
    "AWS_METADATA_ENDPOINT": "http://127.0.0.1:9",
    "AWS_SERVER_SIDE_ENCRYPTION": "sse-c",
    "AWS_SSE_CUSTOMER_KEY_BASE64": "AAAA",
    "AWS_SSE_KMS_KEY_ID": "key",
    "AWS_SSE_BUCKET_KEY_ENABLED": "perhaps",
    "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/other",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9",
    "AWS_TIMEOUT": "1ms",
    "AWS_CONNECT_TIMEOUT": "never",
    "AWS_READ_TIMEOUT": "1ms",
    "AWS_USER_AGENT": "stray",
    "AWS_PROXY_URL": "http://127.0.0.1:9",
    "AWS_HTTP2_ONLY": "true",
    "AWS_DEFAULT_CONTENT_TYPE": "stray",
    "AWS_POOL_MAX_IDLE_PER_HOST": "perhaps",
    "AWS_PROFILE": "none that there is",
    "AWS_STS_ENDPOINT": "http://127.0.0.1:9",
}
"""obstore's own variables, and some of the SDKs' that have nothing to say where there are keys."""


@pytest.fixture(autouse=True)
def _of_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def read(bucket: str = "models", prefix: str = "iris") -> bytes:
    blob = S3Store(bucket, prefix).get(KEY)
    assert blob is not None
    return blob.data


def what_is_said(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without what differs between two requests: the moment, the signature over it and the port."""
    return {name: text for name, text in headers.items() if name not in ("x-amz-date", "authorization", "host")}


@pytest.mark.parametrize("name", [*STRAY, "all"])
def test_stray_variables_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({PATH: (200, b"alias")}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert read() == b"alias"
        for stray in STRAY if name == "all" else [name]:
            monkeypatch.setenv(stray, STRAY[stray])
        assert read() == b"alias"
    plain, strayed = requests.headers(PATH)
    assert what_is_said(strayed) == what_is_said(plain)
    assert strayed["authorization"].split("Signature=")[0] == plain["authorization"].split("Signature=")[0]


@pytest.mark.parametrize("key", ["a.json", "a b.json", "ä€.json", "a+b=c&d", "~a'(b)!*", "a%2Fb.json", "a:b@,;e"])
@pytest.mark.parametrize("token", [None, "token/with+signs=="])
def test_each_request_is_signed_as_botocore_signs_it(
    key: str, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    with serving({}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert S3Store("models", "iris & co").get_unless(key, '"tag"') is None
    ((path, headers),) = requests.seen
    assert unquote(path) == f"/models/iris & co/{key}"
    assert headers["if-none-match"] == '"tag"'
    assert headers.get("x-amz-security-token") == token
    signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    again = AWSRequest("GET", url + path, {name: headers[name] for name in signed})
    again.context["timestamp"] = headers["x-amz-date"]
    signer: Any = S3SigV4Auth(Credentials("KEY", "secret"), "s3", "eu-west-1")
    signature = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    assert headers["authorization"].endswith(f"Signature={signature}")


def test_an_http_proxy_is_asked_for_s3_unless_no_proxy_names_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"http://s3.example/base" + PATH: (200, b"by the proxy")}) as (proxy, requests):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.example/base")
        assert read() == b"by the proxy"
        assert requests.seen[0][1]["host"] == "s3.example"
        with serving({PATH: (200, b"direct")}) as (url, _):
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            monkeypatch.setenv("NO_PROXY", "127.0.0.1,.internal")
            assert read() == b"direct"
    assert len(requests.seen) == 1


def test_an_https_proxy_only_passes_on_what_is_encrypted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle, context = certificate_authority(tmp_path, "ours")
    tunnels: list[bytes] = []

    with serving({PATH: (200, b"alias")}, context) as (url, _):
        place = url.removeprefix("https://")

        class Tunnel(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += self.request.recv(65536)
                tunnels.append(received)
                host, _, port = place.partition(":")
                with socket.create_connection((host, int(port))) as there:
                    self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=_copy, args=(there, self.request))
                    back.start()
                    _copy(self.request, there)
                    back.join()

        with listening(Tunnel) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy)
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
            assert read() == b"alias"
    assert len(tunnels) == 1
    assert tunnels[0].startswith(f"CONNECT {place} ".encode())
    assert b"authorization" not in tunnels[0].lower()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_proxy_that_cannot_be_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with refused() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.example")
        with pytest.raises(RegistryUnreachable, match=r"at s3\.example: no connection came about"):
            read()


@pytest.mark.parametrize(
    ("status", "code", "more", "said"),
    [
        ("301 Moved Permanently", "PermanentRedirect", "", r"in another region, not in eu-west-1, where it was asked"),
        (
            "400 Bad Request",
            "AuthorizationHeaderMalformed",
            "<Region>ap-south-1</Region>",
            r"in ap-south-1, not in eu-west-1, where it was asked",
        ),
        ("400 Bad Request", "IllegalLocationConstraintException", "", "in another region, not in eu-west-1"),
    ],
)
def test_a_bucket_in_another_region_is_told_so_and_asked_once(
    status: str, code: str, more: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[None] = []
    error = f"<Error><Code>{code}</Code><Message>no</Message>{more}</Error>".encode()

    def converse(connection: socket.socket) -> None:
        asked.append(None)
        answering(status, error)(connection)

    with conversing(converse) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(RegistryUnreachable, match=said):
            read()
    assert len(asked) == 1


def test_an_empty_file_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({PATH: (200, b"")}) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert read() == b""


def test_what_is_wrong_with_the_environment_is_told_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    with pytest.raises(InvalidSettings, match="no FIPS endpoint in cn-north-1"):
        read()
