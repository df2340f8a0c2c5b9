"""What Lambda defers changes no estimator: the same fits, answers, pickles, warnings and refusals, one by one.

tests/coldstart/test_deferred_imports.py does to the deferred modules what scikit-learn does not.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handler.coldstart.deferred_modules import DEFERRED
from tests.package.conftest import Probe

PREDICT = (Path(__file__).parents[2] / "events" / "predict_features.json").read_bytes()


@pytest.fixture(scope="module")
def examined(deployed: Path, probe: Probe) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every estimator with nothing deferred, and with what Lambda defers."""
    asked = json.dumps(probe("estimators.py", deployed)).encode()
    plain = probe("each_estimator.py", deployed, "no", stdin=asked, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    deferred = probe("each_estimator.py", deployed, "yes", stdin=asked, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    return plain, deferred


def test_every_estimator_fits_answers_pickles_warns_and_refuses_the_same(
    examined: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    plain, deferred = examined
    assert sorted(plain) == sorted(deferred)
    assert [name for name in plain if not same(plain[name]["came"], deferred[name]["came"])] == []


def test_nearly_every_estimator_was_fitted_and_asked(examined: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert [name for name, told in examined[0].items() if told["came"] == "the process ended"] == []
    fitted = [name for name, told in examined[0].items() if ["fit", None] in [step[:2] for step in told["came"]]]
    answers = [step for told in examined[0].values() for step in told["came"] if step[0] in ("predict", "transform")]
    assert len(fitted) > 0.85 * len(examined[0])
    assert len(answers) > 1.5 * len(fitted)


def test_few_estimators_use_what_is_deferred_and_some_use_each_way_there_is(
    examined: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    used = {name for name, told in examined[1].items() if "scipy.stats" in told["used"]}
    assert used >= {"EllipticEnvelope", "GridSearchCV", "KNeighborsClassifier", "PowerTransformer"}
    assert len(used) < 0.1 * len(examined[1])
    assert not used & {"LogisticRegression", "RandomForestClassifier", "StandardScaler", "KMeans", "SVC"}
    # All of them are given lists too, of which narwhals has to say whether they are data frames.
    spline = {name for name in examined[1]["SplineTransformer"]["used"] if not name.startswith("narwhals")}
    assert spline == {"scipy.interpolate", "scipy.spatial"}
    assert "scipy.optimize._linprog" in examined[1]["QuantileRegressor"]["used"]
    assert "scipy.optimize" not in examined[1]["RandomForestClassifier"]["used"]


def test_on_lambda_the_predict_path_uses_nothing_deferred(deployed: Path, probe: Probe, registry: Path) -> None:
    lambda_only = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    told = probe("predict.py", deployed, stdin=PREDICT, MODEL_URI=str(registry), **lambda_only)
    assert told["answer"]["statusCode"] == 200
    below = tuple(f"{name}." for name in DEFERRED)
    assert [module for module in told["modules"] if module in DEFERRED or module.startswith(below)] == []
    behind = ("unittest", "scipy.ndimage", "jmespath", "typing_extensions", "numpy._typing._dtype_like")
    assert [module for module in told["modules"] if module.startswith(behind)] == []
    # The test can fail: elsewhere nothing is deferred.
    elsewhere = probe("predict.py", deployed, stdin=PREDICT, MODEL_URI=str(registry))
    assert {"scipy.stats.mstats", "asyncio.events", "unittest", *DEFERRED} <= set(elsewhere["modules"])


def same(one: Any, other: Any) -> bool:
    """Equal, but for the last digits of numbers, which may depend on where an array lies in memory."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(left, right) for left, right in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))
    return bool(one == other)
