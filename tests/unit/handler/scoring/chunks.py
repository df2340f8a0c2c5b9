"""Chunks in a stand-in for S3, and the items that name them."""

import gzip
import json
from dataclasses import asdict, replace
from typing import Any

from handler.registry.manifest import sha256
from handler.registry.s3_objects import S3Objects
from handler.scoring.chunk import Item
from handler.scoring.lines import chunk_lines
from tests.unit.handler.models import Version
from tests.unit.handler.monitoring.monitor.cloud import client

BUCKET = "models"
URI = f"s3://{BUCKET}/iris"
ROWS = [
    (4, {"id": "a"}, [5.1, 3.5, 1.4, 0.2]),
    (5, {"id": "b"}, [5.1, "x", 1.4, 0.2]),
    (9, {"id": "c"}, [6.7, 3, 5, 2]),
]
CHUNK = chunk_lines(ROWS)


def item_of(of: Version, chunk: bytes = CHUNK, suffix: str = ".jsonl", **changed: Any) -> Item:
    """The item of `chunk`, which is scored by the version `of`; with other fields where they are `changed`."""
    folder, name = "batches/job", f"t-00000{suffix}"
    item = Item(
        *(f"{folder}/chunks/{name}", sha256(chunk), f"{folder}/parts/{name}", f"{folder}/refused/{name}"),
        *(f"{folder}/receipts/t-00000.json", of.manifest.version),
        sha256(of.manifest.to_json().encode()),
    )
    return replace(item, **changed)


class Bucket:
    """The bucket, which the caller of this has a stand-in for."""

    def __init__(self) -> None:
        self.s3: Any = client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        self.files = S3Objects(self.s3, URI)

    def put(self, item: Item, chunk: bytes = CHUNK) -> dict[str, str]:
        """Have `chunk` lie where `item` says; gives the event."""
        self.files.put(item.chunk, chunk, "application/jsonl")
        return asdict(item)

    def keys(self) -> set[str]:
        """Of everything below the model's root but chunks."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix="iris/batches/").get("Contents", [])
        return {key for entry in listed if "/chunks/" not in (key := entry["Key"].removeprefix("iris/"))}

    def read(self, key: str) -> bytes:
        blob = self.files.get(key)
        assert blob is not None
        return gzip.decompress(blob.data) if key.endswith(".gz") else blob.data

    def receipt(self, item: Item) -> Any:
        return json.loads(self.read(item.receipt))
