"""How S3 is reached, by the function and by a workstation: over TLS that is verified, with credentials of each kind.

A server on loopback stands in for S3 and for Lambda's credentials endpoint; obstore and boto3 are the real ones.
"""

import datetime
import json
import ssl
from pathlib import Path

import pytest

from bench.certificates import make_authority
from handler.errors.model import InvalidSettings, RegistryAccessDenied, RegistryUnreachable
from handler.registry.s3_store import S3Store
from handler.registry.store import Store
from tests.transport.recording import certificate_authority, serving
from training.release.stores.s3_reading import ReadableS3Store

KEY_PATH = "/models/iris/aliases/production.json"


@pytest.fixture(params=[S3Store, ReadableS3Store], ids=["function", "workstation"])
def store(request: pytest.FixtureRequest) -> Store:
    """The two that read S3, each with a client of its own."""
    made: Store = request.param("models", "iris")
    return made


@pytest.fixture(autouse=True)
def _nothing_but_what_the_test_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OFTHEENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


def read(store: Store) -> bytes:
    blob = store.get("aliases/production.json")
    assert blob is not None
    return blob.data


def test_s3_is_read_over_tls_with_a_certificate_that_is_trusted(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle, context = certificate_authority(tmp_path, "ours")
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        assert read(store) == b"alias"
    (headers,) = requests.headers(KEY_PATH)
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=OFTHEENVIRONMENT/")
    assert "/eu-west-1/s3/aws4_request" in headers["authorization"]


@pytest.mark.parametrize("fault", ["another authority", "no authority named", "another host"])
def test_a_certificate_that_is_not_trusted_ends_the_connection_and_nothing_is_sent(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    bundle, context = certificate_authority(tmp_path, "ours", "127.0.0.2" if fault == "another host" else "127.0.0.1")
    if fault == "another authority":
        bundle, _ = certificate_authority(tmp_path, "theirs")
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        if fault != "no authority named":
            monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        with pytest.raises(RegistryUnreachable, match=r"certificate (that AWS's address showed )?is not trusted"):
            read(store)
    assert requests.seen == []


def test_a_session_token_of_the_environment_is_sent(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-the-role")
    with serving({KEY_PATH: (200, b"alias")}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert read(store) == b"alias"
    assert requests.headers(KEY_PATH)[0]["x-amz-security-token"] == "token-of-the-role"


def test_under_snapstart_the_credentials_come_from_the_container_endpoint(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
        assert read(store) == b"alias"
    assert requests.headers("/credentials")[0]["authorization"] == "may-i"
    (headers,) = requests.headers(KEY_PATH)
    assert "Credential=OFTHEENDPOINT/" in headers["authorization"]
    assert headers["x-amz-security-token"] == "its-token"


def test_without_credentials_nothing_is_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with serving({KEY_PATH: (200, b"alias")}) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(RegistryAccessDenied, match=r"There are no credentials for|No AWS credentials were found"):
            read(store)
    assert requests.seen == []


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_each_variable_for_a_bundle_names_one_and_the_first_of_them_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    bundle, context = certificate_authority(tmp_path, "ours")
    commented = tmp_path / "commented.pem"
    commented.write_bytes(b"# Made for a test\n\n" + bundle.read_bytes())
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate_authority(tmp_path, "theirs")[0]))
        monkeypatch.setenv(variable, str(commented))
        assert read(S3Store("models", "iris")) == b"alias"


def test_a_bundle_takes_the_place_of_what_the_system_trusts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle, context = certificate_authority(tmp_path, "ours")
    theirs, _ = certificate_authority(tmp_path, "theirs")
    monkeypatch.setattr("handler.registry.s3.certificates.SYSTEM_FILES", (str(tmp_path / "none"), str(bundle)))
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert read(S3Store("models", "iris")) == b"alias"  # what the system's file holds is trusted
        monkeypatch.setenv("AWS_CA_BUNDLE", str(theirs))
        with pytest.raises(RegistryUnreachable, match="certificate is not trusted"):
            read(S3Store("models", "iris"))


@pytest.mark.parametrize("data", [b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", None])
def test_a_bundle_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes | None) -> None:
    if data:
        (tmp_path / "bundle").write_bytes(data)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "bundle"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
    with pytest.raises(InvalidSettings, match="AWS_CA_BUNDLE"):
        read(S3Store("models", "iris"))


def test_a_system_file_with_a_certificate_that_is_no_use_leaves_the_others_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle, context = certificate_authority(tmp_path, "ours")
    spoilt = tmp_path / "spoilt.pem"
    spoilt.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + bundle.read_bytes())
    monkeypatch.setattr("handler.registry.s3.certificates.SYSTEM_FILES", (str(spoilt),))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert read(S3Store("models", "iris")) == b"alias"


def test_an_authority_that_shows_its_own_certificate_as_a_server_is_refused_and_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """OpenSSL takes it, as `openssl req -x509` makes one; obstore's TLS does not."""
    made = make_authority(tmp_path, "ours")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.bundle, made.own_key)
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(made.bundle))
        with pytest.raises(RegistryUnreachable, match="an authority's own: give the server one"):
            read(S3Store("models", "iris"))
    assert requests.seen == []


def test_what_is_old_in_tls_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle, context = certificate_authority(tmp_path, "ours")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving({KEY_PATH: (200, b"alias")}, context) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        with pytest.raises(RegistryUnreachable):
            read(S3Store("models", "iris"))
    assert requests.seen == []
