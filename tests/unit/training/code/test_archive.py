"""`training.code.archive`: the same modules give the same bytes, and what Lambda could not import is refused."""

import os
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from handler.engines.own_code.sources import sources_in
from handler.engines.shipped import requirements
from handler.registry.chain import MOST_CODE_BYTES
from handler.registry.manifest import sha256
from tests.unit.handler.own_code import zipped
from training.code.archive import code_archive, code_file, require_sound_code
from training.errors import UnpackableArtifact


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def refusal(*paths: Path) -> str:
    with pytest.raises(UnpackableArtifact) as raised:
        code_archive(paths)
    return str(raised.value)


def test_a_file_is_a_module_a_folder_with_init_a_package_and_any_other_folder_what_is_in_it(tmp_path: Path) -> None:
    package = written(tmp_path / "mine", {"__init__.py": "", "a.py": "", "deep/__init__.py": "", "deep/b.py": ""})
    root = written(tmp_path / "src", {"features.py": "", "more/__init__.py": "", "more/c.py": ""})
    single = written(tmp_path, {"single.py": ""}) / "single.py"
    assert set(sources_in(code_archive([package]))) == {"mine", "mine.a", "mine.deep", "mine.deep.b"}
    assert set(sources_in(code_archive([root]))) == {"features", "more", "more.c"}
    assert set(sources_in(code_archive([single, root]))) == {"single", "features", "more", "more.c"}


def test_the_same_modules_give_the_same_bytes_whenever_wherever_and_in_whichever_order(tmp_path: Path) -> None:
    files = {"a.py": "A = 1\n", "b.py": "B = 1\n"}
    one, other = written(tmp_path / "one", files), written(tmp_path / "other", dict(reversed(files.items())))
    os.utime(other / "a.py", (1, 1))
    (other / "a.py").chmod(0o755)
    data = code_archive([one])
    assert data == code_archive([other]) == code_archive([other / "b.py", one / "a.py"])
    assert str(tmp_path).encode() not in data
    assert (code_file(data).file, code_file(data).bytes, code_file(data).sha256) == (
        "code.zip",
        len(data),
        sha256(data),
    )
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert [(entry.filename, entry.date_time[0]) for entry in archive.infolist()] == [
            ("a.py", 1980),
            ("b.py", 1980),
        ]


def test_what_python_makes_beside_modules_and_hidden_files_stay_behind(tmp_path: Path) -> None:
    left = {"__pycache__/a.cpython-313.pyc": "", ".git/config": "", ".env": "SECRET=1", "a.pyi": "", "py.typed": ""}
    folder = written(tmp_path / "src", {"a.py": "", **left})
    assert set(sources_in(code_archive([folder]))) == {"a"}


@pytest.mark.parametrize("name", ["data.csv", "README.md", "deep/data.bin", "lib.so"])
def test_a_file_that_is_no_module_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path / "mine", {"__init__.py": "", "deep/__init__.py": "", name: ""})
    assert "modules alone travel with a model: write what it holds into a module" in refusal(folder)


def test_a_folder_with_modules_but_no_init_inside_another_is_refused(tmp_path: Path) -> None:
    assert "no __init__.py: add one" in refusal(written(tmp_path / "src", {"a.py": "", "deep/b.py": ""}))


def test_no_module_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "has no .py file" in refusal(tmp_path / "empty")
    assert "cannot be a module: give a .py file" in refusal(written(tmp_path, {"model.joblib": ""}) / "model.joblib")
    init = written(tmp_path / "mine", {"__init__.py": ""}) / "__init__.py"
    assert "give the folder of a package" in refusal(init)


def test_links_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    outside = written(tmp_path, {"secret.py": "S = 1"}) / "secret.py"
    folder = written(tmp_path / "src", {"a.py": ""})
    (folder / "inside.py").symlink_to(folder / "a.py")
    assert set(sources_in(code_archive([folder]))) == {"a", "inside"}
    (folder / "b.py").symlink_to(outside)
    assert "is a link that leaves its folder" in refusal(folder)
    (folder / "b.py").unlink()
    (folder / "loop").symlink_to(folder)
    assert "is a link" in refusal(folder)


def test_a_module_given_twice_or_also_as_a_package_is_refused(tmp_path: Path) -> None:
    single = written(tmp_path, {"a.py": ""}) / "a.py"
    assert "a.py is given twice" in refusal(single, single)
    assert "a module twice" in refusal(single, written(tmp_path / "sub" / "a", {"__init__.py": ""}))


def test_more_than_a_cold_start_should_read_is_refused(tmp_path: Path) -> None:
    assert "4 MB" in refusal(written(tmp_path, {"a.py": "#" * (MOST_CODE_BYTES + 1)}) / "a.py")
    half = dict.fromkeys(("a.py", "b.py"), "#" * (MOST_CODE_BYTES // 2))
    assert "4 MB" in refusal(written(tmp_path / "src", half))
    assert "1000 files" in refusal(written(tmp_path / "many", {f"a{n}.py": "" for n in range(1001)}))


SHIPPED = {"sklearn", "numpy", "scipy", "joblib", "handler", "aws_lambda_powertools", "obstore", "orjson", "narwhals"}
OTHERS = {"boto3", "botocore", "json", "os", "code", "distutils", "compression", "training", "pandas", "__main__"}


@pytest.mark.parametrize("name", sorted(SHIPPED | OTHERS | {"_own_code_1"}))
def test_a_module_that_would_hide_another_is_refused(tmp_path: Path, name: str) -> None:
    assert f"The module {name} has a name of" in refusal(written(tmp_path, {f"{name}.py": ""}) / f"{name}.py")
    inside = written(tmp_path / "mine", {"__init__.py": "", f"{name}.py": ""})
    assert f"mine.{name}" in sources_in(code_archive([inside]))


def test_every_library_that_is_pinned_is_among_the_names_that_are_taken(tmp_path: Path) -> None:
    modules = {"scikit-learn": "sklearn"}
    for library in requirements():
        name = modules.get(library, library.replace("-", "_"))
        assert "has a name of" in refusal(written(tmp_path, {f"{name}.py": ""}) / f"{name}.py")


@pytest.mark.parametrize("name", ["my-features.py", "2features.py", "my features.py", "class.py"])
def test_a_name_that_no_import_can_say_is_refused(tmp_path: Path, name: str) -> None:
    assert "name that Python can" in refusal(written(tmp_path, {name: ""}) / name)


def test_an_archive_of_anybody_is_held_to_the_same() -> None:
    assert require_sound_code(zipped({"features.py": "import numpy", "more/__init__.py": ""})) == {"features", "more"}
    for modules, words in (
        ({"numpy.py": ""}, "would hide it"),
        ({"a.py": "import torch"}, "imports torch"),
        ({"../a.py": ""}, "no module"),
    ):
        with pytest.raises(UnpackableArtifact, match=words):
            require_sound_code(zipped(modules))
