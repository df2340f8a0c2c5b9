"""`handler.serving.read_ahead`: the same models and the same errors as without, only earlier."""

import subprocess
import sys
from pathlib import Path

import pytest

from handler.errors.model import AliasNotSet, ArtifactDigestMismatch, ArtifactSizeMismatch, RegistryNotFound
from handler.registry.directory_store import DirectoryStore
from handler.serving.read_ahead import ReadAhead
from handler.serving.source import ModelSource
from tests.unit.handler.models import Version

PROJECT = Path(__file__).parents[4]


def source(root: Path) -> ModelSource:
    return ModelSource(DirectoryStore(root), "production", cache=None)


def test_what_was_read_ahead_is_served_even_where_the_registry_is_gone_by_then(
    tmp_path: Path, iris_version: Version
) -> None:
    ahead = ReadAhead(source(iris_version.write(tmp_path / "iris")))
    ahead.join()
    (tmp_path / "iris").rename(tmp_path / "gone")
    assert ahead.load().version == iris_version.manifest.version


def test_after_the_first_time_the_registry_is_asked(tmp_path: Path, iris_version: Version) -> None:
    ahead = ReadAhead(source(iris_version.write(tmp_path / "iris")))
    held = ahead.load()
    assert ahead.load(held) is held
    (tmp_path / "iris").rename(tmp_path / "gone")
    with pytest.raises(RegistryNotFound):
        ahead.load(held)
    with pytest.raises(RegistryNotFound):
        ahead.load()


def test_a_failure_is_raised_by_the_load_and_the_next_one_tries_again(tmp_path: Path, iris_version: Version) -> None:
    (tmp_path / "iris").mkdir()
    ahead = ReadAhead(source(tmp_path / "iris"))
    with pytest.raises(AliasNotSet):
        ahead.load()
    iris_version.write(tmp_path / "iris")
    assert ahead.load().version == iris_version.manifest.version


def test_bytes_that_are_not_the_manifest_s_are_refused(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    (artifact,) = (path for path in root.rglob("*") if path.suffix == ".joblib")
    artifact.write_bytes(artifact.read_bytes() + b"\0")
    with pytest.raises((ArtifactSizeMismatch, ArtifactDigestMismatch)):
        ReadAhead(source(root)).load()


def test_reading_ahead_imports_no_library_and_unpickles_nothing(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    script = (
        "import sys; from pathlib import Path; from handler.serving.read_ahead import ReadAhead\n"
        "from handler.serving.source import Found, ModelSource; from handler.registry.store import DirectoryStore\n"
        "unpickled = []; sys.addaudithook(lambda event, _: unpickled.append(event) if 'pickle' in event else None)\n"
        f"ahead = ReadAhead(ModelSource(DirectoryStore(Path({str(root)!r})), 'production', None)); ahead.join()\n"
        "assert type(ahead._outcome) is Found, ahead._outcome\n"
        "print(unpickled, {'numpy', 'sklearn', 'joblib'} & set(sys.modules))"
    )
    environment = {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[] set()", "")
