"""What `promote` asks of the deployed functions before it releases a version to them."""

import itertools
from collections.abc import Container

from handler.registry.alias import ALIAS_FORMAT_VERSION
from training.errors import UnservableVersion
from training.release.deployed.readable import format_of, numbers, other_engine, too_large, unreadable
from training.release.deployed.record import FunctionRecord
from training.release.deployed.records import if_it_is_gone, serving
from training.release.stores.writable import WritableStore


def require_servable(store: WritableStore, version: str, alias: str, manifest_json: bytes) -> list[FunctionRecord]:
    """Raise UnservableVersion unless each function on record that serves `alias` could serve the version.

    Returns these functions. Raises InvalidFunctionRecord where one cannot be known, or a RegistryError.
    """
    functions = serving(store, alias)
    unread = [(function, reason) for function in functions if (reason := _unread(function, manifest_json))]
    reasons = unread or [
        (function, reason)
        for function in functions
        if (reason := too_large(manifest_json, function.package, function.ephemeral_storage_mb))
    ]
    if not reasons:
        return functions
    told = " ".join(
        f"The function of the stack {function.stack!r}, on record since {function.recorded_at[:19]}, could not serve "
        f"it: {reason}. {_advice(function, manifest_json)}{if_it_is_gone(store, function.stack)}"
        for function, reason in reasons
    )
    both = any(not _is_too_new(manifest_json, function) for function, _ in unread)
    raise UnservableVersion(f"{version} was not promoted to {alias!r}. {told}{_together(store, alias) if both else ''}")


def _together(store: WritableStore, alias: str) -> str:
    new = another_alias(alias, {name.removesuffix(".json") for name in store.list("aliases")})
    return (
        " To change the function and the model together, promote the version to an alias that no function serves "
        f"(--alias {new}), then deploy with ModelAlias={new}: docs/operations.md has the steps."
    )


def another_alias(alias: str, taken: Container[str]) -> str:
    """The name of an alias that is not `taken`, for a hint: `alias` with the next number."""
    stem, _, number = alias.rpartition("-")
    if not (stem and number.isascii() and number.isdecimal()):
        stem, number = alias, "1"
    names = (f"{stem[:40]}-{index}" for index in itertools.count(int(number) + 1))
    return next(name for name in names if name not in taken)


def _advice(function: FunctionRecord, manifest_json: bytes) -> str:
    if _is_too_new(manifest_json, function):
        return "Deploy this release first: its function goes on with what serves now, and reads this version too. "
    advice = other_engine(manifest_json, function.package)
    return f"{advice} " if advice else ""


def _is_too_new(manifest_json: bytes, function: FunctionRecord) -> bool:
    """Whether the manifest has a format of a later release than the function's."""
    written = format_of(manifest_json)
    return written is not None and written > max(function.package.manifest_formats, default=written)


def _unread(function: FunctionRecord, manifest_json: bytes) -> str | None:
    if ALIAS_FORMAT_VERSION not in function.package.alias_formats:
        return (
            f"an alias would be written in format {ALIAS_FORMAT_VERSION}, and the package reads "
            f"{numbers(function.package.alias_formats)}"
        )
    return unreadable(manifest_json, function.package)
