"""What an isolated process does to prove a version: it loads it from a directory registry with what Lambda has."""

from pathlib import Path

from handler.coldstart.deferred_imports import defer_imports
from handler.coldstart.docstrings import keep_docstrings


def main(registry: str, version: str) -> None:
    # As in Lambda's init phase, and before scikit-learn is imported: a proof means what the function does.
    defer_imports()
    keep_docstrings()
    from handler.engines.choice import form_for
    from handler.registry.chain import checked_manifest, manifest_bytes, read_artifact
    from handler.registry.directory_store import DirectoryStore
    from handler.serving.predictor import load_predictor

    store = DirectoryStore(Path(registry))
    manifest = checked_manifest(manifest_bytes(store, version), version)
    load_predictor(read_artifact(store, manifest, form_for(manifest)))
