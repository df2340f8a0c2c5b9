"""What is uploaded of a chunk says what a request would, and nothing of the columns that stay here."""

import dataclasses
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from handler.registry.manifest import Manifest
from handler.scoring.chunk import Item
from tests.unit.training.scoring.listed import BAD, GOOD, ListedChunk
from training.scoring.chunk import ChunkValues, InputTag
from training.scoring.on_aws.bucket import JobFolder
from training.scoring.on_aws.chunks import Names, item_of, line_of, packed
from training.scoring.on_aws.shelved import shelved
from training.scoring.running.version import Chosen
from training.scoring.writing.job import Part

TAG = InputTag("people.csv", "sha256:1")


def part_of(*rows: Any, first: int = 0) -> Part:
    return Part(TAG, ListedChunk(3, first, rows), "csv")


def lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(data).splitlines()]


def numbers(values: list[list[float]], suspect: list[bool], sent: Any) -> ChunkValues:
    array = np.array(values)
    return ChunkValues(np.arange(len(values)), pa.table({}), array, np.array(suspect), {}, sent)


def test_each_row_has_its_place_and_what_a_request_would_have_or_why_it_cannot_be_read() -> None:
    found = lines(packed(ListedChunk(1, 50, (GOOD, None, BAD)).read(())))
    assert [line["row"] for line in found] == [50, 51, 52]
    assert [line.get("features") for line in found] == [GOOD, None, BAD]
    assert found[1]["refusal"]["code"] == "invalid_json"


def test_kept_columns_are_not_uploaded() -> None:
    data = gzip.decompress(packed(ListedChunk(1, 50, (GOOD, None)).read(())))
    assert b"r50" not in data
    assert [line["keep"] for line in lines(gzip.compress(data))] == [{}, {}]


def test_the_same_rows_have_the_same_bytes_and_so_the_same_name_of_them() -> None:
    first, again = (packed(ListedChunk(0, 0, (GOOD, BAD)).read(())) for _ in range(2))
    assert first == again
    assert packed(ListedChunk(0, 0, (BAD, GOOD)).read(())) != first


def test_sound_numbers_keep_their_bits_and_every_other_row_is_what_a_request_would_have() -> None:
    odd = [0.1 + 0.2, 1e-320]
    values = numbers(
        [odd, [np.nan, 1.0], [1.0, np.inf], [1.0, 2.0]], [False, False, False, True], lambda at: f"at {at}"
    )
    assert [line["features"] for line in lines(packed(values))] == [odd, "at 1", "at 2", "at 3"]


def test_the_event_names_what_is_uploaded_and_where_everything_goes(iris_manifest: Manifest) -> None:
    folder = JobFolder("models", "iris", "batches/1234", client=None)
    item = item_of(part_of(GOOD), b"data", Chosen(iris_manifest, "f" * 64), folder)
    assert Item.from_event(json.loads(line_of(item))) == item
    assert dataclasses.asdict(item) == {
        "chunk": "batches/1234/chunks/people-00003.jsonl.gz",
        "sha256": "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7",
        "part": "batches/1234/parts/people-00003.jsonl.gz",
        "refused": "batches/1234/refused/people-00003.jsonl.gz",
        "receipt": "batches/1234/receipts/people-00003.json",
        "version": iris_manifest.version,
        "manifest_sha256": "f" * 64,
    }
    assert folder.key(Names.of(part_of(GOOD)).part) == "iris/batches/1234/parts/people-00003.jsonl.gz"


@pytest.mark.parametrize("kept", [{}, {"id": ["a", "b"], "row": [1, None]}], ids=["none", "two"])
def test_what_stays_here_is_read_back_with_its_types_and_holds_no_rows_until_then(tmp_path: Path, kept: Any) -> None:
    table = pa.table(kept)
    values = dataclasses.replace(numbers([[1.0], [2.0]], [False, False], str), kept=table, rows=np.array([7, 8]))
    light = shelved(part_of(GOOD, GOOD), values, tmp_path)
    assert (light.name, light.chunk.number, light.chunk.count) == ("people-00003", 3, 2)
    back = light.chunk.read(())
    assert back.rows.tolist() == [7, 8]
    assert back.kept.schema.equals(table.schema)
    assert back.kept.to_pydict() == table.to_pydict()
