"""What `promote` asks of the deployed functions before it releases a version to them."""

import itertools
from collections.abc import Container

from handler.registry.alias import ALIAS_FORMAT_VERSION
from training.errors import UnservableVersion
from training.release.deployed.readable import numbers, unservable
from training.release.deployed.record import FunctionRecord
from training.release.deployed.records import if_it_is_gone, serving
from training.release.stores.writable import WritableStore


def require_servable(store: WritableStore, version: str, alias: str, manifest_json: bytes) -> list[FunctionRecord]:
    """Raise UnservableVersion unless each function on record that serves `alias` could serve the version.

    Returns these functions. Raises InvalidFunctionRecord where one cannot be known, or a RegistryError.
    """
    functions = serving(store, alias)
    refusals = [
        f"The function of the stack {function.stack!r}, on record since {function.recorded_at[:19]}, could not serve "
        f"it: {reason}. {if_it_is_gone(store, function.stack)}"
        for function in functions
        if (reason := _refusal(function, manifest_json)) is not None
    ]
    if refusals:
        new = another_alias(alias, {name.removesuffix(".json") for name in store.list("aliases")})
        raise UnservableVersion(
            f"{version} was not promoted to {alias!r}. {' '.join(refusals)} To change the function and the model "
            f"together, promote the version to an alias that no function serves (--alias {new}), then deploy with "
            f"ModelAlias={new}: docs/deploys.md has the steps."
        )
    return functions


def another_alias(alias: str, taken: Container[str]) -> str:
    """The name of an alias that is not `taken`, for a hint: `alias` with the next number."""
    stem, _, number = alias.rpartition("-")
    if not (stem and number.isascii() and number.isdecimal()):
        stem, number = alias, "1"
    names = (f"{stem[:40]}-{index}" for index in itertools.count(int(number) + 1))
    return next(name for name in names if name not in taken)


def _refusal(function: FunctionRecord, manifest_json: bytes) -> str | None:
    if ALIAS_FORMAT_VERSION not in function.package.alias_formats:
        return (
            f"an alias would be written in format {ALIAS_FORMAT_VERSION}, and the package reads "
            f"{numbers(function.package.alias_formats)}"
        )
    return unservable(manifest_json, function.package, function.ephemeral_storage_mb)
