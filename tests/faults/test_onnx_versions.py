"""Versions that a function with ONNX Runtime alone cannot serve: it says why, and what served goes on serving.

The function is a process in which scikit-learn cannot be imported. Each version is whole by its digests, but for those
whose file was changed after it was published.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import onnx

from handler.registry.chain import MANIFEST_FILE, version_key
from handler.registry.manifest import ArtifactFile, sha256
from tests.faults.function_process import ANSWER, MEGABYTE
from tests.faults.proxy import Proxy
from tests.faults.releases import numbered, numbered_graph, put_files, put_numbered, swap
from tests.integration.registries import put_file, remove_file
from tests.unit.handler.twins import manifest_with_twin
from tests.without_scikit_learn import WITHOUT_SCIKIT_LEARN
from training.release.stores.schemes import open_writable_store

VERSION = "20300101T0000{:02}Z-{}"
LARGE_MB, ROOM_MB = 96, 48
"""A graph, and how much more memory a function is left than it has, which is less."""


@dataclass(frozen=True)
class Function:
    """A function's process, which can be asked."""

    process: "subprocess.Popen[str]"

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def asked(self, line: str) -> dict[str, Any]:
        """What a client of the function that `line` names gets."""
        self.tell(line)
        assert self.process.stdout is not None
        for said in self.process.stdout:
            if said.startswith(ANSWER):
                answer: dict[str, Any] = json.loads(said.removeprefix(ANSWER))
                return answer
        raise AssertionError(f"the function ended with {self.process.wait()}")


@contextmanager
def function(uri: str) -> Iterator[Function]:
    command = [sys.executable, "-m", "tests.faults.function_process", uri]
    environ = {**os.environ, **WITHOUT_SCIKIT_LEARN}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            yield Function(process)
        finally:
            process.kill()


def answered(number: int, version: str) -> dict[str, Any]:
    return {"status": 200, "code": None, "version": version, "said": float(number)}


def put_twin(uri: str, second: int, graph: bytes, **changed: Any) -> str:
    """Publish a version whose twin is `graph`, with other fields in its manifest; gives its name."""
    version = numbered(2)
    file = ArtifactFile("model.onnx", len(graph), sha256(graph), "float32")
    manifest = manifest_with_twin(version.manifest, file)
    named = VERSION.format(second, manifest.artifact.sha256[:8])
    return put_files(uri, replace(manifest, version=named, **changed), {"joblib": version.artifact, "onnx": graph})


def without_twin(uri: str, second: int) -> str:
    version = numbered(2)
    named = VERSION.format(second, version.manifest.artifact.sha256[:8])
    return put_files(uri, replace(version.manifest, version=named), {"joblib": version.artifact})


def wrong_example(uri: str, second: int) -> str:
    return put_twin(uri, second, numbered_graph(3))


def of_later_runtime(uri: str, second: int) -> str:
    runtime = numbered(2).manifest.runtime | {"onnxruntime": "99.0.0"}
    return put_twin(uri, second, numbered_graph(2), runtime=runtime)


def of_later_format(uri: str, second: int) -> str:
    version = put_twin(uri, second, numbered_graph(2))
    key = version_key(version, MANIFEST_FILE)
    blob = open_writable_store(uri).get(key)
    assert blob is not None
    put_file(uri, key, json.dumps({**json.loads(blob.data), "format_version": 99}).encode())
    return version


def cut_off(uri: str, second: int) -> str:
    graph = numbered_graph(2)
    return put_twin(uri, second, graph[: len(graph) // 2])


def of_other_output(uri: str, second: int) -> str:
    model = onnx.load_from_string(numbered_graph(2))
    model.graph.node[-1].output[0] = model.graph.output[0].name = "answer"
    return put_twin(uri, second, model.SerializeToString())


def of_more_features(uri: str, second: int) -> str:
    model = onnx.load_from_string(numbered_graph(2))
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 3
    return put_twin(uri, second, model.SerializeToString())


def with_numbers_elsewhere(uri: str, second: int) -> str:
    """Its largest constant is said to lie in a file of the function's, which is there."""
    model = onnx.load_from_string(numbered_graph(2))
    (constant,) = [held for held in model.graph.initializer if held.name == "number"]
    constant.ClearField("raw_data")
    constant.data_location = onnx.TensorProto.EXTERNAL
    for key, value in {"location": "events/predict_features.json", "offset": "0", "length": "4"}.items():
        constant.external_data.add(key=key, value=value)
    return put_twin(uri, second, model.SerializeToString())


def changed_later(change: Callable[[bytes], bytes | None], uri: str, second: int) -> str:
    """A sound version, whose graph is changed after it was published; None removes it."""
    graph = numbered_graph(2)
    version = put_twin(uri, second, graph)
    key, data = version_key(version, "model.onnx"), change(graph)
    remove_file(uri, key) if data is None else put_file(uri, key, data)
    return version


def a_byte_flipped(graph: bytes) -> bytes:
    return graph[:-1] + bytes([graph[-1] ^ 1])


class Bomb:
    """Leaves a file where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], Any]:
        return Path.touch, (self.mark,)


Publish = Callable[[str, int], str]
"""Publishes a version, made at a second of one minute, to a registry; gives its name."""

BROKEN: dict[str, tuple[Publish, str]] = {
    "no twin": (without_twin, "onnx_form_missing"),
    "the graph cut off, its digest as it is": (cut_off, "unloadable_artifact"),
    "a graph of another output": (of_other_output, "unloadable_artifact"),
    "a graph of more features": (of_more_features, "unloadable_artifact"),
    "a graph that answers otherwise than its example": (wrong_example, "self_test_failed"),
    "a graph whose numbers lie in another file": (with_numbers_elsewhere, "unloadable_artifact"),
    "made under a later ONNX Runtime": (of_later_runtime, "runtime_mismatch"),
    "a manifest of a later format": (of_later_format, "unknown_manifest_format"),
    "a byte of the graph flipped": (partial(changed_later, a_byte_flipped), "artifact_digest_mismatch"),
    "the graph truncated": (partial(changed_later, lambda graph: graph[:-1]), "artifact_size_mismatch"),
    "the graph replaced by another": (partial(changed_later, lambda _: numbered_graph(4)), "artifact_digest_mismatch"),
    "the graph removed": (partial(changed_later, lambda _: None), "artifact_missing"),
}


def test_what_a_function_with_onnx_runtime_alone_cannot_serve_is_refused_with_a_reason_and_does_not_replace_what_serves(
    tmp_path: Path, record: Callable[..., None]
) -> None:
    uri, mark = str(tmp_path / "registry"), tmp_path / "went-off"
    bomb = pickle.dumps(Bomb(mark))
    pickle.loads(bomb)  # noqa: S301 - the guard of this test: it does go off
    mark.unlink()
    first = put_numbered(uri, 1, forms="both")
    store = open_writable_store(uri)
    swap(store, first)
    with function(uri) as running:
        assert running.asked("held") == running.asked("cold") == answered(1, first)
        a_pickle: Publish = partial(put_twin, graph=bomb)
        cases = {**BROKEN, "a pickle in place of the graph": (a_pickle, "unloadable_artifact")}
        for second, (name, (publish, code)) in enumerate(cases.items()):
            swap(store, publish(uri, second))
            cold, held = running.asked("cold"), running.asked("held")
            assert (cold["status"], cold["code"]) == (503, code), name
            assert held == answered(1, first), name
            record(f"ONNX Runtime alone: {name}", f"503 {code}", "200, the held version", "unchanged")
        following = put_numbered(uri, 5, forms="both")
        swap(store, following)
        assert running.asked("held") == running.asked("cold") == answered(5, following)
    assert not mark.exists()


def test_a_graph_that_does_not_fit_into_memory_does_not_end_a_function_that_serves(
    tmp_path: Path, record: Callable[..., None]
) -> None:
    uri = str(tmp_path / "registry")
    first, large = put_numbered(uri, 1, forms="both"), put_numbered(uri, 2, LARGE_MB * MEGABYTE, "both")
    store = open_writable_store(uri)
    swap(store, first)
    with function(uri) as running:
        assert running.asked("held") == answered(1, first)
        running.tell(f"at most {ROOM_MB}")
        swap(store, large)
        assert running.asked("held") == answered(1, first)
        cold = running.asked("cold")
        assert cold["status"] == 503
        swap(store, first)
        assert running.asked("held") == running.asked("cold") == answered(1, first)
    record(
        f"ONNX Runtime alone: a graph of {LARGE_MB} MB, {ROOM_MB} MB left",
        f"503 {cold['code']}",
        "200, the held version",
        "unchanged",
    )


def test_a_function_that_is_killed_while_it_reads_a_graph_leaves_nothing_that_keeps_the_next_from_serving(
    proxy: Proxy, model_uri: str, record: Callable[..., None]
) -> None:
    version = put_numbered(model_uri, 1, forms="both")
    swap(open_writable_store(model_uri), version)
    proxy.break_with("stalls half-way", "model.onnx")
    asked_for = proxy.requests
    with function(model_uri) as running:
        running.tell("cold")
        deadline = time.monotonic() + 30
        while proxy.requests < asked_for + 3:  # the alias, the manifest, and what stalls
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.process.send_signal(signal.SIGKILL)
        assert running.process.wait() == -signal.SIGKILL
    proxy.mend()
    with function(model_uri) as running:
        assert running.asked("cold") == answered(1, version)
    record("ONNX Runtime alone: killed while it reads the graph", "200, in the next process", "-", "unchanged")
