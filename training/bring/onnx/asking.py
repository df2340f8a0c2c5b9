"""Asks a graph some rows: what it answers as it was exported, and whether the form that is served answers the same.

Runs in the isolated process that opened the file.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.onnx_runtime.answering import PREDICTION
from handler.engines.onnx_runtime.feeding import GraphInput, fed
from handler.records.signature import Task
from training.bring.held.refused import Refused
from training.bring.onnx.classes import Found
from training.bring.onnx.outputs import matrix_of_maps, require_rows

Raw = dict[str, Any]
"""What a session gives, by the names of its outputs: arrays, and lists of maps."""

ALONE = 3
"""So many rows are also asked each alone."""

ROUNDING = 1e-4
"""How far an answer to a row alone may be from the one among others, as a share: kernels of matrices add up 32-bit
floats in another order."""


def answers_of(session: Any, inputs: Sequence[GraphInput], rows: NDArray[Any], names: Sequence[str]) -> Raw:
    """What the outputs `names` are for `rows`, of shape (rows, features).

    Raises Refused where the graph does not answer them, or answers a row otherwise another time or among other rows.
    """
    whole = _run(session, inputs, rows, names)
    require_rows(whole, len(rows))
    several = rows if len(rows) > 1 else np.concatenate([rows, rows])
    again = _run(session, inputs, several, names)
    share = 0.0 if len(rows) > 1 else ROUNDING
    if not all(_same(_numbers(whole[name]), _numbers(again[name])[: len(rows)], share) for name in names):
        raise Refused(
            "Its graph answers the same row otherwise the next time: export it for inference, as after model.eval(), "
            "and without layers that sample."
        )
    for row in range(min(ALONE, len(rows))):
        alone = _run(session, inputs, rows[[row]], names)
        if not all(_same(_numbers(whole[name])[[row]], _numbers(alone[name]), ROUNDING) for name in names):
            raise Refused(
                f"Its graph answers row {row} otherwise alone than among other rows: export it for inference, as after "
                "model.eval(), with a first dimension that is open; where it is quantized, by static quantization."
            )
    return whole


def expected(raw: Mapping[str, Any], found: Found, task: Task, labels: Sequence[Any], rows: int) -> Raw:
    """What the served form has to answer where the graph as it was exported answers `raw`, by its outputs' names."""
    numbers = None
    if found.values:
        held = [raw[name] if name in raw else _of_maps(raw, labels) for name in found.values]
        numbers = np.concatenate([np.asarray(values).reshape(rows, -1) for values in held], axis=1)
        if numbers.dtype not in (np.float32, np.float64):
            numbers = numbers.astype(np.float32)
    if task == "multilabel" and numbers is not None:
        return {PREDICTION: (numbers > 0.5).astype(np.int64), "probabilities": numbers}
    if task != "classification":
        return {PREDICTION: numbers}
    if numbers is not None and found.width == 1:
        first = 1 - numbers if found.kind == "probabilities" else -numbers
        numbers = np.concatenate([first, numbers], axis=1)
    if found.label is not None:
        said = [_plain(label) for label in np.asarray(raw[found.label]).ravel().tolist()]
        strange = [label for label in said if label not in labels]
        if strange:
            raise Refused(
                f"Its output {found.label!r} gives the label {strange[0]!r}, and its classes are "
                f"{', '.join(map(str, labels))}: name its own labels with --classes, in the order of its columns."
            )
        places = np.array([labels.index(label) for label in said], dtype=np.int64)
    else:
        places = np.empty(0, dtype=np.int64) if numbers is None else np.argmax(numbers, axis=1)
    return {PREDICTION: places} | ({} if numbers is None else {str(found.kind): numbers})


def require_same(before: Mapping[str, Any], session: Any, inputs: Sequence[GraphInput], rows: NDArray[Any]) -> None:
    """Raise Refused unless the served form in `session` answers exactly as `before` says."""
    names = [output.name for output in session.get_outputs()]
    after = _run(session, inputs, rows, names)
    for name, values in before.items():
        if name not in after or not _same(values.reshape(len(rows), -1), after[name].reshape(len(rows), -1), 0.0):
            raise Refused(
                f"The form of it that is served answers otherwise than the file does (in {name}): that is a fault of "
                "this project, so please report it with the file."
            )


def disagreeing(before: Mapping[str, Any], kind: str | None) -> int:
    """Of how many rows the label is not the class with the largest probability or score."""
    if kind is None or PREDICTION not in before or kind not in before:
        return 0
    values, places = before[kind], before[PREDICTION]
    largest = values.max(axis=1)
    return int(np.sum(values[np.arange(len(places)), places] < largest))


def first_not_finite(before: Mapping[str, Any]) -> int | None:
    """The first row to which an answer is NaN or infinite."""
    wrong = [
        np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
        for values in before.values()
        if values.dtype.kind == "f"
    ]
    rows = [int(found[0]) for found in wrong if len(found)]
    return min(rows) if rows else None


def _run(session: Any, inputs: Sequence[GraphInput], rows: NDArray[Any], names: Sequence[str]) -> Raw:
    try:
        return dict(zip(names, session.run(list(names), fed(rows, inputs)), strict=True))
    except Exception as error:
        raise Refused(_not_answered(session, inputs, rows, names)) from error


def _not_answered(session: Any, inputs: Sequence[GraphInput], rows: NDArray[Any], names: Sequence[str]) -> str:
    refused = None
    for row in range(len(rows)):
        try:
            session.run(list(names), fed(rows[[row]], inputs))
        except Exception:  # noqa: BLE001 - whatever ONNX Runtime raises over a row
            refused = row
            break
    if refused is None:
        return (
            "Its graph answers one row at a time and not several, for a number of rows is fixed within it: export it "
            "with a first dimension that is open, by dynamic_shapes or dynamic_axes of torch.onnx.export."
        )
    return (
        f"Its graph cannot answer row {refused}: a value is none that its operators know, such as a code beyond an "
        "embedding, or the graph takes the features in another order."
    )


def _of_maps(raw: Mapping[str, Any], labels: Sequence[Any]) -> NDArray[Any]:
    maps = next(values for values in raw.values() if isinstance(values, list))
    return matrix_of_maps(maps, labels)


def _numbers(values: Any) -> NDArray[Any]:
    if isinstance(values, list):
        return np.array([list(row.values()) for row in values], dtype=np.float64)
    return np.asarray(values)


def _same(one: NDArray[Any], other: NDArray[Any], share: float) -> bool:
    if one.shape != other.shape:
        return False
    if one.dtype.kind != "f":
        return share > 0 or bool(np.array_equal(one, other))
    gaps = np.isnan(one) & np.isnan(other)
    one, other = np.where(gaps, 0, one.astype(np.float64)), np.where(gaps, 0, other.astype(np.float64))
    with np.errstate(invalid="ignore"):
        return bool(np.all((one == other) | (np.abs(one - other) <= share * np.maximum(np.abs(one).max(), 1))))


def _plain(label: Any) -> Any:
    if isinstance(label, bytes):
        return label.decode("utf-8", "replace")
    return label if isinstance(label, str) else int(label)
