"""What a person says of a brought model, read from options and files: its features, its classes, rows to answer."""

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from handler.records.decoding import Undecodable, decode
from handler.records.signature import Feature
from training.errors import UnpackableArtifact, listed

Row = Mapping[str, Any] | Sequence[Any]
"""One row of the example: its values by name, or in the order of the model's columns."""

Kind = Literal["probabilities", "scores", "numbers"]
"""What the numbers are that an ONNX graph gives: probabilities of classes, decision values of classes, predictions."""

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Stated:
    """What the person says of the model; None means: find out. `rows` are the example, at least one `Row`; `targets`
    are the names of what is predicted, more than one of a model that predicts several; `classes` are those of one
    target, or of each that has any. `code_base64` is the archive of the modules that travel with it
    (`training.code.archive`), as JSON can hold it."""

    name: str
    features: tuple[Feature, ...] | None
    classes: tuple[tuple[str, ...], ...] | None
    targets: tuple[str, ...]
    rows: tuple[Any, ...]
    code_base64: str | None = None

    @property
    def code(self) -> bytes | None:
        """The archive of the modules that travel with the model, if any do."""
        return None if self.code_base64 is None else base64.b64decode(self.code_base64)

    def with_code(self, archive: bytes | None) -> Self:
        """The same with these modules."""
        return replace(self, code_base64=None if archive is None else base64.b64encode(archive).decode())


@dataclass(frozen=True)
class Said:
    """What the person says of an ONNX graph's outputs: which are used, all where there are none, and what they are."""

    outputs: tuple[str, ...] = ()
    kind: Kind | None = None


def parse_features(text: str) -> tuple[Feature, ...]:
    """Features: names with commas between them, all numbers; or a JSON file of names, or of features as in a manifest.

    Raises UnpackableArtifact.
    """
    if not text.endswith(".json"):
        features = tuple(Feature(name.strip(), "number") for name in text.split(","))
    else:
        features = _features_of_file(Path(text))
    _require_names([feature.name for feature in features], "--features")
    return features


def parse_classes(text: str) -> tuple[str, ...]:
    """Names with commas between them; raises UnpackableArtifact."""
    names = tuple(name.strip() for name in text.split(","))
    _require_names(names, "--classes")
    return names


def read_rows(path: Path) -> tuple[Row, ...]:
    """The rows in a JSON file, at least one; raises UnpackableArtifact. Their values are not checked here."""
    try:
        # As bytes: a shell may have written UTF-16, or UTF-8 with a byte order mark.
        document = json.loads(
            path.read_bytes(), object_pairs_hook=_once_each, parse_constant=_refuse_constant, parse_float=_finite
        )
    except OSError as error:
        raise UnpackableArtifact(f"{path} cannot be read ({error.strerror}).") from error
    except json.JSONDecodeError as error:
        raise UnpackableArtifact(f"{path} is not JSON: look at line {error.lineno}, column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise UnpackableArtifact(f"{path} is not JSON in UTF-8: write the row again as a JSON list.") from error
    if isinstance(document, dict) and document:
        return (document,)
    if isinstance(document, list) and document:
        nested = [isinstance(item, (dict, list)) for item in document]
        if not any(nested):
            return (document,)
        if all(nested) and all(document):
            return tuple(document)
    raise UnpackableArtifact(
        f"{path} must hold one row, a JSON list of values or an object of named values, or a list of rows."
    )


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


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnpackableArtifact(f"The example names {twice!r} twice: give each feature one value.")
    return named


def _refuse_constant(name: str) -> float:
    raise UnpackableArtifact(f"The example holds {name}, which is not JSON: write null for a gap.")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise UnpackableArtifact(f"The example holds {digits[:30]}, which is more than a 64-bit float holds.")
    return value
