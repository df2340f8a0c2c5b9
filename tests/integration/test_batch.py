"""The entry of batches against S3 on a socket: it scores by the version that is named, and reads it once."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest

from handler.batch import BatchFailed, environment, lambda_handler
from handler.registry.chain import MANIFEST_FILE, version_key
from handler.registry.manifest import sha256
from handler.scoring.chunk import Item
from handler.scoring.failures import PassingFailure
from handler.scoring.lines import read_part, read_refused
from handler.scoring.rows import answer_rows
from handler.serving.predictor import load_predictor
from tests.integration.registries import made_at, put_file, put_version, remove_file
from tests.integration.sockets import refusing
from tests.unit.handler.scoring.chunks import CHUNK, ROWS
from tests.unit.handler.test_batch import Invocation
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store

PLACES = {name: f"batches/job/{name}/t-00000.jsonl" for name in ("chunk", "part", "refused", "receipt")}


@pytest.fixture
def uri(bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A model's root, empty, that the entry is set up for."""
    uri = f"s3://{bucket}/iris"
    monkeypatch.setenv("MODEL_URI", uri)
    environment.cache_clear()
    yield uri
    environment.cache_clear()


def item_of(uri: str, folder: TrainedFolder, chunk: bytes = CHUNK) -> Item:
    """The item of `chunk`, which lies there, by the version of `folder`, which nothing has promoted."""
    put_file(uri, PLACES["chunk"], chunk)
    manifest = folder.manifest
    return Item(**PLACES, sha256=sha256(chunk), version=manifest.version, manifest_sha256=sha256(folder.manifest_json))


def invoke(item: Item) -> Any:
    return lambda_handler(asdict(item), Invocation())  # type: ignore[arg-type] # as much of a context as is read


def test_a_chunk_is_scored_by_the_version_that_is_named_and_that_is_read_once(uri: str, iris: TrainedFolder) -> None:
    for folder in (iris, made_at(iris, 1)):
        put_version(uri, folder)
        item = item_of(uri, folder)
        predictor = load_predictor(folder.artifact)
        answer = invoke(item)
        assert (answer["state"], answer["version"], answer["rows"], answer["refused"]) == ("scored", item.version, 3, 1)
        store = open_writable_store(uri)
        written = {name: blob.data for name, key in PLACES.items() if (blob := store.get(key))}
        assert {**json.loads(written["receipt"]), "state": "scored"} == answer
        outcome = answer_rows(predictor, [row for _, _, row in ROWS])
        parts = [(row, keep, answer) for (row, keep, _), answer in zip(ROWS, outcome.answers, strict=True) if answer]
        assert list(read_part(written["part"])) == parts
        assert list(read_refused(written["refused"])) == [(5, {"id": "b"}, outcome.refusals[1])]
        # The model is kept: neither another chunk nor the same one again reads it.
        remove_file(uri, version_key(item.version, MANIFEST_FILE))
        assert invoke(item) == answer
        assert invoke(item_of(uri, folder, CHUNK + CHUNK))["rows"] == 6


def test_a_version_that_is_not_the_one_named_is_a_failure_and_nothing_is_written(
    uri: str, iris: TrainedFolder, caplog: pytest.LogCaptureFixture
) -> None:
    put_version(uri, iris)
    item = item_of(uri, iris)
    put_file(uri, version_key(item.version, iris.manifest.artifact.file), b"another")
    with pytest.raises(BatchFailed):
        invoke(item)
    (line,) = [record for record in caplog.records if record.message == "chunk failed"]
    assert line.error == "ArtifactSizeMismatch"  # type: ignore[attr-defined] # of our log
    assert [open_writable_store(uri).get(PLACES[name]) for name in ("part", "refused", "receipt")] == [None] * 3


def test_where_s3_is_throttled_the_chunk_is_put_off_and_the_next_try_scores_it(
    uri: str, iris: TrainedFolder, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_version(uri, iris)
    item = item_of(uri, iris)
    with refusing(s3_url, "GET", 100, "503 Slow Down", "SlowDown", MANIFEST_FILE) as (url, refused):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(PassingFailure):
            invoke(item)
        assert refused
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    environment.cache_clear()
    assert invoke(item)["state"] == "scored"
