"""The estimators that have no answer for new rows, and what a person who brings one is told."""

from typing import Any

from sklearn.neighbors import LocalOutlierFactor
from sklearn.preprocessing import StandardScaler

from tests.estimators import data
from tests.estimators.recipes import without_predict
from training.bring.held.refused import Refused
from training.bring.held.task import require_predictor


def refusals() -> dict[str, str]:
    """The sentence for each, by its name."""
    unserved: dict[str, Any] = dict(without_predict())
    unserved |= {"LocalOutlierFactor, without novelty": LocalOutlierFactor, "StandardScaler": StandardScaler}
    return {name: _refusal(kind().fit(data.no_target().x)) for name, kind in unserved.items()}


def _refusal(estimator: Any) -> str:
    try:
        require_predictor(estimator)
    except Refused as refused:
        return str(refused)
    raise AssertionError(f"{type(estimator).__name__} is not refused")
