"""A file is looked into by stream: arrays take no memory, claims are not believed, and what hides in it is seen."""

import bz2
import gzip
import io
import lzma
import os
import pickle
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from training.errors import UnpackableArtifact
from training.pickles.imports import PickleContents, inspect_pickle

MB = 1024 * 1024


def dumped(value: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    return buffer.getvalue()


def inspect(data: bytes) -> PickleContents:
    return inspect_pickle(io.BytesIO(data))


def peak_of(file: Path) -> int:
    """The most that looking into the file has allocated at once, in bytes."""
    with file.open("rb") as opened:
        tracemalloc.start()
        try:
            inspect_pickle(opened)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


WRITERS: dict[str, Callable[[Any, Path], Any]] = {
    "joblib": joblib.dump,
    "zlib": lambda value, file: joblib.dump(value, file, compress=("zlib", 1)),
    "gzip": lambda value, file: joblib.dump(value, file, compress=("gzip", 1)),
    "bz2": lambda value, file: joblib.dump(value, file, compress=("bz2", 1)),
    "xz": lambda value, file: joblib.dump(value, file, compress=("xz", 0)),
    "lzma": lambda value, file: joblib.dump(value, file, compress=("lzma", 0)),
    "pickle": lambda value, file: file.write_bytes(pickle.dumps(value)),
    "pickle, protocol 2": lambda value, file: file.write_bytes(pickle.dumps(value, protocol=2)),
    "gzip afterwards": lambda value, file: file.write_bytes(gzip.compress(pickle.dumps(value), 1)),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_arrays_and_texts_of_many_megabytes_take_no_memory(tmp_path: Path, writer: str) -> None:
    file = tmp_path / "model.joblib"
    random = np.random.default_rng(0).bytes(MB)
    arrays = [np.frombuffer(random, dtype=np.uint8), np.zeros(MB), "x" * (8 * MB)]
    WRITERS[writer]([arrays, np.array([Path("x"), "ab", None], dtype=object)], file)
    peak = peak_of(file)
    assert peak < 6 * MB, f"{peak / MB:.1f} MB"
    with file.open("rb") as opened:
        assert any("pathlib" in name for name in inspect_pickle(opened).imports)


class Call:
    """A call that the function would make when it loads this."""

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        return os.mkdir, ("/nowhere",)


def test_a_call_behind_arrays_of_objects_in_fields_is_seen() -> None:
    fields = np.empty(2, dtype=[("number", "f8"), ("anything", "O")])
    fields["anything"] = [Call(), None]
    assert "posix.mkdir" in inspect(dumped([np.arange(3.0), fields, np.arange(5)])).imports


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])
def test_a_call_behind_much_that_is_compressed_is_seen(pack: Callable[[bytes], bytes]) -> None:
    data = pack(dumped([np.zeros(MB), Call(), np.zeros(MB)]))
    assert "posix.mkdir" in inspect(data).imports


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zlib.compress])
def test_wherever_a_file_is_cut_it_is_told(pack: Callable[[bytes], bytes]) -> None:
    data = pack(dumped([np.random.default_rng(0).normal(size=50_000), {"a": "b" * 100_000}, np.arange(9)]))
    for length in (len(data) // 7, len(data) // 2, len(data) - 100):
        with pytest.raises(UnpackableArtifact, match="ends before the model does"):
            inspect(data[:length])


CLAIMS = {
    "bytes": b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b".",
    "text": b"\x80\x04\x8d" + struct.pack("<Q", 2**40) + b".",
    "a frame": b"\x80\x04\x95" + struct.pack("<Q", 2**40) + b"N.",
    "a number": b"\x80\x04\x8b" + struct.pack("<i", 2**31 - 1) + b".",
}


@pytest.mark.parametrize("what", CLAIMS)
def test_nothing_is_allocated_for_what_a_file_only_claims(tmp_path: Path, what: str) -> None:
    (tmp_path / "model.joblib").write_bytes(CLAIMS[what])
    tracemalloc.start()
    try:
        with pytest.raises(UnpackableArtifact, match=r"ends before|where a pickle has no such"):
            inspect(CLAIMS[what])
        assert tracemalloc.get_traced_memory()[1] < 4 * MB
    finally:
        tracemalloc.stop()


def array_of_shape(shape: tuple[Any, ...]) -> bytes:
    """A file of joblib's whose array has this shape by its own words."""
    wrapper = joblib.numpy_pickle.NumpyArrayWrapper(np.ndarray, shape, "C", np.dtype("f8"))
    return pickle.dumps([wrapper, "more"])


@pytest.mark.parametrize("shape", [(-4,), (2, -3), (1.5,), ("x",), (2**70,)])
def test_an_array_of_an_impossible_shape_ends_in_a_sentence(shape: tuple[Any, ...]) -> None:
    with pytest.raises(UnpackableArtifact, match=r"shape that cannot be skipped|ends before"):
        inspect(array_of_shape(shape))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])
def test_what_a_small_file_unpacks_to_is_bounded(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pack(dumped(np.zeros(MB)))
    monkeypatch.setattr("training.pickles.unpacking.MOST_UNPACKED_BYTES", 9 * MB)
    inspect(data)
    monkeypatch.setattr("training.pickles.unpacking.MOST_UNPACKED_BYTES", 7 * MB)
    with pytest.raises(UnpackableArtifact, match="unpacks to more than 7 MB, which no Lambda function has memory for"):
        inspect(data)


def test_how_many_steps_a_file_takes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.pickles.following.MOST_STEPS", 1000)
    inspect(dumped(list(range(300))))
    with pytest.raises(UnpackableArtifact, match="more than 1,000 steps"):
        inspect(dumped(np.array([[n] for n in range(600)] + [None], dtype=object)))


LARGE = {
    "text": (b"time,value\n" + b"1,2\n" * MB, "looks like a table"),
    "JSON": (b'{"a": [' + b"1, " * MB + b"1]}", "is JSON"),
    "ONNX": (b"\x08\x0a" + bytes(MB) + b"\x0a\x07ai.onnx\x10\x15", "ONNX"),
    "nothing": (bytes(MB), "empty"),
    "text, compressed": (gzip.compress(b"a;b\n" + b"1;2\n" * MB), "looks like a table"),
    "zip, compressed": (gzip.compress(b"PK\x03\x04" + bytes(100)), "zip archive that was compressed again"),
    "umlauts": (("ä" * MB).encode(), "is a text"),
}


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_file_of_another_kind_is_told_by_its_first_bytes_and_its_last(kind: str) -> None:
    data, words = LARGE[kind]
    with pytest.raises(UnpackableArtifact, match=words):
        inspect(data)
