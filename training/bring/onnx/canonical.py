"""Rewrites a graph so that `handler.engines.onnx_runtime` can feed it and read its answers.

The operators that compute the answers stay as they are. Behind them come those that give places in place of labels and
two columns in place of one, under the names that the handler reads; a ZipMap and what only it needed goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.compose import add_prefix

from handler.engines.onnx_runtime.answering import PREDICTION, PROBABILITIES, SCORES
from handler.records.signature import Task
from training.bring.held.refused import Refused
from training.bring.onnx.classes import Found
from training.bring.onnx.graphs import graphs_of, names_in, names_needed, nodes_of, version_of_operators
from training.bring.onnx.inputs import Taken

OPERATORS = 13
"""The version of the standard's operators that is asked for where a graph has none of them."""

LABELS_AS_PLACES = 2
"""From this version on LabelEncoder has a number for each key."""

PREFIX = "own/"
"""What names get that would meet ours."""


@dataclass(frozen=True)
class Rewritten:
    """The graph as it is served; `changed` says whether it differs from the file."""

    data: bytes
    changed: bool


def rewritten(data: bytes, inputs: Sequence[Taken], found: Found, task: Task, labels: Sequence[Any]) -> Rewritten:
    """The graph of the file `data` in the form that is served, with `inputs` in this order and the outputs of `found`;
    `labels` are the model's own classes. Raises Refused where it is too old for what is added."""
    model = onnx.load_model_from_string(data)
    if not _is_canonical(model, inputs, found, task, labels):
        if {PREDICTION, PROBABILITIES, SCORES} & (names_in(model) - _kept_as_they_are(model, found, task)):
            model = add_prefix(model, PREFIX)
            inputs = [replace(taken, name=PREFIX + taken.name) for taken in inputs]
            label = None if found.label is None else PREFIX + found.label
            found = replace(found, label=label, values=tuple(PREFIX + name for name in found.values))
        _Rewriting(model, found, task, labels).rewrite()
        _with_inputs(model, inputs)
    _take_out_places(model)
    after = model.SerializeToString(deterministic=True)
    as_it_was = onnx.load_model_from_string(data).SerializeToString(deterministic=True)
    return Rewritten(data, False) if after == as_it_was else Rewritten(after, True)


def _kept_as_they_are(model: Any, found: Found, task: Task) -> set[str]:
    """The names of ours that stand in the graph for just what we call so."""
    name = PREDICTION if task in ("regression", "several_targets") else str(found.kind)
    is_kept = found.values == (name,) and _type_of(model.graph, name) in _FLOATS
    return {name} if is_kept and (task != "classification" or found.width > 1) else set()


def _is_canonical(model: Any, inputs: Sequence[Taken], found: Found, task: Task, labels: Sequence[Any]) -> bool:
    """Whether the graph can be served as it is."""
    outputs = [output.name for output in model.graph.output]
    given = [value.name for value in _fed(model.graph)]
    kinds = {output.type.tensor_type.elem_type for output in model.graph.output}
    if given != [taken.name for taken in inputs] or len(found.values) > 1 or kinds - {*_FLOATS, TensorProto.INT64}:
        return False
    if task == "classification":
        kind = [] if found.kind is None else [str(found.kind)]
        is_places = list(labels) == list(range(len(labels)))
        whole = [output for output in model.graph.output if output.type.tensor_type.elem_type == TensorProto.INT64]
        return (
            outputs == [PREDICTION, *kind]
            and found.label == PREDICTION
            and list(found.values) == kind
            and is_places
            and len(whole) == 1
            and found.width != 1
        )
    return task in ("regression", "several_targets") and outputs == [PREDICTION]


_FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE)


def _type_of(graph: Any, name: str) -> int:
    """The type of a tensor that is an output, or that stands before a ZipMap, which takes 32-bit floats alone."""
    kinds = {output.name: int(output.type.tensor_type.elem_type) for output in graph.output}
    return kinds.get(name, int(TensorProto.FLOAT))


class _Rewriting:
    """Adds to `model` what makes its outputs those that are read."""

    def __init__(self, model: Any, found: Found, task: Task, labels: Sequence[Any]) -> None:
        self.model, self.found, self.task, self.labels = model, found, task, labels
        self.graph = model.graph
        self.taken = names_in(model)
        self.outputs: list[Any] = []
        is_double = any(_type_of(model.graph, name) == TensorProto.DOUBLE for name in found.values)
        self.kind = int(TensorProto.DOUBLE if is_double else TensorProto.FLOAT)

    def rewrite(self) -> None:
        if version_of_operators(self.model) == 0:
            self.model.opset_import.append(helper.make_opsetid("", OPERATORS))
        values = [self._numbers(name) for name in self.found.values]
        if len(values) > 1:
            values = [self._add("Concat", [self._as_column(name) for name in values], axis=1)]
        if self.task == "classification":
            self._classification(values[0] if values else None)
        elif self.task == "multilabel":
            there = self._add("Greater", [values[0], self._constant(0.5)])
            self._give(self._add("Cast", [there], to=TensorProto.INT64), PREDICTION, TensorProto.INT64)
            self._give(values[0], PROBABILITIES, self.kind)
        else:
            self._give(values[0], PREDICTION, self.kind)
        del self.graph.output[:]
        self.graph.output.extend(self.outputs)
        _prune(self.graph)

    def _classification(self, values: str | None) -> None:
        if values is not None and self.found.width == 1:
            second = self._as_column(values)
            is_share = self.found.kind == "probabilities"
            first = self._add("Sub", [self._constant(1.0), second]) if is_share else self._add("Neg", [second])
            values = self._add("Concat", [first, second], axis=1)
        if self.found.label is not None:
            places = self._places(self.found.label)
        else:
            places = self._add("ArgMax", [str(values)], axis=1, keepdims=0)
        self._give(places, PREDICTION, TensorProto.INT64)
        if values is not None:
            self._give(values, str(self.found.kind), self.kind)

    def _places(self, label: str) -> str:
        is_text = isinstance(self.labels[0], str)
        flat = self._add("Reshape", [label, self._constant([-1])])
        if not is_text:
            flat = self._add("Cast", [flat], to=TensorProto.INT64)
            if list(self.labels) == list(range(len(self.labels))):
                return flat
        self._need_places()
        keys = {"keys_strings" if is_text else "keys_int64s": list(self.labels)}
        return self._add(
            "LabelEncoder",
            [flat],
            domain="ai.onnx.ml",
            values_int64s=list(range(len(self.labels))),
            default_int64=-1,
            **keys,
        )

    def _need_places(self) -> None:
        version = version_of_operators(self.model, "ai.onnx.ml")
        if version >= LABELS_AS_PLACES:
            return
        if any(node.op_type == "LabelEncoder" for node in nodes_of(self.model)):
            raise Refused(
                "Its graph has an operator LabelEncoder of version 1, which cannot stand beside newer ones: export it "
                "again with ai.onnx.ml of version 2 or newer."
            )
        for opset in [opset for opset in self.model.opset_import if opset.domain == "ai.onnx.ml"]:
            self.model.opset_import.remove(opset)
        self.model.opset_import.append(helper.make_opsetid("ai.onnx.ml", LABELS_AS_PLACES))

    def _numbers(self, name: str) -> str:
        """The tensor with the numbers of `name`, of the type that all of them get."""
        return name if _type_of(self.graph, name) == self.kind else self._add("Cast", [name], to=self.kind)

    def _as_column(self, name: str) -> str:
        return self._add("Reshape", [name, self._constant([-1, 1])])

    def _constant(self, value: Any) -> str:
        of_numbers = np.float64 if self.kind == TensorProto.DOUBLE else np.float32
        array = np.array(value, dtype=np.int64 if isinstance(value, list) else of_numbers)
        return self._add("Constant", [], value=numpy_helper.from_array(array))

    def _add(self, operator: str, inputs: Sequence[str], *, domain: str = "", **attributes: Any) -> str:
        output = self._free(f"served/{operator}")
        self.graph.node.append(helper.make_node(operator, list(inputs), [output], domain=domain, **attributes))
        return output

    def _give(self, name: str, as_name: str, kind: int) -> None:
        if name != as_name:
            self.graph.node.append(helper.make_node("Identity", [name], [as_name]))
        self.outputs.append(helper.make_tensor_value_info(as_name, kind, None))

    def _free(self, name: str) -> str:
        number = 0
        while f"{name}_{number}" in self.taken:
            number += 1
        self.taken.add(f"{name}_{number}")
        return f"{name}_{number}"


def _with_inputs(model: Any, inputs: Sequence[Taken]) -> None:
    """Put the inputs that are fed into their order, each with its shape, and leave out what a constant stands for."""
    by_name = {value.name: value for value in _fed(model.graph)}
    constants = [value for value in model.graph.input if value.name not in by_name and model.ir_version < 4]
    values = []
    for taken in inputs:
        kind = by_name[taken.name].type.tensor_type.elem_type
        shape = ["rows"] if taken.flat else ["rows", taken.width]
        values.append(helper.make_tensor_value_info(taken.name, kind, shape))
    del model.graph.input[:]
    model.graph.input.extend([*values, *constants])


def _fed(graph: Any) -> list[Any]:
    """The inputs that no constant of the file stands for."""
    constants = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in constants]


def _prune(graph: Any) -> None:
    """Leave out the nodes that no output needs."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(list(graph.node)):
        if needed & set(node.output):
            needed |= names_needed(node)
            kept.append(node)
    kept.reverse()
    del graph.node[:]
    graph.node.extend(kept)


def _take_out_places(model: Any) -> None:
    """Take out what says where it was made: texts, and stack traces with paths."""
    noted = [model, *model.functions]
    for graph in graphs_of(model):
        noted += [*graph.node, *graph.value_info]
        if isinstance(graph, onnx.GraphProto):
            noted += [graph, *graph.input, *graph.output, *graph.initializer]
    for one in noted:
        for field in ("doc_string", "metadata_props"):
            if field in one.DESCRIPTOR.fields_by_name:
                one.ClearField(field)
