"""Unpacks the body of a request by its Content-Encoding, and stops at a bound: a bomb is never unpacked whole.

The REST API of template.yaml unpacks bodies itself (`MinimumCompressionSize`); an HTTP API and a function URL pass them
on in base64. A body that does not begin as its coding does is taken as unpacked already.
"""

import zlib

from handler.errors.request import RequestTooLarge, UndecodableBody, UnsupportedMediaType

WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": zlib.MAX_WBITS}
"""What zlib calls gzip (RFC 1952) and its own format, which is deflate in HTTP (RFC 9110, 8.4.1.2)."""

AS_IT_IS = frozenset({"", "identity", "utf-8", "utf8"})
"""No coding. UTF-8 is none either, but clients that say so have always been answered."""

GZIP_MAGIC = b"\x1f\x8b"

MAX_MEMBERS = 100
"""Of a gzip body. Each costs a copy of what follows it, so that very many empty ones would cost seconds."""


def content_coding(header: str) -> str | None:
    """The one coding that a Content-Encoding names, None for none; raises UnsupportedMediaType."""
    codings = [name for part in header.split(",") if (name := part.strip().lower()) not in AS_IT_IS]
    if not codings:
        return None
    if len(codings) > 1 or codings[0] not in WINDOW_BITS:
        raise UnsupportedMediaType(
            f"The body's Content-Encoding must be gzip, deflate or identity, not {', '.join(codings)[:40]}."
        )
    return codings[0]


def unpacked(data: bytes, coding: str, most: int) -> bytes:
    """`data` unpacked, up to `most` bytes; raises RequestTooLarge beyond them, UndecodableBody where it is damaged.

    `data` itself where it does not begin as the coding does.
    """
    if not _begins_as(coding, data):
        return data
    parts: list[bytes] = []
    room, rest = most, data
    try:
        while rest:
            if len(parts) == MAX_MEMBERS:
                raise UndecodableBody(f"The body's {coding} has more than {MAX_MEMBERS} members: send it as one.")
            unpacker = zlib.decompressobj(WINDOW_BITS[coding])
            # One byte more than fits shows that it does not; 0 would mean no bound.
            part = unpacker.decompress(rest, room + 1)
            if len(part) > room:
                raise RequestTooLarge(
                    f"The body has more than {most} bytes once it is unpacked, which is what Lambda takes. "
                    "Send fewer rows."
                )
            if not unpacker.eof:
                raise UndecodableBody(f"The body's {coding} is cut off.")
            parts.append(part)
            room, rest = room - len(part), unpacker.unused_data
            if rest and WINDOW_BITS[coding] != WINDOW_BITS["gzip"]:
                raise UndecodableBody(f"Something follows the end of the body's {coding}.")
    except zlib.error:
        raise UndecodableBody(f"The body is marked as {coding}, but is not, or is damaged.") from None
    return b"".join(parts)


def _begins_as(coding: str, data: bytes) -> bool:
    if WINDOW_BITS[coding] == WINDOW_BITS["gzip"]:
        return data.startswith(GZIP_MAGIC)
    # RFC 1950, 2.2: method 8, and a check that makes the two bytes a multiple of 31.
    return len(data) > 1 and data[0] & 15 == 8 and (256 * data[0] + data[1]) % 31 == 0
