"""Each fault of a registry ends in its own error and its own 503, and no byte of it is ever unpickled."""

import io
import json
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import pytest

from handler.errors.catalogue import ANSWERS
from handler.errors.model import (
    AliasNotSet,
    ArtifactDigestMismatch,
    ArtifactMissing,
    ArtifactSizeMismatch,
    InvalidAlias,
    InvalidManifest,
    ManifestMismatch,
    ManifestMissing,
    ModelUnavailable,
    RegistryNotFound,
    RegistryUnreachable,
    RuntimeMismatch,
    UnknownManifestFormat,
)
from handler.registry.manifest import sha256
from handler.registry.schemes import open_store
from handler.serving.source import ModelSource
from tests.unit.handler.asking import ask, assert_refused, get_event, open_application, predict_event
from tests.unit.handler.models import Version, write_alias

EVENT = predict_event({"features": [6.0, 2.5, 4.5, 1.5]})

Spoil = Callable[[Path, Version], object]


def folder(root: Path, version: Version) -> Path:
    return root / "versions" / version.manifest.version


def artifact_file(root: Path, version: Version) -> Path:
    return folder(root, version) / "model.joblib"


def flip_one_bit(root: Path, version: Version) -> None:
    data = bytearray(version.artifact)
    data[len(data) // 2] ^= 1
    artifact_file(root, version).write_bytes(data)


def rewrite_manifest(root: Path, version: Version, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest and let the alias hold its new digest, as one who may write to the registry can."""
    document = json.loads(version.manifest.to_json())
    change(document)
    data = json.dumps(document).encode()
    (folder(root, version) / "manifest.json").write_bytes(data)
    write_alias(root, version.manifest.version, sha256(data))


def with_manifest(change: Callable[[dict[str, Any]], None]) -> Spoil:
    return lambda root, version: rewrite_manifest(root, version, change)


def write_production(data: bytes) -> Spoil:
    return lambda root, _: (root / "aliases" / "production.json").write_bytes(data)


def put_a_folder_in_place_of_the_alias(root: Path, _: Version) -> None:
    (root / "aliases" / "production.json").unlink()
    (root / "aliases" / "production.json").mkdir()


FAULTS: dict[str, tuple[Spoil, type[ModelUnavailable]]] = {
    "one bit of the artifact flipped": (flip_one_bit, ArtifactDigestMismatch),
    "artifact cut off": (
        lambda root, version: os.truncate(artifact_file(root, version), len(version.artifact) - 1),
        ArtifactSizeMismatch,
    ),
    "artifact empty": (lambda root, version: os.truncate(artifact_file(root, version), 0), ArtifactSizeMismatch),
    "artifact with something behind it": (
        lambda root, version: artifact_file(root, version).write_bytes(version.artifact + b"."),
        ArtifactSizeMismatch,
    ),
    "artifact missing": (lambda root, version: artifact_file(root, version).unlink(), ArtifactMissing),
    "manifest of another digest than the alias holds": (
        lambda root, version: (folder(root, version) / "manifest.json").write_text(
            version.manifest.to_json().replace('"iris"', '"rose"')
        ),
        ManifestMismatch,
    ),
    "manifest missing": (
        lambda root, version: (folder(root, version) / "manifest.json").unlink(),
        ManifestMissing,
    ),
    "manifest of another version": (
        with_manifest(lambda document: document.update(version="20200101T000000Z-" + document["version"][-8:])),
        ManifestMismatch,
    ),
    "manifest without its features": (with_manifest(lambda document: document.pop("features")), InvalidManifest),
    "manifest of a later format": (
        with_manifest(lambda document: document.update(format_version=6)),
        UnknownManifestFormat,
    ),
    "artifact outside of its folder": (
        with_manifest(lambda document: document["artifacts"]["joblib"].update(file="../../model.joblib")),
        InvalidManifest,
    ),
    "artifact of another digest than its version is named for": (
        with_manifest(lambda document: document["artifacts"]["joblib"].update(sha256="0" * 64)),
        ArtifactDigestMismatch,
    ),
    "another scikit-learn": (
        with_manifest(lambda document: document["runtime"].update({"scikit-learn": "1.8.0"})),
        RuntimeMismatch,
    ),
    "no scikit-learn told": (
        with_manifest(lambda document: document["runtime"].pop("scikit-learn")),
        RuntimeMismatch,
    ),
    "alias never set": (lambda root, _: (root / "aliases" / "production.json").unlink(), AliasNotSet),
    "alias that is not JSON": (write_production(b"production"), InvalidAlias),
    "alias empty": (write_production(b""), InvalidAlias),
    "alias that leads out of the registry": (
        lambda root, _: write_alias(root, "../../elsewhere", "0" * 64),
        InvalidAlias,
    ),
    "alias to a version that is not there": (
        lambda root, _: write_alias(root, "20200101T000000Z-01234567", "0" * 64),
        ManifestMissing,
    ),
    "registry gone": (lambda root, _: root.rename(root.with_name("gone")), RegistryNotFound),
    "a folder where the alias should be": (
        put_a_folder_in_place_of_the_alias,
        RegistryUnreachable,
    ),
}


class Malice:
    """Makes the folder `trace` wherever it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


@pytest.fixture
def root(tmp_path: Path, iris_version: Version) -> Path:
    return iris_version.write(tmp_path / "iris")


@pytest.fixture
def _nothing_unpickles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way to unpickle fails the test. It raises what no handler of Exception catches."""

    def reached(*_: Any, **__: Any) -> None:
        pytest.fail("bytes of a refused model were unpickled")

    for module, name in ((joblib, "load"), (pickle, "load"), (pickle, "loads"), (pickle, "Unpickler")):
        monkeypatch.setattr(module, name, reached)
    monkeypatch.setattr(pickle._Unpickler, "load", reached)  # joblib's is made of it


def load(root: Path) -> object:
    return ModelSource(open_store(str(root)), "production", None).load()


@pytest.mark.usefixtures("_nothing_unpickles")
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_ends_in_its_own_error_and_503_and_nothing_is_unpickled(
    root: Path, iris_version: Version, fault: str
) -> None:
    spoil, expected = FAULTS[fault]
    spoil(root, iris_version)
    with pytest.raises(ModelUnavailable) as caught:
        load(root)
    assert type(caught.value) is expected
    application = open_application(MODEL_URI=str(root))
    for event in (EVENT, get_event("/health"), get_event("/model")):
        answer = ask(application, event)
        assert_refused(answer, 503, ANSWERS[expected].code)
        assert answer.body["error"] == ANSWERS[expected].sentence
        assert answer.headers["x-model-version"] == "none"


@pytest.mark.usefixtures("_nothing_unpickles")
def test_the_guard_of_these_tests_is_where_a_sound_model_is_unpickled(root: Path) -> None:
    with pytest.raises(pytest.fail.Exception):
        load(root)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"MODEL_URI": "s3://bucket"},
        {"MODEL_URI": "http://host/iris"},
        {"MODEL_URI": "m", "MODEL_ALIAS": "../production"},
        {"MODEL_URI": "m", "MAX_ROWS": "many"},
    ],
)
def test_bad_settings_are_a_503_of_their_own(environ: dict[str, str]) -> None:
    assert_refused(ask(open_application(**environ), EVENT), 503, "invalid_settings")


def malicious_pickles(trace: Path, length: int) -> Iterator[bytes]:
    """The same malice, short and as long as the artifact it stands for, by pickle and by joblib."""
    pickled = pickle.dumps(Malice(trace))
    yield pickled
    yield pickled.ljust(length, b"\0")
    buffer = io.BytesIO()
    joblib.dump(Malice(trace), buffer)
    yield buffer.getvalue().ljust(length, b"\0")


def test_the_malicious_pickles_of_these_tests_do_harm_when_they_are_loaded(tmp_path: Path) -> None:
    for data in malicious_pickles(tmp_path / "trace", 10_000):
        joblib.load(io.BytesIO(data))
        (tmp_path / "trace").rmdir()


@pytest.mark.parametrize("place", ["artifact", "manifest", "report", "alias", "everything but the alias"])
def test_a_malicious_pickle_planted_anywhere_is_never_run(
    root: Path, tmp_path: Path, iris_version: Version, place: str
) -> None:
    trace = tmp_path / "trace"
    files = {
        "artifact": [artifact_file(root, iris_version)],
        "manifest": [folder(root, iris_version) / "manifest.json"],
        "report": [folder(root, iris_version) / "report.html"],
        "alias": [root / "aliases" / "production.json"],
        "everything but the alias": [artifact_file(root, iris_version), folder(root, iris_version) / "manifest.json"],
    }[place]
    for data in malicious_pickles(trace, len(iris_version.artifact)):
        for file in files:
            file.write_bytes(data)
        answer = ask(open_application(MODEL_URI=str(root)), EVENT)
        assert answer.status == (200 if place == "report" else 503)
        assert not trace.exists()


def test_a_manifest_that_names_the_malicious_artifact_is_refused_while_the_alias_holds_another_digest(
    root: Path, tmp_path: Path, iris_version: Version
) -> None:
    malice = pickle.dumps(Malice(tmp_path / "trace"))
    file = replace(iris_version.manifest.artifact, bytes=len(malice), sha256=sha256(malice))
    artifact_file(root, iris_version).write_bytes(malice)
    forged = replace(iris_version.manifest, artifacts={"joblib": file})
    (folder(root, iris_version) / "manifest.json").write_text(forged.to_json())
    assert_refused(ask(open_application(MODEL_URI=str(root)), EVENT), 503, "manifest_mismatch")
    assert not (tmp_path / "trace").exists()
