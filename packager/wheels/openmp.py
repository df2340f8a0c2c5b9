"""GCC's OpenMP for libraries that expect it of the operating system, which Lambda has not.

LightGBM's wheels need `libgomp.so.1` and do not bring it. scikit-learn's pinned wheel brings the same library for both
architectures, under a name of its own (auditwheel adds a part of its digest). So the package gets a copy under the
name that is asked for, in a folder of LD_LIBRARY_PATH: bytes of a wheel whose digest is pinned.

One process may then hold both copies. Each has its own threads, as where the wheels of two makers each bring one, and
the function computes on one core, with no threads at all. What is known to harm is LLVM's OpenMP beside Intel's
(threadpoolctl, "Multiple OpenMP runtimes"). A package that needs no copy gets none.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from packager.wheels.elf import Library
from packager.wheels.needed import missing_libraries

NAME = "libgomp.so.1"
PLACE = PurePosixPath("lib", NAME)
"""Where the loader finds it: LD_LIBRARY_PATH holds this folder (packager/wheels/needed.py has the source)."""

_SOURCE = re.compile(r"scikit_learn\.libs/libgomp-[0-9a-f]{8}\.so\.1\.[0-9.]+")


def openmp_to_copy(libraries: Mapping[PurePosixPath, Library], system: Collection[str]) -> PurePosixPath | None:
    """The library of the package that a copy at PLACE is made of; None where nothing lacks it, or nothing has it.

    `libraries` are all that ship, by their places; `system` are the names of those that the operating system has.
    """
    if not any(missing.name == NAME for missing in missing_libraries(libraries, system)):
        return None
    return next((place for place in sorted(libraries) if _SOURCE.fullmatch(str(place))), None)
