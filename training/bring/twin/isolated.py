"""Makes the twin of a brought model in an isolated process, where the model is loaded for it once more."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from handler.records.decoding import decode
from handler.records.signature import Value
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest, Parity
from training.errors import UnprovedArtifact
from training.fit.description import DEFAULT_SEED
from training.isolation import ProcessFailed
from training.release.proof import run_on_version
from training.twin.asked.values import NO_RANGES
from training.twin.outcome import ENDED, OWN_CODE, Outcome, Twin, WithoutTwin, with_twin_file

SCRIPT = Path(__file__).with_name("twin_process.py")


def with_twin(
    artifact: VerifiedArtifact, rows: Sequence[Sequence[Value]], *, twin: bool
) -> tuple[Manifest, Outcome | None]:
    """The manifest of `artifact` with its twin, if one is asked for and it has one; and what became of it."""
    outcome = twin_in_isolation(artifact, rows) if twin else None
    manifest = artifact.manifest
    return (with_twin_file(manifest, outcome) if isinstance(outcome, Twin) else manifest), outcome


def twin_in_isolation(artifact: VerifiedArtifact, values: Sequence[Sequence[Value]]) -> Outcome:
    """The twin of `artifact`, whose rows are `values` with gaps as None, or why there is none."""
    if artifact.code is not None:
        return OWN_CODE
    if any(feature.kind == "number" and feature.minimum is None for feature in artifact.manifest.features):
        return WithoutTwin(NO_RANGES)
    with tempfile.TemporaryDirectory(prefix="twin-") as scratch:
        written = Path(scratch, "twin")
        rows = [list(row) for row in values]
        try:
            found = run_on_version(SCRIPT, artifact, rows, DEFAULT_SEED, str(written), with_training=True)
        except (ProcessFailed, UnprovedArtifact):
            return ENDED
        if "reason" in found:
            return WithoutTwin(found["reason"])
        parity = decode(Parity, found["parity"])
        return Twin(written.read_bytes(), found["input"], parity, found["thresholds"], found["asked_thresholds"])
