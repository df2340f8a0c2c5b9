"""Has one version answer rows, with what Lambda has and nothing else.

Run by path, never imported: `python -I measure_process.py PATH_ENTRY REGISTRY VERSION < rows.json > answers.json`. Ends
with 0, or with 1 and the reason as the last line of standard error.
"""

import json
import statistics
import sys
import time
from pathlib import Path

WARM_UP = 3
TIMED = 30
"""How often one row is asked: the median of so many does not move with what else the machine does."""


def main(path_entry: str, registry: str, version: str) -> None:
    sys.path.insert(0, path_entry)
    import numpy as np

    from handler.engines.choice import form_for
    from handler.errors.base import SklearnOnLambdaError
    from handler.registry.chain import checked_manifest, manifest_bytes, read_artifact
    from handler.registry.directory_store import DirectoryStore
    from handler.rows.dtype import row_dtype
    from handler.serving.predictor import load_predictor

    answers, sys.stdout = sys.stdout, sys.stderr
    store = DirectoryStore(Path(registry))
    try:
        manifest = checked_manifest(manifest_bytes(store, version), version)
        predictor = load_predictor(read_artifact(store, manifest, form_for(manifest)))
        rows = np.array(json.load(sys.stdin), dtype=row_dtype(feature.kind for feature in manifest.features))
        answered = predictor.predict(rows)
    except (SklearnOnLambdaError, ValueError, TypeError) as error:
        sys.exit(f"{type(error).__name__}: {error}".replace("\n", " "))
    seconds = []
    for turn in range(WARM_UP + TIMED):
        row = rows[[turn % len(rows)]]
        began = time.perf_counter()
        predictor.predict(row)
        seconds.append(time.perf_counter() - began)
    json.dump({"answers": answered, "milliseconds": 1000 * statistics.median(seconds[WARM_UP:])}, answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
