"""Whether a row is unlike those that the model was fitted to."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import INLIER, OUTLIER
from handler.serving.answers.base import Answers, Output, json_list, require_finite, require_known
from handler.serving.answers.float_texts import float_texts

_NAMES = {1: INLIER, -1: OUTLIER}
"""What scikit-learn's detectors answer."""


class Found(NamedTuple):
    """Each row's name, and the scores, of shape (rows,), where the model has them."""

    names: list[str]
    scores: NDArray[np.float64] | None


class OutlierDetection(Answers):
    """`prediction`, "outlier" or "inlier", and `score`, which is below 0 for an outlier, where the model has it."""

    def ask(self, rows: NDArray[Any]) -> Found:
        said = [_NAMES.get(answer) for answer in np.asarray(self.model.predict(rows)).reshape(len(rows)).tolist()]
        require_known([name is not None for name in said], "answer", "two answers")
        scores = self.model.outlier_scores(rows)
        if scores is not None:
            require_finite(np.isfinite(scores))
        return Found([name for name in said if name is not None], scores)

    def plain(self, found: Found) -> list[dict[str, Any]]:
        if found.scores is None:
            return [{"prediction": name} for name in found.names]
        scores = found.scores.tolist()
        return [{"prediction": name, "score": score} for name, score in zip(found.names, scores, strict=True)]

    def text(self, found: Found) -> str:
        if found.scores is None:
            return json_list([f'{{"prediction":"{name}"}}' for name in found.names])
        rows = zip(found.names, float_texts(found.scores), strict=True)
        return json_list([f'{{"prediction":"{name}","score":{score}}}' for name, score in rows])

    def outputs(self, found: Found) -> tuple[Output, ...]:
        return (Output(np.array([name == OUTLIER for name in found.names], dtype=np.intp)),)
