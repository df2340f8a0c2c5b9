"""Proves that an artifact would serve: it loads and repeats its example where only `handler` and its libraries are.

The work is done by `training/release/proof_process.py` in a process of its own, so that nothing this process happens to
have imported helps the model to load, and a model that crashes its interpreter does not end this one.
"""

import subprocess
import tempfile
from pathlib import Path

from handler.registry.chain import MANIFEST_FILE, VerifiedArtifact, version_key
from training.errors import UnprovedArtifact
from training.isolation import last_words, run_isolated
from training.release.stores.directory_store import WritableDirectoryStore

SCRIPT = Path(__file__).with_name("proof_process.py")


def prove(artifact: VerifiedArtifact) -> None:
    """Raise UnprovedArtifact, with the reason, unless `artifact` loads and repeats its example in a fresh process."""
    manifest = artifact.manifest
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        store = WritableDirectoryStore(Path(folder))
        store.create(version_key(manifest.version, MANIFEST_FILE), manifest.to_json().encode())
        store.create(version_key(manifest.version, manifest.artifact.file), artifact.data)
        try:
            outcome = run_isolated(SCRIPT, [folder, manifest.version])
        except subprocess.TimeoutExpired as error:
            raise UnprovedArtifact(f"{manifest.version} did not load within {error.timeout:.0f} s.") from error
    if outcome.returncode != 0:
        raise UnprovedArtifact(f"{manifest.version} would not serve: {last_words(outcome)}")
