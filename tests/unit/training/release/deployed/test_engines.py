"""Which versions a function of each engine could serve, judged by the form that it loads, and what to do otherwise."""

from dataclasses import replace
from pathlib import Path

import pytest

from handler.engines.package_description import PackageDescription
from handler.registry.chain import MANIFEST_FILE, version_key
from handler.registry.manifest import ArtifactFile, Manifest
from tests.older_manifests import before_counts
from tests.unit.handler.twins import manifest_of_onnx_alone, manifest_with_twin
from tests.unit.training.release.deployed.descriptions import onnx_package, package, record
from training.errors import UnservableVersion
from training.release.deployed.readable import MEGABYTE, other_engine, too_large, unreadable
from training.release.deployed.records import write_record
from training.release.deployed.required import require_servable
from training.release.stores.directory_store import WritableDirectoryStore

GRAPH = ArtifactFile("model.onnx", 1000, "ab" * 32, input="float32")


@pytest.fixture
def joblib_alone(iris_manifest: Manifest) -> Manifest:
    return iris_manifest.only("joblib")


@pytest.fixture
def twin(joblib_alone: Manifest) -> Manifest:
    return manifest_with_twin(joblib_alone, GRAPH)


@pytest.fixture
def onnx_alone(joblib_alone: Manifest) -> Manifest:
    return manifest_of_onnx_alone(joblib_alone, GRAPH)


def refused(manifest: Manifest, described: PackageDescription) -> str | None:
    return unreadable(manifest.to_json().encode(), described)


def test_a_version_with_a_twin_suits_the_functions_of_both_engines(twin: Manifest) -> None:
    assert (refused(twin, package()), refused(twin, onnx_package())) == (None, None)
    assert other_engine(twin.to_json().encode(), onnx_package()) is None


def test_the_versions_that_count_are_those_of_the_form_that_is_loaded(twin: Manifest) -> None:
    of_other_onnx = replace(twin, runtime={**twin.runtime, "onnxruntime": "2.0.0"})
    assert refused(of_other_onnx, package()) is None
    assert "onnxruntime 2.0.0" in str(refused(of_other_onnx, onnx_package()))
    of_other_sklearn = replace(twin, runtime={**twin.runtime, "scikit-learn": "1.8.0"})
    assert "scikit-learn 1.8.0" in str(refused(of_other_sklearn, package()))
    assert refused(of_other_sklearn, onnx_package()) is None


def test_the_room_that_counts_is_that_of_the_form_that_is_loaded(twin: Manifest) -> None:
    large = replace(twin.artifacts["joblib"], bytes=400 * MEGABYTE)
    data = replace(twin, artifacts={**twin.artifacts, "joblib": large}).to_json().encode()
    assert too_large(data, package(), 512) is not None
    assert too_large(data, onnx_package(), 512) is None
    data = replace(twin, artifacts={**twin.artifacts, "onnx": replace(GRAPH, bytes=400 * MEGABYTE)}).to_json().encode()
    assert too_large(data, package(), 512) is None
    assert too_large(data, onnx_package(), 512) is not None


def test_without_a_twin_it_is_said_how_to_get_one_or_which_engine_to_deploy(joblib_alone: Manifest) -> None:
    assert refused(joblib_alone, onnx_package()) == "it has the model as joblib, and the package loads onnx"
    advice = other_engine(joblib_alone.to_json().encode(), onnx_package())
    assert str(advice).startswith("Train or package the model again, for a version with a twin")
    assert "Engine=sklearn" in str(advice)


def test_of_onnx_alone_it_is_said_which_engine_to_deploy(onnx_alone: Manifest) -> None:
    assert refused(onnx_alone, onnx_package()) is None
    assert refused(onnx_alone, package()) == "it has the model as onnx, and the package loads joblib"
    advice = other_engine(onnx_alone.to_json().encode(), package())
    assert "Engine=onnx" in str(advice)
    assert "twin" not in str(advice)


def test_another_engine_is_not_advised_where_it_would_not_help(joblib_alone: Manifest, twin: Manifest) -> None:
    old = replace(onnx_package(), manifest_formats=(1,))
    assert other_engine(joblib_alone.to_json().encode(), old) is None
    assert other_engine(b"{}", onnx_package()) is None
    strange = replace(joblib_alone, artifacts={"pmml": joblib_alone.artifact})
    assert other_engine(strange.to_json().encode(), package()) is None
    assert refused(twin, replace(package(), manifest_formats=(1, 2, 3))) == (
        "its manifest has format 5, and the package reads formats 1, 2, 3"
    )


@pytest.fixture
def store(tmp_path: Path) -> WritableDirectoryStore:
    """Two functions serve production, one of each engine."""
    made = WritableDirectoryStore(tmp_path)
    write_record(made, record("churn"))
    write_record(made, record("churn-fast", package=onnx_package()))
    return made


def put(store: WritableDirectoryStore, manifest: Manifest) -> bytes:
    data = manifest.to_json().encode()
    store.create(version_key(manifest.version, MANIFEST_FILE), data)
    return data


def test_on_an_alias_that_functions_of_both_engines_serve_a_version_with_a_twin_may_be_promoted(
    store: WritableDirectoryStore, twin: Manifest
) -> None:
    functions = require_servable(store, twin.version, "production", put(store, twin))
    assert {function.stack for function in functions} == {"churn", "churn-fast"}


def test_for_a_function_of_an_earlier_release_it_is_said_to_deploy_this_one_first(
    tmp_path: Path, joblib_alone: Manifest
) -> None:
    made = WritableDirectoryStore(tmp_path)
    write_record(made, record("churn", package=replace(package(), manifest_formats=(1, 2, 3, 4))))
    with pytest.raises(UnservableVersion) as raised:
        require_servable(made, joblib_alone.version, "production", put(made, joblib_alone))
    assert (
        "could not serve it: its manifest has format 5, and the package reads formats 1, 2, 3, 4. Deploy this release "
        "first: its function goes on with what serves now, and reads this version too."
    ) in str(raised.value)
    assert "To change the function and the model together" not in str(raised.value)
    before = before_counts(joblib_alone)
    assert [function.stack for function in require_servable(made, "aside", "production", put(made, before))]


@pytest.mark.parametrize(
    ("fixture", "stack", "advice"),
    [
        ("joblib_alone", "churn-fast", "Train or package the model again, for a version with a twin"),
        ("onnx_alone", "churn", "A model that came as ONNX has no other form: deploy a function with Engine=onnx"),
    ],
)
def test_and_one_without_is_refused_for_the_function_alone_that_lacks_its_form(
    store: WritableDirectoryStore, fixture: str, stack: str, advice: str, request: pytest.FixtureRequest
) -> None:
    manifest: Manifest = request.getfixturevalue(fixture)
    with pytest.raises(UnservableVersion) as raised:
        require_servable(store, manifest.version, "production", put(store, manifest))
    said = str(raised.value)
    assert said.count("The function of the stack") == 1
    assert f"{stack!r}, on record since" in said
    assert advice in said
    assert "promote the version to an alias that no function serves (--alias production-2)" in said
