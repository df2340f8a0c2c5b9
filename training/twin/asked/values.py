"""Draws rows over what training saw: the values of each feature are drawn on their own, whatever the others are.

Half of a number's values are drawn evenly between the least and the most that training saw, half by its quantiles; its
ends are among them. Each category is there as often as another. Where gaps, or categories that training did not see,
are taken, one value in SELDOM is such a one. All of it is what the API takes.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature, Value
from handler.rows.domain import LARGEST, outside
from training.errors import NoTwin

NO_RANGES = "The ranges of its numbers are not known, so no rows can be drawn over them: give --table."

SELDOM = 20

UNSEEN = ("unseen", "Unseen", "UNSEEN ", "né", "0", "nan", "None", "?", "日本")
"""What a category may hold that training did not see, and what a text may: also what reads like a gap or a number."""

ROUNDS = 20
"""A number outside a domain is drawn again, so many times."""


def drawn_columns(
    features: Sequence[Feature], known_texts: Callable[[int], Sequence[str]], count: int, seed: int
) -> list[list[Value]]:
    """`count` values of each feature, as a request has them; `known_texts` gives texts of the feature at a place.

    Raises NoTwin where the range of a number is not known.
    """
    draw = np.random.default_rng(seed)
    return [_column(feature, known_texts(place), count, draw) for place, feature in enumerate(features)]


def _column(feature: Feature, texts: Sequence[str], count: int, draw: np.random.Generator) -> list[Value]:
    if feature.kind == "number":
        values: list[Value] = list(_numbers(feature, count, draw).tolist())
    elif feature.kind == "category":
        values = _evenly(feature.categories, count, draw)
        if feature.allow_unknown:
            values = _some(values, list(_unseen(feature)), draw)
    elif feature.kind == "boolean":
        values = _evenly((True, False), count, draw)
    else:
        values = list(_texts(feature, texts, count, draw))
    return _some(values, [None], draw) if feature.nullable else values


def _evenly(values: Sequence[Value], count: int, draw: np.random.Generator) -> list[Value]:
    """All of `values` in turn, shuffled."""
    return [values[place] for place in draw.permutation(np.arange(count) % len(values)).tolist()]


def _some(values: list[Value], others: Sequence[Value], draw: np.random.Generator) -> list[Value]:
    """`values`, one in SELDOM replaced by one of `others`."""
    replaced = draw.random(len(values)) < 1 / SELDOM
    chosen = draw.integers(len(others), size=len(values)).tolist()
    return [others[other] if instead else value for value, instead, other in zip(values, replaced, chosen, strict=True)]


def _unseen(feature: Feature) -> Iterator[Value]:
    codes = [category for category in feature.categories if isinstance(category, int)]
    if codes:
        yield from (max(codes) + 1, min(codes) - 1)
    else:
        yield from (text for text in UNSEEN if text not in feature.categories)


def _numbers(feature: Feature, count: int, draw: np.random.Generator) -> NDArray[np.float64]:
    least, most, domain = feature.minimum, feature.maximum, feature.domain
    if least is None or most is None:
        raise NoTwin(NO_RANGES)
    if domain is not None and domain.values:
        seen = [value for value in domain.values if least <= value <= most] or list(domain.values)
        return draw.permutation(np.resize(np.array(seen, dtype=np.float64), count))
    quantiles = feature.quantiles or (least, most)
    shares = np.linspace(0, 1, len(quantiles))

    def drawn() -> NDArray[np.float64]:
        # Not by `uniform`, whose arithmetic overflows over the whole range of a float.
        share = draw.random(count)
        evenly = least * (1 - share) + most * share
        return np.where(draw.random(count) < 0.5, evenly, np.interp(draw.random(count), shares, quantiles))

    values = drawn()
    values[:2] = (least, most)[: len(values)]
    for _ in range(ROUNDS):
        if not (refused := not_taken(feature, values)).any():
            return draw.permutation(values)
        values = np.where(refused, drawn(), values)
    raise NoTwin(f"The model takes too little of the range of {feature.name!r} for rows to be drawn from it.")


def not_taken(feature: Feature, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of `values` of a number the API refuses; none of them is a gap."""
    refused = ~(np.abs(values) <= LARGEST)
    return refused | outside(feature.domain, values) if feature.domain else refused


def _texts(feature: Feature, known: Sequence[str], count: int, draw: np.random.Generator) -> Iterator[str]:
    """Texts that are known, words of two of them put together, and some that were never seen; none is too long."""
    texts = [*known] or [*UNSEEN]
    firsts, seconds, others = (draw.integers(size, size=count).tolist() for size in (len(texts), len(texts), 90))
    for first, second, turn, kind in zip(firsts, seconds, others, draw.random(count).tolist(), strict=True):
        one, other = texts[first], texts[second]
        if kind < 1 / SELDOM:
            text = UNSEEN[turn % len(UNSEEN)]
        elif kind < 2 / SELDOM:
            text = one.upper() if turn % 2 else ""
        elif kind < 0.5:
            text = f"{one[: len(one) // 2]} {other[len(other) // 2 :]}"
        else:
            text = one
        yield text[: feature.max_length]
