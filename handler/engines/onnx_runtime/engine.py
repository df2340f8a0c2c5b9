"""Loads an ONNX graph from verified bytes, and asks it on one core."""

from collections.abc import Mapping
from typing import Any

import onnxruntime
from numpy.typing import NDArray

from handler.engines.base import Engine
from handler.engines.onnx_runtime.answering import GraphModel
from handler.engines.onnx_runtime.feeding import fed, graph_inputs
from handler.errors.model import UnloadableArtifact
from handler.registry.chain import VerifiedArtifact

SILENT = 4
"""Of ONNX Runtime's severities the one that logs nothing but what ends the process: the log has JSON lines alone."""


class OnnxRuntime(Engine):
    """ONNX Runtime."""

    name = "onnxruntime"

    def load(self, artifact: VerifiedArtifact) -> GraphModel:
        manifest = artifact.manifest
        try:
            session = onnxruntime.InferenceSession(artifact.data, _options(), providers=["CPUExecutionProvider"])
        except Exception as error:
            raise UnloadableArtifact(f"{manifest.version} could not be loaded: {error}") from error
        described = [(given.name, given.type, given.shape) for given in session.get_inputs()]
        inputs = graph_inputs(described, len(manifest.features))
        outputs = [output.name for output in session.get_outputs()]

        def run(rows: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
            return dict(zip(outputs, session.run(outputs, fed(rows, inputs)), strict=True))

        return GraphModel(run, outputs, manifest.task, manifest.targets)


def _options() -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = SILENT
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options
