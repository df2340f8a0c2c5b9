"""Stackings, calibrations, thresholds, targets that are transformed: a model over the answers of others."""

from typing import Any

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from training.errors import NoTwin
from training.twin.graphs.choosing import chosen, joined
from training.twin.graphs.columns import Columns, Numbers
from training.twin.graphs.composed.parts import mean, response
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.models.constants import curve
from training.twin.graphs.steps.together import function_of

LEAST = 1e-12
"""What scikit-learn adds to a probability before it takes the logarithm (calibration.py, _convert_to_logits)."""


def draw_stacking(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A StackingClassifier or a StackingRegressor: what its parts say are the columns of its last model."""
    classes = getattr(estimator, "classes_", None)
    if isinstance(classes, list):
        raise NoTwin("It stacks models of several outputs.")
    tensors = []
    for part, method in zip(estimator.estimators_, estimator.stack_method_, strict=True):
        said = response(drawing, part, drawing.answer(part, columns), [method])
        if method == "predict_proba" and classes is not None and len(classes) == 2:
            said = drawing.picked(said, [1])
        tensors.append(said)
    if estimator.passthrough:
        tensors.append(joined(drawing, columns))
    width = sum(estimator._n_feature_outs) + (columns.width if estimator.passthrough else 0)
    return drawing.answer(estimator.final_estimator_, columns.of([Numbers(drawing.beside(tensors), width)]))


def draw_calibration(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A CalibratedClassifierCV: the mean of its calibrated parts."""
    shares = mean(drawing, [_calibrated(drawing, one, columns) for one in estimator.calibrated_classifiers_])
    return Answer(drawing.largest(shares), shares)


def _calibrated(drawing: Drawing, calibrated: Any, columns: Columns) -> str:
    """One part's probabilities, of shape (rows, classes), as its _CalibratedClassifier makes them."""
    part, count = calibrated.estimator, len(calibrated.classes)
    answer = drawing.answer(part, columns)
    scores = response(drawing, part, answer, ["decision_function", "predict_proba"])
    decided = hasattr(part, "decision_function")
    if calibrated.method == "temperature":
        return _at_most_one(drawing, _tempered(drawing, calibrated.calibrators[0], scores, decided, count))
    if count == 2 and not decided:
        scores = drawing.picked(scores, [1])
    known = calibrated.classes.tolist()
    columns_of = [known.index(label) for label in part.classes_.tolist()]
    curves = {}
    for place, calibrator in enumerate(calibrated.calibrators):
        score = scores if count == 2 else drawing.picked(scores, [place])
        curves[columns_of[place] + (count == 2)] = _curve(drawing, calibrator, score)
    if count == 2:
        return _at_most_one(drawing, drawing.of_two(curves[1]))
    nothing = drawing.same(columns.rows, [0.0])
    each = drawing.beside([curves.get(place, nothing) for place in range(count)])
    total = drawing.total(each)
    equal = drawing.add("Equal", total, drawing.numbers(0.0))
    shares = drawing.add("Where", equal, drawing.numbers(1 / count), drawing.add("Div", each, total))
    return _at_most_one(drawing, shares)


def _tempered(drawing: Drawing, calibrator: Any, scores: str, decided: bool, count: int) -> str:
    if not decided:
        scores = drawing.add("Log", drawing.add("Add", scores, drawing.numbers(LEAST)))
    elif count == 2:
        scores = drawing.beside([drawing.add("Neg", scores), scores])
    scaled = drawing.add("Mul", scores, drawing.numbers(float(calibrator.beta_)))
    return drawing.add("Softmax", scaled, axis=1)


def _curve(drawing: Drawing, calibrator: Any, score: str) -> str:
    if isinstance(calibrator, IsotonicRegression):
        return curve(drawing, calibrator, score)
    return drawing.add("Sigmoid", drawing.linear(score, [[-float(calibrator.a_)]], [-float(calibrator.b_)]))


def _at_most_one(drawing: Drawing, shares: str) -> str:
    return drawing.add("Min", shares, drawing.numbers(1.0))


def draw_threshold(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A FixedThresholdClassifier or a TunedThresholdClassifierCV: its part's answer from another threshold on."""
    part = getattr(estimator, "estimator_", estimator.estimator)
    answer = drawing.answer(part, columns)
    methods = estimator._get_response_method()
    methods = [methods] if isinstance(methods, str) else list(methods)
    method = next(name for name in methods if hasattr(part, name))
    score = response(drawing, part, answer, [method])
    if method == "predict_proba":
        score = drawing.picked(score, [1])
    bound = getattr(estimator, "best_threshold_", getattr(estimator, "threshold", "auto"))
    if bound == "auto":
        bound = 0.5 if method == "predict_proba" else 0.0
    positive = getattr(estimator, "pos_label", None)
    if positive is not None and positive != estimator.classes_.tolist()[1]:
        raise NoTwin("Its threshold is that of its first class.")
    place = drawing.add("GreaterOrEqual", score, drawing.numbers(float(bound)))
    return Answer(drawing.flat(drawing.whole(place)), answer.probabilities, answer.decision)


def draw_transformed(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A TransformedTargetRegressor: the inverse of its transformation after its model."""
    said = drawing.answer(estimator.regressor_, columns).prediction
    step = estimator.transformer_
    if isinstance(step, FunctionTransformer):
        return Answer(said if step.inverse_func is None else function_of(drawing, step.inverse_func, said))
    if estimator._training_dim != 1:
        raise NoTwin("Its targets are transformed together.")
    if isinstance(step, StandardScaler):
        scale = 1.0 if step.scale_ is None else step.scale_[0]
        start = 0.0 if step.mean_ is None else step.mean_[0]
        back = drawing.add("Add", drawing.add("Mul", said, drawing.numbers(scale)), drawing.numbers(start))
        return Answer(back)
    if isinstance(step, MinMaxScaler) and not step.clip:
        moved = drawing.add("Sub", said, drawing.numbers(step.min_[0]))
        return Answer(drawing.add("Div", moved, drawing.numbers(step.scale_[0])))
    raise NoTwin(f"Its target is transformed back by a {type(step).__name__}.")


def draw_inner(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """What only wraps a fitted model: a search, a self-training, a frozen model, a consensus."""
    for name in ("best_estimator_", "estimator_", "estimator"):
        if hasattr(estimator, name):
            return drawing.answer(getattr(estimator, name), columns)
    raise NoTwin("Its search kept no model.")


def draw_selected(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An RFE or an RFECV: a model on some of the columns."""
    kept = np.flatnonzero(estimator.support_).tolist()
    return drawing.answer(estimator.estimator_, chosen(drawing, columns, kept))
