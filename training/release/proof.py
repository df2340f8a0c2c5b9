"""Proves that an artifact would serve: it loads and repeats its example where only `handler` and its libraries are.

The libraries are those of the package that loads the artifact's form. The work is done in a process of its own, so that
nothing that is imported or installed for development helps the model to load, and a model that crashes its interpreter
takes nobody along. What a pickle imports is looked at first: one that imports what no model may is refused without
being loaded. An ONNX graph imports nothing.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from handler.engines.shipped import PACKAGES
from handler.registry.chain import MANIFEST_FILE, VerifiedArtifact, version_key
from handler.registry.manifest import Manifest
from handler.registry.storage import parts_of
from training.code.archive import require_sound_code
from training.errors import UnpackableArtifact, UnprovedArtifact
from training.isolation import ProcessFailed, run_isolated
from training.pickles.allowed import refusal_of_imports
from training.pickles.imports import inspect_pickle
from training.release.shipped import package_for
from training.release.stores.directory_store import WritableDirectoryStore

SCRIPT = Path(__file__).with_name("proof_process.py")

LOADING = "training.release.loaded_version"
"""What each such process can import of `training`, to load the version."""

PICKLED = "joblib"
"""The form of a model that runs code when it is loaded."""


def prove_forms(manifest: Manifest, artifacts: Iterable[VerifiedArtifact]) -> None:
    """Prove each of `artifacts`, which are the forms of the version of `manifest`; raises UnprovedArtifact."""
    for artifact in artifacts:
        prove(artifact, manifest)


def prove(artifact: VerifiedArtifact, manifest: Manifest | None = None) -> None:
    """Raise UnprovedArtifact, with the reason, unless `artifact` loads and repeats its example in a fresh process.

    `manifest` is the whole one of its version, which a form needs that the version is not named for.
    """
    try:
        run_on_version(SCRIPT, artifact, manifest=manifest)
    except ProcessFailed as failure:
        of = f"{artifact.manifest.artifact.file} of " if manifest and manifest.form != artifact.manifest.form else ""
        raise UnprovedArtifact(f"{of}{artifact.manifest.version} would not serve: {failure}") from failure


def run_on_version(
    script: Path,
    artifact: VerifiedArtifact,
    *arguments: Any,
    manifest: Manifest | None = None,
    with_training: bool = False,
) -> Any:
    """What `main(registry, version, *arguments)` of `script` returns in isolation, `artifact` being that version of the
    registry, in a process that has what the package has which loads the artifact's form.

    `manifest` is as for `prove`, and `with_training` as for `run_isolated`. Raises ProcessFailed, or UnprovedArtifact
    where the artifact may not be loaded at all.
    """
    require_allowed(artifact)
    named = manifest or artifact.manifest
    with tempfile.TemporaryDirectory(prefix="version-") as folder:
        write_version(Path(folder), artifact, named)
        package = package_for(artifact.manifest.form)
        return run_isolated(
            script,
            folder,
            named.version,
            *arguments,
            modules=(LOADING,),
            with_training=with_training,
            package=package,
        )


def write_version(folder: Path, artifact: VerifiedArtifact, manifest: Manifest) -> None:
    """Write the version of `manifest` into the directory registry `folder`, with `artifact` as the form that it has."""
    store = WritableDirectoryStore(folder)
    store.create(version_key(manifest.version, MANIFEST_FILE), manifest.to_json().encode())
    # A copy, and no link: code in the artifact could write to the bytes that were verified.
    with Path(folder, version_key(manifest.version, artifact.manifest.artifact.file)).open("wb") as file:
        file.writelines(parts_of(artifact.content))
    if artifact.code is not None and manifest.code is not None:
        store.create(version_key(manifest.version, manifest.code.file), artifact.code)


def require_allowed(artifact: VerifiedArtifact) -> None:
    """Raise UnprovedArtifact where no function loads the form; or with the import, where a pickle imports what no model
    may, or a module that travels with it what Lambda does not have. Nothing of them is run."""
    manifest = artifact.manifest
    if manifest.form not in PACKAGES.values():
        raise UnprovedArtifact(
            f"{manifest.version} has {manifest.artifact.file} as its form {manifest.form!r}, which no function of this "
            f"checkout loads: publish it from a checkout that knows it, or without it. Known are "
            f"{', '.join(PACKAGES.values())}."
        )
    if manifest.form != PICKLED:
        return
    try:
        own = require_sound_code(artifact.code) if artifact.code is not None else ()
        with artifact.open() as reader:
            refusal = refusal_of_imports(inspect_pickle(reader), own=own)
    except UnpackableArtifact as error:
        refusal = str(error)
    if refusal is not None:
        raise UnprovedArtifact(
            f"{manifest.artifact.file} of {manifest.version} was looked into, and not loaded. {refusal}"
        )
