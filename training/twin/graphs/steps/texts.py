"""Steps that cut texts into words, which no graph does as they do.

ONNX Runtime can make texts small only by a locale of the machine (ONNX, "StringNormalizer"), and knows other letters in
its patterns than Python does. So a text that is not English would silently become other words.
"""

from typing import Any, NoReturn

from training.errors import NoTwin
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Drawing


def refuse(drawing: Drawing, vectorizer: Any, columns: Columns) -> NoReturn:  # noqa: ARG001 - whatever it is
    """Raises NoTwin for a step that takes texts."""
    raise NoTwin(f"Its {type(vectorizer).__name__} cuts texts into words by rules that ONNX does not have.")
