"""`handler.engines.own_code.sources`: an archive that was not written by us is bounded, refused, and never on disk."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.engines.own_code.sources import MOST_MODULES, Source, sources_in
from handler.errors.model import UnloadableArtifact
from tests.unit.handler.own_code import zipped


def test_modules_and_packages_have_their_dotted_names() -> None:
    found = sources_in(zipped({"a.py": "A = 1", "b/__init__.py": "", "b/c.py": "C = 1"}))
    assert found == {
        "a": Source(b"A = 1", "a.py", False),
        "b": Source(b"", "b/__init__.py", True),
        "b.c": Source(b"C = 1", "b/c.py", False),
    }


EVIL = ["../a.py", "/a.py", "a/../b.py", "a b.py", "a.txt", "a", "C:\\a.py", "..\\a.py", "__init__.py", "a//b.py", "b/"]


@pytest.mark.parametrize("name", EVIL)
def test_a_name_that_is_no_module_s_is_refused_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnloadableArtifact, match="a file that is no module"):
        sources_in(zipped({name: "A = 1"}))
    assert list(tmp_path.iterdir()) == []


def test_a_module_in_a_folder_that_is_no_package_is_refused() -> None:
    with pytest.raises(UnloadableArtifact, match="no package"):
        sources_in(zipped({"a/b.py": ""}))


@pytest.mark.parametrize("names", [("a.py", "a.py"), ("a.py", "a/__init__.py")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_module_that_is_there_twice_is_refused(names: tuple[str, str]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "A = 1")
    with pytest.raises(UnloadableArtifact, match="a module twice"):
        sources_in(packed.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", b"#" * 50_000_000)
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(UnloadableArtifact, match="longer than all of it"):
        sources_in(packed.getvalue())


def test_a_compressed_module_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", b"A = 1 # short")
    with pytest.raises(UnloadableArtifact, match="compressed"):
        sources_in(packed.getvalue())


def test_more_modules_than_anyone_writes_are_refused() -> None:
    with pytest.raises(UnloadableArtifact, match=rf"{MOST_MODULES + 1} files"):
        sources_in(zipped({f"a{n}.py": "" for n in range(MOST_MODULES + 1)}))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(UnloadableArtifact, match="no sound zip"):
        sources_in(data)


def test_an_archive_without_files_is_refused() -> None:
    with pytest.raises(UnloadableArtifact, match="0 files"):
        sources_in(zipped({}))


@given(st.data())
def test_a_damaged_archive_is_refused_or_has_the_same_modules(data: st.DataObject) -> None:
    sound = zipped({"a.py": "A = 1", "b/__init__.py": ""})
    place = data.draw(st.integers(0, len(sound) - 1))
    damaged = sound[:place] + bytes([data.draw(st.integers(0, 255))]) + sound[place + 1 :]
    try:
        found = sources_in(damaged)
    except UnloadableArtifact:
        return
    assert all(name.replace(".", "").isidentifier() for name in found)
    assert sum(len(source.text) for source in found.values()) <= len(damaged)
