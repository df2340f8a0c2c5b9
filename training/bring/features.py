"""The features of a brought model: their kinds and categories, from what it knows, what a person says and the rows.

`training.bring.brought_model` uses it, once the rows stand in the order of the model's columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from handler.registry.decoding import decode
from handler.registry.manifest import Domain, Feature, Value
from handler.rows.domain import description, outside
from training.bring.naming import listed
from training.errors import UnpackableArtifact


@dataclass(frozen=True)
class Known:
    """What the model's steps say of one of its columns: the texts that they know, or the numbers that they take."""

    categories: tuple[str, ...] = ()
    domain: Domain | None = None


def known_of(facts: Mapping[str, Any]) -> dict[int, Known]:
    """The same by the place of the column, from what `training.bring.inspection_process` says."""
    categories, domains = facts["categories"], facts["domains"]
    return {
        int(place): Known(
            tuple(categories.get(place, ())), decode(Domain, domains[place]) if place in domains else None
        )
        for place in {*categories, *domains}
    }


def features_of(
    names: Sequence[str],
    told: Sequence[Feature] | None,
    known: Mapping[int, Known],
    rows: Sequence[Sequence[Value]],
) -> tuple[Feature, ...]:
    """One `Feature` for each of `names`; `known` is what the model's steps say of its columns.

    Raises UnpackableArtifact where they cannot be known, or a row holds what the API would refuse.
    """
    given = told if told is not None else [Feature(name, "number") for name in names]
    return tuple(
        _feature(feature, known.get(index, Known()), [row[index] for row in rows])
        for index, feature in enumerate(given)
    )


def _feature(feature: Feature, known: Known, column: Sequence[Value]) -> Feature:
    texts = [value for value in column if isinstance(value, str)]
    found = replace(feature, nullable=feature.nullable or None in column)
    if found.kind == "number" and known.categories:
        found = replace(found, kind="category", categories=known.categories)
    elif found.kind == "category" and not found.categories:
        found = replace(found, categories=known.categories)
    if found.kind == "number":
        if texts:
            raise UnpackableArtifact(
                f"{found.name!r} is a text in the example ({texts[0]!r}), and the model does not say which texts it "
                "knows: give a number, or --features with a JSON file that lists its categories."
            )
        return _number(replace(found, domain=found.domain or known.domain), column)
    if not found.categories:
        raise UnpackableArtifact(
            f"{found.name!r} is a category, and the model does not say which it knows: give --features a JSON file "
            "that lists its categories."
        )
    for value in column:
        if isinstance(value, float):
            raise UnpackableArtifact(
                f"{found.name!r} is a category; the example has the number {value!r}: give a text."
            )
        if value is not None and value not in found.categories and not found.allow_unknown:
            raise UnpackableArtifact(
                f"{found.name!r} is {value!r} in the example, and the model knows {listed(found.categories)}."
            )
    return found


def _number(feature: Feature, column: Sequence[Value]) -> Feature:
    if feature.domain is not None:
        values = np.array(column, dtype=np.float64)
        refused = values[outside(feature.domain, values)]
        if len(refused):
            raise UnpackableArtifact(
                f"{feature.name!r} is {refused[0]:g} in the example, and the model takes {description(feature.domain)}."
            )
    return feature
