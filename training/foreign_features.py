"""The features of a brought model: their kinds and categories, from what it knows, what a person says and the rows.

`training.package` uses it, once the rows stand in the order of the model's columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from handler.manifest import Feature, Value
from training.errors import UnpackableArtifact
from training.naming import listed


def features_of(
    names: Sequence[str],
    told: Sequence[Feature] | None,
    categories: Mapping[int, Sequence[str]],
    rows: Sequence[Sequence[Value]],
) -> tuple[Feature, ...]:
    """One `Feature` for each of `names`; `categories` are the texts that the model's encoders know, by column.

    Raises UnpackableArtifact where they cannot be known, or a row holds what the API would refuse.
    """
    given = told if told is not None else [Feature(name, "number") for name in names]
    return tuple(
        _feature(feature, tuple(categories.get(index, ())), [row[index] for row in rows])
        for index, feature in enumerate(given)
    )


def _feature(feature: Feature, known: tuple[str, ...], column: Sequence[Value]) -> Feature:
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
        return found
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
