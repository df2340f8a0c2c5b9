"""Names for a brought model's columns and classes: its own where it has them, with a person's checked against those.

A name on the wrong column, or on the wrong class, is a wrong answer with status 200 that no self-test sees. So nothing
is put in another order here, and what differs is refused with both lists.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from handler.records.signature import Feature, Value
from training.bring.stated import Row
from training.errors import UnpackableArtifact, listed


def names_in_order(own: Sequence[str], stated: Sequence[Feature] | None, rows: Sequence[Row]) -> tuple[list[str], bool]:
    """The features' names in the order of the model's columns, and whether that order is known from the example alone.

    `own` are the model's, empty where it has none. Raises UnpackableArtifact where `stated` differs from them.
    """
    given = [feature.name for feature in stated] if stated is not None else None
    if own:
        twice = sorted({name for name in own if own.count(name) > 1})
        if twice:
            raise UnpackableArtifact(f"The model was fitted to two columns named {twice[0]!r}: rename one, fit again.")
        if given is not None and given != list(own):
            raise UnpackableArtifact(
                "--features must be the model's own names in their order, or be left out.\n"
                f"The model: {listed(own)}\n--features: {listed(given)}"
            )
        return list(own), False
    if given is not None:
        return given, False
    orders = {tuple(row) for row in rows if isinstance(row, Mapping)}
    if len(orders) > 1:
        raise UnpackableArtifact(
            "The model does not know its features' names, and the rows of the example name them in different orders: "
            "say them with --features, in the order of its columns."
        )
    if not orders:
        raise UnpackableArtifact(
            "The model does not know its features' names: say them with --features, in the order of its columns."
        )
    return list(orders.pop()), True


def values_in_order(rows: Sequence[Row], names: Sequence[str]) -> list[list[Value]]:
    """The rows as lists in the order of `names`, JSON's whole numbers as the floats that a request's become.

    Raises UnpackableArtifact where a row has other features, or a value that is no number, text or null.
    """
    return [
        [_value(value, name, number) for name, value in zip(names, row, strict=True)]
        for number, row in enumerate(lists_in_order(rows, names))
    ]


def lists_in_order(rows: Sequence[Row], names: Sequence[str]) -> list[Sequence[Any]]:
    """The rows as lists in the order of `names`; raises UnpackableArtifact where a row has other features."""
    return [_in_order(row, names, number) for number, row in enumerate(rows)]


def class_names(own: Sequence[str], stated: Sequence[str] | None, kinds: Sequence[str]) -> tuple[str, ...]:
    """The name of each of the model's classes; `own` are these as text, `kinds` the Python types that they have.

    Raises UnpackableArtifact where two would have one name, or `stated` gives a class the name of another.
    """
    if stated is None:
        for index, name in enumerate(own):
            if name in own[:index]:
                kind, other = kinds[own.index(name)], kinds[index]
                raise UnpackableArtifact(
                    f"Two classes of the model are written alike: {name} ({kind}) and {name} ({other}). Name all "
                    "classes with --classes, in their order."
                )
        return tuple(own)
    if len(stated) != len(own):
        raise UnpackableArtifact(f"The model has {len(own)} classes ({listed(own)}); --classes names {len(stated)}.")
    displaced = [name for index, name in enumerate(stated) if name in own and own[index] != name]
    if displaced:
        raise UnpackableArtifact(
            f"--classes names the model's classes in their order, and gives {displaced[0]!r} to another class.\n"
            f"The model: {listed(own)}\n--classes: {listed(stated)}"
        )
    return tuple(stated)


def _in_order(row: Row, names: Sequence[str], number: int) -> Sequence[Any]:
    if not isinstance(row, Mapping):
        if len(row) != len(names):
            raise UnpackableArtifact(
                f"Row {number} of the example has {len(row)} values, and there are {len(names)} features: "
                f"{listed(names)}."
            )
        return row
    lacking = [name for name in names if name not in row]
    beyond = [name for name in row if name not in names]
    if lacking or beyond:
        wrong = [f"has no value for {listed(lacking)}"] if lacking else []
        wrong += [f"has {listed(beyond)}, and the model takes no {listed(beyond)}"] if beyond else []
        raise UnpackableArtifact(f"Row {number} of the example {' and '.join(wrong)}. Its features: {listed(names)}.")
    return [row[name] for name in names]


def _value(value: Any, name: str, number: int) -> Value:
    if isinstance(value, bool) or not (value is None or isinstance(value, (int, float, str))):
        raise UnpackableArtifact(
            f"Row {number} of the example has {json.dumps(value)[:50]} for {name!r}: give a number, a text or null."
        )
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError as error:
            raise UnpackableArtifact(
                f"Row {number} of the example has more for {name!r} than a 64-bit float holds."
            ) from error
    return value
