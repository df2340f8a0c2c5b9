"""Which files of a wheel, and of handler/, go into the package.

A list of what is left out, not of what goes in: an unknown file may be data that something reads. `make test-package`
holds each rule against the whole wheels: it imports every module with and without the files that are left out.
"""

from pathlib import PurePosixPath

TEST_FOLDERS = frozenset({"tests", "test"})
TEST_FILES = frozenset({"conftest.py"})
BUILD_FOLDERS = frozenset({"_build_utils"})
BUILD_SUFFIXES = frozenset(
    # Type stubs, Cython, C, C++ and Fortran sources, templates of sources, static libraries, and what finds them.
    {".pyi", ".pyx", ".pxd", ".pxi", ".tp", ".h", ".hpp", ".c", ".cpp", ".f", ".f90", ".a", ".build", ".pc", ".in"}
)
NOTES = frozenset({"py.typed", "LICENSE", "COPYING", "COPYRIGHT", "README", "RECORD"})
NOTE_SUFFIXES = frozenset({".md"})
NOT_FOR_INFERENCE = (
    # What makes, trains and changes graphs, and another way to ask one. They need libraries that are not there.
    *("onnxruntime/backend", "onnxruntime/datasets", "onnxruntime/quantization", "onnxruntime/tools"),
    "onnxruntime/transformers",
    # The whole runtime a second time, for programs in C++: the Python module has it within.
    "onnxruntime/capi/libonnxruntime.so",
    "onnxruntime/ThirdPartyNotices.txt",
)
"""How the paths begin of what one wheel brings and answering rows does not need: half of ONNX Runtime's bytes."""

READ_METADATA = "METADATA"
"""The one file of a .dist-info folder that stays: `importlib.metadata` reads versions from it, and so does Amazon
Inspector, which looks for known vulnerabilities (Amazon Inspector User Guide, "Scanning AWS Lambda functions")."""

UNSHIPPED_OF_HANDLER = frozenset(
    {"Makefile", "requirements.in", "requirements.txt", "requirements-onnx.in", "requirements-onnx.txt"}
)


def ships_from_wheel(path: PurePosixPath) -> bool:
    """Whether the file at `path` of an unpacked wheel is in the package."""
    top = path.parts[0]
    if top.endswith(".dist-info"):
        return path.parts[1:] == (READ_METADATA,)
    return not (
        (TEST_FOLDERS | BUILD_FOLDERS).intersection(path.parts[:-1])
        or path.name in TEST_FILES | NOTES
        or path.suffix in BUILD_SUFFIXES | NOTE_SUFFIXES
        or path.as_posix().startswith(NOT_FOR_INFERENCE)
    )


def ships_from_handler(path: PurePosixPath) -> bool:
    """Whether the file at `path` of handler/ is in the package."""
    return (
        path.as_posix() not in UNSHIPPED_OF_HANDLER
        and "__pycache__" not in path.parts
        and not any(part.startswith(".") for part in path.parts)
    )


def place_in_package(path: PurePosixPath) -> PurePosixPath | None:
    """Where a wheel's file goes (PEP 427, "Installing a wheel"), or None for scripts, headers and the like."""
    if not path.parts[0].endswith(".data"):
        return path
    if len(path.parts) > 2 and path.parts[1] in ("purelib", "platlib"):
        return PurePosixPath(*path.parts[2:])
    return None
