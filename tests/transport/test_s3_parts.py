"""A large file on S3 is read in ranges, several at once. Each may break and is asked for again; all are of one."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import pytest

from handler.errors.model import RegistryNotFound, RegistryUnreachable
from handler.registry import s3_store
from handler.registry.s3_store import S3Store
from handler.registry.store import Store
from tests.integration.sockets import listening
from training.release.stores import s3_reading
from training.release.stores.s3_reading import ReadableS3Store

RANGE = 1000
FILE = bytes(range(256)) * 40  # 10,240 bytes: eleven ranges, the last of them shorter


@dataclass
class Bucket:
    """One object; `breaks` says how often each first byte's answer still breaks off half-way."""

    data: bytes = FILE
    etag: str = '"first"'
    breaks: dict[int, int] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    seconds: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def s3(bucket: Bucket) -> AbstractContextManager[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            start, end = (int(text) for text in self.headers["Range"].removeprefix("bytes=").split("-"))
            with bucket.lock:
                bucket.asked.append(start)
                bucket.at_once += 1
                bucket.most_at_once = max(bucket.most_at_once, bucket.at_once)
                breaks = bucket.breaks.get(start, 0)
                bucket.breaks[start] = breaks - 1
            time.sleep(bucket.seconds)
            self.answer(start, end, breaks > 0)
            with bucket.lock:
                bucket.at_once -= 1

        def answer(self, start: int, end: int, breaks: bool) -> None:
            code = ""
            if not bucket.etag:
                code, status = "NoSuchKey", 404
            elif self.headers.get("If-Match", bucket.etag) != bucket.etag:
                code, status = "PreconditionFailed", 412
            elif start >= len(bucket.data):
                code, status = "InvalidRange", 416
            if code:
                text = f"<Error><Code>{code}</Code></Error>".encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
                return
            part = bucket.data[start : end + 1]
            self.send_response(206)
            self.send_header("ETag", bucket.etag)
            self.send_header("Content-Length", str(len(part)))
            self.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(bucket.data)}")
            self.end_headers()
            self.wfile.write(part[: len(part) // 2] if breaks else part)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return listening(Handler)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setattr(s3_store, "RANGE_BYTES", RANGE)
    monkeypatch.setattr(s3_reading, "PART_BYTES", RANGE)
    monkeypatch.setattr(s3_store, "FIRST_WAIT_SECONDS", 0.01)
    made = Bucket()
    with s3(made) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield made


@pytest.fixture(params=[S3Store, ReadableS3Store], ids=["function", "workstation"])
def store(request: pytest.FixtureRequest) -> Store:
    made: Store = request.param("models", "iris")
    return made


def parts(store: Store, length: int = len(FILE)) -> Iterator[bytes]:
    read = store.parts("model.joblib", length)
    assert read is not None
    return read


@pytest.mark.parametrize("size", [1, RANGE - 1, RANGE, RANGE + 1, 3 * RANGE, len(FILE)])
def test_every_byte_comes_once_and_in_order(store: Store, bucket: Bucket, size: int) -> None:
    bucket.data = FILE[:size]
    given = list(parts(store, size))
    assert b"".join(given) == bucket.data
    assert max(map(len, given)) <= RANGE
    assert sorted(bucket.asked) == list(range(0, size, RANGE))


def test_an_empty_file_has_no_bytes_and_a_missing_one_no_parts(store: Store, bucket: Bucket) -> None:
    bucket.data = b""
    assert b"".join(parts(store, 0)) == b""
    bucket.etag = ""
    assert store.parts("model.joblib", 5) is None


@pytest.mark.parametrize("first_byte", [0, 2 * RANGE, 10 * RANGE])
def test_a_part_that_breaks_off_is_asked_for_again_and_no_other_is(
    store: Store, bucket: Bucket, first_byte: int
) -> None:
    bucket.breaks[first_byte] = 2
    assert b"".join(parts(store)) == FILE
    assert sorted(bucket.asked) == sorted([*range(0, len(FILE), RANGE), first_byte, first_byte])


def test_a_part_that_goes_on_breaking_off_is_told(store: Store, bucket: Bucket) -> None:
    bucket.breaks[3 * RANGE] = 99
    reading = parts(store)
    assert [next(reading) for _ in range(3)] == [FILE[start : start + RANGE] for start in range(0, 3 * RANGE, RANGE)]
    with pytest.raises(RegistryUnreachable, match=r"model\.joblib"):
        next(reading)
    assert bucket.asked.count(3 * RANGE) == 3


@pytest.mark.parametrize("change", ["replaced", "deleted", "emptied"])
def test_an_object_that_changes_while_it_is_read_is_told_and_never_mixed(
    store: Store, bucket: Bucket, change: str
) -> None:
    reading = parts(store)
    assert next(reading) == FILE[:RANGE]
    bucket.etag = "" if change == "deleted" else '"second"'
    bucket.data = b"" if change == "emptied" else bytes(len(FILE))
    with pytest.raises(RegistryUnreachable, match=r"model\.joblib"):
        b"".join(reading)


def test_of_a_file_that_is_longer_than_expected_more_is_read_and_not_all(store: Store, bucket: Bucket) -> None:
    given = b"".join(parts(store, 2 * RANGE))
    assert 2 * RANGE < len(given) <= len(FILE)
    assert FILE.startswith(given)
    if isinstance(store, S3Store):
        assert len(given) == 2 * RANGE + 1
    del bucket


def test_the_function_has_four_ranges_at_most_under_way_and_is_the_quicker_for_it(bucket: Bucket) -> None:
    bucket.seconds = 0.1
    began = time.monotonic()
    assert b"".join(parts(S3Store("models", "iris"))) == FILE
    assert 1 < bucket.most_at_once <= 4
    assert time.monotonic() - began < 0.1 * len(bucket.asked)


def test_who_stops_reading_has_no_more_than_that_asked_for(bucket: Bucket) -> None:
    reading = parts(S3Store("models", "iris"))
    next(reading)
    next(reading)
    time.sleep(0.3)
    assert len(bucket.asked) <= 6


def test_a_bucket_that_is_gone_is_told_from_a_file_that_is(monkeypatch: pytest.MonkeyPatch, s3_url: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    with pytest.raises(RegistryNotFound):
        S3Store("no-such-bucket", "iris").parts("model.joblib", 5)
