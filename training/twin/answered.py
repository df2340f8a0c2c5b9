"""The outputs of a graph, as `handler.engines.onnx_runtime.answering` reads them, from what a model's drawing gave."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx

from handler.engines.fitted_parts import fitted_parts
from handler.engines.onnx_runtime.answering import PREDICTION, PROBABILITIES, SCORE, SCORES
from handler.engines.several_outputs import classes_of_outputs
from handler.records.signature import Target, Task
from training.errors import NoTwin
from training.twin.graphs.drawing import Answer, Drawing

NUMBER: int = onnx.TensorProto.DOUBLE
PLACE: int = onnx.TensorProto.INT64

Outputs = dict[str, tuple[str, int]]
"""Of each output's name its tensor, and the type of its values."""


def outputs_of(drawing: Drawing, estimator: Any, task: Task, targets: Sequence[Target], answer: Answer) -> Outputs:
    """The outputs that serving asks for; raises NoTwin where the drawing has not all that the joblib form answers."""
    if task == "regression":
        return {PREDICTION: (answer.prediction, NUMBER)}
    if task == "outlier_detection":
        return {PREDICTION: (answer.prediction, PLACE), SCORE: (_needed(answer.decision), NUMBER)}
    if task == "several_targets":
        return _several_targets(estimator, answer)
    if task == "multilabel":
        return _labels(drawing, estimator, answer)
    outputs = {PREDICTION: (answer.prediction, PLACE)}
    if hasattr(estimator, "predict_proba"):
        return outputs | {PROBABILITIES: (_needed(answer.probabilities), NUMBER)}
    if task == "clustering":
        return outputs if answer.decision is None else outputs | {SCORES: (answer.decision, NUMBER)}
    return outputs | _scores(drawing, estimator, len(targets[0].classes), answer)


def _scores(drawing: Drawing, estimator: Any, classes: int, answer: Answer) -> Outputs:
    """The decision values as `handler.engines.scores` gives them."""
    if not hasattr(estimator, "decision_function"):
        return {}
    if classes == 2:
        decision = _needed(answer.decision)
        return {SCORES: (drawing.beside([drawing.add("Neg", decision), decision]), NUMBER)}
    if any(getattr(part, "decision_function_shape", None) == "ovo" for part in fitted_parts(estimator)):
        return {}
    return {SCORES: (_needed(answer.decision), NUMBER)}


def _several_targets(estimator: Any, answer: Answer) -> Outputs:
    if not answer.parts:
        return {PREDICTION: (answer.prediction, NUMBER)}
    outputs: Outputs = {}
    for place, part in enumerate(answer.parts):
        outputs[f"{PREDICTION}_{place}"] = (part.prediction, PLACE)
        if hasattr(estimator, "predict_proba"):
            outputs[f"{PROBABILITIES}_{place}"] = (_needed(part.probabilities), NUMBER)
    return outputs


def _labels(drawing: Drawing, estimator: Any, answer: Answer) -> Outputs:
    """Which labels there are, and how probable each is."""
    has_shares = hasattr(estimator, "predict_proba")
    if not answer.parts:
        outputs = {PREDICTION: (answer.prediction, PLACE)}
        return outputs | ({PROBABILITIES: (_needed(answer.probabilities), NUMBER)} if has_shares else {})
    known = classes_of_outputs(estimator) or [[0, 1]] * len(answer.parts)
    there, shares = [], []
    for part, labels in zip(answer.parts, known, strict=True):
        value = drawing.add("Gather", drawing.places(np.asarray(labels, dtype=np.int64)), part.prediction, axis=0)
        there.append(drawing.upright(value))
        if has_shares and 1 in labels:
            shares.append(drawing.picked(_needed(part.probabilities), [labels.index(1)]))
        elif has_shares:
            shares.append(drawing.double(drawing.upright(value)))  # of a label that is never there
    outputs = {PREDICTION: (drawing.beside(there), PLACE)}
    return outputs | ({PROBABILITIES: (drawing.beside(shares), NUMBER)} if has_shares else {})


def _needed(tensor: str | None) -> str:
    if tensor is None:
        raise NoTwin("It answers with scores that cannot be written in ONNX.")
    return tensor
