"""A release of a model that is there as joblib, as ONNX, or as both: every file of it counts, at each step."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import training.release.publish
from handler.engines.package_description import describe
from handler.errors.model import ManifestMissing
from handler.registry.chain import VerifiedArtifact, alias_key, version_key
from handler.registry.manifest import Manifest
from tests.integration.registries import history, put_file, put_manifest, put_version, remove_file, served_whole
from tests.older_manifests import before_counts
from tests.releases.test_interrupted_writers import Dying, Killed
from tests.unit.handler.twins import TWIN_FILE, write_onnx_folder, write_twin_folder
from tests.unit.training.release.deployed.descriptions import record
from training.errors import UnservableVersion, VersionExists
from training.fit.held_out import read_held_out
from training.release.alias_move import Release, move_alias
from training.release.deployed.records import write_record
from training.release.gate.comparison import compare, served_version
from training.release.promote import promote, rollback
from training.release.prune import prune, superfluous
from training.release.publish import TrainedFolder, is_published, publish, read_folder
from training.release.shipped import shipped_versions
from training.release.stores.schemes import open_writable_store
from training.release.verify import verify_registry


@pytest.fixture(scope="session")
def twin_folder(iris_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_twin_folder(iris_folder, tmp_path_factory.mktemp("twin"))


@pytest.fixture(scope="session")
def onnx_folder(iris_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_onnx_folder(iris_folder, tmp_path_factory.mktemp("onnx"))


@pytest.fixture(scope="session")
def twin(twin_folder: Path) -> TrainedFolder:
    return read_folder(twin_folder)


@pytest.fixture(scope="session")
def onnx(onnx_folder: Path) -> TrainedFolder:
    return read_folder(onnx_folder)


@pytest.fixture(scope="session")
def joblib_alone(twin: TrainedFolder) -> TrainedFolder:
    """The model as the releases before published it."""
    runtime = {name: version for name, version in twin.manifest.runtime.items() if name != "onnxruntime"}
    manifest = before_counts(replace(twin.artifact.manifest, runtime=runtime))
    artifact = VerifiedArtifact(manifest, twin.artifact.data)
    return TrainedFolder(artifact, manifest.to_json().encode(), twin.report)


def release(manifest: Manifest) -> Release:
    return Release(manifest.version, "production", "tests", "")


def findings(uri: str) -> dict[str, str]:
    return {found.what: found.problem for found in verify_registry(open_writable_store(uri)) if found.problem}


def test_both_forms_are_published_in_parts_finished_after_a_death_and_promoted(
    bucket: str, twin: TrainedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training.release.publish, "UPLOAD_PART_BYTES", 10)
    uri = f"s3://{bucket}/iris"
    store = open_writable_store(uri)
    told: list[int] = []
    with pytest.raises(Killed):
        publish(twin, Dying(store, 1))
    assert list(store.list(f"versions/{twin.manifest.version}")) == ["model.joblib"]
    publish(twin, store, progress=told.append)
    assert sum(told) == twin.manifest.artifacts["onnx"].bytes  # the other form was there
    assert is_published(twin, store)
    for form in twin.forms:
        held = store.get(version_key(twin.manifest.version, form.manifest.artifact.file))
        assert held is not None
        assert held.data == form.data
    assert promote(store, release(twin.manifest)).version == twin.manifest.version == served_whole(store)
    assert findings(uri) == {}


def test_a_graph_of_another_publisher_is_not_taken_for_ours(tmp_path: Path, onnx: TrainedFolder) -> None:
    store = open_writable_store(str(tmp_path / "iris"))
    store.create(version_key(onnx.manifest.version, TWIN_FILE), onnx.artifact.data[:-1] + b"!")
    with pytest.raises(VersionExists, match=r"model\.onnx holds other bytes"):
        publish(onnx, store)
    assert not is_published(onnx, store)


@pytest.mark.parametrize("how", ["missing", "changed"])
def test_verify_finds_what_is_wrong_with_either_form_of_a_version_and_of_what_serves(
    model_uri: str, twin: TrainedFolder, how: str
) -> None:
    put_version(model_uri, twin)
    put_manifest(model_uri, twin.manifest)
    assert findings(model_uri) == {}
    key = version_key(twin.manifest.version, TWIN_FILE)
    if how == "missing":
        remove_file(model_uri, key)
    else:
        put_file(model_uri, key, twin.forms[1].data[:-1] + b"!")
    found = findings(model_uri)
    assert found.keys() == {twin.manifest.version, "alias production"}
    assert all("model.onnx" in problem for problem in found.values())


def test_prune_deletes_every_form(model_uri: str, twin: TrainedFolder, onnx: TrainedFolder) -> None:
    store = open_writable_store(model_uri)
    for folder in (twin, onnx):
        put_version(model_uri, folder)
    (going,) = superfluous(store, 1, 0, datetime.now(UTC))
    prune(store, going)
    assert list(store.list(f"versions/{going}")) == []


def test_an_alias_is_not_moved_to_a_version_that_lost_a_form(model_uri: str, twin: TrainedFolder) -> None:
    store = open_writable_store(model_uri)
    put_version(model_uri, twin)
    remove_file(model_uri, version_key(twin.manifest.version, TWIN_FILE))
    with pytest.raises(ManifestMissing, match="was deleted while it was promoted"):
        move_alias(store, release(twin.manifest), twin.manifest, twin.manifest_json, None)
    assert store.get(alias_key("production")) is None


def test_what_the_releases_before_wrote_is_published_verified_and_promoted_as_it_was(
    tmp_path: Path, joblib_alone: TrainedFolder
) -> None:
    assert joblib_alone.manifest.format_version < 4
    uri = str(tmp_path / "iris")
    store = open_writable_store(uri)
    publish(joblib_alone, store)
    assert set(store.list(f"versions/{joblib_alone.manifest.version}")) == {
        *("manifest.json", "model.joblib", "report.html")
    }
    assert findings(uri) == {}
    assert promote(store, release(joblib_alone.manifest)).version == served_whole(store)


def test_a_release_goes_from_one_form_to_the_other_and_back(
    tmp_path: Path, joblib_alone: TrainedFolder, onnx: TrainedFolder
) -> None:
    uri = str(tmp_path / "iris")
    for folder in (joblib_alone, onnx):
        put_version(uri, folder)
    put_manifest(uri, joblib_alone.manifest)
    store = open_writable_store(uri)
    promote(store, release(onnx.manifest))
    assert rollback(store, release(onnx.manifest)).version == joblib_alone.manifest.version == served_whole(store)
    assert history(store)[1:] == [onnx.manifest.version, joblib_alone.manifest.version]


def test_a_version_is_not_promoted_to_a_function_of_another_engine(
    model_uri: str, joblib_alone: TrainedFolder, onnx: TrainedFolder
) -> None:
    """And nothing of it is loaded to know that."""
    store = open_writable_store(model_uri)
    for folder in (joblib_alone, onnx):
        put_version(model_uri, folder)
    for other, engine, package in ((joblib_alone, "sklearn", "onnx"), (onnx, "onnx", "sklearn")):
        write_record(store, record(package=describe(shipped_versions(package), package)))
        with pytest.raises(UnservableVersion, match=f"Engine={engine}"):
            promote(store, release(other.manifest))
    assert store.get(alias_key("production")) is None


@pytest.mark.parametrize("new", ["onnx", "joblib"])
def test_the_gate_compares_a_version_of_one_form_with_one_of_the_other(
    tmp_path: Path, onnx_folder: Path, twin_folder: Path, joblib_alone: TrainedFolder, onnx: TrainedFolder, new: str
) -> None:
    """Each is measured where the libraries are that load it. They are the same model, so the scores are alike."""
    serving, folder, rows = (
        (joblib_alone, onnx, read_held_out(onnx_folder))
        if new == "onnx"
        else (onnx, joblib_alone, read_held_out(twin_folder))
    )
    uri = str(tmp_path / "iris")
    put_version(uri, serving)
    put_manifest(uri, serving.manifest)
    comparison = compare(folder.artifact, rows, served_version(open_writable_store(uri), "production"))
    assert comparison.passed, comparison
    checks = {check.name: check for check in comparison.checks}
    assert checks["accuracy"].new == checks["accuracy"].served
    assert checks["bytes"].new == f"{folder.manifest.artifact.bytes:,}"
    assert checks["bytes"].served == f"{serving.manifest.artifact.bytes:,}"
