"""Which features go to which input of a graph, and which kinds each can take.

A graph has one tensor for all features, or several inputs. What it says of itself are names, types and widths.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from handler.engines.onnx_runtime.feeding import NUMPY_TYPES, STRING, GraphInput
from handler.records.signature import Feature
from handler.registry.manifest import InputForm
from training.bring.held.refused import Refused
from training.errors import listed

WHOLE = ("tensor(int64)", "tensor(int32)", "tensor(bool)")
"""Types that have neither a gap nor a fraction."""


@dataclass(frozen=True)
class Taken:
    """An input as the graph has it; `width` is how many features it takes, None where the graph leaves that open; it is
    `flat` where its shape is (rows,)."""

    name: str
    type: str
    width: int | None
    flat: bool


def inputs_of(session: Any) -> tuple[Taken, ...]:
    """The inputs of a session; raises Refused where one does not take rows of features, in any number."""
    return tuple(_taken(given.name, given.type, given.shape) for given in session.get_inputs())


def own_names(inputs: Sequence[Taken]) -> list[str]:
    """The features' names where each has an input of its own; else none."""
    one_each = len(inputs) > 1 and all(taken.width == 1 for taken in inputs)
    return [taken.name for taken in inputs] if one_each else []


def with_widths(inputs: Sequence[Taken], names: Sequence[str]) -> tuple[Taken, ...]:
    """The inputs for the features of these names, each with its width, in the order of the features: where each feature
    has an input of its name, in that of `names`. Raises Refused where they take another number of features."""
    if set(own_names(inputs)) == set(names):
        by_name = {taken.name: taken for taken in inputs}
        inputs = [by_name[name] for name in names]
    known = sum(taken.width or 0 for taken in inputs)
    is_open = [taken for taken in inputs if taken.width is None]
    rest = len(names) - known if len(is_open) == 1 else 1
    found = tuple(replace(taken, width=rest if taken.width is None else taken.width) for taken in inputs)
    width = sum(taken.width or 0 for taken in found)
    if width != len(names) or rest < 1:
        raise Refused(
            f"Its graph takes {known if not is_open else f'at least {known + len(is_open)}'} values "
            f"({listed([_described(taken) for taken in inputs])}), and {len(names)} features are named "
            f"({listed(names)}): name each with --features, in the order of the graph."
        )
    return found


def fed_inputs(inputs: Sequence[Taken]) -> tuple[GraphInput, ...]:
    """The inputs as the handler feeds them."""
    found: list[GraphInput] = []
    first = 0
    for taken in inputs:
        width = taken.width or 1
        found.append(GraphInput(taken.name, taken.type, first, width, taken.flat))
        first += width
    return tuple(found)


def input_form(inputs: Sequence[Taken]) -> InputForm:
    """What a manifest says of these inputs."""
    types = {taken.type for taken in inputs}
    if STRING in types:
        return "strings"
    if types <= {*WHOLE}:
        return "int64"
    return "float64" if "tensor(double)" in types else "float32"


def with_kinds(features: Sequence[Feature], inputs: Sequence[Taken], stated: bool) -> tuple[Feature, ...]:
    """The features as their inputs take them, gaps as these know them. `stated` says that a person gave the kinds.

    Raises Refused where an input does not take a feature's kind.
    """
    types = [taken.type for taken in inputs for _ in range(taken.width or 1)]
    return tuple(_with_kind(feature, kind, stated) for feature, kind in zip(features, types, strict=True))


def whole_numbers(features: Sequence[Feature], inputs: Sequence[Taken]) -> list[str]:
    """The names of the numbers that go to an input of whole numbers, which takes no fraction."""
    types = [taken.type for taken in inputs for _ in range(taken.width or 1)]
    return [
        feature.name
        for feature, kind in zip(features, types, strict=True)
        if feature.kind == "number" and kind in WHOLE
    ]


def _with_kind(feature: Feature, kind: str, stated: bool) -> Feature:
    if kind == STRING:
        if feature.kind == "number":
            raise Refused(
                f"Its graph takes {feature.name!r} as a text: say with --features in a JSON file whether it is a "
                "category, and of which texts, or a text."
            )
        return replace(feature, gap="None")
    if feature.kind == "text" or (feature.kind == "category" and not feature.is_coded):
        raise Refused(
            f"Its graph takes {feature.name!r} as a number, and it is a text: give the codes that the model was fitted "
            "to, as a category of whole numbers, or export the model with the step that encodes it."
        )
    if kind == "tensor(bool)" and feature.kind == "number" and not stated:
        feature = Feature(feature.name, "boolean", feature.nullable)
    if kind in WHOLE and feature.nullable:
        raise Refused(
            f"Its graph takes {feature.name!r} as a whole number, which has no gaps, and there is one in the rows: "
            "fill it, or export the model with an input of floats."
        )
    return feature if feature.kind == "number" else replace(feature, gap="NaN")


def _taken(name: str, kind: str, shape: Any) -> Taken:
    if not kind.startswith("tensor("):
        raise Refused(
            f"Its input {name!r} is a {kind.partition('(')[0]}, and rows of features are served: export it with "
            "tensors of the shape (rows, features)."
        )
    if kind != STRING and kind not in NUMPY_TYPES:
        raise Refused(
            f"Its input {name!r} takes {kind}, which is not fed: export it with 32-bit floats, or put a cast before it."
        )
    if len(shape) > 2:
        raise Refused(
            f"Its input {name!r} has {len(shape)} dimensions, and a request has rows of features: a model of images, "
            "of sequences or of texts as tokens is not served. If it can take a row of numbers, export it with the "
            "step that lays them out."
        )
    if shape and isinstance(shape[0], int):
        raise Refused(
            f"Its input {name!r} takes {shape[0]} row{'' if shape[0] == 1 else 's'} at once, and requests have any "
            "number: export it with a first dimension that is open, by dynamic_shapes or dynamic_axes of "
            "torch.onnx.export, or None in the input_signature of tf2onnx."
        )
    flat = len(shape) == 1
    width = 1 if flat else shape[1] if len(shape) == 2 and isinstance(shape[1], int) else None
    return Taken(name, kind, width, flat)


def _described(taken: Taken) -> str:
    return f"{taken.name}: {'any number' if taken.width is None else taken.width}"
