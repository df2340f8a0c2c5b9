"""`handler.api.http.content_coding`: what was packed comes out, what was not is refused, and nothing beyond the
bound."""

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.api.http.content_coding import MAX_MEMBERS, content_coding, unpacked
from handler.errors.request import RequestError, RequestTooLarge, UndecodableBody, UnsupportedMediaType


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.integers(0, 9))
def test_what_was_packed_comes_out_whole_and_up_to_the_bound(parts: list[bytes], level: int) -> None:
    whole = b"".join(parts)
    packed = {"gzip": b"".join(gzip.compress(part, level) for part in parts), "deflate": zlib.compress(whole, level)}
    for coding, data in packed.items():
        assert unpacked(data, coding, len(whole)) == whole
        if whole:
            with pytest.raises(RequestTooLarge, match=r"Send fewer rows\."):
                unpacked(data, coding, len(whole) - 1)


@given(st.sampled_from(["gzip", "x-gzip", "deflate"]), st.binary(max_size=60), st.integers(0, 50))
def test_any_bytes_are_unpacked_taken_as_they_are_or_refused(coding: str, rest: bytes, most: int) -> None:
    for data in (rest, b"\x1f\x8b\x08\0" + rest, b"\x78\x9c" + rest, gzip.compress(rest) + rest):
        with contextlib.suppress(RequestError):
            assert len(unpacked(data, coding, most)) <= max(most, len(data))


def test_as_many_members_as_the_bound_are_read_and_one_more_is_not() -> None:
    assert unpacked(gzip.compress(b"a") * MAX_MEMBERS, "gzip", 1000) == b"a" * MAX_MEMBERS
    with pytest.raises(UndecodableBody, match="more than 100 members"):
        unpacked(gzip.compress(b"a") * (MAX_MEMBERS + 1), "gzip", 1000)


@given(st.text(max_size=20))
def test_any_header_names_one_coding_none_or_is_refused(header: str) -> None:
    with contextlib.suppress(UnsupportedMediaType):
        assert content_coding(header) in (None, "gzip", "x-gzip", "deflate")
