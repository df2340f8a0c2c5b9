"""The features of a brought model: their kinds and categories, from what it knows, what a person says and the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from handler.records.signature import Domain, Feature, Value
from handler.rows.domain import description, outside
from training.errors import UnpackableArtifact, listed


def features_of(
    stated: Sequence[Feature],
    categories: Mapping[int, Sequence[str]],
    domains: Mapping[int, Domain],
    rows: Sequence[Sequence[Value]],
) -> tuple[Feature, ...]:
    """The features, one for each of `stated`, which are in the order of the model's columns.

    `categories` and `domains` are what the model's steps know of a column, by its place: texts, or numbers they take.
    Raises UnpackableArtifact where a feature cannot be known, or a row holds what the API would refuse.
    """
    return tuple(
        _feature(feature, tuple(categories.get(place, ())), domains.get(place), [row[place] for row in rows])
        for place, feature in enumerate(stated)
    )


def _feature(feature: Feature, known: tuple[str, ...], domain: Domain | None, column: Sequence[Value]) -> Feature:
    texts = [value for value in column if isinstance(value, str)]
    found = replace(feature, nullable=feature.nullable or None in column)
    if found.kind == "number" and known:
        found = replace(found, kind="category", categories=known)
    elif found.kind == "category" and not found.categories:
        found = replace(found, categories=known)
    if found.kind == "number":
        if texts:
            raise UnpackableArtifact(
                f"{found.name!r} is a text in the example ({texts[0]!r}), and the model does not say which texts it "
                "knows: give a number, or --features with a JSON file that lists its categories."
            )
        return _number(replace(found, domain=found.domain or domain), column)
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
            known_ones = listed([str(category) for category in found.categories])
            raise UnpackableArtifact(f"{found.name!r} is {value!r} in the example, and the model knows {known_ones}.")
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
