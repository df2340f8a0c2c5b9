"""What Amazon Linux 2023, on which Lambda runs python3.13, can load.

A wheel says so in its name, and its libraries say so in their symbol versions; both are checked, for a name is only a
promise. The limits are those of the operating system's own packages: glibc 2.34 (Amazon
Linux 2023 User Guide, "Comparing AL2 and AL2023") and the libraries of GCC 11 (the same, "Programming languages and
frameworks"; symbol versions from the GCC manual of libstdc++, "ABI Policy and Guidelines").
"""

import re

from packager.target import Target
from packager.wheels.elf import Library

GLIBC_MINOR = 34
PYTHON_MINOR = 13
NEWEST_SYMBOLS = {"GLIBC": (2, GLIBC_MINOR), "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13), "GCC": (11, 99)}
OLDEST_MANYLINUX_MINOR = 5
LIBRARIES = frozenset(
    {
        # glibc
        *("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libresolv.so.2"),
        # libgcc, libstdc++, zlib
        *("libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"),
    }
)
"""The libraries that a wheel may expect of the operating system. Lambda's image for Python 3.13 is made of the Amazon
Linux 2023 minimal container image (AWS Lambda Developer Guide, "Deploy Python Lambda functions with container images"),
which has these of the packages named above each line, and OpenMP's libgomp.so.1 not. Of the rest that it has, PEP 600
lets no wheel expect more than PEP 599 lists, so a name is added here once a wheel needs it and the image has it."""

LEGACY_MANYLINUX = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}


def platform_tags(target: Target) -> list[str]:
    """Every platform tag (PEP 600) of a wheel that loads there, the newest glibc first, as pip prefers them."""
    new = [f"manylinux_2_{minor}_{target.machine}" for minor in range(GLIBC_MINOR, OLDEST_MANYLINUX_MINOR - 1, -1)]
    return [*new, *(f"{name}_{target.machine}" for name in reversed(LEGACY_MANYLINUX))]


def refusal_of_wheel(filename: str, target: Target) -> str | None:
    """Why a wheel of that name (PEP 427) could not be loaded, or None where it could."""
    *_, pythons, abis, platforms = filename.removesuffix(".whl").split("-")
    current = f"cp3{PYTHON_MINOR}"
    python_loads = any(
        python in ("py3", f"py3{PYTHON_MINOR}", current) or (_abi3_minor(python) <= PYTHON_MINOR and "abi3" in abis)
        for python in pythons.split(".")
    )
    if not python_loads or not {"none", "abi3", current} & set(abis.split(".")):
        return f"it is for {pythons}-{abis}, not for CPython 3.{PYTHON_MINOR}"
    if "any" not in platforms.split(".") and not set(platforms.split(".")) & set(platform_tags(target)):
        return f"it is for {platforms}, not for {target.machine} with glibc 2.{GLIBC_MINOR} or older"
    return None


def system_libraries(target: Target) -> frozenset[str]:
    """The names of the libraries that are there without the package, the dynamic loader among them."""
    return LIBRARIES | {target.loader}


def refusal_of_library(library: Library, target: Target) -> str | None:
    """Why a shared library could not be loaded, or None where it could."""
    if library.machine != target.elf_machine:
        return f"it is for ELF machine {library.machine}, not {target.elf_machine} ({target.machine})"
    too_new = sorted(f"{version} of {file}" for file, version in library.needs if not _is_there(version))
    return f"it wants {', '.join(too_new)}" if too_new else None


def _abi3_minor(python: str) -> int:
    match = re.fullmatch(r"cp3(\d+)", python)
    return int(match[1]) if match else PYTHON_MINOR + 1


def _is_there(version: str) -> bool:
    match = re.fullmatch(r"([A-Z]+)_(\d+(?:\.\d+)*)", version)
    if match is None:
        # GLIBC_PRIVATE and GLIBC_ABI_DT_RELR (glibc 2.36) promise nothing; libstdc++'s named ones are old.
        return not version.startswith("GLIBC_")
    newest = NEWEST_SYMBOLS.get(match[1])
    # Other families are versions of libraries that the wheels bring themselves.
    return newest is None or tuple(int(part) for part in match[2].split(".")) <= newest
