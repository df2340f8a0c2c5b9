"""Reads from a shared library what it was made for: the machine, and the symbol versions it needs of other libraries.

Only 64-bit little-endian files are understood, which both of Lambda's architectures use. The layout is from the Linux
Standard Base Core Specification, "Symbol Versioning", and elf(5).
"""

import struct
from dataclasses import dataclass

MAGIC = b"\x7fELF\x02\x01"
SHT_GNU_VERNEED = 0x6FFFFFFE


@dataclass(frozen=True)
class Library:
    """`machine` is the processor's ELF number; `needs` has (library, symbol version): ("libm.so.6", "GLIBC_2.29")."""

    machine: int
    needs: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Section:
    kind: int
    offset: int
    link: int
    entries: int


def is_elf(data: bytes) -> bool:
    """Whether `data` is a 64-bit little-endian ELF file."""
    return data.startswith(MAGIC)


def read_library(data: bytes) -> Library:
    """What the ELF file `data` was made for; raises struct.error or ValueError where it is cut short."""
    (machine,) = struct.unpack_from("<H", data, 18)
    (section_table,) = struct.unpack_from("<Q", data, 40)
    entry_size, entries = struct.unpack_from("<HH", data, 58)
    sections = [_section(data, section_table + number * entry_size) for number in range(entries)]
    needs = [
        need
        for section in sections
        if section.kind == SHT_GNU_VERNEED
        for need in _version_needs(data, section, strings=sections[section.link].offset)
    ]
    return Library(machine, frozenset(needs))


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
