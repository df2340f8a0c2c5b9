"""A number or a class for each of several targets."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.errors.model import UnloadableArtifact
from handler.records.signature import Feature, Target
from handler.serving.answers.base import (
    Answers,
    Labels,
    Output,
    filled_object,
    json_list,
    require_finite,
    require_shape,
)
from handler.serving.answers.float_texts import float_texts


class Found(NamedTuple):
    """Of each target the rows' numbers or places among its classes; and of those with classes their probabilities, of
    shape (rows, classes), where the model has them."""

    columns: list[list[Any]]
    shares: dict[str, NDArray[np.float64]]


class SeveralTargets(Answers):
    """`prediction`, an object of what is predicted of each target, and `probabilities` of those that have classes."""

    def __init__(self, model: LoadedModel, features: Sequence[Feature], targets: Sequence[Target]) -> None:
        super().__init__(model, features, targets)
        known = model.target_classes or [()] * len(targets)
        if len(known) != len(targets):
            raise UnloadableArtifact(f"The model predicts {len(known)} targets, and its manifest names {len(targets)}.")
        self.labels = {
            target.name: Labels(labels, target.classes)
            for target, labels in zip(targets, known, strict=True)
            if target.classes
        }

    def ask(self, rows: NDArray[Any]) -> Found:
        predicted = np.asarray(self.model.predict(rows))
        require_shape(predicted, len(rows), len(self.targets), "answers", "targets")
        columns: list[list[Any]] = []
        for target, answers in zip(self.targets, predicted.T, strict=True):
            if target.name in self.labels:
                columns.append(self.labels[target.name].places(answers))
            else:
                numbers = np.asarray(answers, dtype=np.float64)
                require_finite(np.isfinite(numbers))
                columns.append(numbers.tolist())
        return Found(columns, self._shares(rows) if self.labels else {})

    def plain(self, found: Found) -> list[dict[str, Any]]:
        names = [target.name for target in self.targets]
        said = [self._said(target, column) for target, column in zip(self.targets, found.columns, strict=True)]
        answers: list[dict[str, Any]] = [
            {"prediction": dict(zip(names, row, strict=True))} for row in zip(*said, strict=True)
        ]
        listed = {name: shares.tolist() for name, shares in found.shares.items()}
        for place, answer in enumerate(answers):
            if listed:
                answer["probabilities"] = {
                    name: dict(zip(self.labels[name].names, shares[place], strict=True))
                    for name, shares in listed.items()
                }
        return answers

    def text(self, found: Found) -> str:
        fields = {"prediction": filled_object({target.name: "%s" for target in self.targets})}
        columns: list[list[str]] = []
        for target, column in zip(self.targets, found.columns, strict=True):
            if target.name in self.labels:
                names = [json.dumps(name) for name in target.classes]
                columns.append([names[place] for place in column])
            else:
                columns.append(float_texts(np.array(column, dtype=np.float64)))
        if found.shares:
            shares = {name: filled_object(dict.fromkeys(self.labels[name].names, "%s")) for name in found.shares}
            fields["probabilities"] = filled_object(shares)
            columns += [float_texts(column) for values in found.shares.values() for column in values.T]
        form = filled_object(fields)
        return json_list([form % row for row in zip(*columns, strict=True)])

    def outputs(self, found: Found) -> tuple[Output, ...]:
        return tuple(
            Output(
                np.asarray(column, dtype=np.intp if target.name in self.labels else np.float64),
                found.shares[target.name].max(axis=1) if target.name in found.shares else None,
            )
            for target, column in zip(self.targets, found.columns, strict=True)
        )

    def _shares(self, rows: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
        given = self.model.target_probabilities(rows)
        if given is None:
            self.require_finite_scores(rows)
            return {}
        shares = {
            target.name: values
            for target, values in zip(self.targets, given, strict=True)
            if target.name in self.labels
        }
        for name, values in shares.items():
            require_shape(values, len(rows), len(self.labels[name].names), "probabilities", "classes")
            require_finite(np.all(np.isfinite(values), axis=1))
        return shares

    def _said(self, target: Target, column: Sequence[Any]) -> Sequence[Any]:
        return [target.classes[place] for place in column] if target.name in self.labels else column
