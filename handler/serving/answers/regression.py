"""A number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.serving.answers.base import Answers, Output, json_list, require_finite
from handler.serving.answers.float_texts import float_texts


class Regression(Answers):
    """`prediction` alone."""

    def ask(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        numbers = np.asarray(self.model.predict(rows), dtype=np.float64).reshape(len(rows))
        require_finite(np.isfinite(numbers))
        return numbers

    def plain(self, found: NDArray[np.float64]) -> list[dict[str, Any]]:
        return [{"prediction": value} for value in found.tolist()]

    def text(self, found: NDArray[np.float64]) -> str:
        return json_list([f'{{"prediction":{number}}}' for number in float_texts(found)])

    def outputs(self, found: NDArray[np.float64]) -> tuple[Output, ...]:
        return (Output(found),)
