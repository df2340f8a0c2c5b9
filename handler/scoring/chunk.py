"""Scores one chunk of a table: reads it, and writes its part, what was refused of it, and last a receipt of both.

Each is written whole under a key that was given with the chunk. So whoever is ended in between leaves nothing that a
second one does not write again, byte for byte but for the receipt's seconds; where the receipt is there, all is.
"""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handler.api.http.content_coding import unpacked
from handler.errors.request import RequestTooLarge, UndecodableBody
from handler.records.decoding import Undecodable, decode
from handler.registry.manifest import is_digest, is_version, sha256
from handler.registry.s3_objects import S3Objects
from handler.scoring.failures import BrokenChunk, InvalidItem
from handler.scoring.lines import score_lines

if TYPE_CHECKING:
    from handler.serving.predictor import Predictor

FOLDER = "batches/"
"""Where chunks and what becomes of them lie, below a model's root. Nothing else is written."""

MEMORY_SHARE = 0.25
"""Of the function's memory that a chunk may take once it is unpacked: what becomes of it is held beside it, and the
model and its libraries too."""

RESERVE_SECONDS = 10.0
"""What is left of the function's time for the rows under way and for writing."""

COMPRESSION = 1
"""zlib's fastest. Numbers in text become a third of their size, and with more effort hardly less."""


@dataclass(frozen=True)
class Item:
    """One chunk: the key and the digest of its bytes, the keys to write to, and the version that is asked.

    Keys are below the model's root; what is under a key that ends in .gz is compressed.
    """

    chunk: str
    sha256: str
    part: str
    refused: str
    receipt: str
    version: str
    manifest_sha256: str

    @classmethod
    def from_event(cls, event: object) -> "Item":
        """The item that `event` is; raises InvalidItem."""
        try:
            item = decode(cls, event, "the event")
        except Undecodable as error:
            raise InvalidItem(f"The event names no chunk: {error}.") from None
        keys = (item.chunk, item.part, item.refused, item.receipt)
        if len({*keys}) < len(keys) or not all(map(_is_ours, keys)):
            raise InvalidItem(
                f"The keys of an item must be four different ones in {FOLDER}, without empty parts or dots."
            )
        if not is_version(item.version) or not is_digest(item.manifest_sha256) or not is_digest(item.sha256):
            raise InvalidItem("An item must name a version, the digest of its manifest, and that of the chunk.")
        return item


def _is_ours(key: str) -> bool:
    return key.startswith(FOLDER) and not {"", ".", ".."} & set(key.split("/"))


@dataclass(frozen=True)
class Room:
    """What there is to score with: the function's memory, in MB, and how many seconds are left of its time."""

    memory_mb: int
    seconds_left: Callable[[], float]

    def require_time(self) -> None:
        """Raise BrokenChunk where the time is nearly over."""
        if self.seconds_left() < RESERVE_SECONDS:
            raise BrokenChunk(
                "The time of the function was nearly over before the chunk was scored: make chunks of fewer rows."
            )


def score_chunk(
    item: Item, files: S3Objects, model: "Callable[[str, str], Predictor]", room: Room
) -> tuple[dict[str, Any], bool]:
    """The receipt of `item`, and whether it was there before, so that nothing was done.

    `model` gives the predictor of a version with the digest of its manifest. Raises BrokenChunk where the chunk can
    never be scored, a RegistryError where the bucket does not answer, and what `model` raises.
    """
    began = time.monotonic()
    known = _receipt(item, files)
    if known is not None:
        return known, True
    lines = _lines(item, files, room)
    predictor = model(item.version, item.manifest_sha256)
    try:
        scored = score_lines(predictor, lines, room.require_time)
        written = {"part": (item.part, scored.part), "refused": (item.refused, scored.refused)}
        digests = {name: _written(files, key, data) for name, (key, data) in written.items()}
    except MemoryError:
        raise BrokenChunk(f"The chunk does not fit into the function's {room.memory_mb} MB: {_SMALLER}.") from None
    receipt = {
        "input": {"chunk": item.chunk, "sha256": item.sha256},
        "version": item.version,
        "manifest_sha256": item.manifest_sha256,
        "rows": scored.answered + scored.refused_rows,
        "refused": scored.refused_rows,
        "files": digests,
        "seconds": round(time.monotonic() - began, 3),
        "memory_mb": room.memory_mb,
    }
    files.put(item.receipt, json.dumps(receipt).encode(), "application/json")
    return receipt, False


_SMALLER = "make chunks of fewer rows, or deploy with a larger MemorySize"


def _receipt(item: Item, files: S3Objects) -> dict[str, Any] | None:
    """The receipt of this very chunk by this very version, written to these keys; None where there is none."""
    blob = files.get(item.receipt)
    try:
        receipt = json.loads(blob.data) if blob else None
        wanted = [{"chunk": item.chunk, "sha256": item.sha256}, item.version, item.manifest_sha256]
        keys = [item.part, item.refused]
        if receipt and [receipt[name] for name in ("input", "version", "manifest_sha256")] == wanted:
            return receipt if [receipt["files"][name]["key"] for name in ("part", "refused")] == keys else None
    except (ValueError, KeyError, TypeError):  # of another release, or of somebody else: it is written anew
        return None
    return None


def _lines(item: Item, files: S3Objects, room: Room) -> bytes:
    blob = files.get(item.chunk)
    if blob is None:
        raise BrokenChunk(f"{files.uri}/{item.chunk} does not exist.")
    if sha256(blob.data) != item.sha256:
        raise BrokenChunk(f"{item.chunk} has SHA-256 {sha256(blob.data)}, and {item.sha256} was expected.")
    most = int(room.memory_mb * 2**20 * MEMORY_SHARE)
    try:
        data = unpacked(blob.data, "gzip", most) if item.chunk.endswith(".gz") else blob.data
    except UndecodableBody:
        raise BrokenChunk(f"{item.chunk} is no gzip, or is cut off or damaged.") from None
    except RequestTooLarge:
        data = None
    if data is None or len(data) > most:
        raise BrokenChunk(
            f"{item.chunk} has more than {most:,} bytes, which a function of {room.memory_mb} MB takes: {_SMALLER}."
        )
    return data


def _written(files: S3Objects, key: str, data: bytes) -> dict[str, Any]:
    """What the receipt says of a file, once it is written."""
    compressed = key.endswith(".gz")
    stored = gzip.compress(data, COMPRESSION, mtime=0) if compressed else data
    files.put(key, stored, "application/gzip" if compressed else "application/jsonl")
    return {"key": key, "sha256": sha256(stored), "bytes": len(stored)}
