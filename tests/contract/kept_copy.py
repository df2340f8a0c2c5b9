"""The copy of Iris's contract that is kept in docs/openapi-iris.json, so that a change of the contract shows in review.

    python -m tests.contract.kept_copy

writes it again. It is what GET /openapi.json answers for Iris as `training` trains it, except for what differs from one
training to the next: the version and the digest are zeros, and the example's probabilities have three digits.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

from handler.api.contract.shown_example import shown_example
from handler.api.routes.contract import contract_of
from handler.api.routes.table import ROUTES
from handler.serving.predictor import Predictor, load_predictor
from handler.settings import DEFAULT_MAX_ROWS

KEPT = Path(__file__).parent.parent.parent / "docs" / "openapi-iris.json"
VERSION = "00000000T000000Z-00000000"


def contract_text(predictor: Predictor) -> str:
    """The contract of the model as the copy has it."""
    manifest, example = predictor.manifest, shown_example(predictor)
    probabilities = {name: round(share, 3) for name, share in (example.probabilities or {}).items()}
    steady = replace(manifest, version=VERSION, artifacts={"joblib": replace(manifest.artifact, sha256="0" * 64)})
    shown = replace(example, probabilities=probabilities or None)
    document = contract_of(ROUTES, steady, DEFAULT_MAX_ROWS, shown)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Train Iris and write its contract."""
    from training.fit.iris import train_iris
    from training.folder.writing import build

    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(contract_text(load_predictor(build(train_iris()).artifact)), encoding="utf-8")
    print(f"Wrote {KEPT.relative_to(Path.cwd()) if KEPT.is_relative_to(Path.cwd()) else KEPT}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
