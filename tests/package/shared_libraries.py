"""Writes shared libraries that hold nothing but what the loader reads of them: by hand, or by gcc where it is here."""

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from packager.wheels.elf import DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH, DT_SONAME, DT_STRTAB, PT_DYNAMIC, PT_LOAD

HEADER, PROGRAM_HEADER, ENTRY = 64, 56, 16
DT_STRSZ = 10


@dataclass(frozen=True)
class Written:
    """A library to write: what it needs, and where it has that looked for."""

    needed: tuple[str, ...] = ()
    rpath: str | None = None
    runpath: str | None = None


def elf_file(written: Written, soname: str, machine: int) -> bytes:
    """The library as bytes: an ELF header, two program headers, the dynamic section, its texts."""
    texts = [(DT_NEEDED, name) for name in written.needed]
    texts += [(DT_SONAME, soname), (DT_RPATH, written.rpath or ""), (DT_RUNPATH, written.runpath or "")]
    texts = [(tag, text) for tag, text in texts if text]
    dynamic_at = HEADER + 2 * PROGRAM_HEADER
    strings_at = dynamic_at + ENTRY * (len(texts) + 3)
    strings, entries = b"\0", b""
    for tag, text in texts:
        entries += struct.pack("<qQ", tag, len(strings))
        strings += text.encode() + b"\0"
    base = 0x10000  # so that an address is never the same as a place in the file
    entries += struct.pack("<qQqQqQ", DT_STRTAB, base + strings_at, DT_STRSZ, len(strings), DT_NULL, 0)
    size = strings_at + len(strings)
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, HEADER, 0, 0, HEADER, PROGRAM_HEADER, 2, 64, 0, 0)
    load = struct.pack("<IIQQQQQQ", PT_LOAD, 6, 0, base, base, size, size, 0x1000)
    dynamic = struct.pack(
        "<IIQQQQQQ", PT_DYNAMIC, 6, dynamic_at, base + dynamic_at, base + dynamic_at, len(entries), len(entries), 8
    )
    return header + load + dynamic + entries + strings


def write_by_gcc(tree: Path, libraries: dict[str, Written], scratch: Path) -> None:
    """Link each library below `tree` as a real one of this machine."""
    scratch.mkdir()
    for name in {name for library in libraries.values() for name in library.needed}:
        _gcc(scratch / name, name)
    for place, library in libraries.items():
        tags = "--disable-new-dtags" if library.rpath else "--enable-new-dtags"
        path = library.rpath or library.runpath
        options = [f"-Wl,{tags}", "-Wl,-rpath," + path] if path else []
        file = tree / place
        file.parent.mkdir(parents=True, exist_ok=True)
        _gcc(file, file.name, "-Wl,--no-as-needed", *(str(scratch / name) for name in library.needed), *options)


def _gcc(file: Path, soname: str, *options: str) -> None:
    command = ["gcc", "-shared", "-o", str(file), f"-Wl,-soname,{soname}", "-Wl,--allow-shlib-undefined"]
    subprocess.run([*command, "-x", "c", "/dev/null", "-x", "none", *options], check=True, capture_output=True)
