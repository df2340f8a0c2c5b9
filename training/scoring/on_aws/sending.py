"""Uploads the chunks that are not uploaded yet, and finds out which of them are scored already."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from handler.scoring.chunk import Item
from training.scoring.on_aws.bucket import JobFolder, tag_of
from training.scoring.on_aws.chunks import Names, item_of, packed
from training.scoring.on_aws.receipts import RemoteReceipt, receipt_of
from training.scoring.on_aws.shelved import shelved
from training.scoring.running.version import Chosen
from training.scoring.writing.job import Part

UPLOADS_AT_ONCE = 8
"""botocore keeps ten connections (Botocore reference, "Config", max_pool_connections)."""

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Sent:
    """A part whose chunk is in the bucket and shelved here, and its receipt if it is scored already."""

    part: Part
    item: Item
    receipt: RemoteReceipt | None


def send(
    folder: JobFolder, chosen: Chosen, parts: Iterable[Part], shelf: Path, advance: Callable[[int], None]
) -> list[Sent]:
    """See to it that the chunk of each part is in the bucket, with the bytes that it has now; shelve it in `shelf`.

    `advance` is told of each. Raises InvalidTable where a chunk cannot be read, or a RegistryError.
    """
    chunks, receipts = folder.tags("chunks/"), folder.tags("receipts/")

    def prepared() -> Iterator[tuple[Part, Item, bytes]]:
        # One at a time: the rows of a chunk take much memory as lists, and its bytes little.
        for part in parts:
            values = part.chunk.read(chosen.manifest.features)
            data = packed(values)
            yield shelved(part, values, shelf), item_of(part, data, chosen, folder), data

    def one(made: tuple[Part, Item, bytes]) -> Sent:
        part, item, data = made
        names = Names.of(part)
        if chunks.get(names.chunk) != tag_of(data):
            folder.put(names.chunk, data)
        receipt = receipt_of(folder.get(names.receipt), item) if names.receipt in receipts else None
        return Sent(part, item, receipt)

    sent = []
    for each in in_order(one, prepared(), UPLOADS_AT_ONCE):
        sent.append(each)
        advance(1)
    return sent


def in_order(work: Callable[[Given], Made], given: Iterable[Given], at_once: int) -> Iterator[Made]:
    """What `work` makes of each, by threads, in order; no more than `at_once` are under way or wait to be taken."""
    with ThreadPoolExecutor(at_once) as pool:
        under_way: deque[Future[Made]] = deque()
        try:
            for one in given:
                under_way.append(pool.submit(work, one))
                if len(under_way) == at_once:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()
