"""One chunk: what is written of it in which order, what a second one does, and which chunks are broken."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from handler.errors.model import RegistryUnreachable
from handler.registry.manifest import sha256
from handler.scoring.chunk import RESERVE_SECONDS, Item, Room, score_chunk
from handler.scoring.failures import BrokenChunk, InvalidItem
from handler.scoring.lines import chunk_lines, score_lines
from handler.serving.predictor import Predictor
from tests.unit.handler.models import Version
from tests.unit.handler.monitoring.monitor.cloud import hooked
from tests.unit.handler.scoring.chunks import CHUNK, ROWS, Bucket, item_of

ROOM = Room(512, lambda: 900.0)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with mock_aws():
        yield Bucket()


class Asked:
    """Gives the predictor, and notes for which versions it was asked."""

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor
        self.versions: list[tuple[str, str]] = []

    def __call__(self, version: str, manifest_sha256: str) -> Predictor:
        self.versions.append((version, manifest_sha256))
        return self.predictor


@pytest.fixture
def model(iris_predictor: Predictor) -> Asked:
    return Asked(iris_predictor)


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_the_part_what_was_refused_and_the_receipt_of_both_are_written(
    bucket: Bucket, model: Asked, iris_version: Version, suffix: str
) -> None:
    stored = gzip.compress(CHUNK) if suffix.endswith(".gz") else CHUNK
    item = item_of(iris_version, stored, suffix)
    bucket.put(item, stored)
    receipt, known = score_chunk(item, bucket.files, model, ROOM)
    scored = score_lines(model.predictor, CHUNK)
    assert (bucket.read(item.part), bucket.read(item.refused)) == (scored.part, scored.refused)
    assert model.versions == [(item.version, item.manifest_sha256)]
    assert not known
    assert receipt == bucket.receipt(item)
    assert receipt["input"] == {"chunk": item.chunk, "sha256": item.sha256}
    assert (receipt["version"], receipt["manifest_sha256"]) == (item.version, item.manifest_sha256)
    assert (receipt["rows"], receipt["refused"], receipt["memory_mb"]) == (len(ROWS), 1, 512)
    assert receipt["seconds"] >= 0
    for name, key in (("part", item.part), ("refused", item.refused)):
        blob = bucket.files.get(key)
        assert blob is not None
        assert receipt["files"][name] == {"key": key, "sha256": sha256(blob.data), "bytes": len(blob.data)}


def test_what_has_no_refused_row_has_a_file_without_lines_all_the_same(
    bucket: Bucket, model: Asked, iris_version: Version
) -> None:
    chunk = chunk_lines(ROWS[:1])
    item = item_of(iris_version, chunk)
    bucket.put(item, chunk)
    receipt, _ = score_chunk(item, bucket.files, model, ROOM)
    assert (receipt["rows"], receipt["refused"], bucket.read(item.refused)) == (1, 0, b"")


class Killed(BaseException):
    """Ends the function as nothing that it could catch."""


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_ended_around_any_write_and_called_again_it_leaves_the_same_three_objects(
    bucket: Bucket, model: Asked, iris_version: Version, writes: int
) -> None:
    item = item_of(iris_version)
    bucket.put(item)
    order = [item.part, item.refused, item.receipt]
    begun: list[str] = []

    def kill(params: Any, **_: Any) -> None:
        begun.append(params["Key"].removeprefix("iris/"))
        if len(begun) > writes:
            raise Killed

    with hooked(bucket.s3, "provide-client-params.s3.PutObject", kill):
        if writes < len(order):
            with pytest.raises(Killed):
                score_chunk(item, bucket.files, model, ROOM)
        else:
            score_chunk(item, bucket.files, model, ROOM)
    assert begun == order[: writes + 1]
    assert bucket.keys() == {*order[:writes]}
    receipt, known = score_chunk(item, bucket.files, model, ROOM)
    scored = score_lines(model.predictor, CHUNK)
    assert known == (writes == len(order))
    assert bucket.keys() == {*order}
    assert (bucket.read(item.part), bucket.read(item.refused)) == (scored.part, scored.refused)
    assert bucket.receipt(item) == receipt


@pytest.mark.parametrize(
    "changed", [{"version": "20300101T000000Z-00000000"}, {"manifest_sha256": 64 * "0"}, {"part": "batches/other"}]
)
def test_a_receipt_of_something_else_is_no_reason_to_do_nothing(
    bucket: Bucket, model: Asked, iris_version: Version, changed: dict[str, Any]
) -> None:
    item = item_of(iris_version, **changed)
    bucket.put(item)
    score_chunk(item_of(iris_version), bucket.files, model, ROOM)
    receipt, known = score_chunk(item, bucket.files, model, ROOM)
    assert not known
    assert bucket.receipt(item) == receipt
    assert receipt["files"]["part"]["key"] == item.part


@pytest.mark.parametrize("receipt", [b"", b"[]", b"{", b'{"input": 1}', b'"text"'])
def test_a_receipt_that_cannot_be_read_is_written_anew(
    bucket: Bucket, model: Asked, iris_version: Version, receipt: bytes
) -> None:
    item = item_of(iris_version)
    bucket.put(item)
    bucket.files.put(item.receipt, receipt, "application/json")
    _, known = score_chunk(item, bucket.files, model, ROOM)
    assert not known
    assert bucket.receipt(item)["rows"] == len(ROWS)


def test_a_chunk_that_can_never_be_scored_is_broken_and_nothing_is_written_or_loaded(
    bucket: Bucket, model: Asked, iris_version: Version
) -> None:
    missing = item_of(iris_version)
    with pytest.raises(BrokenChunk, match="does not exist"):
        score_chunk(missing, bucket.files, model, ROOM)
    bucket.put(missing, CHUNK + b"\n")
    with pytest.raises(BrokenChunk, match="has SHA-256"):
        score_chunk(missing, bucket.files, model, ROOM)
    for stored in (gzip.compress(CHUNK)[:-3], gzip.compress(CHUNK)[:30] + b"?" + gzip.compress(CHUNK)[31:]):
        cut_off = item_of(iris_version, stored, ".jsonl.gz")
        bucket.put(cut_off, stored)
        with pytest.raises(BrokenChunk, match="no gzip, or is cut off or damaged"):
            score_chunk(cut_off, bucket.files, model, ROOM)
    bomb = gzip.compress(bytes(2**20))
    for stored, suffix in ((bomb, ".jsonl.gz"), (bytes(2**19), ".jsonl")):
        large = item_of(iris_version, stored, suffix)
        bucket.put(large, stored)
        with pytest.raises(BrokenChunk, match="more than 262,144 bytes, which a function of 1 MB takes"):
            score_chunk(large, bucket.files, model, Room(1, lambda: 900.0))
    assert model.versions == []
    assert bucket.keys() == set()


@pytest.mark.parametrize("chunk", [b"", b"{}\n"])
def test_a_chunk_without_a_line_or_with_one_of_another_form_is_broken(
    bucket: Bucket, model: Asked, iris_version: Version, chunk: bytes
) -> None:
    item = item_of(iris_version, chunk)
    bucket.put(item, chunk)
    with pytest.raises(BrokenChunk, match=r"no lines|Line 1 must"):
        score_chunk(item, bucket.files, model, ROOM)
    assert bucket.keys() == set()


def test_a_chunk_that_time_or_memory_does_not_suffice_for_is_broken(
    bucket: Bucket, model: Asked, iris_version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = item_of(iris_version)
    bucket.put(item)
    with pytest.raises(BrokenChunk, match="chunks of fewer rows"):
        score_chunk(item, bucket.files, model, Room(512, lambda: RESERVE_SECONDS - 1))

    def no_room(_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(model.predictor.model, "predict", no_room)
    with pytest.raises(BrokenChunk, match="does not fit into the function's 512 MB: make chunks of fewer rows"):
        score_chunk(item, bucket.files, model, ROOM)
    assert bucket.keys() == set()


@pytest.mark.parametrize("call", ["GetObject", "PutObject"])
def test_where_s3_does_not_answer_it_may_pass(bucket: Bucket, model: Asked, iris_version: Version, call: str) -> None:
    item = item_of(iris_version)
    bucket.put(item)

    def unreachable(**_: Any) -> None:
        raise ConnectTimeoutError(endpoint_url="https://s3.invalid")

    with hooked(bucket.s3, f"before-call.s3.{call}", unreachable), pytest.raises(RegistryUnreachable):
        score_chunk(item, bucket.files, model, ROOM)


def test_an_item_is_read_from_its_event(iris_version: Version) -> None:
    item = item_of(iris_version)
    assert Item.from_event(json.loads(json.dumps(asdict(item)))) == item


@pytest.mark.parametrize(
    "changed",
    [
        {"chunk": "aliases/production.json"},
        {"receipt": "batches/../aliases/production.json"},
        {"part": "batches//t.jsonl"},
        {"part": "batches/./t.jsonl"},
        {"part": "/batches/t.jsonl"},
        {"refused": "batches/job/parts/t-00000.jsonl"},
        {"version": "../x"},
        {"manifest_sha256": "0"},
        {"sha256": "x" * 64},
        {"part": 1},
        {"more": "x"},
    ],
)
def test_an_item_names_nothing_beside_chunks_and_what_becomes_of_them(
    iris_version: Version, changed: dict[str, Any]
) -> None:
    with pytest.raises(InvalidItem):
        Item.from_event({**asdict(item_of(iris_version)), **changed})


@pytest.mark.parametrize("event", [None, [], {}, "batches/t"])
def test_an_event_that_is_no_item_is_told_so(event: Any) -> None:
    with pytest.raises(InvalidItem, match="The event names no chunk: the event"):
        Item.from_event(event)
