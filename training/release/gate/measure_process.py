"""What an isolated process does to measure a version: the version answers rows, and is timed on single ones."""

import statistics
import time
from typing import Any

from handler.rows.dtype import typed_rows
from training.release.loaded_version import load_version

WARM_UP = 3
TIMED = 30
"""How many single rows are timed."""


def main(registry: str, version: str, values: list[list[Any]]) -> dict[str, Any]:
    """The answers of `version` to `values`, and the median of the CPU time that it takes for one of them.

    It is CPU time, because two versions are timed one after the other: what else a machine does in the time of one of
    them would be a reason to refuse the other, or to let it pass.
    """
    predictor = load_version(registry, version)
    rows = typed_rows(values, predictor.manifest.features)
    answers = predictor.predict(rows)
    seconds = []
    for turn in range(WARM_UP + TIMED):
        row = rows[[turn % len(rows)]]
        began = time.process_time()
        predictor.predict(row)
        seconds.append(time.process_time() - began)
    return {"answers": answers, "milliseconds": 1000 * statistics.median(seconds[WARM_UP:])}
