"""What the real handler writes into its log: of rows like those that Iris was fitted to, or of others."""

import contextlib
import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sklearn.datasets import load_iris

from tests.unit.handler.asking import ask, open_application, predict_event

ROWS = 1000


def iris_rows(count: int, shift: float = 0.0, seed: int = 0) -> list[list[float]]:
    """Rows drawn from Iris, the first feature of each moved by `shift`."""
    values = load_iris().data
    drawn = values[np.random.default_rng(seed).integers(0, len(values), count)] + [shift, 0.0, 0.0, 0.0]
    rows: list[list[float]] = drawn.tolist()
    return rows


def written_by_functions(uri: str, *batches: list[list[float]], **environ: str) -> str:
    """What environments write to standard output that are asked for a batch of rows each, and then wrongly."""
    caught = io.StringIO()
    with contextlib.redirect_stdout(caught):
        for batch in batches:
            application = open_application(MODEL_URI=uri, **environ)
            assert ask(application, predict_event({"instances": batch})).status == 200
            ask(application, predict_event({"instances": "nonsense"}))
    return caught.getvalue()


def timed(log: str) -> list[tuple[datetime, str]]:
    """Each line of a log as CloudWatch has it: with a moment, here the same for all."""
    now = datetime.now(UTC)
    return [(now, line) for line in log.splitlines()]


def function_failing(uri: str) -> str:
    """What a function writes that finds no model, and is asked three times."""
    caught = io.StringIO()
    with contextlib.redirect_stdout(caught):
        application: Any = open_application(MODEL_URI=uri, OBSERVE_SECONDS="1")
        for _ in range(3):
            assert ask(application, predict_event({"features": [1.0, 2.0, 3.0, 4.0]})).status == 503
    return caught.getvalue()
