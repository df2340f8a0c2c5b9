"""The records of a registry: read, written by compare-and-swap, forgotten."""

import shlex
from collections.abc import Iterator

from handler.records.decoding import Undecodable
from training.errors import InvalidFunctionRecord, NoFunctionRecord, RecordMoved
from training.release.deployed.record import FOLDER, FunctionRecord, record_key
from training.release.stores.writable import WritableStore


def each_record(store: WritableStore) -> Iterator[tuple[str, FunctionRecord | InvalidFunctionRecord]]:
    """Every stack with a record, by name, with its record or why that cannot be read; raises a RegistryError."""
    for name in store.list(FOLDER):
        stack = name.removesuffix(".json")
        blob = store.get(record_key(stack))
        if blob is not None:  # else it was forgotten meanwhile, or is no record
            yield stack, _read(store, stack, blob.data)


def recorded(store: WritableStore) -> Iterator[FunctionRecord]:
    """Every function on record, by the names of the stacks; raises InvalidFunctionRecord, or a RegistryError."""
    for _, record in each_record(store):
        if isinstance(record, InvalidFunctionRecord):
            raise record
        yield record


def serving(store: WritableStore, alias: str) -> list[FunctionRecord]:
    """The functions on record that serve `alias`; raises InvalidFunctionRecord, or a RegistryError."""
    return [record for record in recorded(store) if record.alias == alias]


def write_record(store: WritableStore, record: FunctionRecord) -> None:
    """Put the record over the one that stands; raises RecordMoved where another deploy does so now.

    Raises a RegistryError where the place does not answer.
    """
    key = record_key(record.stack)
    held = store.get(key)
    if not store.replace(key, record.to_json().encode(), held.etag if held else None):
        raise RecordMoved(
            f"Another deploy of {record.stack!r} was recorded in {store.uri} just now; nothing was changed: run this "
            "again, so that the record is of what is live."
        )


def forget(store: WritableStore, stack: str) -> None:
    """Delete the record of this stack's function; raises NoFunctionRecord where there is none, or a RegistryError."""
    if store.get(record_key(stack)) is None:
        names = ", ".join(name.removesuffix(".json") for name in store.list(FOLDER)) or "none"
        raise NoFunctionRecord(f"{store.uri} has no record of {stack!r}. It has: {names}.")
    store.delete(record_key(stack))


def if_it_is_gone(store: WritableStore, stack: str) -> str:
    """How to remove the record of a stack that was deleted, for a sentence."""
    return (
        f"If that stack is gone: `python -m training functions --forget {shlex.quote(stack)} --model-uri "
        f"{shlex.quote(store.uri)}`, by an administrator."
    )


def _read(store: WritableStore, stack: str, data: bytes) -> FunctionRecord | InvalidFunctionRecord:
    try:
        record = FunctionRecord.from_json(data)
        if record.stack != stack:
            raise Undecodable(f"it is of the stack {record.stack!r}")
    except Undecodable as error:
        return InvalidFunctionRecord(
            f"{store.uri}/{record_key(stack)} cannot be read: {error}. What this function could serve is not known, so "
            "nothing is promoted: use the release that wrote the record, or deploy the stack again. "
            f"{if_it_is_gone(store, stack)}"
        )
    return record
