"""A large artifact is published from its file in parts, and read back; what was promised of small ones holds."""

from dataclasses import replace
from pathlib import Path

import pytest

import training.release.publish
from training.errors import VersionExists
from training.release.publish import TrainedFolder, publish, read_folder
from training.release.stores.schemes import open_writable_store


@pytest.fixture
def large(iris_folder: Path, monkeypatch: pytest.MonkeyPatch) -> TrainedFolder:
    """Iris, which counts as large here."""
    monkeypatch.setattr(training.release.publish, "UPLOAD_PART_BYTES", 10)
    return read_folder(iris_folder)


def test_a_large_artifact_is_written_from_its_file_and_its_progress_told(model_uri: str, large: TrainedFolder) -> None:
    told: list[int] = []
    store = open_writable_store(model_uri)
    manifest = publish(large, store, progress=told.append)
    held = store.get(f"versions/{manifest.version}/model.joblib")
    assert held is not None
    assert held.data == large.artifact.data
    assert sum(told) == manifest.artifact.bytes


def test_a_file_that_changed_since_it_was_verified_is_not_published(
    model_uri: str, large: TrainedFolder, tmp_path: Path
) -> None:
    changed = tmp_path / "model.joblib"
    changed.write_bytes(large.artifact.data[:-1] + b"!")
    store = open_writable_store(model_uri)
    with pytest.raises(VersionExists, match="other bytes"):
        publish(replace(large, file=changed), store)
    assert store.get(f"versions/{large.manifest.version}/manifest.json") is None
