"""What the outputs of a graph mean: labels, probabilities, scores, or numbers.

The operator that makes an output says it; where it does not, the values over the rows do, and then it is a guess.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.bring.held.refused import Refused
from training.bring.onnx.classes import Found, classes_behind
from training.bring.onnx.graphs import attributes, maker_of, texts
from training.bring.stated import Kind
from training.errors import listed

SUM = 1e-3
"""How far the probabilities of a row may add up to another number than 1: sums of many 32-bit floats."""

SHARES = ("SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")
"""What makes probabilities of the sums of trees, or of a linear model ("post_transform")."""


def tensor_behind(model: Any, name: str) -> tuple[str, tuple[Any, ...] | None]:
    """The tensor that an output shows, and the classes by which it names its columns, where it is a list of maps.

    Raises Refused where no tensor stands behind it.
    """
    node = maker_of(model.graph, name, ("Identity",))
    if node is None or node.op_type != "ZipMap":
        raise Refused(_no_tensor(name))
    held = attributes(node)
    return node.input[0], tuple(held.get("classlabels_int64s") or texts(held.get("classlabels_strings", ())))


def require_rows(raw: Mapping[str, Any], rows: int) -> None:
    """Raise Refused unless each of the outputs `raw` has a row for each of `rows`: of numbers, a label, or a map."""
    for name, values in raw.items():
        if isinstance(values, list):
            if len(values) != rows or not all(isinstance(row, Mapping) for row in values):
                raise Refused(_no_tensor(name))
        elif np.ndim(values) not in (1, 2) or len(values) != rows:
            raise Refused(_not_told_apart(name, raw))


def outputs_found(
    model: Any,
    raw: Mapping[str, Any],
    rows: int,
    said: Kind | None,
    classes_named: bool,
    targets: int,
) -> Found:
    """What the outputs mean whose values for `rows` rows are `raw`: arrays, or lists of maps, by their names.

    `said` is the kind that the person says; `classes_named` says whether they name classes, `targets` how many targets.
    Raises Refused.
    """
    labels, numbers, classes = [], {}, None
    for name, values in raw.items():
        if isinstance(values, list):
            tensor, classes = tensor_behind(model, name)
            numbers[tensor] = matrix_of_maps(values, classes or ())
        elif values.dtype.kind in "OUSib":
            labels.append(name)
        else:
            numbers[name] = values
    for name in labels:
        if np.size(raw[name]) != rows:
            raise Refused(_not_told_apart(name, raw))
    label = labels[0] if len(labels) == 1 else None
    if classes is None and label is not None:
        classes = classes_behind(model, label)
    # One for each of several targets, or for each class.
    several = len(numbers) > 1 and len(numbers) == (len(classes or ()) if label else targets)
    if len(labels) > 1 or (len(numbers) > 1 and not several):
        raise Refused(
            f"Its graph has several outputs, which cannot be told apart: {listed(list(raw))}. Say with --output which "
            "are used, once for each: one with labels, or one with numbers, or one of each."
        )
    for name, values in numbers.items():
        if several and values.size != rows:
            raise Refused(_not_told_apart(name, raw))
    joined = np.concatenate([values.reshape(rows, -1) for values in numbers.values()], axis=1) if numbers else None
    width = 0 if joined is None else joined.shape[1]
    kind: Kind | None = None
    guessed = each = False
    if joined is not None:
        first = maker_of(model.graph, next(iter(numbers)))
        known = "numbers" if several and label is None else None if several else _kind_by_operator(first)
        each = said in (None, "probabilities") and known == "probabilities" and label is None
        each = each and width > 1 and first is not None and first.op_type == "Sigmoid"
        is_classed = label is not None or classes is not None or classes_named
        kind, guessed = (said, False) if said is not None else _kind_of(known, joined, is_classed, targets)
    is_text = label is not None and raw[label].dtype.kind in "OUS"
    return Found(label, tuple(numbers), kind, guessed, width, classes, each, is_text)


def matrix_of_maps(maps: Sequence[Mapping[Any, float]], classes: Sequence[Any]) -> NDArray[Any]:
    """The values of maps, of shape (rows, classes), in the order of `classes`."""
    return np.array([[row[label] for label in classes] for row in maps], dtype=np.float32)


def _kind_by_operator(node: Any) -> Kind | None:
    if node is None:
        return None
    if node.op_type in ("Softmax", "Sigmoid"):
        return "probabilities"
    if node.op_type == "LogSoftmax":
        return "scores"
    held = attributes(node)
    is_ensemble = node.op_type in ("TreeEnsembleClassifier", "LinearClassifier", "SVMClassifier")
    if is_ensemble and held.get("post_transform") in SHARES:
        return "probabilities"
    return "probabilities" if node.op_type == "Normalizer" and held.get("norm") == "L1" else None


def _kind_of(
    known: Kind | None,
    values: NDArray[Any],
    is_classed: bool,
    targets: int,
) -> tuple[Kind, bool]:
    width = values.shape[1]
    if known is not None:
        return known, False
    looks_so = are_probabilities(values)
    if is_classed:
        return ("probabilities", True) if looks_so else ("scores", False)
    if width == 1 or width == targets:
        return "numbers", False
    if looks_so:
        return "probabilities", True
    raise Refused(
        f"Its output has {width} columns, which may be scores of {width} classes or {width} numbers: name the classes "
        "with --classes, or what is predicted with --target, once for each."
    )


def are_probabilities(values: NDArray[Any]) -> bool:
    """Whether `values`, of shape (rows, width), can be the probabilities of classes: of the second, if it is one."""
    if not (np.all(values >= 0) and np.all(values <= 1 + SUM)):
        return False
    return values.shape[1] == 1 or bool(np.all(np.abs(values.sum(axis=1, dtype=np.float64) - 1) <= SUM))


def _no_tensor(name: str) -> str:
    return (
        f"Its output {name!r} is neither a tensor nor the maps of a ZipMap: export it with tensors, as by "
        "zipmap=False, or name the outputs to use with --output."
    )


def _not_told_apart(name: str, raw: Mapping[str, Any]) -> str:
    return (
        f"Its output {name!r} has the shape {list(np.shape(raw[name]))} for these rows, and one row of answers is "
        "needed for each: say with --output which outputs are used, or export it with outputs of (rows, columns)."
    )
