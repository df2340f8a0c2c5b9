"""`ModelSource.read_ahead`: the same models and the same errors as `load`, only earlier."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from handler.errors.model import AliasNotSet, ArtifactDigestMismatch, ArtifactSizeMismatch, RegistryNotFound
from handler.registry.directory_store import DirectoryStore
from handler.serving.holder import ModelHolder
from handler.serving.source import ModelSource
from tests.unit.handler.models import Version

PROJECT = Path(__file__).parents[4]


def source(root: Path) -> ModelSource:
    return ModelSource(DirectoryStore(root), "production", cache=None)


def holder_ahead(root: Path) -> ModelHolder:
    """A holder that has not started, with all of its model read already."""
    at = source(root)
    holder = ModelHolder(at.load, refresh_seconds=60.0, first=at.read_ahead())
    for thread in threading.enumerate():
        if thread.name == "read-ahead":
            thread.join(30)
    return holder


def test_what_was_read_ahead_is_served_even_where_the_registry_is_gone_by_then(
    tmp_path: Path, iris_version: Version
) -> None:
    holder = holder_ahead(iris_version.write(tmp_path / "iris"))
    (tmp_path / "iris").rename(tmp_path / "gone")
    holder.start()
    assert holder.predictor().manifest.version == iris_version.manifest.version


def test_after_the_first_start_the_registry_is_asked(tmp_path: Path, iris_version: Version) -> None:
    other = iris_version.changed(version=f"20300101T000000Z-{iris_version.manifest.artifact.sha256[:8]}")
    holder = holder_ahead(iris_version.write(tmp_path / "iris"))
    holder.start()
    other.write(tmp_path / "iris")
    holder.start()
    assert holder.predictor().manifest.version == other.manifest.version


def test_a_failure_is_raised_by_the_load_and_the_next_one_tries_again(tmp_path: Path, iris_version: Version) -> None:
    (tmp_path / "iris").mkdir()
    holder = holder_ahead(tmp_path / "iris")
    holder.start()
    with pytest.raises(AliasNotSet):
        holder.predictor()
    iris_version.write(tmp_path / "iris")
    holder.start()
    assert holder.predictor().manifest.version == iris_version.manifest.version


def test_a_registry_that_is_not_there_is_the_error_that_loading_raises(tmp_path: Path) -> None:
    with pytest.raises(RegistryNotFound):
        source(tmp_path / "nowhere").read_ahead()()


def test_bytes_that_are_not_the_manifest_s_are_refused(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    (artifact,) = (path for path in root.rglob("*") if path.suffix == ".joblib")
    artifact.write_bytes(artifact.read_bytes() + b"\0")
    with pytest.raises((ArtifactSizeMismatch, ArtifactDigestMismatch)):
        source(root).read_ahead()()


def test_reading_ahead_imports_no_library_and_unpickles_nothing(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    script = (
        "import sys, threading; from pathlib import Path; from handler.serving.source import ModelSource\n"
        "from handler.registry.directory_store import DirectoryStore\n"
        "unpickled = []; sys.addaudithook(lambda event, _: unpickled.append(event) if 'pickle' in event else None)\n"
        "read = []; sys.addaudithook(lambda event, seen: read.append(str(seen[0])) if event == 'open' else None)\n"
        f"ModelSource(DirectoryStore(Path({str(root)!r})), 'production', None).read_ahead()\n"
        "[thread.join() for thread in threading.enumerate() if thread.name == 'read-ahead']\n"
        "assert read[-1].endswith('model.joblib'), read\n"
        "print(unpickled, {'numpy', 'sklearn', 'joblib'} & set(sys.modules))"
    )
    environment = {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[] set()", "")
