"""Loads an ONNX graph from verified bytes, and asks it on one core."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

# The class that `onnxruntime.InferenceSession` wraps. The wrapper keeps the file's bytes for as long as it lives, tries
# a session that failed a second time, prints that, and lets a variable of the environment have the file configure it.
from onnxruntime.capi.onnxruntime_pybind11_state import (
    ExecutionMode,
    InferenceSession,
    SessionOptions,
    set_default_logger_severity,
)

from handler.engines.base import Engine
from handler.engines.onnx_runtime.answering import GraphModel, require_outputs
from handler.engines.onnx_runtime.feeding import fed, graph_inputs, require_input_form
from handler.engines.onnx_runtime.guard import require_self_contained
from handler.errors.model import UnloadableArtifact
from handler.registry.chain import VerifiedArtifact

PROVIDER = "CPUExecutionProvider"

SILENT = 4
"""Of ONNX Runtime's severities the one that logs nothing but what ends the process: the log has JSON lines alone."""

CONFIGURED = {
    # A thread that waits for work by spinning would take the one core from the thread that has it.
    "session.intra_op.allow_spinning": "0",
    "session.inter_op.allow_spinning": "0",
    # Its own format is another parser, and one that the guard does not read.
    "session.load_model_format": "ONNX",
    # The guard lets nothing through that is read from files. If it did, this is where they would be looked for.
    "session.model_external_initializers_file_folder_path": "/nonexistent",
}


class OnnxRuntime(Engine):
    """ONNX Runtime."""

    name = "onnxruntime"

    def load(self, artifact: VerifiedArtifact) -> GraphModel:
        manifest = artifact.manifest
        session = _session(artifact)
        described = [(given.name, given.type, given.shape) for given in session.inputs_meta]
        outputs = {output.name: output.type for output in session.outputs_meta}
        try:
            require_input_form(described, manifest.artifact.input)
            inputs = graph_inputs(described, manifest.features)
            require_outputs(outputs, manifest.task, manifest.targets)
        except UnloadableArtifact as error:
            raise UnloadableArtifact(f"{manifest.version} is not what its manifest says. {error}") from error
        names = list(outputs)

        def run(rows: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
            return dict(zip(names, session.run(names, fed(rows, inputs), None), strict=True))

        return GraphModel(run, names, manifest.task, manifest.targets)


def _session(artifact: VerifiedArtifact) -> Any:
    """A session of the artifact's graph; raises UnloadableArtifact."""
    version = artifact.manifest.version
    set_default_logger_severity(SILENT)
    try:
        data = artifact.data  # which may not fit into what memory is left
        require_self_contained(data)
        session = InferenceSession(_options(), data, False, False)
        session.initialize_session([PROVIDER], [{}], set())
    except UnloadableArtifact as error:
        raise UnloadableArtifact(f"{version} could not be loaded. {error}") from error
    except Exception as error:
        # What ONNX Runtime says of it is for its own developers, and quotes the file.
        raise UnloadableArtifact(
            f"{version} could not be loaded: ONNX Runtime refuses its graph ({type(error).__name__}). "
            "Package the model again: that loads it with the version of ONNX Runtime that ships."
        ) from error
    return session


def _options() -> SessionOptions:
    """One thread, which runs node after node. The arena stays as it is by default: of all settings it takes the least
    memory and time for up to 1,000 rows (75 MiB after 1,000 batches through a network of 512 by 512; without an arena
    81, shrunk after each batch 100), and forests need none: docs/onnx.md, "The function", has the figures."""
    options = SessionOptions()
    options.log_severity_level = SILENT
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    for key, value in CONFIGURED.items():
        options.add_session_config_entry(key, value)
    return options
