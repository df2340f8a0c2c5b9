"""A library that needs another is shipped only where Lambda's loader would find that other one."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from packager.build import CACHE, HANDLER, copy_openmp, require_needed, unpack
from packager.errors import CannotLoad
from packager.target import Target, architectures, load_target
from packager.wheels.amazon_linux import system_libraries
from packager.wheels.elf import Library, is_elf, read_library
from packager.wheels.fetching import fetch_wheels
from packager.wheels.needed import missing_libraries
from packager.wheels.openmp import openmp_to_copy
from tests.package.shared_libraries import Written, elf_file, write_by_gcc

INTEL = load_target("x86_64")
HERE = "$ORIGIN"
LIBS = "$ORIGIN/../a.libs"
NOWHERE = "libnowhere.so.1"

LAYOUTS: dict[str, tuple[dict[str, Written], list[tuple[str, str]]]] = {
    "what the system has": ({"pkg/a.so": Written(("libc.so.6", "libm.so.6"))}, []),
    "nowhere": ({"pkg/a.so": Written((NOWHERE,), rpath=HERE)}, [("pkg/a.so", NOWHERE)]),
    "by RPATH": ({"pkg/a.so": Written(("libb.so",), rpath=LIBS), "a.libs/libb.so": Written()}, []),
    "by RUNPATH": ({"pkg/a.so": Written(("libb.so",), runpath=LIBS), "a.libs/libb.so": Written()}, []),
    "by the second folder of a path": (
        {"pkg/a.so": Written(("libb.so",), rpath=f"/opt/lib:{LIBS}"), "a.libs/libb.so": Written()},
        [],
    ),
    "in braces": (
        {"pkg/a.so": Written(("libb.so",), rpath="${ORIGIN}/../a.libs"), "a.libs/libb.so": Written()},
        [],
    ),
    "beside it without a path": (
        {"pkg/a.so": Written(("libb.so",)), "pkg/libb.so": Written()},
        [("pkg/a.so", "libb.so")],
    ),
    "in another folder than the path's": (
        {"pkg/a.so": Written(("libb.so",), rpath=HERE), "a.libs/libb.so": Written()},
        [("pkg/a.so", "libb.so")],
    ),
    "by the RPATH of whoever needs it": (
        {
            "pkg/a.so": Written(("libb.so",), rpath=LIBS),
            "a.libs/libb.so": Written(("libc2.so",)),
            "a.libs/libc2.so": Written(),
        },
        [],
    ),
    "by the RUNPATH of whoever needs it": (
        {
            "pkg/a.so": Written(("libb.so",), runpath=LIBS),
            "a.libs/libb.so": Written(("libc2.so",)),
            "a.libs/libc2.so": Written(),
        },
        [("a.libs/libb.so", "libc2.so")],
    ),
    "by an RPATH above a RUNPATH": (
        {
            "pkg/a.so": Written(("libb.so",), rpath=LIBS),
            "a.libs/libb.so": Written(("libc2.so",), runpath="$ORIGIN/other"),
            "a.libs/libc2.so": Written(),
        },
        [("a.libs/libb.so", "libc2.so")],
    ),
    "loaded just before": (
        {
            "pkg/a.so": Written(("libb.so", "libc2.so"), runpath=LIBS),
            "a.libs/libb.so": Written(("libc2.so",)),
            "a.libs/libc2.so": Written(),
        },
        [],
    ),
    "in the package's own folder": ({"pkg/a.so": Written(("libb.so",)), "libb.so": Written()}, []),
    "in the package's lib": ({"pkg/a.so": Written(("libb.so",)), "lib/libb.so": Written()}, []),
    "in a circle": (
        {
            "pkg/a.so": Written(("libb.so",), rpath=LIBS),
            "a.libs/libb.so": Written(("libc2.so",), rpath=HERE),
            "a.libs/libc2.so": Written(("libb.so", NOWHERE), rpath=HERE),
        },
        [("a.libs/libc2.so", NOWHERE)],
    ),
}


def missing_of(libraries: Mapping[PurePosixPath, Library], target: Target = INTEL) -> list[tuple[str, str]]:
    found = missing_libraries(libraries, system_libraries(target))
    return [(str(missing.needed_by), missing.name) for missing in found]


def by_hand(libraries: dict[str, Written], target: Target = INTEL) -> dict[PurePosixPath, Library]:
    return {
        PurePosixPath(place): read_library(elf_file(library, PurePosixPath(place).name, target.elf_machine))
        for place, library in libraries.items()
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_library_is_found_where_the_loader_looks_and_nowhere_else(layout: str) -> None:
    libraries, missing = LAYOUTS[layout]
    assert missing_of(by_hand(libraries)) == missing


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="gcc for Linux is not here")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_loader_of_this_machine_finds_the_same(layout: str, tmp_path: Path) -> None:
    libraries, missing = LAYOUTS[layout]
    tree = tmp_path / "tree"
    write_by_gcc(tree, libraries, tmp_path / "stubs")
    read = {PurePosixPath(place): read_library((tree / place).read_bytes()) for place in libraries}
    assert missing_of(read) == missing
    code = f"import ctypes; ctypes.CDLL({str(tree / 'pkg/a.so')!r})"
    environ = {**os.environ, "LD_LIBRARY_PATH": f"{tree}:{tree / 'lib'}"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (missing == []), done.stderr
    assert all(f"{name}: cannot open shared object file" in done.stderr for _, name in missing)


def test_libraries_that_need_each_other_and_nothing_else_does_are_looked_at_too() -> None:
    circle = {"libb.so": Written(("libc2.so",)), "libc2.so": Written(("libb.so", NOWHERE))}
    assert missing_of(by_hand(circle)) == [("libc2.so", NOWHERE)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf of binutils is not here")
def test_a_library_by_hand_is_read_by_readelf_as_by_us(layout: str, tmp_path: Path) -> None:
    for place, library in LAYOUTS[layout][0].items():
        (tmp_path / "library.so").write_bytes(elf_file(library, PurePosixPath(place).name, INTEL.elf_machine))
        done = subprocess.run(["readelf", "-d", tmp_path / "library.so"], capture_output=True, text=True, check=True)
        needed = [line.split("[")[1].rstrip("]") for line in done.stdout.splitlines() if "(NEEDED)" in line]
        assert tuple(needed) == library.needed
        assert all(path in done.stdout for path in (library.rpath, library.runpath) if path)


def wheel(folder: Path, files: dict[str, Written], target: Target) -> Path:
    path = folder / f"lightgbm-4.6.0-py3-none-manylinux_2_28_{target.machine}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for place, library in files.items():
            archive.writestr(place, elf_file(library, PurePosixPath(place).name, target.elf_machine))
    return path


@pytest.mark.parametrize("architecture", architectures())
def test_a_wheel_that_expects_openmp_of_the_system_is_refused_with_what_to_do(
    tmp_path: Path, architecture: str
) -> None:
    target = load_target(architecture)
    needed = ("libgomp.so.1", "libstdc++.so.6", target.loader)
    path = wheel(tmp_path, {"lightgbm/lib/lib_lightgbm.so": Written(needed)}, target)
    libraries = {place: (path.name, library) for place, library in unpack(path, tmp_path / "tree", target).items()}
    with pytest.raises(
        CannotLoad,
        match=r"^lightgbm/lib/lib_lightgbm\.so of lightgbm-4\.6\.0-.*\.whl cannot be loaded by Lambda: it needs "
        r"libgomp\.so\.1, which is neither in the package nor in Amazon Linux 2023 as Lambda has it\. Pin a version",
    ):
        require_needed(libraries, target)


def test_a_library_that_another_wheel_brings_elsewhere_is_named_but_not_taken() -> None:
    libraries = by_hand({"lightgbm/lib_lightgbm.so": Written(("libgomp.so.1",)), "other.libs/libgomp.so.1": Written()})
    with pytest.raises(CannotLoad, match=r"as other\.libs/libgomp\.so\.1, where the loader does not look for it"):
        require_needed({place: ("a.whl", library) for place, library in libraries.items()}, INTEL)


@pytest.mark.parametrize("architecture", architectures())
def test_lightgbm_gets_the_openmp_that_it_needs_of_a_pinned_wheel_and_the_build_fails_without(
    architecture: str, tmp_path: Path
) -> None:
    target = load_target(architecture)
    wheels = [path for path in fetch_wheels(HANDLER / "requirements.txt", target, CACHE) if "scikit_learn" in path.name]
    wheels += fetch_wheels(HANDLER / "requirements-lightgbm.txt", target, CACHE)
    libraries: dict[PurePosixPath, tuple[str, Library]] = {}
    for path in wheels:
        libraries |= {place: (path.name, library) for place, library in unpack(path, tmp_path, target).items()}
    refused = r"lib_lightgbm\.so of lightgbm-.*\.whl cannot be loaded by Lambda: it needs libgomp\.so\.1, which is nei"
    with pytest.raises(CannotLoad, match=refused):
        require_needed(libraries, target)

    copied = copy_openmp(libraries, tmp_path, target)
    assert list(copied) == [PurePosixPath("lib/libgomp.so.1")]
    require_needed(libraries | copied, target)
    data = (tmp_path / "lib/libgomp.so.1").read_bytes()
    (same,) = [place for place in libraries if (tmp_path / place).read_bytes() == data]
    assert same.name.startswith("libgomp-")
    (lightgbm,) = [library for place, (_, library) in libraries.items() if place.name == "lib_lightgbm.so"]
    wanted = {version for file, version in lightgbm.needs if file == "libgomp.so.1"}
    assert wanted
    assert [version for version in sorted(wanted) if version.encode() + b"\0" not in data] == []

    # Nothing else brings it.
    without = {place: found for place, found in libraries.items() if not place.name.startswith("libgomp-")}
    assert copy_openmp(without, tmp_path / "without", target) == {}
    with pytest.raises(CannotLoad, match=refused):
        require_needed({place: found for place, found in without.items() if "lightgbm" in found[0]}, target)


@pytest.mark.parametrize("architecture", architectures())
def test_what_xgboost_needs_is_in_its_wheel(architecture: str, tmp_path: Path) -> None:
    target = load_target(architecture)
    (path,) = fetch_wheels(HANDLER / "requirements-xgboost.txt", target, CACHE)
    libraries = unpack(path, tmp_path, target)
    assert {place.name for place in libraries} > {"libxgboost.so"}
    assert missing_of(libraries, target) == []


@pytest.mark.parametrize("architecture", architectures())
def test_all_that_the_pinned_wheels_need_is_found(architecture: str, tmp_path: Path) -> None:
    target = load_target(architecture)
    libraries: dict[PurePosixPath, Library] = {}
    for path in fetch_wheels(HANDLER / "requirements.txt", target, CACHE):
        libraries |= unpack(path, tmp_path, target)
    assert len(libraries) > 150
    assert missing_of(libraries, target) == []
    # So the package gets no library that nothing asks for.
    assert openmp_to_copy(libraries, system_libraries(target)) is None
    without_openblas = {place: library for place, library in libraries.items() if "openblas" not in place.name}
    assert {name.split("-")[0] for _, name in missing_of(without_openblas, target)} == {
        "libscipy_openblas",
        "libscipy_openblas64_",
    }


@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf of binutils is not here")
def test_what_real_libraries_need_is_what_readelf_reads(tmp_path: Path) -> None:
    read = 0
    for path in fetch_wheels(HANDLER / "requirements.txt", INTEL, CACHE):
        for place in list(unpack(path, tmp_path, INTEL))[::10]:
            data = (tmp_path / place).read_bytes()
            assert is_elf(data)
            done = subprocess.run(["readelf", "-d", tmp_path / place], capture_output=True, text=True, check=True)
            lines = [line for line in done.stdout.splitlines() if "[" in line]
            texts = {
                tag: [line.split("[")[1].rstrip("]") for line in lines if f"({tag})" in line]
                for tag in ("NEEDED", "SONAME", "RPATH", "RUNPATH")
            }
            library = read_library(data)
            assert texts["NEEDED"] == list(library.needed)
            assert texts["SONAME"] == ([library.soname] if library.soname else [])
            assert texts["RPATH"] == ([library.rpath] if library.rpath else [])
            assert texts["RUNPATH"] == ([library.runpath] if library.runpath else [])
            read += 1
    assert read > 15
