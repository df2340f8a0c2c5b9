"""Models made of one for each class, pair of classes, label or target."""

from typing import Any

import numpy as np

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns, Numbers
from training.twin.graphs.composed.parts import positive, response, threshold
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.models.distances import squared
from training.twin.graphs.models.vectors import of_votes


def draw_one_against_rest(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A OneVsRestClassifier, of one class or of several labels."""
    parts = estimator.estimators_
    answers = [drawing.answer(part, columns) for part in parts]
    each = drawing.beside([positive(drawing, part, one) for part, one in zip(parts, answers, strict=True)])
    shares = decision = None
    if hasattr(estimator, "predict_proba"):
        said = [response(drawing, part, one, ["predict_proba"]) for part, one in zip(parts, answers, strict=True)]
        shares = drawing.beside([drawing.picked(one, [1]) for one in said])
    if hasattr(estimator, "decision_function"):
        decision = each
    if estimator.multilabel_:
        there = drawing.whole(drawing.add("Greater", each, drawing.numbers(threshold(parts[0]))))
        return Answer(there, shares, decision)
    if len(parts) == 1:
        place = drawing.flat(drawing.whole(drawing.add("Greater", each, drawing.numbers(threshold(parts[0])))))
        return Answer(place, shares and drawing.of_two(shares), decision)
    if shares is not None:
        total = drawing.total(shares)
        nothing = drawing.add("Equal", total, drawing.numbers(0.0))
        shares = drawing.add("Div", shares, drawing.add("Where", nothing, drawing.numbers(1.0), total))
    return Answer(drawing.largest(each), shares, decision)


def draw_one_against_one(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A OneVsOneClassifier."""
    if estimator.pairwise_indices_ is not None:
        raise NoTwin("It takes a matrix of pairs.")
    count = len(estimator.classes_)
    answers = [(part, drawing.answer(part, columns)) for part in estimator.estimators_]
    sure = drawing.beside([positive(drawing, part, one) for part, one in answers])
    won = drawing.double(drawing.beside([drawing.upright(one.prediction) for _, one in answers]))
    decision = of_votes(drawing, won, sure, count)
    if count == 2:
        decision = drawing.picked(decision, [1])
        bound = drawing.numbers(threshold(estimator.estimators_[0]))
        return Answer(drawing.flat(drawing.whole(drawing.add("Greater", decision, bound))), decision=decision)
    return Answer(drawing.largest(decision), decision=decision)


def draw_codes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An OutputCodeClassifier: the class whose code is the nearest."""
    answers = [(part, drawing.answer(part, columns)) for part in estimator.estimators_]
    said = drawing.beside([positive(drawing, part, one) for part, one in answers])
    distances = squared(drawing, said, np.asarray(estimator.code_book_, dtype=np.float64))
    return Answer(drawing.add("ArgMin", distances, axis=1, keepdims=0))


def draw_each_class(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A MultiOutputClassifier."""
    parts = tuple(drawing.answer(part, columns) for part in estimator.estimators_)
    return Answer("", parts=parts)


def draw_each_number(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A MultiOutputRegressor."""
    said = [drawing.upright(drawing.answer(part, columns).prediction) for part in estimator.estimators_]
    return Answer(drawing.beside(said))


def draw_chain_of_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A RegressorChain: each model also takes what those before it predict."""
    rows, width = joined(drawing, columns), columns.width
    said: list[str] = []
    for place, part in enumerate(estimator.estimators_):
        longer = columns.of([Numbers(drawing.beside([rows, *said]), width + place)])
        said.append(drawing.upright(drawing.answer(part, longer).prediction))
    return Answer(drawing.picked(drawing.beside(said), np.argsort(estimator.order_).tolist()))


def draw_chain_of_labels(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A ClassifierChain of labels: each model also takes what those before it say."""
    rows, width = joined(drawing, columns), columns.width
    passed: list[str] = []
    there: list[str] = []
    shares: list[str] = []
    for place, part in enumerate(estimator.estimators_):
        if part.classes_.tolist() != [0, 1]:
            raise NoTwin("A label of its chain is always there, or never.")
        answer = drawing.answer(part, columns.of([Numbers(drawing.beside([rows, *passed]), width + place)]))
        said = drawing.upright(answer.prediction)
        there.append(said)
        if estimator.chain_method_ == "predict":
            passed.append(drawing.double(said))
        elif estimator.chain_method_ == "predict_proba":
            passed.append(drawing.picked(response(drawing, part, answer, ["predict_proba"]), [1]))
        else:
            passed.append(positive(drawing, part, answer))
        if hasattr(estimator, "predict_proba"):
            shares.append(drawing.picked(response(drawing, part, answer, ["predict_proba"]), [1]))
    order = np.argsort(estimator.order_).tolist()
    probabilities = drawing.picked(drawing.beside(shares), order) if shares else None
    return Answer(drawing.picked(drawing.beside(there), order), probabilities)
