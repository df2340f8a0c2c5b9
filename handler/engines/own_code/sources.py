"""Reads the modules in a version's code.zip, which was verified before. Nothing is written to disk, nothing is run.

The archive is held to what `training.code.archive` writes: modules alone, stored without compression, so that they are
together no longer than the archive, whose length is bounded.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from handler.errors.model import UnloadableArtifact

SUFFIX = ".py"
INIT = "__init__"
MOST_MODULES = 1000

_ENCRYPTED = 0x1
"""The flag of an encrypted entry (ZIP File Format Specification, 4.4.4)."""


@dataclass(frozen=True)
class Source:
    """One module: its text as it stands in the file, its path in the archive, and whether it is a package."""

    text: bytes
    path: str
    is_package: bool


def sources_in(archive: bytes) -> dict[str, Source]:
    """The modules in `archive` by their dotted names; raises UnloadableArtifact where it is not as it was written."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return dict(_modules(opened, len(archive)))
    except _Unfit as unfit:
        raise UnloadableArtifact(f"The version's code is refused: {unfit}. Package the model again.") from unfit
    except Exception as error:
        raise UnloadableArtifact("The version's code is no sound zip archive. Package the model again.") from error


def module_named(path: str) -> str | None:
    """The dotted name of the module that a file of this path in an archive is; None where it is none."""
    parts = path.removesuffix(SUFFIX).split("/")
    if not path.endswith(SUFFIX) or not all(part.isidentifier() for part in parts):
        return None
    return ".".join(parts[:-1] if parts[-1] == INIT else parts) or None


class _Unfit(Exception):
    """What is wrong with the archive."""


def _modules(opened: zipfile.ZipFile, length: int) -> Iterator[tuple[str, Source]]:
    entries = opened.infolist()
    names = [module_named(entry.filename) for entry in entries]
    packages = {name for name, entry in zip(names, entries, strict=True) if entry.filename.endswith(f"/{INIT}.py")}
    if not entries or len(entries) > MOST_MODULES:
        raise _Unfit(f"it has {len(entries)} files, and 1 to {MOST_MODULES} are expected")
    if sum(entry.file_size for entry in entries) > length:
        raise _Unfit("its files are longer than all of it")
    if len(set(names)) != len(names):
        raise _Unfit("it has a module twice")
    for name, entry in zip(names, entries, strict=True):
        if name is None:
            raise _Unfit("it has a file that is no module")
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & _ENCRYPTED:
            raise _Unfit("it has a module that is compressed or encrypted")
        parent = name.rpartition(".")[0]
        if parent and parent not in packages:
            raise _Unfit("it has a module in a folder that is no package")
        yield name, Source(opened.read(entry), entry.filename, name in packages)
