"""States of a model to be shown and judged, with what a test changes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from training.observed.state import DriftSeen, Finding, Function, Serving, State, Traffic

VERSION, BEFORE = "20261130T071500Z-c948d40a", "20261101T071500Z-0123abcd"
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
SINCE = "2026-12-01T07:00:00.000000+00:00"

SERVING = Serving(
    *(VERSION, SINCE, "ada@analytical", "better on new customers", BEFORE, "classification"),
    *("sklearn.linear_model.LogisticRegression", {"accuracy": 0.96666}, {"python": "3.13.0", "numpy": "2.4.6"}),
    "0a1b2c3d4e5f60718293",
)
FUNCTION = Function("churn", SINCE, "0a1b2c3d4e5f60718293", (1, 2, 3, 4, 5), {"joblib": {"scikit-learn": "1.9.1"}})
TRAFFIC = Traffic(120, {VERSION: 2000}, {"invalid_body": 3}, 5, 20)
DRIFT = DriftSeen("none", VERSION, (), 0.03, SINCE, SINCE, 2000, 12, "churn", "2026-12-01T07:50:00+00:00")
FINDING = Finding("Something broke.", "make deploy MODEL_NAME=churn STACK_NAME=churn", "docs/operations.md")


def state(**changed: Any) -> State:
    made = State(
        NOW.isoformat(timespec="seconds"),
        "s3://bucket/churn",
        "churn",
        "production",
        SERVING,
        (FUNCTION,),
        ("/aws/lambda/churn-predict",),
        TRAFFIC,
        "2026-12-01T07:59:30+00:00",
        (DRIFT,),
        (),
    )
    return replace(made, **changed)
