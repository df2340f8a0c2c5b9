"""What an isolated process does to measure a version: the version answers rows, and is timed on single ones."""

import statistics
import time
from pathlib import Path
from typing import Any

from handler.engines.choice import form_for
from handler.registry.chain import checked_manifest, manifest_bytes, read_artifact
from handler.registry.directory_store import DirectoryStore
from handler.rows.dtype import typed_rows
from handler.serving.predictor import load_predictor

WARM_UP = 3
TIMED = 30
"""How many single rows are timed: the median of so many does not move with what else the machine does."""


def main(registry: str, version: str, values: list[list[Any]]) -> dict[str, Any]:
    store = DirectoryStore(Path(registry))
    manifest = checked_manifest(manifest_bytes(store, version), version)
    predictor = load_predictor(read_artifact(store, manifest, form_for(manifest)))
    rows = typed_rows(values, manifest.features)
    answers = predictor.predict(rows)
    seconds = []
    for turn in range(WARM_UP + TIMED):
        row = rows[[turn % len(rows)]]
        began = time.perf_counter()
        predictor.predict(row)
        seconds.append(time.perf_counter() - began)
    return {"answers": answers, "milliseconds": 1000 * statistics.median(seconds[WARM_UP:])}
