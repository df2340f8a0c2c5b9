"""Any number of labels at once."""

import json
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.serving.answers.base import Answers, Output, filled_object, json_list, require_finite, require_shape
from handler.serving.answers.float_texts import float_texts


class Found(NamedTuple):
    """Which labels each row has, of shape (rows, labels), and their probabilities, of the same, where there are any."""

    has: NDArray[np.bool_]
    shares: NDArray[np.float64] | None


class Multilabel(Answers):
    """`prediction`, a list of labels in the target's order, and the `probabilities` of all where there are any."""

    def ask(self, rows: NDArray[Any]) -> Found:
        labels = len(self.targets[0].classes)
        predicted = np.asarray(self.model.predict(rows))
        require_shape(predicted, len(rows), labels, "answers", "labels")
        given = self.model.label_probabilities(rows)
        if given is None:
            self.require_finite_scores(rows)
            return Found(predicted == 1, None)
        shares = np.asarray(given, dtype=np.float64)
        require_shape(shares, len(rows), labels, "probabilities", "labels")
        require_finite(np.all(np.isfinite(shares), axis=1))
        return Found(predicted == 1, shares)

    def plain(self, found: Found) -> list[dict[str, Any]]:
        names = self.targets[0].classes
        answers: list[dict[str, Any]] = [
            {"prediction": [name for name, there in zip(names, row, strict=True) if there]}
            for row in found.has.tolist()
        ]
        if found.shares is not None:
            for answer, row in zip(answers, found.shares.tolist(), strict=True):
                answer["probabilities"] = dict(zip(names, row, strict=True))
        return answers

    def text(self, found: Found) -> str:
        names = [json.dumps(name) for name in self.targets[0].classes]
        lists = [
            json_list([name for name, there in zip(names, row, strict=True) if there]) for row in found.has.tolist()
        ]
        if found.shares is None:
            return json_list([f'{{"prediction":{labels}}}' for labels in lists])
        probabilities = filled_object(dict.fromkeys(self.targets[0].classes, "%s"))
        form = filled_object({"prediction": "%s", "probabilities": probabilities})
        columns = [float_texts(column) for column in found.shares.T]
        return json_list([form % row for row in zip(lists, *columns, strict=True)])

    def outputs(self, found: Found) -> tuple[Output, ...]:
        return (Output(found.has, None if found.shares is None else found.shares.max(axis=1)),)
