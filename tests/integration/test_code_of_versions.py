"""A registry whose code.zip is not whole serves nothing of it, and every command that looks at it says so."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from handler.errors.model import ArtifactDigestMismatch, ArtifactMissing
from handler.registry.chain import VerifiedArtifact, version_key
from handler.registry.manifest import CODE, ArtifactFile, sha256
from tests.integration.answers import assert_refused, open_application
from tests.integration.registries import put_file, put_manifest, put_version, remove_file
from tests.unit.handler.own_code import zipped
from training.errors import UnprovedArtifact
from training.release.proof import require_allowed
from training.release.prune import prune
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store
from training.release.verify import verify_registry


def with_code(iris: TrainedFolder, code: bytes) -> TrainedFolder:
    """Iris with modules that it does not need."""
    artifacts = {**iris.manifest.artifacts, CODE: ArtifactFile("code.zip", len(code), sha256(code))}
    manifest = replace(iris.manifest, artifacts=artifacts)
    return TrainedFolder(VerifiedArtifact(manifest, iris.artifact.data, code), manifest.to_json().encode(), iris.report)


@pytest.fixture
def folder(iris: TrainedFolder, tmp_path: Path) -> TrainedFolder:
    return with_code(iris, zipped({"features.py": f"open({str(tmp_path / 'executed')!r}, 'w').close()"}))


@pytest.fixture
def uri(model_uri: str, folder: TrainedFolder) -> str:
    put_version(model_uri, folder)
    put_manifest(model_uri, folder.manifest)
    return model_uri


def problems(uri: str) -> list[str]:
    return [found.problem for found in verify_registry(open_writable_store(uri)) if found.problem]


def test_a_sound_version_serves_is_verified_and_pruned_with_its_code(uri: str, folder: TrainedFolder) -> None:
    version = folder.manifest.version
    assert open_application(uri).holder.predictor().manifest.version == version
    assert problems(uri) == []
    store = open_writable_store(uri)
    store.delete("aliases/production.json")
    prune(store, version)
    assert list(store.list(f"versions/{version}")) == []


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "changed": lambda data: data[:-1] + b"\1",
    "gone": lambda _: None,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.usefixtures("unpicklings")
def test_a_version_whose_code_is_not_whole_is_refused_and_never_executed(
    uri: str, folder: TrainedFolder, tmp_path: Path, damage: str
) -> None:
    key = version_key(folder.manifest.version, "code.zip")
    data = DAMAGES[damage](folder.artifact.code or b"")
    if data is None:
        remove_file(uri, key)
        assert_refused(uri, ArtifactMissing, "artifact_missing")
    else:
        put_file(uri, key, data)
        assert_refused(uri, ArtifactDigestMismatch, "artifact_digest_mismatch")
    assert len(problems(uri)) == 2
    assert all("code.zip" in problem for problem in problems(uri))
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    ("modules", "words"),
    [
        ({"numpy.py": "A = 1"}, "would hide it"),
        ({"a.py": "import pandas"}, r"a\.py, line 1, imports pandas"),
        ({"../a.py": "A = 1"}, "no module"),
    ],
)
def test_code_that_package_would_refuse_is_refused_before_the_proof_too(
    iris: TrainedFolder, modules: dict[str, str], words: str
) -> None:
    with pytest.raises(UnprovedArtifact, match=f"looked into, and not loaded.*{words}"):
        require_allowed(with_code(iris, zipped(modules)).artifact)
