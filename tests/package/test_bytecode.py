"""The bytecode is of the kind that Lambda takes as it is, and is the same in every build."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from packager.archive import zip_as_sam
from packager.build import PROJECT, Package, build
from packager.bytecode.compilation import MAGIC, find_interpreter
from packager.errors import NoInterpreter
from packager.tree import digest_of

UNCHECKED_HASH = b"\x01\0\0\0"


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_every_module_has_bytecode_that_is_never_checked_against_a_source(
    packages: dict[str, Package], architecture: str
) -> None:
    tree = packages[architecture].tree
    compiled = list(tree.rglob("*.pyc"))
    assert len(compiled) > 1500
    for path in compiled:
        assert path.read_bytes()[:8] == MAGIC + UNCHECKED_HASH, path
    for source in tree.rglob("*.py"):
        assert (source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc").is_file(), source


def test_two_builds_in_two_folders_give_the_same_bytes(package: Package, tmp_path: Path) -> None:
    umask = os.umask(0o077)
    try:
        again = build(tmp_path / "a folder" / "of another name", package.target)
    finally:
        os.umask(umask)
    assert again.digest == package.digest == digest_of(again.tree)
    zips = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for built, archive in zip((package, again), zips, strict=True):
        zip_as_sam(built.tree, archive)
    assert zips[0].read_bytes() == zips[1].read_bytes()


def test_everything_has_one_date_and_can_be_read_by_any_user(package: Package) -> None:
    paths = list(package.tree.rglob("*"))
    assert len({path.stat().st_mtime for path in paths}) == 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o644}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o755}


def test_both_architectures_hold_the_same_bytecode_of_ours(packages: dict[str, Package]) -> None:
    intel, arm = (
        {path.name: path.read_bytes() for path in (packages[name].tree / "handler").rglob("*.pyc")}
        for name in ("x86_64", "arm64")
    )
    assert intel
    assert intel == arm


def test_traceback_names_the_place_in_lambda_and_not_where_it_was_built(package: Package, python313: Path) -> None:
    path = package.tree / "sklearn" / "base.pyc"
    script = "import marshal, sys; print(marshal.loads(open(sys.argv[1], 'rb').read()[16:]).co_filename)"
    done = subprocess.run([python313, "-c", script, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "/var/task/sklearn/base.py"
    assert str(package.tree).encode() not in path.read_bytes()


SHARED_SETS = """
class A:
    allowed = [options({"aa", "bb", "cc"})]
class B:
    allowed = [options({"aa", "bb", "cc"})]
"""
COMPILE = """
import marshal, sys
sys.path.insert(0, sys.argv[1])
from compiler import canonical
kept = [sys.intern(word) for word in sys.argv[3:]]
code = compile(sys.argv[2], "module.py", "exec")
print(marshal.dumps(code).hex(), canonical(code).hex())
"""


def test_bytecode_is_the_same_whatever_the_process_did_before(python313: Path) -> None:
    """Plain marshal writes the two sets as one where their words are new to the process, and as two where not."""
    arguments = [str(python313), "-c", COMPILE, str(PROJECT / "packager" / "bytecode"), SHARED_SETS]
    fresh, used = (
        subprocess.run([*arguments, *words], capture_output=True, check=True).stdout.split()
        for words in ([], ["aa", "bb", "cc"])
    )
    assert fresh[0] != used[0]
    assert fresh[1] == used[1]


def test_a_chosen_interpreter_of_another_version_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "python3.13"
    other.write_text("#!/bin/sh\necho cpython 00000000\n")
    other.chmod(0o755)
    with pytest.raises(NoInterpreter, match=r"PACKAGER_PYTHON is .*, no CPython 3\.13"):
        find_interpreter({"PACKAGER_PYTHON": str(other)})


@pytest.mark.skipif(sys.version_info[:2] == (3, 13), reason="The running Python is the one that is looked for.")
def test_without_any_the_message_says_how_to_get_one(tmp_path: Path) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2; exit 127\n")
    shim.chmod(0o755)
    with pytest.raises(NoInterpreter, match=r"uv python install 3\.13") as caught:
        find_interpreter({"PATH": str(tmp_path)})
    assert str(shim) in str(caught.value)


def test_the_first_interpreter_on_the_path_that_works_is_taken(python313: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "whole").mkdir()
    (tmp_path / "broken" / "python3.13").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "broken" / "python3.13").chmod(0o755)
    whole = tmp_path / "whole" / "python3.13"
    whole.write_text(f'#!/bin/sh\nexec "{python313}" "$@"\n')
    whole.chmod(0o755)
    found = find_interpreter({"PATH": f"{tmp_path / 'broken'}:{tmp_path / 'whole'}"})
    assert found == (Path(sys.executable) if sys.version_info[:2] == (3, 13) else whole)
