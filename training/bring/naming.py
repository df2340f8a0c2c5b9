"""Whose names a brought model is published under: its own where it has them, and a person's held against those.

A name on the wrong column, or on the wrong class, is a wrong answer with status 200, and no self-test sees it. So
nothing is put in another order here, and what differs is refused with both lists. `training.bring.brought_model` uses
it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handler.registry.decoding import Undecodable, decode
from handler.registry.manifest import Feature, Value
from training.bring.example_rows import Row
from training.errors import UnpackableArtifact

SHOWN = 100
"""So many names of a list are told."""


def parse_features(text: str) -> tuple[Feature, ...]:
    """Names parted by commas, all numbers; or the path of a JSON file that lists names, or features as a manifest does.

    Raises UnpackableArtifact.
    """
    if not text.endswith(".json"):
        features = tuple(Feature(name.strip(), "number") for name in text.split(","))
    else:
        features = _features_of_file(Path(text))
    _require_names([feature.name for feature in features], "--features")
    return features


def parse_classes(text: str) -> tuple[str, ...]:
    """Names parted by commas; raises UnpackableArtifact."""
    names = tuple(name.strip() for name in text.split(","))
    _require_names(names, "--classes")
    return names


def names_in_order(own: Sequence[str], told: Sequence[Feature] | None, rows: Sequence[Row]) -> tuple[list[str], bool]:
    """The features' names in the order of the model's columns, and whether only the example tells that order.

    `own` are the model's, empty where it has none. Raises UnpackableArtifact where `told` differs from them.
    """
    given = [feature.name for feature in told] if told is not None else None
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
        [_value(value, name, number) for name, value in zip(names, _in_order(row, names, number), strict=True)]
        for number, row in enumerate(rows)
    ]


def class_names(own: Sequence[str], told: Sequence[str] | None, kinds: Sequence[str]) -> tuple[str, ...]:
    """The name of each of the model's classes; `own` are these as text, `kinds` the Python types that they have.

    Raises UnpackableArtifact where two would have one name, or `told` gives a class the name of another.
    """
    if told is None:
        for index, name in enumerate(own):
            if name in own[:index]:
                kind, other = kinds[own.index(name)], kinds[index]
                raise UnpackableArtifact(
                    f"Two classes of the model are written alike: {name} ({kind}) and {name} ({other}). Name all "
                    "classes with --classes, in their order."
                )
        return tuple(own)
    if len(told) != len(own):
        raise UnpackableArtifact(f"The model has {len(own)} classes ({listed(own)}); --classes names {len(told)}.")
    displaced = [name for index, name in enumerate(told) if name in own and own[index] != name]
    if displaced:
        raise UnpackableArtifact(
            f"--classes names the model's classes in their order, and gives {displaced[0]!r} to another class.\n"
            f"The model: {listed(own)}\n--classes: {listed(told)}"
        )
    return tuple(told)


def listed(names: Sequence[str]) -> str:
    """The names for a sentence."""
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _features_of_file(path: Path) -> tuple[Feature, ...]:
    expected = (
        f'{path} must be a list of names, or one such as [{{"name": "age", "kind": "number"}}, {{"name": "plan", '
        '"kind": "category", "categories": ["basic", "pro"]}]'
    )
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UnpackableArtifact(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise UnpackableArtifact(f"{expected}; it is not JSON.") from error
    if not isinstance(document, list) or not document:
        raise UnpackableArtifact(f"{expected}.")
    try:
        return tuple(
            Feature(item, "number") if isinstance(item, str) else decode(Feature, item, f"feature {index}")
            for index, item in enumerate(document)
        )
    except Undecodable as error:
        raise UnpackableArtifact(f"{expected}: {error}.") from error


def _require_names(names: Sequence[str], option: str) -> None:
    if not all(name.strip() for name in names):
        raise UnpackableArtifact(f"{option} has a name that is empty: {listed(names)}.")
    for index, name in enumerate(names):
        if name in names[:index]:
            raise UnpackableArtifact(f"{option} names {name!r} twice: {listed(names)}.")


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
        told = [f"has no value for {listed(lacking)}"] if lacking else []
        told += [f"has {listed(beyond)}, and the model takes no {listed(beyond)}"] if beyond else []
        raise UnpackableArtifact(f"Row {number} of the example {' and '.join(told)}. Its features: {listed(names)}.")
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
