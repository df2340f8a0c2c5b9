"""Reads from a shared library what it was made for: the machine, the libraries it needs, where it has them looked for,
and the symbol versions it needs of them.

Only 64-bit little-endian files are understood, which both of Lambda's architectures use. The layout is from elf(5), the
System V ABI ("Dynamic Linking") and the Linux Standard Base Core Specification, "Symbol Versioning".
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\x7fELF\x02\x01"
PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_NEEDED, DT_STRTAB, DT_SONAME, DT_RPATH, DT_RUNPATH = 0, 1, 5, 14, 15, 29
SHT_GNU_VERNEED = 0x6FFFFFFE


@dataclass(frozen=True)
class Library:
    """`machine` is the processor's ELF number; `needs` has (library, symbol version): ("libm.so.6", "GLIBC_2.29").

    `needed` are the names of the libraries that are loaded with it, `soname` its own name where it has one. They are
    looked for in the folders of `rpath` and of `runpath`, as these are written; None is not written.
    """

    machine: int
    needs: frozenset[tuple[str, str]]
    needed: tuple[str, ...] = ()
    soname: str | None = None
    rpath: str | None = None
    runpath: str | None = None


@dataclass(frozen=True)
class _Section:
    kind: int
    offset: int
    link: int
    entries: int


@dataclass(frozen=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


def is_elf(data: bytes) -> bool:
    """Whether `data` is a 64-bit little-endian ELF file."""
    return data.startswith(MAGIC)


def read_library(data: bytes) -> Library:
    """What the ELF file `data` was made for; raises struct.error or ValueError where it is cut short."""
    (machine,) = struct.unpack_from("<H", data, 18)
    dynamic = list(_dynamic(data))
    needed = tuple(text for tag, text in dynamic if tag == DT_NEEDED)
    others = dict(dynamic)
    return Library(
        machine,
        frozenset(_needs(data)),
        needed,
        others.get(DT_SONAME),
        others.get(DT_RPATH),
        others.get(DT_RUNPATH),
    )


def _dynamic(data: bytes) -> Iterator[tuple[int, str]]:
    """What the loader reads of texts in the dynamic section, each with its tag."""
    segments = list(_segments(data))
    entries = [entry for segment in segments if segment.kind == PT_DYNAMIC for entry in _entries(data, segment)]
    addresses = [value for tag, value in entries if tag == DT_STRTAB]
    for tag, value in entries:
        if tag in (DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH):
            yield tag, _text(data, _place_of(addresses[0], segments) + value)


def _segments(data: bytes) -> Iterator[_Segment]:
    (table,) = struct.unpack_from("<Q", data, 32)
    entry_size, entries = struct.unpack_from("<HH", data, 54)
    for number in range(entries):
        kind, _flags, offset, address, _physical, size = struct.unpack_from(
            "<IIQQQQ", data, table + number * entry_size
        )
        yield _Segment(kind, offset, address, size)


def _entries(data: bytes, dynamic: _Segment) -> Iterator[tuple[int, int]]:
    for offset in range(dynamic.offset, dynamic.offset + dynamic.size, 16):
        tag, value = struct.unpack_from("<qQ", data, offset)
        if tag == DT_NULL:
            return
        yield tag, value


def _place_of(address: int, segments: list[_Segment]) -> int:
    """Where in the file that is which is loaded to `address`."""
    for segment in segments:
        if segment.kind == PT_LOAD and segment.address <= address < segment.address + segment.size:
            return segment.offset + address - segment.address
    raise ValueError(f"no segment holds address {address:#x}")


def _needs(data: bytes) -> Iterator[tuple[str, str]]:
    (section_table,) = struct.unpack_from("<Q", data, 40)
    entry_size, entries = struct.unpack_from("<HH", data, 58)
    sections = [_section(data, section_table + number * entry_size) for number in range(entries)]
    for section in sections:
        if section.kind == SHT_GNU_VERNEED:
            yield from _version_needs(data, section, strings=sections[section.link].offset)


def _section(data: bytes, offset: int) -> _Section:
    kind, _flags, _address, place, _size, link, info = struct.unpack_from("<IQQQQII", data, offset + 4)
    return _Section(kind, place, link, info)


def _version_needs(data: bytes, section: _Section, strings: int) -> list[tuple[str, str]]:
    needs = []
    need = section.offset
    for _ in range(section.entries):
        _version, count, file, first, following = struct.unpack_from("<HHIII", data, need)
        wanted = need + first
        for _ in range(count):
            _hash, _flags, _other, name, step = struct.unpack_from("<IHHII", data, wanted)
            needs.append((_text(data, strings + file), _text(data, strings + name)))
            wanted += step
        need += following
    return needs


def _text(data: bytes, offset: int) -> str:
    return data[offset : data.index(b"\0", offset)].decode()
