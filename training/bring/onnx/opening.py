"""Opens an ONNX file that nobody knows, or says why the function could not run it.

Runs in an isolated process: the parsers are native code, and the bytes are somebody else's. Each sentence is ours.
"""

import re
from typing import Any

import onnx
import onnxruntime

from handler.engines.onnx_runtime.guard import require_self_contained
from handler.errors.model import UnloadableArtifact
from training.bring.held.refused import Refused
from training.bring.onnx.graphs import constant_of, nodes_of, tensors_of, version_of_operators
from training.errors import listed

KNOWN_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
"""Whose operators ONNX Runtime has: the two of the standard, and its own ("ContribOperators.md" of its sources)."""

OLDEST = 7
"""From these operators on, shapes are fitted to each other as NumPy does, which what is added here needs."""

RANDOM = ("RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli")

SILENT = 4
"""ONNX Runtime logs nothing but what ends the process."""


def read_model(data: bytes) -> Any:
    """The file as `onnx` has it; raises Refused where it is none, or not one that can be served."""
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:
        raise Refused(_no_onnx(data)) from error
    if not model.graph.node or not model.graph.output:
        raise Refused(_no_onnx(data))
    _require_all_within(model)
    try:
        require_self_contained(data)
    except UnloadableArtifact as error:
        raise Refused(_no_onnx(data)) from error
    _require_not_random(model)
    return model


def opened(data: bytes, model: Any) -> Any:
    """A session of the bytes, on one core; raises Refused where ONNX Runtime does not take them."""
    _require_known_domains(model)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = SILENT
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Refused(_not_opened(str(error), model)) from error


def _no_onnx(data: bytes) -> str:
    if data[:2] == b"PK":
        return (
            "It is a zip archive, such as PyTorch and Keras write, and no ONNX file: export the model, as by "
            "torch.onnx.export or tf2onnx."
        )
    return "It is no ONNX file, or a part of it is missing: export the model again, and copy the whole file."


def _require_all_within(model: Any) -> None:
    outside = sorted(
        {
            entry.value
            for tensor in tensors_of(model)
            if tensor.data_location == onnx.TensorProto.EXTERNAL
            for entry in tensor.external_data
            if entry.key == "location"
        }
    )
    if outside or any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in tensors_of(model)):
        raise Refused(
            "Its weights lie in a second file, and a version has its model in one: export it in one file, by "
            "torch.onnx.export(…, external_data=False), or write it anew by onnx.save(onnx.load('model.onnx'), "
            "'whole.onnx')."
        )


def _require_not_random(model: Any) -> None:
    random = sorted({node.op_type for node in nodes_of(model) if node.op_type in RANDOM or _drops(node, model)})
    if random:
        raise Refused(
            f"Its graph draws random numbers ({listed(random)}), so the same row would get other answers: export it "
            "for inference, as after model.eval(), and without layers that sample."
        )


def _drops(node: Any, model: Any) -> bool:
    """Whether it is a dropout that drops: one that was exported as it is while fitting."""
    if node.op_type != "Dropout" or len(node.input) < 3 or not node.input[2]:
        return False
    training = constant_of(model.graph, node.input[2])
    return training is None or bool(training.any())


def _require_known_domains(model: Any) -> None:
    own = {function.domain for function in model.functions}
    strange = sorted(
        {
            f"{node.op_type} of {node.domain}"
            for node in nodes_of(model)
            if node.domain not in KNOWN_DOMAINS and node.domain not in own
        }
    )
    if strange:
        raise Refused(
            f"Its graph has operators that ONNX Runtime does not have: {listed(strange)}. Export it with operators of "
            "the standard alone; do what needs others before the request."
        )
    version = version_of_operators(model)
    if 0 < version < OLDEST:
        raise Refused(
            f"Its graph has operators of version {version}, which is too old: export it again with opset_version=17 "
            "or newer."
        )


def _not_opened(said: str, model: Any) -> str:
    """Our sentence for what ONNX Runtime says, of which the names of operators and versions are kept."""
    here = onnxruntime.__version__
    if found := re.search(r"till opset (\d+)", said):
        version = max((version_of_operators(model, opset.domain) for opset in model.opset_import), default=0)
        return (
            f"It asks for operators of version {version}, and ONNX Runtime {here}, which the function has, goes up to "
            f"{found[1]}: export it again with opset_version={min(int(found[1]), 20)}."
        )
    if "IR version" in said:
        return (
            f"Its file format (IR version {model.ir_version}) is newer than ONNX Runtime {here}, which the function "
            "has: export it again by an older release of onnx, or set model.ir_version = 10 and save it."
        )
    found = re.search(r"implementation for (\w+)", said) or re.search(r"No Op registered for (\w+)", said)
    if found:
        return (
            f"ONNX Runtime {here}, which the function has, cannot run the operator {found[1]} as the graph has it: "
            "export it with 32-bit floats, and with operators of the standard alone."
        )
    return (
        f"ONNX Runtime {here}, which the function has, does not load it: its graph breaks a rule of ONNX. Look at what "
        "onnx.checker.check_model says of it, and export it again."
    )
