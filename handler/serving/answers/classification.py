"""One of several classes: its name, its index, and the probabilities of all classes, or else their decision values."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.records.signature import Feature, Target
from handler.serving.answers.base import (
    Answers,
    Labels,
    Output,
    escaped,
    filled_object,
    json_list,
    require_finite,
    require_shape,
)
from handler.serving.answers.float_texts import float_texts


class Found(NamedTuple):
    """Each row's class, and `values` of shape (rows, classes): `field` says which, if any."""

    indexes: list[int]
    field: str | None
    values: NDArray[np.float64]


class Classification(Answers):
    """`prediction`, `prediction_index`, and `probabilities` or `scores` where the model has them."""

    def __init__(self, model: LoadedModel, features: Sequence[Feature], targets: Sequence[Target]) -> None:
        super().__init__(model, features, targets)
        self.labels = Labels(model.classes, targets[0].classes)

    def ask(self, rows: NDArray[Any]) -> Found:
        predicted = self.model.predict(rows)
        shares = self.model.predict_proba(rows)
        field, values = ("probabilities", shares) if shares is not None else ("scores", self.model.class_scores(rows))
        if values is None:
            self.require_finite_scores(rows)
            return Found(self.labels.places(np.asarray(predicted)), None, np.empty((len(rows), 0)))
        values = np.asarray(values, dtype=np.float64)
        require_shape(values, len(rows), len(self.labels.names), field, "classes")
        indexes = self.labels.places(np.asarray(predicted))
        require_finite(np.all(np.isfinite(values), axis=1))
        return Found(indexes, field, values)

    def plain(self, found: Found) -> list[dict[str, Any]]:
        names = self.labels.names
        answers: list[dict[str, Any]] = [
            {"prediction": names[index], "prediction_index": index} for index in found.indexes
        ]
        if found.field is not None:
            for answer, row in zip(answers, found.values.tolist(), strict=True):
                answer[found.field] = dict(zip(names, row, strict=True))
        return answers

    def text(self, found: Found) -> str:
        names = self.labels.names
        filled = {} if found.field is None else {found.field: filled_object(dict.fromkeys(names, "%s"))}
        forms = [
            filled_object({"prediction": escaped(name), "prediction_index": str(index), **filled})
            for index, name in enumerate(names)
        ]
        if found.field is None:
            return json_list([forms[index] % () for index in found.indexes])
        texts = iter(float_texts(found.values.ravel()))
        rows = zip(*[texts] * found.values.shape[1], strict=True)  # as many texts a row as there are classes
        return json_list([forms[index] % row for index, row in zip(found.indexes, rows, strict=True)])

    def outputs(self, found: Found) -> tuple[Output, ...]:
        highest = found.values.max(axis=1) if found.field == "probabilities" else None
        return (Output(np.asarray(found.indexes, dtype=np.intp), highest),)
