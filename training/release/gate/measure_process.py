"""What an isolated process does to measure a version: the version answers rows, and is timed on single ones."""

import statistics
import time
from typing import Any

from handler.rows.dtype import typed_rows
from training.release.loaded_version import load_version

WARM_UP = 3
TIMED = 30
"""How many single rows are timed: the median of so many does not move with what else the machine does."""


def main(registry: str, version: str, values: list[list[Any]]) -> dict[str, Any]:
    predictor = load_version(registry, version)
    rows = typed_rows(values, predictor.manifest.features)
    answers = predictor.predict(rows)
    seconds = []
    for turn in range(WARM_UP + TIMED):
        row = rows[[turn % len(rows)]]
        began = time.perf_counter()
        predictor.predict(row)
        seconds.append(time.perf_counter() - began)
    return {"answers": answers, "milliseconds": 1000 * statistics.median(seconds[WARM_UP:])}
