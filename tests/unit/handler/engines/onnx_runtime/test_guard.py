"""No ONNX file reaches the file system: a tensor elsewhere is found wherever it is, and what is no ONNX is refused."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

from handler.engines.onnx_runtime.engine import OnnxRuntime
from handler.engines.onnx_runtime.guard import FILE_KEY, LONG_ATTRIBUTE_BYTES, MESSAGES, require_self_contained
from handler.errors.model import UnloadableArtifact
from handler.records.signature import Target
from handler.registry.chain import verify_artifact
from handler.registry.manifest import sha256, version_of
from tests.unit.handler.engines.onnx_runtime.graphs import (
    DOUBLE,
    classifier,
    graph_version,
    linear,
    node,
    onnx_file,
    tensor,
)
from tests.unit.handler.models import MOMENT

SOUND = classifier(np.eye(2), [0.0, 0.0])


def elsewhere(location: str = "planted.bin") -> TensorProto:
    """A tensor of one number whose value is in a file."""
    planted = TensorProto(name="weights", dims=[1], data_type=TensorProto.DOUBLE, data_location=TensorProto.EXTERNAL)
    planted.external_data.add(key="location", value=location)
    return planted


def inner_graph() -> onnx.GraphProto:
    return helper.make_graph([], "inner", [], [], [elsewhere()])


def attribute(**fields: object) -> onnx.AttributeProto:
    return onnx.AttributeProto(name="held", **fields)  # type: ignore[arg-type]


def in_node(model: ModelProto, held: onnx.AttributeProto) -> None:
    model.graph.node.add(op_type="Any").attribute.append(held)


def sparse(values: bool) -> onnx.SparseTensorProto:
    own = numpy_helper.from_array(np.ones(1))
    return onnx.SparseTensorProto(
        values=elsewhere() if values else own, indices=own if values else elsewhere(), dims=[1]
    )


def in_training(model: ModelProto, part: str) -> None:
    getattr(model.training_info.add(), part).CopyFrom(inner_graph())


def in_function(model: ModelProto, by_default: bool) -> None:
    function = model.functions.add(name="f", domain="own")
    if by_default:
        function.attribute_proto.append(attribute(t=elsewhere()))
    else:
        function.node.add(op_type="Constant").attribute.append(attribute(t=elsewhere()))


def deep(model: ModelProto) -> None:
    graph = inner_graph()
    for _ in range(10):
        outer = helper.make_graph([], "outer", [], [])
        outer.node.add(op_type="If").attribute.append(attribute(g=graph))
        graph = outer
    in_node(model, attribute(graphs=[helper.make_graph([], "empty", [], []), graph]))


PLACES: dict[str, Callable[[ModelProto], object]] = {
    "an initializer": lambda model: model.graph.initializer.append(elsewhere()),
    "a sparse initializer's values": lambda model: model.graph.sparse_initializer.append(sparse(values=True)),
    "a sparse initializer's places": lambda model: model.graph.sparse_initializer.append(sparse(values=False)),
    "an attribute": lambda model: in_node(model, attribute(t=elsewhere())),
    "an attribute's list": lambda model: in_node(
        model, attribute(tensors=[numpy_helper.from_array(np.ones(1)), elsewhere()])
    ),
    "a sparse attribute": lambda model: in_node(model, attribute(sparse_tensor=sparse(values=True))),
    "an attribute's sparse list": lambda model: in_node(model, attribute(sparse_tensors=[sparse(values=False)])),
    "an attribute's graph": lambda model: in_node(model, attribute(g=inner_graph())),
    "a graph in a graph in a list": deep,
    "a function": lambda model: in_function(model, by_default=False),
    "a function's default": lambda model: in_function(model, by_default=True),
    "the training's initialization": lambda model: in_training(model, "initialization"),
    "the training's algorithm": lambda model: in_training(model, "algorithm"),
    "an attribute with many numbers": lambda model: in_node(
        model, attribute(ints=range(LONG_ATTRIBUTE_BYTES), t=elsewhere(), floats=[0.5] * LONG_ATTRIBUTE_BYTES)
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_tensor_with_its_values_in_a_file_is_found_in(place: str) -> None:
    require_self_contained(SOUND)
    model = onnx.load_from_string(SOUND)
    PLACES[place](model)
    with pytest.raises(UnloadableArtifact, match="has its values in another file"):
        require_self_contained(model.SerializeToString())


@pytest.mark.parametrize(
    "fields",
    [
        {"data_location": TensorProto.EXTERNAL},
        {"external_data": [onnx.StringStringEntryProto(key="offset", value="0")]},
    ],
)
def test_either_sign_of_a_file_is_enough(fields: dict[str, object]) -> None:
    model = onnx.load_from_string(SOUND)
    model.graph.initializer.append(TensorProto(name="more", **fields))  # type: ignore[arg-type]
    with pytest.raises(UnloadableArtifact, match="has its values in another file"):
        require_self_contained(model.SerializeToString())


def test_a_message_that_is_written_in_two_halves_is_walked_in_both() -> None:
    """protobuf merges them: the second half of the graph adds to the first."""
    half = ModelProto(graph=helper.make_graph([], "", [], [], [elsewhere()])).SerializeToString()
    assert onnx.load_from_string(SOUND + half).graph.initializer[-1].external_data
    with pytest.raises(UnloadableArtifact, match="has its values in another file"):
        require_self_contained(SOUND + half)


def reader_of(location: str) -> bytes:
    """A regression of one number that ONNX Runtime would answer from the file at `location`."""
    planted = elsewhere(location)
    graph = helper.make_graph(
        [node("Mul", ["rows", "weights"], ["prediction"])],
        "reader",
        [tensor("rows", DOUBLE, [None, 1])],
        [tensor("prediction", DOUBLE, [None, 1])],
        [planted],
    )
    made_of = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(made_of.SerializeToString())


def test_a_planted_file_is_not_read_by_a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the guard; and without it by the second line, which has ONNX Runtime look where nothing is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "planted.bin").write_bytes(np.array([41.0]).tobytes())
    data = reader_of("planted.bin")
    sound = linear([node("Identity", ["values"], ["prediction"])], {"prediction": DOUBLE}, np.ones((1, 1)), [0.0])
    manifest = graph_version(sound, "regression", [Target("y", spread=1.0)], [[1.0]]).manifest
    artifact = verify_artifact(
        replace(manifest, version=version_of(MOMENT, sha256(data)), artifacts={"onnx": onnx_file(data)}), data
    )
    with pytest.raises(UnloadableArtifact, match="has its values in another file"):
        OnnxRuntime().load(artifact)
    monkeypatch.setattr("handler.engines.onnx_runtime.engine.require_self_contained", len)
    with pytest.raises(UnloadableArtifact, match="ONNX Runtime refuses its graph"):
        OnnxRuntime().load(artifact)
    # The test can fail: ONNX Runtime by itself reads the file.
    (tmp_path / "model.onnx").write_bytes(data)
    session = InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
    assert session.run(None, {"rows": np.array([[2.0]])})[0].tolist() == [[82.0]]


def test_a_file_in_onnx_runtime_s_own_format_is_refused_by_guard_and_session(tmp_path: Path) -> None:
    options = SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "model.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    InferenceSession(SOUND, options, providers=["CPUExecutionProvider"])
    flat = (tmp_path / "model.ort").read_bytes()
    assert flat[4:8] == b"ORTM"
    with pytest.raises(UnloadableArtifact, match="no ONNX model"):
        require_self_contained(flat)


def test_a_file_cannot_configure_the_session_that_loads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORT_LOAD_CONFIG_FROM_MODEL", "1")
    model = onnx.load_from_string(SOUND)
    model.metadata_props.add(key="ort_config", value='{"session_options": {"enable_profiling": 1}}')
    with pytest.raises(UnloadableArtifact):  # so set, it has ONNX Runtime refuse all models that are bytes
        graph_version(model.SerializeToString(), "classification", [Target("y", ("a", "b"))], [[1.0, 2.0]])
    monkeypatch.delenv("ORT_LOAD_CONFIG_FROM_MODEL")
    graph_version(model.SerializeToString(), "classification", [Target("y", ("a", "b"))], [[1.0, 2.0]]).load()
    assert list(tmp_path.iterdir()) == []
    # The test can fail: ONNX Runtime's own class writes.
    monkeypatch.setenv("ORT_LOAD_CONFIG_FROM_MODEL", "1")
    InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).end_profiling()
    assert list(tmp_path.iterdir()) != []


@pytest.mark.parametrize("domain", ["com.microsoft", "own"])
def test_nodes_that_read_files_elsewhere_are_none_here(domain: str) -> None:
    """What another provider compiled and would read from a file, and an operator of somebody's library."""
    model = onnx.load_from_string(SOUND)
    held: dict[str, Any] = {"ep_cache_context": "planted.bin", "embed_mode": 0, "source": "QNN"}
    model.graph.node.append(helper.make_node("EPContext", ["rows"], ["more"], domain=domain, **held))
    model.graph.output.append(tensor("more", DOUBLE, None))
    model.opset_import.add(domain=domain, version=1)
    with pytest.raises(UnloadableArtifact, match="ONNX Runtime refuses its graph"):
        graph_version(model.SerializeToString(), "classification", [Target("y", ("a", "b"))], [[1.0, 2.0]])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
@example(b"")
@example(b"\x08\x00\x00\x00ORTM" + b"\x00" * 64)
@example(b"\x3a")
@example(b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
@example(b"\x3b\x3c")
def test_other_bytes_are_refused_and_never_a_crash(data: bytes) -> None:
    try:
        require_self_contained(data)
    except UnloadableArtifact:
        return
    onnx.load_from_string(data)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, len(SOUND) - 1))
def test_a_file_that_was_cut_off_is_refused_or_has_lost_whole_fields_alone(length: int) -> None:
    try:
        require_self_contained(SOUND[:length])
    except UnloadableArtifact:
        return
    onnx.load_from_string(SOUND[:length])


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=8, max_size=4000), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=60))
def test_weights_of_any_bits_are_never_taken_for_a_file(weights: bytes, ints: list[int]) -> None:
    held = np.frombuffer(weights[: len(weights) // 8 * 8])
    model = onnx.load_from_string(classifier(np.eye(2), [0.0, 0.0]))
    model.graph.initializer.append(numpy_helper.from_array(held, "more"))
    in_node(model, attribute(ints=ints, floats=held.tolist(), strings=[weights], t=numpy_helper.from_array(held)))
    require_self_contained(model.SerializeToString())


def test_long_attributes_with_a_class_called_as_the_key_is_are_sound() -> None:
    model = onnx.load_from_string(SOUND)
    in_node(model, attribute(strings=[FILE_KEY] * 4000, ints=range(4000), floats=[0.5] * 4000))
    require_self_contained(model.SerializeToString())


def test_a_graph_in_more_graphs_than_protobuf_reads_is_refused() -> None:
    data = b""
    for _ in range(40):  # a node in a graph, an attribute in a node, a graph in an attribute
        for tag in (b"\x32", b"\x2a", b"\x0a"):
            data = tag + varint(len(data)) + data
    with pytest.raises(UnloadableArtifact, match="messages more than 100 deep"):
        require_self_contained(b"\x3a" + varint(len(data)) + data)


def varint(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + varint(value >> 7)


def test_a_large_forest_is_looked_through_in_less_time_than_it_takes_to_parse() -> None:
    numbers = np.random.default_rng(0).integers(0, 5000, 400_000)
    model = onnx.load_from_string(SOUND)
    in_node(model, attribute(ints=numbers.tolist()))
    in_node(model, attribute(floats=(numbers / 7).tolist()))
    in_node(model, attribute(strings=[b"BRANCH_LEQ"] * 100_000))
    data = model.SerializeToString()
    assert len(data) > 4_000_000
    began = time.process_time()
    require_self_contained(data)
    looked = time.process_time() - began
    began = time.process_time()
    onnx.load_from_string(data)
    assert looked < time.process_time() - began


def test_every_message_that_onnx_has_is_known_to_the_guard() -> None:
    """All fields of the onnx that makes graphs; a release with a new one is told whether a tensor may be in it."""
    names: dict[str, Any] = {
        "model": ModelProto,
        "graph": onnx.GraphProto,
        "node": onnx.NodeProto,
        "attribute": onnx.AttributeProto,
        "sparse": onnx.SparseTensorProto,
        "training": onnx.TrainingInfoProto,
        "function": onnx.FunctionProto,
        "tensor": TensorProto,
    }
    known = {message: name for name, kind in names.items() for message in [kind.DESCRIPTOR.name]}
    for name, kind in names.items():
        inner, others = MESSAGES[name]
        for field in kind.DESCRIPTOR.fields:
            of = known.get(field.message_type.name) if field.message_type else None
            assert (inner[field.number] == of) if of else field.number in others, f"{name}.{field.name}"
        assert {*inner, *others} <= {field.number for field in kind.DESCRIPTOR.fields}, name
