"""The copy of Iris's contract that is kept in docs/openapi-iris.json, so that a change of the contract shows in review.

    python -m tests.contract.kept_copy

writes it anew. It is what GET /openapi.json answers for Iris as `training` trains it, but for what differs from one
training to the next: the version and the digest are zeros, the example's probabilities have three digits.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from handler.manifest import Manifest
from handler.openapi import openapi
from handler.settings import DEFAULT_MAX_ROWS

KEPT = Path(__file__).parent.parent.parent / "docs" / "openapi-iris.json"
VERSION = "00000000T000000Z-00000000"


def contract_text(manifest: Manifest) -> str:
    """The contract of `manifest` as the copy has it."""
    example = manifest.example
    probabilities = {name: round(share, 3) for name, share in (example.probabilities or {}).items()}
    steady = replace(
        manifest,
        version=VERSION,
        artifacts={"joblib": replace(manifest.artifact, sha256="0" * 64)},
        example=replace(example, probabilities=probabilities or None),
    )
    document: dict[str, Any] = openapi(steady, DEFAULT_MAX_ROWS)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Train Iris and write its contract."""
    from training.folder import build
    from training.iris import train_iris

    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(contract_text(build(train_iris()).artifact.manifest), encoding="utf-8")
    print(f"Wrote {KEPT.relative_to(Path.cwd()) if KEPT.is_relative_to(Path.cwd()) else KEPT}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
