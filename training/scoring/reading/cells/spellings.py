"""What texts stand for in a feature of texts: a gap, one of its categories in another spelling, or themselves."""

import re
from collections.abc import Callable, Collection, Hashable, Sequence

from handler.records.signature import Feature
from training.data.table.survey import BOOLEANS, OTHER_TEXT
from training.data.text.numbers import NumberForm


def spellings(texts: Sequence[str], feature: Feature, gaps: Collection[str], numbers: NumberForm) -> list[str | None]:
    """For each of `texts`, which are different, the value that a request has; None for a gap.

    A category has outer spaces only where the model knows it so, as pandas leaves them; a free text keeps them. A gap
    that is one of the categories is none: the model was trained on it.
    """
    if feature.kind == "text":
        return [None if text in gaps else text for text in texts]
    categories = frozenset(map(str, feature.categories))
    same = _sameness(feature.categories, numbers)
    known = {same(category): category for category in map(str, feature.categories)}

    def value(text: str) -> str | None:
        if text in categories:
            return text
        text = text.strip()
        if text in categories:
            return text
        return None if text in gaps else known.get(same(text), text)

    return [value(text) for text in texts]


def _sameness(categories: Sequence[object], numbers: NumberForm) -> Callable[[str], Hashable]:
    """Under what `train` took texts for one category (`training.data.columns.category`): it names one spelling of
    numbers that are equal, and of booleans that differ in case alone."""
    texts = list(map(str, categories))
    if {text.lower() for text in texts} in BOOLEANS:
        return str.lower
    number = re.compile(numbers.pattern)
    words = [text for text in texts if not number.search(text)]
    if len(words) == len(texts) or len(words) >= OTHER_TEXT:
        return str
    return lambda text: numbers.value(text) if number.search(text) else text
