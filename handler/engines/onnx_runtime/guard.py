"""Refuses an ONNX file that could reach the file system, before ONNX Runtime sees it.

A tensor of a graph may keep its values in another file, which ONNX Runtime would open (ONNX documentation, "External
Data"). So the bytes are walked, as protobuf writes them, through every message that may hold a tensor at any depth; the
function has no `onnx` to do it. A field that onnx.proto of 1.23 does not have is refused, since it could be another way
out. Files in ONNX Runtime's own format are refused with what else is no ONNX.

An attribute of many numbers or texts, as forests have them, is not walked value by value: that would take seconds. It
is where the key of a file's name is nowhere in it, and so no tensor in it can name one. ONNX Runtime's own reading of
those bytes says whether they are sound.
"""

from collections.abc import Mapping

from handler.errors.model import UnloadableArtifact

LONG_ATTRIBUTE_BYTES = 16 * 1024
"""An attribute of more bytes is walked only where `FILE_KEY` is in it; a shorter one always is."""

FILE_KEY = b"location"
"""Without an entry of this key ONNX Runtime refuses a tensor whose values are elsewhere. protobuf never splits one."""

MOST_DEPTH = 100
"""Of messages in messages: the most that protobuf itself reads (C++ documentation, "SetRecursionLimit")."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""How a field is written (protobuf documentation, "Message Structure"). Groups, the other two, no ONNX file has."""

MESSAGES: Mapping[str, tuple[Mapping[int, str], frozenset[int]]] = {
    "model": ({7: "graph", 20: "training", 25: "function"}, frozenset({1, 2, 3, 4, 5, 6, 8, 14, 26})),
    "graph": ({1: "node", 5: "tensor", 15: "sparse"}, frozenset({2, 10, 11, 12, 13, 14, 16})),
    "node": ({5: "attribute"}, frozenset({1, 2, 3, 4, 6, 7, 8, 9, 10})),
    "attribute": (
        {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
        frozenset({1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 20, 21}),
    ),
    "sparse": ({1: "tensor", 2: "tensor"}, frozenset({3})),
    "training": ({1: "graph", 2: "graph"}, frozenset({3, 4})),
    "function": ({7: "node", 11: "attribute"}, frozenset({1, 4, 5, 6, 8, 9, 10, 12, 13, 14})),
    "tensor": ({}, frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16})),
}
"""Of each message that a tensor may be in: its fields that are such messages, and its other ones."""

EXTERNAL_DATA, DATA_LOCATION = 13, 14
"""The fields of a tensor that say in which file, and whether in one, its values are."""

GRAPH = 7


class _NotSound(Exception):
    """The bytes are no ONNX model."""


def require_self_contained(data: bytes) -> None:
    """Raise UnloadableArtifact unless `data` is an ONNX model whose tensors all have their values in it."""
    try:
        fields = _walk(data, 0, len(data), "model", MOST_DEPTH)
    except _NotSound as error:
        raise UnloadableArtifact(
            f"It is no ONNX model that can be trusted: {error}. Package the model again."
        ) from None
    if GRAPH not in fields:
        raise UnloadableArtifact("It is no ONNX model: it has no graph. Package the model again.")


def _walk(data: bytes, place: int, end: int, message: str, depth: int) -> set[int]:
    """Walk the message from `place` to `end` and all within that may hold a tensor; gives the fields that it has.

    Raises _NotSound, or UnloadableArtifact at a tensor whose values are in a file.
    """
    if depth == 0:
        raise _NotSound(f"it has messages more than {MOST_DEPTH} deep")
    inner, others = MESSAGES[message]
    found = set()
    while place < end:
        tag, place = _varint(data, place, end)
        field, kind = tag >> 3, tag & 7
        found.add(field)
        value, start = 0, place
        if kind == BYTES:
            length, start = _varint(data, place, end)
            place = start + length
        elif kind == VARINT:
            value, place = _varint(data, place, end)
        elif kind in (FIXED32, FIXED64):
            place += 4 if kind == FIXED32 else 8
        else:
            raise _NotSound(f"byte {start} is of no field")
        if place > end:
            raise _NotSound(f"it ends within the field that begins at byte {start}")
        if field in inner and kind == BYTES:
            if inner[field] != "attribute" or _may_name_a_file(data, start, place):
                _walk(data, start, place, inner[field], depth - 1)
        elif field not in others:
            raise _NotSound(f"its {message} has the unknown field {field}")
        elif message == "tensor" and (field == EXTERNAL_DATA or (field == DATA_LOCATION and value != 0)):
            raise UnloadableArtifact(
                "A tensor in its graph has its values in another file, and an artifact is one file: save the model "
                "with all its values within, and package it again."
            )
    return found


def _may_name_a_file(data: bytes, start: int, end: int) -> bool:
    # From the right: CPython looks for a short text in long bytes ten times faster that way, 50 MB in 15 ms.
    return end - start <= LONG_ATTRIBUTE_BYTES or data.rfind(FILE_KEY, start, end) >= 0


def _varint(data: bytes, place: int, end: int) -> tuple[int, int]:
    """The number at `place`, and the place after it."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= end:
            raise _NotSound("it ends within a number")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise _NotSound(f"the number before byte {place} has more than ten bytes")
