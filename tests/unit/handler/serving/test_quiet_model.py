"""The log holds JSON lines alone: nothing that a library warns of or prints while a model is loaded and asked."""

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.unit.handler.asking import ask, open_application, predict_event
from tests.unit.handler.models import Version, version_with

X, Y = load_iris(return_X_y=True)
NAMES = ("setosa", "versicolor", "virginica")
ROW = X[75].tolist()


def of_a_frame() -> Any:
    """A pipeline as one that was fitted to a DataFrame: each step remembers the names of its columns."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, Y)
    for _, step in model.steps:
        step.feature_names_in_ = np.array(["a", "b", "c", "d"], dtype=object)
    return model


def talkative() -> dict[str, Any]:
    forest = RandomForestClassifier(3, verbose=2, random_state=0)
    line = LogisticRegression(max_iter=500)
    return {
        "fitted to a frame": of_a_frame(),
        "divides by zero": make_pipeline(FunctionTransformer(np.reciprocal), RadiusNeighborsClassifier(1e9)).fit(X, Y),
        "an outlier": RadiusNeighborsClassifier(1.0, outlier_label=9).fit(X, Y),
        "prints its progress": forest.fit(X, Y),
        "prints in a vote": VotingClassifier([("forest", forest), ("line", line)]).fit(X, Y),
    }


def version_of(model: Any) -> Version:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return version_with(model, ROW, classes=NAMES)


@pytest.mark.parametrize("name", talkative())
def test_a_model_adds_nothing_to_the_log_of_a_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    version = version_of(talkative()[name])
    capsys.readouterr()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        application = open_application(MODEL_URI=str(version.write(tmp_path)), POWERTOOLS_SERVICE_NAME=str(tmp_path))
        statuses = {
            ask(application, predict_event({"features": row})).status for row in (ROW, [0.0, *ROW[1:]], [99.0] * 4)
        }
    written = capsys.readouterr()
    assert [str(warning.message) for warning in caught] == []
    assert written.err == ""
    assert all(isinstance(json.loads(line), dict) for line in written.out.splitlines())
    assert statuses <= {200, 422}
