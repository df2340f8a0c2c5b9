"""Whether what each alias of a registry names could be served by a package. It reads aliases and manifests alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from handler.engines.package_description import PackageDescription
from handler.errors.model import AliasError, ManifestMismatch, ManifestMissing
from handler.registry.alias import Alias
from handler.registry.chain import alias_key, checked_alias, manifest_bytes
from handler.registry.manifest import sha256
from training.release.deployed.readable import format_of, numbers, other_engine, too_large, unreadable
from training.release.promote import alias_names
from training.release.stores.writable import WritableStore


@dataclass(frozen=True)
class Candidate:
    """What is about to be deployed: the package, the alias that its function will serve, and its megabytes in /tmp."""

    package: PackageDescription
    alias: str
    storage_mb: int


@dataclass(frozen=True)
class Judged:
    """One alias: the version it names, where that is known, and why the candidate could not serve it, if it could not.

    `kind` says what mends it: another model, a model with another form beside the one that it has, another parameter,
    or another release of a version that is whole.
    """

    alias: str
    version: str | None = None
    problem: str | None = None
    kind: Literal["unreadable", "other form", "too large", "unsound"] | None = None
    remedy: str | None = None
    """What to do, where `kind` is "other form"."""


def judged(store: WritableStore, candidate: Candidate) -> Iterator[Judged]:
    """Every alias that is set, in order; raises a RegistryError."""
    for name in alias_names(store):
        blob = store.get(alias_key(name))
        if blob is not None:  # else a history whose alias is gone
            yield _judged(store, candidate, name, blob.data)


def _judged(store: WritableStore, candidate: Candidate, name: str, alias_json: bytes) -> Judged:
    written, package = format_of(alias_json), candidate.package
    if written is not None and written not in package.alias_formats:
        reads = numbers(package.alias_formats)
        return Judged(name, None, f"it has format {written}, and the package reads {reads}", "unreadable")
    try:
        alias = checked_alias(alias_json)
    except AliasError as error:
        return Judged(name, None, f"it is not sound: {str(error).rstrip('.')}", "unsound")
    try:
        manifest_json = _proved(store, alias)
    except (ManifestMissing, ManifestMismatch) as error:
        return Judged(name, alias.version, str(error).rstrip("."), "unsound")
    if problem := unreadable(manifest_json, package):
        remedy = other_engine(manifest_json, package)
        return Judged(name, alias.version, problem, "other form" if remedy else "unreadable", remedy)
    if problem := too_large(manifest_json, package, candidate.storage_mb):
        return Judged(name, alias.version, problem, "too large")
    return Judged(name, alias.version)


def _proved(store: WritableStore, alias: Alias) -> bytes:
    """The manifest that the alias vouches for, not parsed: it may have a format that this checkout does not know."""
    data = manifest_bytes(store, alias.version)
    if sha256(data) != alias.manifest_sha256:
        raise ManifestMismatch("its manifest is not the one that was promoted: find out who changed it")
    return data
