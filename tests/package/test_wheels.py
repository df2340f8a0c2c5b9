"""Only wheels that were pinned, byte for byte, and that Amazon Linux 2023 can load get into a package."""

import shutil
import subprocess
from pathlib import Path

import pytest

from packager.build import CACHE, HANDLER, Package, build, unpack
from packager.errors import BadLock, BadTree, CannotLoad, WheelUnavailable
from packager.target import load_target
from packager.wheels.amazon_linux import refusal_of_library, refusal_of_wheel
from packager.wheels.elf import is_elf, read_library
from packager.wheels.fetching import fetch_wheels
from packager.wheels.lockfile import Pin, parse_lock

INTEL = load_target("x86_64")
ARM = load_target("arm64")
DIGEST = "0" * 64


@pytest.mark.parametrize(
    "name",
    [
        "a-1-py3-none-any.whl",
        "a-1-py2.py3-none-any.whl",
        "a-1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        "a-1-cp313-cp313-manylinux_2_34_x86_64.whl",
        "a-1-cp313-cp313-manylinux2014_x86_64.whl",
        "a-1-cp39-abi3-manylinux_2_17_x86_64.whl",
        "a-1-1build-cp313-none-manylinux1_x86_64.whl",
    ],
)
def test_wheels_for_the_target_are_taken(name: str) -> None:
    assert refusal_of_wheel(name, INTEL) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a-1-cp313-cp313-manylinux_2_35_x86_64.whl", "manylinux_2_35_x86_64, not for x86_64 with glibc 2.34"),
        ("a-1-cp313-cp313-manylinux_2_28_aarch64.whl", "manylinux_2_28_aarch64"),
        ("a-1-cp313-cp313-musllinux_1_2_x86_64.whl", "musllinux"),
        ("a-1-cp313-cp313-linux_x86_64.whl", "linux_x86_64"),
        ("a-1-cp313-cp313-macosx_11_0_arm64.whl", "macosx"),
        ("a-1-cp313-cp313t-manylinux_2_28_x86_64.whl", "cp313t"),
        ("a-1-cp312-cp312-manylinux_2_28_x86_64.whl", "cp312"),
        ("a-1-cp314-abi3-manylinux_2_28_x86_64.whl", "cp314-abi3"),
        ("a-1-py2-none-any.whl", "py2"),
    ],
)
def test_wheels_for_anything_else_are_refused(name: str, reason: str) -> None:
    assert reason in (refusal_of_wheel(name, INTEL) or "")


def library_of(package: Package) -> bytes:
    return next((package.tree / "numpy" / "_core").glob("_multiarray_umath.*.so")).read_bytes()


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_every_library_that_ships_is_for_its_target_alone(packages: dict[str, Package], architecture: str) -> None:
    package = packages[architecture]
    other = ARM if architecture == "x86_64" else INTEL
    libraries = [data for path in package.tree.rglob("*.so*") if is_elf(data := path.read_bytes())]
    assert len(libraries) > 150
    for data in libraries:
        library = read_library(data)
        assert refusal_of_library(library, package.target) is None
        assert "ELF machine" in (refusal_of_library(library, other) or "")


def test_symbol_versions_are_those_that_readelf_reads(packages: dict[str, Package], tmp_path: Path) -> None:
    readelf = shutil.which("readelf")
    if readelf is None:
        pytest.skip("readelf of binutils is not here")
    data = library_of(packages["x86_64"])
    (tmp_path / "library.so").write_bytes(data)
    done = subprocess.run(
        [readelf, "--version-info", "--wide", tmp_path / "library.so"], capture_output=True, text=True, check=True
    )
    needs = done.stdout.split("Version needs section")[1]
    expected = {line.split("Name: ")[1].split()[0] for line in needs.splitlines() if "Name: " in line}
    assert {version for _, version in read_library(data).needs} == expected


@pytest.mark.parametrize("version", [b"GLIBC_2.35", b"GLIBC_2.99"])
def test_a_library_that_wants_a_newer_glibc_is_refused(packages: dict[str, Package], version: bytes) -> None:
    data = library_of(packages["x86_64"])
    assert b"\0GLIBC_2.14\0" in data
    newer = data.replace(b"\0GLIBC_2.14\0", b"\0" + version + b"\0")
    refusal = refusal_of_library(read_library(newer), INTEL)
    assert refusal == f"it wants {version.decode()} of libc.so.6"


def test_a_wheel_with_libraries_of_another_machine_is_refused_when_it_is_unpacked(
    packages: dict[str, Package], tmp_path: Path
) -> None:
    assert packages
    numpy = next(
        wheel for wheel in fetch_wheels(HANDLER / "requirements.txt", ARM, CACHE) if wheel.name.startswith("numpy-")
    )
    with pytest.raises(CannotLoad, match="ELF machine 183, not 62"):
        unpack(numpy, tmp_path, INTEL)


def test_lock_gives_name_version_and_hashes() -> None:
    text = f"# note\nSome_Thing==1.0 \\\n    --hash=sha256:{DIGEST} \\\n    --hash=sha256:{'1' * 64}\n"
    assert parse_lock(text) == (Pin("some-thing", "1.0", frozenset({DIGEST, "1" * 64})),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("numpy==2.0", "must have only lines like"),
        (f"numpy>=2.0 --hash=sha256:{DIGEST}", "must have only lines like"),
        ("--index-url https://example.com", "must have only lines like"),
        (f"colorama==0.4 ; sys_platform == 'win32' --hash=sha256:{DIGEST}", "has the marker"),
        (f"colorama==0.4 ; sys_platform == 'win32' \\\n    --hash=sha256:{DIGEST}", "has the marker"),
    ],
)
def test_lock_that_each_host_would_read_otherwise_is_refused(line: str, reason: str) -> None:
    with pytest.raises(BadLock, match=reason):
        parse_lock(line)


def cached_copy(tmp_path: Path) -> tuple[Path, Path]:
    """A cache of the test's own with the real wheels, and the folder in it that they are in."""
    wheels = fetch_wheels(HANDLER / "requirements.txt", INTEL, CACHE)
    folder = tmp_path / wheels[0].parent.relative_to(CACHE)
    shutil.copytree(wheels[0].parent, folder)
    return tmp_path, folder


def test_cached_wheel_that_was_changed_is_refused(tmp_path: Path) -> None:
    cache, folder = cached_copy(tmp_path)
    wheel = next(folder.glob("joblib-*"))
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(WheelUnavailable, match="was changed since"):
        fetch_wheels(HANDLER / "requirements.txt", INTEL, cache)


def test_cached_wheel_that_nobody_pinned_is_refused(tmp_path: Path) -> None:
    cache, folder = cached_copy(tmp_path)
    shutil.copy(next(folder.glob("joblib-*")), folder / "extra-1.0-py3-none-any.whl")
    with pytest.raises(WheelUnavailable, match="in no pin"):
        fetch_wheels(HANDLER / "requirements.txt", INTEL, cache)


def test_wheel_that_is_missing_from_the_cache_is_told(tmp_path: Path) -> None:
    cache, folder = cached_copy(tmp_path)
    next(folder.glob("scipy-*")).unlink()
    with pytest.raises(WheelUnavailable, match=r"scipy .* is not among"):
        fetch_wheels(HANDLER / "requirements.txt", INTEL, cache)


def test_output_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadTree, match="must be an empty folder"):
        build(tmp_path, INTEL)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
