"""Which classes a graph has, in which order: by its own operators, or by what the person says."""

from dataclasses import dataclass
from typing import Any

from training.bring.held.refused import Refused
from training.bring.held.task import Outputs
from training.bring.onnx.graphs import attributes, constant_of, maker_of, texts
from training.bring.stated import Kind, Stated
from training.errors import listed

LISTS_OF_LABELS = ("classlabels_strings", "values_strings", "classlabels_int64s", "classlabels_ints", "values_int64s")
"""The attributes in which operators have the labels that they choose from (ONNX, "ai.onnx.ml")."""


@dataclass(frozen=True)
class Found:
    """The outputs of a graph that are used. `label` is the tensor with labels, which are texts where it `is_text`;
    `values` are those with numbers, each of the shape (rows, columns) or (rows,); `width` counts all their columns.

    The `kind` of the numbers is None where there are labels alone; it is `guessed` where the values alone show it. Each
    column is the probability of a label of its own where it `is_label_each`. `classes` are the labels in the order of
    the columns, None where the graph does not say it.
    """

    label: str | None
    values: tuple[str, ...]
    kind: Kind | None
    guessed: bool
    width: int
    classes: tuple[Any, ...] | None
    is_label_each: bool = False
    is_text: bool = False


def classes_behind(model: Any, label: str) -> tuple[Any, ...] | None:
    """The labels that the operators behind the output `label` choose from, in their order; None where none says it."""
    node = maker_of(model.graph, label)
    if node is None:
        return None
    if node.op_type in ("ArrayFeatureExtractor", "Gather"):
        constant = constant_of(model.graph, node.input[0])
        return None if constant is None else tuple(map(_plain, constant.ravel().tolist()))
    held = attributes(node)
    for name in LISTS_OF_LABELS:
        if held.get(name):
            return texts(held[name]) if name.endswith("strings") else tuple(map(int, held[name]))
    return None


def outputs_of_graph(found: Found, stated: Stated) -> Outputs:
    """The task, and the labels of each target; raises Refused where classes and columns do not fit each other."""
    if found.label is None and found.kind == "numbers":
        return Outputs("regression" if found.width == 1 else "several_targets", ((),) * found.width)
    if found.is_label_each:
        return Outputs("multilabel", (tuple(range(found.width)),))
    columns = 2 if found.width == 1 else found.width
    named = None if stated.classes is None else stated.classes[0]
    own = found.classes or _said(found, named) or tuple(range(columns or len(named or ())))
    if not own:
        raise Refused("Its graph gives labels and does not say which there are: name them all with --classes.")
    if len(own) < 2 or columns not in (0, len(own)):
        raise Refused(
            f"Its graph has {len(own)} classes ({listed(list(map(str, own)))}), and an output of {found.width} "
            "columns: say with --output which outputs belong together."
        )
    return Outputs("classification", (own,))


def _said(found: Found, named: tuple[str, ...] | None) -> tuple[Any, ...] | None:
    """The labels as the person says them, where the graph gives labels and not their order: texts, or whole numbers."""
    if found.label is None or named is None:
        return None
    if found.is_text:
        return named
    return tuple(map(int, named)) if all(name.lstrip("-").isdigit() for name in named) else None


def _plain(label: Any) -> Any:
    if isinstance(label, bytes):
        return label.decode("utf-8", "replace")
    return int(label) if isinstance(label, float) else label
