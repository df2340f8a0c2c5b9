"""Whether a package could serve a version, judged by its manifest alone, with a reason that says what differs."""

import json
from dataclasses import replace

import pytest

from handler.engines.package_description import EngineDescription, PackageDescription
from handler.registry.manifest import CODE, ArtifactFile, Manifest
from handler.registry.storage import storage_needed
from tests.older_manifests import before_counts
from tests.unit.training.release.deployed.descriptions import package
from training.release.deployed.readable import MEGABYTE, MOST_STORAGE_MB, too_large, unreadable

ONNX = {"onnx": EngineDescription("onnx", {})}


def written(manifest: Manifest, **fields: object) -> bytes:
    return json.dumps({**json.loads(manifest.to_json()), **fields}).encode()


def with_bytes(manifest: Manifest, count: int) -> bytes:
    return replace(manifest, artifacts={"joblib": replace(manifest.artifact, bytes=count)}).to_json().encode()


def test_what_this_checkout_makes_a_package_of_this_checkout_reads(iris_manifest: Manifest) -> None:
    assert unreadable(iris_manifest.to_json().encode(), package()) is None


@pytest.mark.parametrize("version", ["1.8.0", "1.9.2", "2.0.0"])
def test_another_scikit_learn_is_named_with_both_versions(iris_manifest: Manifest, version: str) -> None:
    reason = unreadable(iris_manifest.to_json().encode(), package(scikit_learn=version))
    made = iris_manifest.runtime["scikit-learn"]
    assert reason == f"it was made under scikit-learn {made} (the package has {version})"


def test_every_difference_is_named_at_once(iris_manifest: Manifest) -> None:
    reason = unreadable(iris_manifest.to_json().encode(), package(scikit_learn="1.8.0", numpy="1.26.4", python="4.0"))
    assert all(name in str(reason) for name in ("scikit-learn", "numpy", "python"))


def test_versions_that_pickle_alike_are_no_difference(iris_manifest: Manifest) -> None:
    major, minor, _ = iris_manifest.runtime["numpy"].split(".")
    assert unreadable(iris_manifest.to_json().encode(), package(numpy=f"{major}.{minor}.99", python="3.99")) is None


@pytest.mark.parametrize("formats", [(1,), (1, 3), ()])
def test_a_format_that_the_package_does_not_read_is_named(iris_manifest: Manifest, formats: tuple[int, ...]) -> None:
    reason = unreadable(written(iris_manifest, format_version=2), replace(package(), manifest_formats=formats))
    assert str(reason).startswith("its manifest has format 2, and the package reads ")


def test_a_version_with_code_is_refused_for_a_function_of_the_releases_before(iris_manifest: Manifest) -> None:
    code = ArtifactFile("code.zip", 1, "0" * 64)
    with_code = replace(before_counts(iris_manifest), artifacts={**iris_manifest.artifacts, CODE: code})
    assert unreadable(with_code.to_json().encode(), package()) is None
    reason = unreadable(with_code.to_json().encode(), replace(package(), manifest_formats=(1, 2)))
    assert reason == "its manifest has format 3, and the package reads formats 1, 2"
    other = replace(package(), engines={"onnx": package().engines["joblib"]})
    assert unreadable(with_code.to_json().encode(), other) == "it has the model as joblib, and the package loads onnx"


def test_a_format_of_a_later_release_is_judged_although_this_checkout_cannot_read_it(iris_manifest: Manifest) -> None:
    later = written(iris_manifest, format_version=99, of_the_future={})
    assert unreadable(later, package()) == "its manifest has format 99, and the package reads formats 1, 2, 3, 4, 5"
    # A package that reads it was made by a later commit, which alone can tell the rest.
    reads = replace(package(), manifest_formats=(98, 99))
    assert "run this from the commit that the package was built from" in str(unreadable(later, reads))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"format_version": "1"}'])
def test_what_is_no_manifest_cannot_be_served(data: bytes) -> None:
    assert str(unreadable(data, package())).startswith("its manifest is not sound: ")


def test_a_form_that_no_engine_of_the_package_loads_is_named(iris_manifest: Manifest) -> None:
    onnx_only = replace(package(), engines=ONNX)
    reason = unreadable(iris_manifest.to_json().encode(), onnx_only)
    assert reason == "it has the model as joblib, and the package loads onnx"


def test_an_engine_that_this_checkout_does_not_know_is_no_traceback(iris_manifest: Manifest) -> None:
    strange = replace(package(), engines={"joblib": EngineDescription("boosting", {})})
    assert "boosting" in str(unreadable(iris_manifest.to_json().encode(), strange))


@pytest.mark.parametrize("first", ["joblib", "onnx"])
def test_of_several_forms_the_one_counts_that_the_package_loads_first(iris_manifest: Manifest, first: str) -> None:
    both = replace(
        iris_manifest, artifacts={**iris_manifest.artifacts, "onnx": replace(iris_manifest.artifact, file="model.onnx")}
    )
    engines = {
        **package(scikit_learn="1.8.0").engines,
        "onnx": EngineDescription("scikit-learn", iris_manifest.runtime),
    }
    ordered = {first: engines.pop(first), **engines}
    refused = unreadable(both.to_json().encode(), replace(package(), engines=ordered))
    assert (refused is not None) == (first == "joblib")


def test_a_small_model_needs_no_room(iris_manifest: Manifest) -> None:
    assert too_large(iris_manifest.to_json().encode(), package(), 512) is None


@pytest.mark.parametrize("spare", [0, -1])
def test_a_model_fits_to_the_megabyte(iris_manifest: Manifest, spare: int) -> None:
    size = 300 * MEGABYTE
    least = -(-storage_needed(size) // MEGABYTE)
    reason = too_large(with_bytes(iris_manifest, size), package(), least + spare)
    assert (reason is None) == (spare == 0)
    if reason:
        assert f"deploy with EphemeralStorage={least} or more" in reason
        assert f"the function has {least - 1} MB" in reason


def test_a_model_that_no_function_could_hold_is_told_so(iris_manifest: Manifest) -> None:
    reason = too_large(with_bytes(iris_manifest, 20_000 * MEGABYTE), package(), 512)
    assert f"Lambda gives {MOST_STORAGE_MB} MB at most, so train a smaller model" in str(reason)


def test_the_least_that_is_advised_is_what_a_template_takes(iris_manifest: Manifest) -> None:
    for size in (17, 100, 224, 400, 4000):
        reason = too_large(with_bytes(iris_manifest, size * MEGABYTE), package(), 1)
        advised = int(str(reason).split("EphemeralStorage=")[1].split()[0])
        assert too_large(with_bytes(iris_manifest, size * MEGABYTE), package(), advised) is None


def test_judging_changes_nothing_of_the_description() -> None:
    described = package()
    assert PackageDescription.from_json(described.to_json()) == described == package()
