"""Versions that have an ONNX form, beside their joblib form or alone, made of real fitted estimators.

The graph is a real one of `training.twin.conversion`. What its manifest says of parity is made up: nothing that reads
a version measures it again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib

from handler.engines.versions import installed_versions
from handler.registry.chain import MANIFEST_FILE, verify_artifact
from handler.registry.manifest import ArtifactFile, Manifest, Parity, sha256
from handler.serving.predictor import Predictor, load_predictor
from tests.unit.handler.models import Version
from training.twin.conversion import convert

TWIN_FILE = "model.onnx"
PARITY = Parity(rows=2000, boundary_rows=40, largest_difference=3.2e-7, bound=1e-5, labels_differing=0)


@dataclass(frozen=True)
class TwinVersion(Version):
    """A version with both forms; `twin` are the bytes of its graph."""

    twin: bytes

    def write(self, root: Path) -> Path:
        """As of `Version`, with the graph beside the joblib form."""
        super().write(root)
        (root / "versions" / self.manifest.version / TWIN_FILE).write_bytes(self.twin)
        return root

    def load_twin(self) -> Predictor:
        """The ONNX form, as a function that has ONNX Runtime alone loads it."""
        return load_predictor(verify_artifact(self.manifest, self.twin, "onnx"))

    def changed(self, **fields: Any) -> "TwinVersion":
        """This version with other fields in its manifest."""
        return replace(self, manifest=replace(self.manifest, **fields))


def with_twin(estimator: Any, version: Version) -> TwinVersion:
    """`version`, whose joblib form is `estimator`, with a twin. Raises NoTwin."""
    data, file = onnx_form(estimator, version.manifest)
    return TwinVersion(manifest_with_twin(version.manifest, file), version.artifact, data)


def onnx_alone(estimator: Any, version: Version) -> Version:
    """`version` as it is where a framework has exported `estimator`: an ONNX form alone, for which it is named."""
    data, file = onnx_form(estimator, version.manifest)
    return Version(manifest_of_onnx_alone(version.manifest, file), data)


def onnx_form(estimator: Any, manifest: Manifest) -> tuple[bytes, ArtifactFile]:
    """The graph of `estimator`, with its entry in a manifest, which has no parity. Raises NoTwin."""
    graph = convert(estimator, manifest.task, manifest.features, manifest.targets)
    return graph.data, ArtifactFile(TWIN_FILE, len(graph.data), sha256(graph.data), input=graph.input)


def manifest_with_twin(manifest: Manifest, file: ArtifactFile) -> Manifest:
    """`manifest` with `file` as the twin of its joblib form."""
    onnxruntime = installed_versions("onnxruntime")["onnxruntime"]
    return replace(
        manifest,
        artifacts={**manifest.artifacts, "onnx": replace(file, parity=PARITY)},
        runtime={**manifest.runtime, "onnxruntime": onnxruntime},
    )


def manifest_of_onnx_alone(manifest: Manifest, file: ArtifactFile) -> Manifest:
    """`manifest` with `file` as its only form."""
    version = f"{manifest.version.partition('-')[0]}-{file.sha256[:8]}"
    return replace(manifest, version=version, artifacts={"onnx": file}, runtime=installed_versions("onnxruntime"))


def write_twin_folder(folder: Path, out: Path) -> Path:
    """A copy of a folder that `train` wrote, with a twin; gives `out`."""
    return _write_folder(folder, out, manifest_with_twin)


def write_onnx_folder(folder: Path, out: Path) -> Path:
    """A copy of a folder that `train` wrote, whose model is there as ONNX alone; gives `out`."""
    _write_folder(folder, out, manifest_of_onnx_alone)
    (out / "model.joblib").unlink()
    return out


def _write_folder(folder: Path, out: Path, changed: Callable[[Manifest, ArtifactFile], Manifest]) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        (out / path.name).write_bytes(path.read_bytes())
    manifest = Manifest.from_json((folder / MANIFEST_FILE).read_bytes())
    data, file = onnx_form(joblib.load(folder / "model.joblib"), manifest)
    manifest = changed(manifest, file)
    (out / TWIN_FILE).write_bytes(data)
    (out / MANIFEST_FILE).write_text(manifest.to_json())
    rows = out / "held_out.json"
    if rows.exists():
        document = {**json.loads(rows.read_bytes()), "artifact_sha256": manifest.artifact.sha256}
        rows.write_text(json.dumps(document))
    return out
