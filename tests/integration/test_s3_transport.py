"""How the function reaches S3: over TLS that is verified, and with credentials of each kind that Lambda gives.

A server on loopback stands in for S3 and for Lambda's credentials endpoint; botocore is the real one.
"""

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from handler.errors.model import RegistryAccessDenied, RegistryUnreachable
from handler.registry.s3_store import S3Store

KEY_PATH = "/models/iris/aliases/production.json"


class Requests:
    """What a server was asked, and with which headers."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []

    def headers(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.seen if asked == path]


@contextmanager
def serving(
    answers: dict[str, tuple[int, bytes]], context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, Requests]]:
    """A server on 127.0.0.1 with these answers by path; yields its URL and what it is asked."""
    requests = Requests()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, body = answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("ETag", '"tag"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake is what a test is about
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate_authority(folder: Path, name: str, host: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """The certificate of a CA of the test's own, and a server's context with a certificate of `host` by that CA."""
    now = datetime.datetime.now(datetime.UTC)

    def certificate(
        subject: str,
        issuer: str,
        key: ec.EllipticCurvePrivateKey,
        by: ec.EllipticCurvePrivateKey,
        extension: x509.ExtensionType,
    ) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(extension, critical=True)
            .sign(by, hashes.SHA256())
        )

    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate(name, name, authority_key, authority_key, x509.BasicConstraints(ca=True, path_length=None))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    server = certificate("S3", name, server_key, authority_key, alternative)
    bundle, chain = folder / f"{name}.pem", folder / f"{name}-{host}-server.pem"
    bundle.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    chain.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + server.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return bundle, context


@pytest.fixture(autouse=True)
def _nothing_but_what_the_test_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN", "REQUESTS_CA_BUNDLE", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OFTHEENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


def read() -> bytes:
    """What the function reads, by a client of its own."""
    blob = S3Store("models", "iris").get("aliases/production.json")
    assert blob is not None
    return blob.data


def test_s3_is_read_over_tls_with_a_certificate_that_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle, context = certificate_authority(tmp_path, "ours")
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        assert read() == b"alias"
    (headers,) = requests.headers(KEY_PATH)
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=OFTHEENVIRONMENT/")
    assert "/eu-west-1/s3/aws4_request" in headers["authorization"]


@pytest.mark.parametrize("fault", ["another authority", "no authority named", "another host"])
def test_a_certificate_that_is_not_trusted_ends_the_connection_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    bundle, context = certificate_authority(tmp_path, "ours", "127.0.0.2" if fault == "another host" else "127.0.0.1")
    if fault == "another authority":
        bundle, _ = certificate_authority(tmp_path, "theirs")
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        if fault != "no authority named":
            monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        with pytest.raises(RegistryUnreachable, match="SSL"):
            read()
    assert requests.seen == []


def test_a_session_token_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-the-role")
    with serving({KEY_PATH: (200, b"alias")}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert read() == b"alias"
    assert requests.headers(KEY_PATH)[0]["x-amz-security-token"] == "token-of-the-role"


def test_under_snapstart_the_credentials_come_from_the_container_endpoint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    soon = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = {"AccessKeyId": "OFTHEENDPOINT", "SecretAccessKey": "secret", "Token": "its-token", "Expiration": soon}
    (tmp_path / "token").write_text("may-i")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with serving({KEY_PATH: (200, b"alias"), "/credentials": (200, json.dumps(given).encode())}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
        assert read() == b"alias"
    assert requests.headers("/credentials")[0]["authorization"] == "may-i"
    (headers,) = requests.headers(KEY_PATH)
    assert "Credential=OFTHEENDPOINT/" in headers["authorization"]
    assert headers["x-amz-security-token"] == "its-token"


def test_without_credentials_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with serving({KEY_PATH: (200, b"alias")}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(RegistryAccessDenied, match="no credentials"):
            read()
    assert requests.seen == []
