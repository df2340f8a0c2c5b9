"""Reads the rows that a person gives as examples: one or several, each a list of values or an object of named ones.

`training.cli.package` reads them; `training.bring.naming` puts them into the order of the model's columns.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.errors import UnpackableArtifact

Row = Mapping[str, Any] | Sequence[Any]


def read_rows(path: Path) -> list[Row]:
    """The rows in a JSON file, at least one; raises UnpackableArtifact. What values they may hold is not looked at."""
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
        return [document]
    if isinstance(document, list) and document:
        nested = [isinstance(item, (dict, list)) for item in document]
        if not any(nested):
            return [document]
        if all(nested) and all(document):
            return document
    raise UnpackableArtifact(
        f"{path} must hold one row, a JSON list of values or an object of named values, or a list of rows."
    )


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
