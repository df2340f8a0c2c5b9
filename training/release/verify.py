"""Checks a registry without unpickling anything: whether every file is there and is what the file before it says.

It proves digests and forms. That a model still answers as it did is proved when it is promoted, and each time it is
loaded.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from handler.errors.model import ModelUnavailable, RegistryError
from handler.registry.alias import Alias
from handler.registry.chain import (
    REPORT_FILE,
    check_artifact,
    checked_manifest,
    manifest_bytes,
    read_alias,
    read_manifest,
)
from handler.registry.manifest import is_version
from training.errors import InvalidFunctionRecord
from training.release.deployed.records import each_record
from training.release.history import releases
from training.release.promote import alias_names, require_published
from training.release.shipped import require_shipped_runtime
from training.release.stores.writable import WritableStore


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: a version or an alias, and what is wrong with it, or None."""

    what: str
    problem: str | None


def verify_version(store: WritableStore, version: str) -> Finding:
    """Check one version's files; raises ManifestMissing where it is not published, or a RegistryError."""
    require_published(store, version)
    return _checked_version(store, version)


def verify_registry(store: WritableStore) -> Iterator[Finding]:
    """Check every version, every alias with its history, and every record of a function; raises a RegistryError."""
    for name in store.list("versions"):
        if is_version(name):
            yield _checked_version(store, name)
        else:
            yield Finding(f"versions/{name}", "This is not a version's name: nothing here reads it, and it may go.")
    for name in alias_names(store):
        yield _checked_alias(store, name)
    for stack, record in each_record(store):
        problem = f"{type(record).__name__}: {record}" if isinstance(record, InvalidFunctionRecord) else None
        yield Finding(f"function of {stack}", problem)


def _checked_version(store: WritableStore, version: str) -> Finding:
    try:
        manifest = checked_manifest(manifest_bytes(store, version), version)
        check_artifact(store, manifest)
        require_shipped_runtime(manifest)
    except RegistryError:
        raise
    except ModelUnavailable as error:
        return Finding(version, f"{type(error).__name__}: {error}")
    if store.get(f"versions/{version}/{REPORT_FILE}") is None:
        return Finding(version, f"{REPORT_FILE} is missing; the version serves without it.")
    return Finding(version, None)


def _checked_alias(store: WritableStore, name: str) -> Finding:
    try:
        alias = read_alias(store, name)
        check_artifact(store, read_manifest(store, alias.version, alias.manifest_sha256))
        break_in_history = _break(list(releases(store, name)))
    except RegistryError:
        raise
    except ModelUnavailable as error:
        return Finding(f"alias {name}", f"{type(error).__name__}: {error}")
    return Finding(f"alias {name}", break_in_history)


def _break(recorded: list[Alias]) -> str | None:
    """Where the history does not go on from one release to the next, if it does not."""
    for release, successor in itertools.pairwise(recorded):
        if successor.previous not in (release.version, None):
            return (
                f"The history is broken: the release of {successor.promoted_at} says that {successor.previous} served "
                f"before, the entry before it released {release.version}. An entry is missing or was changed."
            )
    return None
