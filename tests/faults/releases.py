"""Models that say who they are: version N answers N, so an answer that is not its version's own is seen at once.

Also a quick release: the alias is swapped by the code that `promote` uses, without its proof, which takes seconds.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import boto3
import numpy as np
import onnx
from onnx import helper
from sklearn.dummy import DummyRegressor

from handler.engines.onnx_runtime.answering import PREDICTION
from handler.registry.alias import Alias
from handler.registry.chain import MANIFEST_FILE, alias_key, checked_alias, version_key
from handler.registry.manifest import ArtifactFile, Manifest, sha256
from handler.registry.s3.place import bucket_and_prefix
from handler.registry.storage import IN_MEMORY_BYTES
from tests.integration.registries import put_file
from tests.unit.handler.models import Version, version_with
from tests.unit.handler.twins import manifest_of_onnx_alone, manifest_with_twin
from training.release.history import history_key
from training.release.stores.writable import WritableStore

ROW = [1.0, 2.0]
BODY = {"features": ROW}
Forms = Literal["joblib", "onnx", "both"]
"""The forms in which a version has its model: that of scikit-learn, that of ONNX Runtime, or the one with its twin."""
LARGE = IN_MEMORY_BYTES + 1_000_000
"""Bytes of a model that is held in a file, where a disk takes it."""


def numbered(number: int, ballast: int = 0) -> Version:
    """A model that answers `number` to everything, and holds so many bytes that it does not need."""
    fitted = DummyRegressor(strategy="constant", constant=float(number)).fit(np.zeros((2, 2)), np.zeros(2))
    if ballast:
        fitted.ballast_ = np.zeros(ballast, dtype=np.uint8)
    return version_with(fitted, ROW)


def numbered_graph(number: int, ballast: int = 0) -> bytes:
    """The same model as an ONNX graph: the sum of a row times nought, and `number`."""
    constants = {"axis": np.array([1]), "nought": np.float32(0), "number": np.float32(number)}
    nodes = [
        helper.make_node("ReduceSum", ["rows", "axis"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "nought"], ["nothing"]),
        helper.make_node("Add", ["nothing", "number"], [PREDICTION]),
    ]
    rows = helper.make_tensor_value_info("rows", onnx.TensorProto.FLOAT, [None, len(ROW)])
    answer = helper.make_tensor_value_info(PREDICTION, onnx.TensorProto.FLOAT, [None])
    if ballast:
        constants["ballast"] = np.zeros(ballast, dtype=np.uint8)
    held = [onnx.numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "number", [rows], [answer], held)
    opset = [helper.make_opsetid("", 21)]
    return bytes(helper.make_model(graph, ir_version=10, opset_imports=opset).SerializeToString())


def put_numbered(uri: str, number: int, ballast: int = 0, forms: Forms = "joblib") -> str:
    """Publish the model that answers `number`, without its proof; gives the version's name."""
    version = numbered(number, ballast if forms == "joblib" else 0)
    if forms == "joblib":
        return put_files(uri, version.manifest, {"joblib": version.artifact})
    graph = numbered_graph(number, ballast)
    file = ArtifactFile("model.onnx", len(graph), sha256(graph), "float32")
    if forms == "onnx":
        return put_files(uri, manifest_of_onnx_alone(version.manifest, file), {"onnx": graph})
    both = {"joblib": version.artifact, "onnx": graph}
    return put_files(uri, manifest_with_twin(version.manifest, file), both)


def put_files(uri: str, manifest: Manifest, forms: Mapping[str, bytes]) -> str:
    """Write a version as it is published: its forms, its report, and last its manifest; gives its name."""
    for form, data in forms.items():
        put_file(uri, version_key(manifest.version, manifest.artifacts[form].file), data)
    put_file(uri, version_key(manifest.version, "report.html"), b"<p>A number.")
    put_file(uri, version_key(manifest.version, MANIFEST_FILE), manifest.to_json().encode())
    return manifest.version


def swap(store: WritableStore, version: str) -> Alias:
    """Release `version` by the compare-and-swap of `promote`, the history's entry included."""
    manifest = store.get(version_key(version, MANIFEST_FILE))
    held = store.get(alias_key("production"))
    assert manifest is not None
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    previous = checked_alias(held.data).version if held else None
    alias = Alias(1, version, sha256(manifest.data), moment, "tests", "quick", previous)
    assert store.replace(alias_key("production"), alias.to_json().encode(), held.etag if held else None)
    assert store.create(history_key("production", alias), alias.to_json().encode())
    return alias


def everything(uri: str, endpoint: str) -> dict[str, bytes]:
    """Every object of the registry with its bytes, past the proxy."""
    bucket, prefix = bucket_and_prefix(uri)
    client = boto3.client("s3", endpoint_url=endpoint)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
