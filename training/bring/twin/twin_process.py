"""What an isolated process does to make the twin of a brought model: as `train` does with a model of its own."""

import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

from handler.registry.chain import checked_manifest, manifest_bytes, read_artifact
from handler.registry.directory_store import DirectoryStore
from training.twin.making import twin_of
from training.twin.outcome import Twin


def main(registry: str, version: str, values: list[list[Any]], seed: int, written: str) -> dict[str, Any]:
    """What is known of the twin, whose graph is `written` then; or `{"reason": sentence}`."""
    warnings.simplefilter("ignore")
    store = DirectoryStore(Path(registry))
    manifest = checked_manifest(manifest_bytes(store, version), version)
    twin = twin_of(read_artifact(store, manifest, "joblib"), values, seed)
    if not isinstance(twin, Twin):
        return {"reason": twin.reason}
    Path(written).write_bytes(twin.data)
    return {
        "input": twin.input,
        "parity": asdict(twin.parity),
        "thresholds": twin.thresholds,
        "asked_thresholds": twin.asked_thresholds,
    }
