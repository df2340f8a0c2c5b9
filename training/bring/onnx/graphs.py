"""Looks around in an ONNX graph: its nodes, its names and its constants, also within the bodies of loops and branches.

Nothing is run here, and nothing is read but the bytes that were given.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import onnx
from onnx import numpy_helper

PASSED_ON = ("Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten")
"""Operators behind which the same values stand, in another shape or type."""


def graphs_of(model: Any) -> Iterator[Any]:
    """The graph of `model`, and those within its nodes; the bodies of its own functions too, which have nodes alike."""
    for graph in (model.graph, *model.functions):
        yield from _with_inner(graph)


def nodes_of(model: Any) -> Iterator[Any]:
    """All nodes, at any depth."""
    for graph in graphs_of(model):
        yield from graph.node


def tensors_of(model: Any) -> Iterator[Any]:
    """All tensors that the file holds, at any depth."""
    for graph in graphs_of(model):
        if isinstance(graph, onnx.GraphProto):
            yield from graph.initializer
            for sparse in graph.sparse_initializer:
                yield from (sparse.values, sparse.indices)
        for node in graph.node:
            for attribute in node.attribute:
                yield from (attribute.t, *attribute.tensors)
                for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
                    yield from (sparse.values, sparse.indices)


def names_in(model: Any) -> set[str]:
    """All names of values, at any depth."""
    names = {name for node in nodes_of(model) for name in (*node.input, *node.output)}
    for graph in graphs_of(model):
        if isinstance(graph, onnx.GraphProto):
            names.update(value.name for value in (*graph.input, *graph.output, *graph.initializer))
    return names


def names_needed(node: Any) -> set[str]:
    """The names that a node takes, with those that the graphs within it may take from around them."""
    names = set(node.input)
    for inner in _inner(node):
        for graph in _with_inner(inner):
            names.update(value.name for value in graph.output)
            names.update(name for held in graph.node for name in held.input)
    return names


def attributes(node: Any) -> dict[str, Any]:
    """The attributes of a node by their names, texts as such."""
    found = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    return {name: _text(value) if isinstance(value, bytes) else value for name, value in found.items()}


def texts(values: Sequence[Any]) -> tuple[str, ...]:
    """A list of texts, as an attribute has it."""
    return tuple(_text(value) if isinstance(value, bytes) else str(value) for value in values)


def makers(graph: Any) -> dict[str, Any]:
    """Each name with the node that makes it."""
    return {name: node for node in graph.node for name in node.output if name}


def maker_of(graph: Any, name: str, passed_on: Sequence[str] = PASSED_ON) -> Any | None:
    """The node whose values stand behind `name`, past those that only pass them on; None where no node makes them."""
    made = makers(graph)
    node = made.get(name)
    while node is not None and node.op_type in passed_on:
        node = made.get(node.input[0])
    return node


def constant_of(graph: Any, name: str) -> Any | None:
    """The array that `name` stands for, where it is a constant."""
    for tensor in graph.initializer:
        if tensor.name == name:
            return numpy_helper.to_array(tensor)
    node = makers(graph).get(name)
    if node is not None and node.op_type == "Constant":
        for attribute in node.attribute:
            if attribute.name == "value":
                return numpy_helper.to_array(attribute.t)
    return None


def version_of_operators(model: Any, domain: str = "") -> int:
    """The version of the operators of `domain` that the model asks for; 0 where it asks for none."""
    names = {domain, "ai.onnx"} if domain == "" else {domain}
    return max((int(opset.version) for opset in model.opset_import if opset.domain in names), default=0)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _with_inner(graph: Any) -> Iterator[Any]:
    yield graph
    for node in graph.node:
        for inner in _inner(node):
            yield from _with_inner(inner)


def _inner(node: Any) -> Iterator[Any]:
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield attribute.g
        yield from attribute.graphs
