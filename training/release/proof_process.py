"""Loads one version of a directory registry with what Lambda has, and nothing else.

Run by path, never imported: `python -I proof_process.py PATH_ENTRY REGISTRY VERSION`. Ends with 0, or with 1 and the
reason as the last line of standard error.
"""

import sys
from pathlib import Path


def main(path_entry: str, registry: str, version: str) -> None:
    sys.path.insert(0, path_entry)
    from handler.coldstart.deferred_imports import defer_imports

    # As in Lambda's init phase, and before scikit-learn is imported: a proof means what the function does.
    defer_imports()
    from handler.engines.choice import form_for
    from handler.errors.base import SklearnOnLambdaError
    from handler.registry.chain import checked_manifest, manifest_bytes, read_artifact
    from handler.registry.directory_store import DirectoryStore
    from handler.serving.predictor import load_predictor

    store = DirectoryStore(Path(registry))
    try:
        manifest = checked_manifest(manifest_bytes(store, version), version)
        load_predictor(read_artifact(store, manifest, form_for(manifest)))
    except SklearnOnLambdaError as error:
        sys.exit(f"{type(error).__name__}: {error}".replace("\n", " "))


if __name__ == "__main__":
    main(*sys.argv[1:])
