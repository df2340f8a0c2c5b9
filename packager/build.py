"""One build, from pins to a folder that can be zipped: fetch, check, unpack, compile, normalise.

What ships of the libraries is stated in `handler.engines.shipped`, and which files of them in `packager.contents`.
"""

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from handler.engines.package_description import DESCRIPTION_FILE, describe
from handler.engines.shipped import DEFAULT_PACKAGE, requirements, requirements_files
from packager.bytecode.compilation import compile_tree, find_interpreter
from packager.contents import place_in_package, ships_from_handler, ships_from_wheel
from packager.errors import BadTree, CannotLoad
from packager.target import Target
from packager.tree import UNZIPPED_LIMIT_BYTES, digest_of, normalise, size_of
from packager.wheels.amazon_linux import refusal_of_library, system_libraries
from packager.wheels.elf import Library, is_elf, read_library
from packager.wheels.fetching import fetch_wheels
from packager.wheels.lockfile import parse_lock, require_stated
from packager.wheels.needed import missing_libraries
from packager.wheels.openmp import PLACE, openmp_to_copy

PROJECT = Path(__file__).parent.parent
HANDLER = PROJECT / "handler"
CACHE = PROJECT / ".cache" / "wheels"


@dataclass(frozen=True)
class Package:
    """A package that was built: `size` in bytes unzipped, `digest` the SHA-256 of all of it."""

    tree: Path
    target: Target
    size: int
    digest: str

    @property
    def headroom(self) -> int:
        """How many more bytes Lambda would take."""
        return UNZIPPED_LIMIT_BYTES - self.size


def build(
    out: Path,
    target: Target,
    environ: Mapping[str, str] = os.environ,
    cache: Path = CACHE,
    package: str = DEFAULT_PACKAGE,
) -> Package:
    """Build `package`, one of PACKAGES, for `target` in `out`, which must be empty or missing; raises PackagerError."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadTree(f"{out} must be an empty folder, or not be there: delete it, or name another.")
    locks = [HANDLER / name for name in requirements_files(package)]
    source, pins = ("".join(lock.with_suffix(suffix).read_text() for lock in locks) for suffix in (".in", ".txt"))
    require_stated(requirements(package), source, pins)
    interpreter = find_interpreter(environ)
    libraries: dict[PurePosixPath, tuple[str, Library]] = {}
    for wheel in (wheel for lock in locks for wheel in fetch_wheels(lock, target, cache)):
        libraries |= {place: (wheel.name, library) for place, library in unpack(wheel, out, target).items()}
    libraries |= copy_openmp(libraries, out, target)
    require_needed(libraries, target)
    copy_handler(HANDLER, out / HANDLER.name)
    described = describe({pin.name: pin.version for pin in parse_lock(pins)}, package)
    _write(out, PurePosixPath(DESCRIPTION_FILE), described.to_json().encode())
    compile_tree(out, interpreter)
    normalise(out)
    built = Package(out, target, size_of(out), digest_of(out))
    if built.headroom < 0:
        raise BadTree(f"{out} has {built.size:,} bytes, and Lambda takes {UNZIPPED_LIMIT_BYTES:,}: leave more out.")
    return built


def unpack(wheel: Path, tree: Path, target: Target) -> dict[PurePosixPath, Library]:
    """Put what ships of `wheel` into `tree`; gives its shared libraries by their places there.

    Raises CannotLoad at a library that Lambda could not load.
    """
    libraries = {}
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            place = place_in_package(PurePosixPath(entry.filename))
            if entry.is_dir() or place is None or not ships_from_wheel(place):
                continue
            data = archive.read(entry)
            if is_elf(data):
                libraries[place] = read_library(data)
                if refusal := refusal_of_library(libraries[place], target):
                    raise CannotLoad(
                        f"{place} of {wheel.name} cannot be loaded by Lambda: {refusal}. Pin another version."
                    )
            _write(tree, place, data)
    return libraries


def copy_openmp(
    libraries: Mapping[PurePosixPath, tuple[str, Library]], tree: Path, target: Target
) -> dict[PurePosixPath, tuple[str, Library]]:
    """Put GCC's OpenMP where the loader finds it, if one of `libraries` needs it; gives the copy, as they are given."""
    found = {place: library for place, (_, library) in libraries.items()}
    source = openmp_to_copy(found, system_libraries(target))
    if source is None:
        return {}
    _write(tree, PLACE, (tree / source).read_bytes())
    return {PLACE: libraries[source]}


def require_needed(libraries: Mapping[PurePosixPath, tuple[str, Library]], target: Target) -> None:
    """Raise CannotLoad at a library that needs another which is not found on Lambda; `libraries` are all that ship, by
    their places, each with the name of its wheel."""
    found = {place: library for place, (_, library) in libraries.items()}
    for missing in missing_libraries(found, system_libraries(target)):
        wheel, _ = libraries[missing.needed_by]
        where = (
            f"is in the package as {', '.join(map(str, missing.elsewhere))}, where the loader does not look for it"
            if missing.elsewhere
            else "is neither in the package nor in Amazon Linux 2023 as Lambda has it"
        )
        raise CannotLoad(
            f"{missing.needed_by} of {wheel} cannot be loaded by Lambda: it needs {missing.name}, which {where}. Pin a "
            "version whose wheel brings the library (its maker runs `auditwheel repair`), or leave the wheel out."
        )


def copy_handler(source: Path, destination: Path) -> None:
    """Put what ships of handler/ into the package."""
    for path in sorted(source.rglob("*")):
        relative = PurePosixPath(path.relative_to(source).as_posix())
        if path.is_file() and ships_from_handler(relative):
            _write(destination, relative, path.read_bytes())


def _write(tree: Path, place: PurePosixPath, data: bytes) -> None:
    if ".." in place.parts or place.is_absolute():
        raise BadTree(f"{place} would be written outside of the package: do not trust that wheel.")
    path = tree / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() != data:
        raise BadTree(f"{place} comes from two wheels that differ: leave one of them out.")
    path.write_bytes(data)
