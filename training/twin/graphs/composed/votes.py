"""Votes, bags and boosted series of models."""

from typing import Any

import numpy as np

from training.errors import NoTwin
from training.twin.graphs.choosing import chosen, numeric
from training.twin.graphs.columns import Columns
from training.twin.graphs.composed.parts import labels, marked, mean, spread, weighted
from training.twin.graphs.drawing import Answer, Drawing


def draw_voting_classes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A VotingClassifier, hard or soft."""
    weights = estimator._weights_not_none
    width = len(estimator.classes_)
    answers = [drawing.answer(part, columns) for part in estimator.estimators_]
    if estimator.voting == "soft":
        shares = mean(drawing, [_shares(one, part) for one, part in _pairs(answers, estimator.estimators_)], weights)
        return Answer(drawing.largest(shares), shares)
    votes = [
        marked(drawing, drawing.whole(labels(drawing, part, one)), width)
        for one, part in _pairs(answers, estimator.estimators_)
    ]
    return Answer(drawing.largest(weighted(drawing, votes, weights)))


def draw_voting_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A VotingRegressor."""
    said = [drawing.answer(part, columns).prediction for part in estimator.estimators_]
    return Answer(mean(drawing, said, estimator._weights_not_none))


def draw_bag_of_classes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A BaggingClassifier: the mean of probabilities, or of votes where its parts have none."""
    width = len(estimator.classes_)
    shares = []
    for part, answer in _bag(drawing, estimator, columns):
        if answer.probabilities is None:
            shares.append(marked(drawing, drawing.whole(labels(drawing, part, answer)), width))
        else:
            known = range(width) if len(part.classes_) == width else part.classes_.tolist()
            shares.append(spread(drawing, answer.probabilities, known, width))
    made = mean(drawing, shares)
    decisions = [answer.decision for _, answer in _bag(drawing, estimator, columns)] if _decides(estimator) else []
    decision = mean(drawing, [one for one in decisions if one]) if decisions and all(decisions) else None
    return Answer(drawing.largest(made), made, decision)


def draw_bag_of_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A BaggingRegressor."""
    return Answer(mean(drawing, [answer.prediction for _, answer in _bag(drawing, estimator, columns)]))


def _decides(estimator: Any) -> bool:
    return hasattr(estimator, "decision_function")


def _bag(drawing: Drawing, estimator: Any, columns: Columns) -> list[tuple[Any, Answer]]:
    numbers = numeric(drawing, columns)
    return [
        (part, drawing.answer(part, chosen(drawing, numbers, np.asarray(features).tolist())))
        for part, features in zip(estimator.estimators_, estimator.estimators_features_, strict=True)
    ]


def draw_boosted_classes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An AdaBoostClassifier: each part weighs for the class that it predicts, and a little against the others."""
    count = len(estimator.classes_)
    if count < 2:
        raise NoTwin("It has one class alone.")
    places = {label: place for place, label in enumerate(estimator.classes_.tolist())}
    votes = []
    for part in estimator.estimators_:
        answer = drawing.answer(part, columns)
        table = np.full((len(part.classes_), count), -1 / (count - 1))
        for place, label in enumerate(part.classes_.tolist()):
            table[place, places[label]] = 1.0
        votes.append(drawing.add("Gather", drawing.numbers(table), answer.prediction, axis=0))
    weights = estimator.estimator_weights_[: len(votes)]
    total = weighted(drawing, votes, weights)
    decision = drawing.add("Div", total, drawing.numbers(float(estimator.estimator_weights_.sum())))
    if count == 2:
        decision = drawing.add("Sub", drawing.picked(decision, [1]), drawing.picked(decision, [0]))
        both = drawing.beside([drawing.add("Neg", decision), decision])
        shares = drawing.add("Softmax", drawing.add("Div", both, drawing.numbers(2.0)), axis=1)
        return Answer(drawing.positive(decision), shares, decision)
    shares = drawing.add("Softmax", drawing.add("Div", decision, drawing.numbers(float(count - 1))), axis=1)
    return Answer(drawing.largest(decision), shares, decision)


def draw_boosted_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An AdaBoostRegressor: the weighted median of what its parts predict."""
    said = [drawing.upright(drawing.answer(part, columns).prediction) for part in estimator.estimators_]
    all_said = drawing.beside(said)
    every = drawing.places([len(said)])
    values, order = drawing.two("TopK", all_said, every, axis=1, largest=0, sorted=1)
    weights = drawing.numbers(estimator.estimator_weights_[: len(said)])
    grown = drawing.add("CumSum", drawing.add("Gather", weights, order, axis=0), drawing.places(1))
    half = drawing.add("Mul", drawing.picked(grown, [len(said) - 1]), drawing.numbers(0.5))
    reached = drawing.whole(drawing.add("GreaterOrEqual", grown, half))
    place = drawing.add("ArgMax", reached, axis=1, keepdims=1)
    return Answer(drawing.flat(drawing.add("GatherElements", values, place, axis=1)))


def _shares(answer: Answer, part: Any) -> str:
    if answer.probabilities is None:
        raise NoTwin(f"Its {type(part).__name__} has no probabilities that can be written in ONNX.")
    return answer.probabilities


def _pairs(answers: list[Answer], parts: Any) -> list[tuple[Answer, Any]]:
    return list(zip(answers, parts, strict=True))
