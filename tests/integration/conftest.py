"""What the integration tests share: S3 on a real socket, and one registry on a directory and on S3 alike."""

import logging
import tempfile
import threading
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import joblib
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from tests.integration.registries import put_manifest, put_version
from training.release.publish import TrainedFolder

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class OneAtATime:
    """S3 checks a condition and writes in one step; moto takes two, so its requests must not overlap."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app
        self.lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self.lock:
            return [b"".join(self.app(environ, start_response))]


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the temporary folder, where the function keeps artifacts, nor boto3's session, which keeps credentials,
    hands anything from one test to the next."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """Where moto answers as S3, on the loopback address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = OneAtATime(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bucket(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket of this test's own. The environment leads to it, in this process and in those it starts."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    name = f"models-{uuid.uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["directory", "s3"])
def model_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A model's root in an empty registry, once as a directory and once on S3."""
    if request.param == "directory":
        return str(tmp_path / "registry" / "iris")
    return f"s3://{request.getfixturevalue('bucket')}/models/iris"


@pytest.fixture
def served_uri(model_uri: str, iris: TrainedFolder) -> str:
    """A registry of this test's own from which Iris serves, written without the proofs, which take seconds."""
    put_version(model_uri, iris)
    put_manifest(model_uri, iris.manifest)
    return model_uri


@pytest.fixture
def unpicklings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Each call of joblib.load ends the test: not as an Exception, which the handler would take for a bad artifact."""
    calls: list[object] = []

    def forbidden(*arguments: object, **_: object) -> None:
        calls.append(arguments)
        pytest.fail("joblib.load was reached")

    monkeypatch.setattr(joblib, "load", forbidden)
    yield calls
    assert calls == []
