"""What a model says is counted through the code that serves it, and only the rows that have an answer."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin

from handler.engines.scikit_learn import FittedEstimator
from handler.records.bins import CONFIDENCE, target_bins
from handler.records.signature import Target
from handler.registry.chain import VerifiedArtifact
from handler.scoring.asked import ask_each
from handler.serving.predictor import Predictor, load_predictor
from tests.unit.handler.tasks import MADE, X, task_version
from training.measuring.answered import answers_by_row, with_answers


def said(predictor: Predictor, target: Target, answer: dict[str, Any]) -> list[Any]:
    """What the answer, as a client has it, says of the target: a name, a number or labels."""
    prediction = answer["prediction"]
    if isinstance(prediction, dict):
        return [prediction[target.name]]
    if isinstance(prediction, list):
        return prediction
    return [str(prediction) if predictor.manifest.task == "clustering" else prediction]


@pytest.mark.parametrize("name", MADE)
def test_the_counts_are_those_of_the_answers_that_a_client_reads(name: str) -> None:
    version = task_version(name)
    predictor = load_predictor(VerifiedArtifact(version.manifest, version.artifact))
    groups = ask_each(predictor, X).groups
    answers = answers_by_row(predictor, groups, len(X))
    assert len(answers) == len(X)
    for target in with_answers(version.manifest.targets, predictor, groups):
        spoken = [one for answer in answers if answer is not None for one in said(predictor, target, answer)]
        labels = target_bins(version.manifest.task, target).labels
        named = [f"={one}" if isinstance(one, str) else "any" for one in spoken]
        assert dict(zip(labels, target.answers, strict=True)) == {label: named.count(label) for label in labels}
        shares = [answer.get("probabilities") for answer in answers if answer is not None]
        if shares[0] is None:
            assert target.confidence == ()
            continue
        of_target = [one.get(target.name, one) for one in shares if one is not None]
        highest = Counter(CONFIDENCE.place(max(one.values())) for one in of_target)
        assert target.confidence == tuple(highest[place] for place in range(10))
        assert sum(target.confidence) == len(X)


class Refusing(RegressorMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Overflows where the first value is above 7."""

    def predict(self, rows: NDArray[Any]) -> NDArray[Any]:
        return np.where(rows[:, 0] > 7, np.inf, rows[:, 0])


def refusing() -> Predictor:
    version = task_version("two numbers")
    manifest = replace(version.manifest, task="regression", target=Target("length"), more_targets=())
    return Predictor(manifest, FittedEstimator(Refusing()))


def test_a_row_without_an_answer_is_counted_nowhere_and_the_others_are() -> None:
    predictor = refusing()
    groups = ask_each(predictor, X).groups
    answered = X[:, 0] <= 7
    assert [answer is not None for answer in answers_by_row(predictor, groups, len(X))] == answered.tolist()
    quantiles = tuple(np.quantile(X[:, 0], np.linspace(0, 1, 11)).tolist())
    (target,) = with_answers([Target("length", quantiles=quantiles)], predictor, groups)
    assert sum(target.answers) == answered.sum()
    cuts = np.array([-np.inf, *target_bins("regression", target).cuts, np.inf])
    assert target.answers == tuple(
        int(((X[answered, 0] >= low) & (X[answered, 0] < high)).sum()) for low, high in pairwise(cuts)
    )


def test_where_no_row_is_answered_nothing_is_known() -> None:
    predictor = refusing()
    rows = X[X[:, 0] > 7]
    assert with_answers([Target("length")], predictor, ask_each(predictor, rows).groups) == (Target("length"),)
    assert ask_each(predictor, rows[:0]) == ([], {})
