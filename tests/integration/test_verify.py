"""`training.release.verify` says precisely what is wrong with a registry, and unpickles nothing to find out."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from handler.errors.model import ManifestMissing
from handler.registry.alias import Alias
from handler.registry.chain import alias_key, version_key
from tests.integration.registries import HISTORY, made_at, put_file, put_manifest, put_version, remove_file
from training.release.history import history_key
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store
from training.release.verify import verify_registry, verify_version

pytestmark = pytest.mark.usefixtures("unpicklings")


@pytest.fixture
def version(iris: TrainedFolder) -> str:
    return iris.manifest.version


def findings(uri: str) -> dict[str, str]:
    """What is wrong, by what it is wrong with."""
    return {found.what: found.problem for found in verify_registry(open_writable_store(uri)) if found.problem}


def record(uri: str, version: str, day: int, previous: str | None) -> Alias:
    moment = f"2030-01-{day:02}T00:00:00.000000+00:00"
    entry = Alias(1, version, "ab" * 32, moment, "tests", "", previous)
    put_file(uri, history_key("production", entry), entry.to_json().encode())
    return entry


def test_a_sound_registry_is_told_to_be_sound_version_by_version(served_uri: str, iris: TrainedFolder) -> None:
    other = put_version(served_uri, made_at(iris, 1))
    found = list(verify_registry(open_writable_store(served_uri)))
    assert {(finding.what, finding.problem) for finding in found} == {
        (iris.manifest.version, None),
        (other, None),
        ("alias production", None),
    }


def altered(change: Callable[[bytes], bytes], file: str) -> Callable[[str, TrainedFolder], None]:
    def plant(uri: str, iris: TrainedFolder) -> None:
        data = iris.artifact.data if file == "model.joblib" else iris.manifest_json
        put_file(uri, version_key(iris.manifest.version, file), change(data))

    return plant


def missing(file: str) -> Callable[[str, TrainedFolder], None]:
    return lambda uri, iris: remove_file(uri, version_key(iris.manifest.version, file))


def manifest_with(**fields: object) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps({**json.loads(data), **fields}).encode()


FAULTS = {
    "a flipped bit": (altered(lambda data: bytes([data[0] ^ 1]) + data[1:], "model.joblib"), "ArtifactDigestMismatch"),
    "a cut artifact": (altered(lambda data: data[:-1], "model.joblib"), "ArtifactSizeMismatch"),
    "no artifact": (missing("model.joblib"), "ArtifactMissing"),
    "no manifest": (missing("manifest.json"), "ManifestMissing"),
    "no report": (missing("report.html"), "report.html is missing"),
    "no JSON": (altered(lambda _: b"no", "manifest.json"), "InvalidManifest"),
    "another format": (altered(manifest_with(format_version=9), "manifest.json"), "UnknownManifestFormat"),
    "another version": (
        altered(manifest_with(version="20300101T000000Z-00000000"), "manifest.json"),
        "ManifestMismatch: .*says that it is 20300101T000000Z-00000000",
    ),
    "other libraries": (
        altered(lambda data: data.replace(b'"scikit-learn": "', b'"scikit-learn": "0.'), "manifest.json"),
        r"RuntimeMismatch: .*scikit-learn 0\.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_version_is_named_and_the_others_are_sound(
    model_uri: str, iris: TrainedFolder, version: str, fault: str
) -> None:
    put_version(model_uri, iris)
    put_version(model_uri, made_at(iris, 1))
    plant, said = FAULTS[fault]
    plant(model_uri, iris)
    found = findings(model_uri)
    assert list(found) == [version]
    assert re.match(said, found[version])
    if fault == "no manifest":
        with pytest.raises(ManifestMissing):
            verify_version(open_writable_store(model_uri), version)
    else:
        assert verify_version(open_writable_store(model_uri), version).problem == found[version]


def test_an_alias_that_vouches_for_another_manifest_is_named(served_uri: str, iris: TrainedFolder) -> None:
    changed = replace(iris.manifest, name="changed").to_json().encode()
    put_file(served_uri, version_key(iris.manifest.version, "manifest.json"), changed)
    assert findings(served_uri)["alias production"].startswith("ManifestMismatch")


def test_an_alias_that_names_what_is_gone_is_named(served_uri: str, version: str) -> None:
    for file in ("manifest.json", "model.joblib", "report.html"):
        open_writable_store(served_uri).delete(version_key(version, file))
    found = findings(served_uri)
    assert list(found) == ["alias production"]
    assert found["alias production"].startswith("ManifestMissing")


def test_a_second_alias_is_checked_as_well(served_uri: str) -> None:
    put_file(served_uri, alias_key("staging"), b"{")
    assert list(findings(served_uri)) == ["alias staging"]


def test_a_history_entry_that_cannot_be_read_is_named_by_its_key(served_uri: str) -> None:
    put_file(served_uri, f"{HISTORY}/20200101T000000.000000Z-x.json", b"[]")
    assert f"{HISTORY}/20200101T000000.000000Z-x.json" in findings(served_uri)["alias production"]


def test_a_history_with_an_entry_missing_is_told_where_it_breaks(served_uri: str, iris: TrainedFolder) -> None:
    names = [put_version(served_uri, made_at(iris, second)) for second in (1, 2, 3)]
    put_manifest(served_uri, iris.manifest)
    record(served_uri, iris.manifest.version, 1, None)
    record(served_uri, names[0], 2, iris.manifest.version)
    record(served_uri, names[2], 4, names[1])
    problem = findings(served_uri)["alias production"]
    assert "2030-01-04" in problem
    assert f"{names[1]} served before" in problem
    record(served_uri, names[1], 3, names[0])
    assert findings(served_uri) == {}


@pytest.mark.parametrize("stray", ["~version", ".hidden.joblib", "latest", "model.joblib"])
def test_what_is_no_version_is_named_and_not_followed(served_uri: str, stray: str) -> None:
    put_file(served_uri, f"versions/{stray}/manifest.json", b"{}")
    found = findings(served_uri)
    hidden = stray.startswith(".") and not served_uri.startswith("s3://")
    assert list(found) == ([] if hidden else [f"versions/{stray}"])
