"""A version with several forms of its model: all are read, each is proved by the package that loads it."""

import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from handler.errors.model import ArtifactDigestMismatch, ArtifactMissing, ArtifactSizeMismatch, RuntimeMismatch
from handler.registry.chain import VerifiedArtifact, check_artifact, verify_artifact
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import Manifest, sha256
from tests.older_manifests import before_counts
from tests.unit.handler.twins import TWIN_FILE, write_onnx_folder, write_twin_folder
from tests.unit.training.release.deployed.descriptions import record
from training.errors import InvalidFolder, UnprovedArtifact
from training.release.deployed.record import FunctionRecord
from training.release.proof import prove, prove_forms
from training.release.publish import TrainedFolder, publish, read_folder
from training.release.shipped import require_provable, require_shipped_runtime
from training.release.stores.schemes import open_writable_store


@pytest.fixture
def twin_folder(iris_folder: Path, tmp_path: Path) -> Path:
    return write_twin_folder(iris_folder, tmp_path / "twin")


@pytest.fixture
def twin(twin_folder: Path) -> TrainedFolder:
    return read_folder(twin_folder)


def with_graph(folder: TrainedFolder, data: bytes) -> tuple[Manifest, VerifiedArtifact]:
    """The folder's manifest with other bytes as the twin, which are verified as far as bytes go."""
    file = replace(folder.manifest.artifacts["onnx"], bytes=len(data), sha256=sha256(data))
    manifest = replace(folder.manifest, artifacts={**folder.manifest.artifacts, "onnx": file})
    return manifest, verify_artifact(manifest, data, "onnx")


def test_every_form_of_a_folder_is_read_the_one_first_that_the_version_is_named_for(
    twin_folder: Path, twin: TrainedFolder
) -> None:
    assert [form.manifest.forms for form in twin.forms] == [("joblib",), ("onnx",)]
    assert [form.data for form in twin.forms] == [
        (twin_folder / file).read_bytes() for file in ("model.joblib", TWIN_FILE)
    ]
    assert twin.manifest == Manifest.from_json(twin.manifest_json)
    assert before_counts(twin.manifest).format_version == 4


def test_a_folder_with_onnx_alone_is_read(iris_folder: Path, tmp_path: Path) -> None:
    folder = read_folder(write_onnx_folder(iris_folder, tmp_path / "onnx"))
    assert [form.manifest.forms for form in folder.forms] == [("onnx",)]
    assert folder.artifact.data == (tmp_path / "onnx" / TWIN_FILE).read_bytes()


BROKEN: list[tuple[Callable[[bytes], bytes], type[Exception]]] = [
    (lambda data: data[:-1] + bytes([data[-1] ^ 1]), ArtifactDigestMismatch),
    (lambda data: data[:-1], ArtifactSizeMismatch),
]


@pytest.mark.parametrize(("change", "error"), BROKEN)
def test_a_twin_that_is_not_the_manifest_s_is_refused_in_a_folder_and_in_a_registry(
    twin_folder: Path, twin: TrainedFolder, tmp_path: Path, change: Callable[[bytes], bytes], error: type[Exception]
) -> None:
    place = tmp_path / "registry" / "versions" / twin.manifest.version
    place.mkdir(parents=True)
    store = DirectoryStore(tmp_path / "registry")
    for form in twin.forms:
        (place / form.manifest.artifact.file).write_bytes(form.data)
    check_artifact(store, twin.manifest)
    for file in (twin_folder / TWIN_FILE, place / TWIN_FILE):
        file.write_bytes(change(file.read_bytes()))
    with pytest.raises(error, match=r"model\.onnx of "):
        read_folder(twin_folder)
    with pytest.raises(error, match=r"model\.onnx of "):
        check_artifact(store, twin.manifest)
    for file in (twin_folder / TWIN_FILE, place / TWIN_FILE):
        file.unlink()
    with pytest.raises(InvalidFolder, match=r"model\.onnx cannot be read"):
        read_folder(twin_folder)
    with pytest.raises(ArtifactMissing, match=r"model\.onnx does not exist"):
        check_artifact(store, twin.manifest)


def test_a_sound_twin_is_proved_where_no_scikit_learn_is(twin: TrainedFolder) -> None:
    (_, graph) = twin.forms
    prove(graph, twin.manifest)


def web_page(_: bytes) -> bytes:
    return b"<!DOCTYPE html>"


def with_values_elsewhere(graph: bytes) -> bytes:
    """The graph with a tensor whose values are in a file of this machine."""
    model = onnx.load_from_string(graph)
    tensor = onnx.TensorProto(name="elsewhere", dims=[4], data_type=onnx.TensorProto.UINT8)
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")
    model.graph.initializer.append(tensor)
    return bytes(model.SerializeToString())


def of_unknown_operator(graph: bytes) -> bytes:
    model = onnx.load_from_string(graph)
    model.graph.node[0].op_type = "Elsewhere"
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (web_page, "no ONNX model"),
        (with_values_elsewhere, "values in another file"),
        (of_unknown_operator, "refuses its graph"),
    ],
)
def test_a_broken_or_malicious_graph_is_refused_in_our_words_as_one_that_would_not_serve(
    twin: TrainedFolder, change: Callable[[bytes], bytes], words: str
) -> None:
    manifest, graph = with_graph(twin, change(twin.forms[1].data))
    begin = r"^model\.onnx of .* would not serve: UnloadableArtifact: "
    with pytest.raises(UnprovedArtifact, match=rf"{begin}.* could not be loaded.*{words}") as raised:
        prove(graph, manifest)
    for of_others in ("Traceback", "ONNXRuntimeError", "Elsewhere", "hostname"):
        assert of_others not in str(raised.value)


def test_a_twin_that_answers_otherwise_is_refused_and_nothing_is_published(twin: TrainedFolder, tmp_path: Path) -> None:
    """The joblib form is sound: what refuses is the proof of the other one."""
    features = [-value for value in twin.manifest.example.features if isinstance(value, float)]
    (_, graph) = twin.forms
    wrong = replace(graph.manifest, example=replace(graph.manifest.example, features=tuple(features)))
    manifest = replace(twin.manifest, example=wrong.example)
    with pytest.raises(UnprovedArtifact, match=r"^model\.onnx of .* would not serve: SelfTestFailed"):
        prove(replace(graph, manifest=wrong), manifest)
    cut = with_graph(twin, graph.data[: len(graph.data) // 2])[1]
    with pytest.raises(UnprovedArtifact, match=r"^model\.onnx of "):
        publish(replace(twin, others=(cut,)), open_writable_store(str(tmp_path / "iris")))
    assert not (tmp_path / "iris").exists()


class Bomb:
    """A pickle that leaves a mark when it is loaded, in whatever process."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.mark),)


def test_a_pickle_in_the_place_of_a_graph_is_neither_looked_into_nor_loaded(
    twin: TrainedFolder, tmp_path: Path
) -> None:
    data = pickle.dumps(Bomb(tmp_path / "executed"))
    manifest, graph = with_graph(twin, data)
    with pytest.raises(UnprovedArtifact, match="would not serve: UnloadableArtifact") as raised:
        prove_forms(manifest, [graph])
    assert "was looked into" not in str(raised.value)
    assert not (tmp_path / "executed").exists()


def test_a_form_that_no_function_loads_is_not_published_beside_one_that_is_loaded(
    twin: TrainedFolder,
) -> None:
    artifacts = {"joblib": twin.manifest.artifacts["joblib"], "pmml": twin.manifest.artifacts["onnx"]}
    manifest = replace(twin.manifest, artifacts=artifacts)
    strange = verify_artifact(manifest, twin.forms[1].data, "pmml")
    with pytest.raises(UnprovedArtifact, match=r"model\.onnx as its form 'pmml', which no function"):
        prove_forms(manifest, [strange])


RUNTIMES = {"joblib": {"scikit-learn": "1.8.0"}, "onnx": {"onnxruntime": "2.0.0"}}


@pytest.mark.parametrize("form", RUNTIMES)
@pytest.mark.parametrize("functions", [[], [record()]], ids=["none deployed", "one deployed"])
def test_a_version_with_a_twin_needs_the_versions_of_both_engines(
    twin: TrainedFolder, form: str, functions: list[FunctionRecord]
) -> None:
    require_provable(twin.manifest, functions)
    other = replace(twin.manifest, runtime={**twin.manifest.runtime, **RUNTIMES[form]})
    ((library, version),) = RUNTIMES[form].items()
    with pytest.raises(RuntimeMismatch, match=rf"{library} {version}"):
        require_provable(other, functions)


def test_onnx_alone_is_compared_with_the_pins_of_its_own_package(iris_folder: Path, tmp_path: Path) -> None:
    manifest = read_folder(write_onnx_folder(iris_folder, tmp_path / "onnx")).manifest
    assert set(manifest.runtime) == {"python", "onnxruntime"}
    require_shipped_runtime(manifest)
    with pytest.raises(RuntimeMismatch, match=r"onnxruntime 2\.0\.0 .*handler/requirements-onnx\.txt"):
        require_shipped_runtime(replace(manifest, runtime={**manifest.runtime, "onnxruntime": "2.0.0"}))


def test_a_model_of_joblib_alone_needs_no_onnx_runtime(iris_manifest: Manifest) -> None:
    alone = iris_manifest.only("joblib")
    needed = {name: version for name, version in alone.runtime.items() if name != "onnxruntime"}
    require_shipped_runtime(replace(alone, runtime=needed))
