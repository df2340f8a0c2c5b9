"""Describes the features of a brought model from the frame it is asked with and what its encoders know.

The kind of a column is what the model was fitted on, for a request's value must reach it as that. Runs in the isolated
process that loaded the model.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from handler.records.signature import Domain, Feature, Gap, Value
from training.bring.frames.table_of_model.known import Known
from training.bring.frames.table_of_model.reading import PARQUET_ADVICE
from training.data.statistics import numeric_features
from training.errors import UnpackableArtifact, listed

if TYPE_CHECKING:
    import pandas as pd

MOST_CATEGORIES = 1000
"""A column of texts that nothing encodes, and that has more different ones, is a text."""

MOST_CODES = 1000
"""A column of whole numbers of which an encoder knows more stays a number."""

LEAST_LENGTH = 1000
ROOM = 10
"""A text may be so many times longer than the table's longest."""


def feature_of(series: "pd.Series[Any]", known: Known, domain: Domain | None, allow_unknown: bool) -> Feature:
    """The feature that the column `series` is to the model; raises UnpackableArtifact where it is of no kind served."""
    name, present = str(series.name), series.dropna()
    nullable = len(present) < len(series) or bool(known.gaps) or known.takes_gaps
    values = present.to_numpy(dtype=object)
    kinds = {_kind_of(value) for value in values.tolist()} if series.dtype.kind not in "biuf" else {series.dtype.kind}
    _require_one_kind(name, kinds, known)
    gap = _gap_of(series, known)
    if kinds == {"b"}:
        return Feature(name, "boolean", nullable, typical=_most_frequent(present), gap=gap)
    if kinds <= {"i", "u", "f"} and kinds:
        return _of_numbers(series, known, domain, nullable, gap)
    if not kinds:
        return _of_nothing(name, known, domain, gap)
    texts = [str(value) for value in values]
    if known.is_text and known.categories is None:
        length = max(LEAST_LENGTH, ROOM * max(map(len, texts)))
        return Feature(name, "text", nullable and not known.is_text, gap=gap, max_length=length)
    return _of_texts(name, texts, known, nullable, gap, allow_unknown)


def normalised(series: "pd.Series[Any]", feature: Feature) -> "pd.Series[Any]":
    """The column with its gaps as the feature has them: those of a model that was fitted to None are None."""
    if feature.gap == "None" and feature.kind != "number" and series.isna().any():
        return series.astype(object).where(series.notna(), None)
    return series


def _json_values(series: "pd.Series[Any]", feature: Feature) -> list[Value]:
    gaps = series.isna().tolist()
    values = series.tolist()
    make: Any = {"boolean": bool, "number": float}.get(feature.kind, float if feature.is_coded else str)
    return [None if gap else make(value) for gap, value in zip(gaps, values, strict=True)]


def json_rows(frame: "pd.DataFrame", features: Sequence[Feature]) -> list[list[Value]]:
    """The rows of `frame` as requests would have them, in the order of `features`."""
    columns = [_json_values(frame[feature.name], feature) for feature in features]
    return [list(row) for row in zip(*columns, strict=True)]


def _of_numbers(series: "pd.Series[Any]", known: Known, domain: Domain | None, nullable: bool, gap: Gap) -> Feature:
    name = str(series.name)
    numbers = np.array(
        [math.nan if is_gap else float(value) for value, is_gap in zip(series, series.isna(), strict=True)]
    )
    present = numbers[np.isfinite(numbers)]
    codes = _codes(known, present)
    if codes:
        return Feature(name, "category", nullable, categories=codes, typical=_most_frequent_code(present), gap=gap)
    if not len(present):
        raise UnpackableArtifact(f"{name!r} has no finite number in the table: leave it out before fitting.")
    statistics = numeric_features([name], np.where(np.isinf(numbers), math.nan, numbers)[:, np.newaxis])[0]
    return replace(statistics, nullable=nullable, domain=domain)


def _of_nothing(name: str, known: Known, domain: Domain | None, gap: Gap) -> Feature:
    """The feature of a column that has gaps alone: what the model knows of it."""
    if known.categories and all(isinstance(value, str) for value in known.categories):
        return Feature(name, "category", nullable=True, categories=tuple(known.categories), gap=gap)
    return Feature(name, "number", nullable=True, domain=domain)


def _of_texts(name: str, texts: Sequence[str], known: Known, nullable: bool, gap: Gap, allow_unknown: bool) -> Feature:
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    own = None if known.categories is None else [str(value) for value in known.categories]
    if own is None and len(counts) > MOST_CATEGORIES:
        return Feature(name, "text", nullable, gap=gap, max_length=max(LEAST_LENGTH, ROOM * max(map(len, counts))))
    if own is not None and not set(own) & set(counts):
        raise UnpackableArtifact(
            f"The table has no value for {name!r} that the model knows: it knows {listed(own[:10])}, and the table has "
            f"{listed(sorted(counts)[:10])}. If the column was changed before fitting, {PARQUET_ADVICE}."
        )
    more = sorted(counts) if own is None else [text for text in sorted(counts) if text not in set(own)]
    categories = (*(own or ()), *(more if known.takes_unknown else ()))
    return Feature(
        name,
        "category",
        nullable,
        categories=categories,
        allow_unknown=allow_unknown and known.takes_unknown,
        typical=max(counts, key=counts.__getitem__),
        gap=gap,
    )


def _codes(known: Known, present: Any) -> tuple[int, ...]:
    """The whole numbers of a column that only encoders see; none where it is a quantity, or is no such column."""
    own = known.categories
    if not own or known.is_computed or known.is_text or len(own) > MOST_CODES:
        return ()
    if not all(isinstance(value, (int, float)) and float(value).is_integer() for value in own):
        return ()
    if not np.all(present == np.floor(present)):
        return ()
    beyond = set(present.tolist()) - {float(value) for value in own} if known.takes_unknown else set()
    return tuple(sorted({int(value) for value in (*own, *beyond)}))


def _require_one_kind(name: str, kinds: set[str], known: Known) -> None:
    if "?" in kinds:
        raise UnpackableArtifact(f"{name!r} holds lists, objects or dates, and JSON's numbers and texts are served.")
    is_number = kinds <= {"i", "u", "f"}
    if len(kinds) > 1 and not is_number:
        raise UnpackableArtifact(
            f"{name!r} holds values of several kinds, such as texts among numbers: make them of one kind, as by "
            f"frame[{name!r}].astype(str), and fit again."
        )
    if not kinds or not known.categories or known.is_text:
        return
    knows_texts = [isinstance(value, str) for value in known.categories]
    if all(knows_texts) and kinds != {"s"}:
        raise UnpackableArtifact(
            f"The model knows {name!r} as texts ({listed(list(map(repr, known.categories[:5])))}), and the table has "
            f"{'booleans' if kinds == {'b'} else 'numbers'} there: {PARQUET_ADVICE}."
        )
    if not any(knows_texts) and kinds == {"s"}:
        raise UnpackableArtifact(
            f"The model knows {name!r} as {listed(list(map(repr, known.categories[:5])))}, and the table has texts "
            f"there: {PARQUET_ADVICE}."
        )


def _kind_of(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "b"
    if isinstance(value, str):
        return "s"
    if isinstance(value, (int, np.integer)):
        return "i"
    return "f" if isinstance(value, (float, np.floating)) else "?"


def _gap_of(series: "pd.Series[Any]", known: Known) -> Gap:
    """None where the model was fitted to None, or where it says nothing and the frame has None."""
    if known.gaps:
        return "None" if all(gap is None for gap in known.gaps) else "NaN"
    held = series[series.isna()].to_numpy(dtype=object)
    return "None" if len(held) and all(value is None for value in held) else "NaN"


def _most_frequent(present: "pd.Series[Any]") -> bool:
    return bool(present.astype(bool).mean() >= 0.5)


def _most_frequent_code(present: Any) -> float | None:
    values, counts = np.unique(present, return_counts=True)
    return float(values[counts.argmax()]) if len(values) else None
