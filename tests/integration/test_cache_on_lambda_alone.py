"""A function keeps artifacts in its temporary folder; `make serve`, a notebook or a test keeps nothing anywhere."""

import tempfile
from pathlib import Path

import pytest

from tests.integration.answers import ask
from tests.integration.registries import put_manifest, put_version
from training.release.publish import TrainedFolder


@pytest.mark.parametrize("on_lambda", [True, False])
def test_artifacts_are_kept_on_lambda_alone(
    bucket: str, iris: TrainedFolder, monkeypatch: pytest.MonkeyPatch, on_lambda: bool
) -> None:
    monkeypatch.setattr("handler.coldstart.init_phase.ON_LAMBDA", on_lambda)
    uri = f"s3://{bucket}/iris"
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    assert ask(uri)["statusCode"] == 200
    kept = [path.name for path in Path(tempfile.gettempdir()).rglob("*") if path.is_file()]
    assert kept == [iris.manifest.artifact.sha256] * on_lambda
