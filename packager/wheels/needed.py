"""Whether the libraries that a package's libraries need are found on Lambda: in the package, where the loader looks, or
in the operating system.

Each library that no other needs is loaded as Python would load it, with what it needs in turn, by the rules of ld.so(8)
for RPATH and RUNPATH. What an earlier import has loaded does not count, though the loader would take it: which import
comes first depends on the model. A library that only Python code looks for, as by ctypes, is not seen here.
"""

import os
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from packager.wheels.elf import Library

LIBRARY_PATH = (PurePosixPath("."), PurePosixPath("lib"))
"""What LD_LIBRARY_PATH holds of the package: LAMBDA_TASK_ROOT and lib in it (AWS Lambda Developer Guide, "Defined
runtime environment variables"). It comes after RPATH and before RUNPATH."""


@dataclass(frozen=True)
class Missing:
    """The library at `needed_by` needs `name`, which is not found; `elsewhere` are files of that name all the same."""

    needed_by: PurePosixPath
    name: str
    elsewhere: tuple[PurePosixPath, ...]


@dataclass(frozen=True)
class _Loaded:
    """A library in the order of loading, with the one that needed it first."""

    place: PurePosixPath
    library: Library
    loader: "_Loaded | None"


def missing_libraries(libraries: Mapping[PurePosixPath, Library], system: Collection[str]) -> list[Missing]:
    """What is not found of all that `libraries` need, by their places in the package; `system` are the names of those
    that the operating system has. Sorted by who needs it."""
    loads = {place: list(_load(place, libraries, system)) for place in sorted(libraries)}
    needed_by_others = {found.place for load in loads.values() for found in load[1:] if isinstance(found, _Loaded)}
    seen: set[PurePosixPath] = set()
    missing: set[Missing] = set()
    # Last those that need each other in a circle, of which none is loaded first.
    for place in [*sorted(set(libraries) - needed_by_others), *sorted(needed_by_others)]:
        if place not in seen:
            seen.update(found.place for found in loads[place] if isinstance(found, _Loaded))
            missing.update(found for found in loads[place] if isinstance(found, Missing))
    return sorted(missing, key=lambda one: (one.needed_by, one.name))


def _load(
    entry: PurePosixPath, libraries: Mapping[PurePosixPath, Library], system: Collection[str]
) -> Iterator[_Loaded | Missing]:
    """Load the library at `entry`, then breadth first what it needs; gives each that is found in the package once."""
    first = _Loaded(entry, libraries[entry], None)
    names = {entry.name, first.library.soname}
    waiting = deque([first])
    while waiting:
        loaded = waiting.popleft()
        yield loaded
        for name in loaded.library.needed:
            if name in names:
                continue
            names.add(name)
            place = next((folder / name for folder in _searched(loaded) if folder / name in libraries), None)
            if place is not None:
                names.add(libraries[place].soname)
                waiting.append(_Loaded(place, libraries[place], loaded))
            elif name not in system:
                yield Missing(loaded.place, name, tuple(sorted(file for file in libraries if file.name == name)))


def _searched(needing: _Loaded) -> Iterator[PurePosixPath]:
    """The folders of the package in which the loader looks for what `needing` needs, in its order."""
    if needing.library.runpath is None:
        loader: _Loaded | None = needing
        while loader is not None:
            # An RPATH is for what is loaded further down too; one beside a RUNPATH is ignored.
            if loader.library.runpath is None:
                yield from _folders(loader.library.rpath, loader.place)
            loader = loader.loader
    yield from LIBRARY_PATH
    yield from _folders(needing.library.runpath, needing.place)


def _folders(path: str | None, place: PurePosixPath) -> Iterator[PurePosixPath]:
    """The folders of `path` that are in the package: those told by $ORIGIN, the folder of the library at `place`."""
    for folder in (path or "").split(":"):
        for origin in ("$ORIGIN", "${ORIGIN}"):
            if folder == origin or folder.startswith(f"{origin}/"):
                within = os.path.normpath(f"{place.parent}{folder.removeprefix(origin)}")
                if not within.startswith(".."):
                    yield PurePosixPath(within)
