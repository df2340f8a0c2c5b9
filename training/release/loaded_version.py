"""Loads a version from a directory registry, as an isolated process is given one by `training.release.proof`.

It imports what Lambda has alone, for such a process may have nothing else.
"""

from pathlib import Path

from handler.registry.chain import checked_manifest, manifest_bytes, read_artifact
from handler.registry.directory_store import DirectoryStore
from handler.serving.engine_choice import form_for
from handler.serving.predictor import Predictor, load_predictor


def load_version(registry: str, version: str) -> Predictor:
    """The model of `version`, along the chain of trust and proved on its examples; raises ModelUnavailable."""
    store = DirectoryStore(Path(registry))
    manifest = checked_manifest(manifest_bytes(store, version), version)
    return load_predictor(read_artifact(store, manifest, form_for(manifest)))
