"""The libraries of the function are installed once, whole or not at all, and again where pins or the Python changed."""

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.errors import NoFunctionEnvironment
from training.function_environment import PROJECT, UNFINISHED, function_libraries

MAKING = "Installing "
PROGRAM = """
import sys
from pathlib import Path
from training.function_environment import function_libraries
print(function_libraries(Path(sys.argv[1]), [Path(sys.argv[2])]))
"""


def wheel(folder: Path, version: str, needs: str | None = None) -> str:
    """Write a wheel of one module, `planted`, that knows its version; gives its pin with its hash."""
    name = f"planted-{version}"
    files = {
        "planted.py": f"VERSION = {version!r}\n",
        f"{name}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: planted\nVersion: {version}\n"
        + (f"Requires-Dist: {needs}\n" if needs else ""),
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{place},sha256={digest(text)},{len(text)}\n" for place, text in files.items())
    path = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for place, text in {**files, f"{name}.dist-info/RECORD": record}.items():
            archive.writestr(place, text)
    return f"planted=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, which pip is configured to take them from, and nowhere else."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def requirements(tmp_path: Path, index: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(wheel(index, "1.0"))
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "project" / ".venv-function"


def start(requirements: Path, place: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROGRAM, str(requirements), str(place)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def modules_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"__pycache__"}


def test_it_holds_the_pins_alone_says_that_it_is_made_and_is_quiet_ever_after(
    requirements: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = function_libraries(requirements, [place])
    said = capsys.readouterr().err
    assert said.startswith(MAKING)
    assert said.count("\n") == 1
    assert str(place) in said
    assert modules_in(folder) == {"planted.py", "planted-1.0.dist-info"}
    assert list(folder.glob("__pycache__/*.pyc"))
    assert function_libraries(requirements, [place]) == folder
    assert capsys.readouterr() == ("", "")
    assert modules_in(place) == {folder.name, ".lock"}


def test_several_processes_at_once_make_it_once(requirements: Path, place: Path) -> None:
    processes = [start(requirements, place) for _ in range(3)]
    outcomes = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outcomes
    assert len({folder for folder, _ in outcomes}) == 1
    assert sum(said.count(MAKING) for _, said in outcomes) == 1
    assert {said.partition(" ")[0] for _, said in outcomes} <= {"Installing", "Waiting", ""}


@pytest.fixture
def stalling() -> Iterator[socket.socket]:
    """An index that takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


def test_one_that_was_killed_half_way_is_made_again(
    requirements: Path, place: Path, stalling: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delenv("PIP_NO_INDEX")
        patch.delenv("PIP_FIND_LINKS")
        patch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{stalling.getsockname()[1]}/simple")
        maker = start(requirements, place)
        connection, _ = stalling.accept()
        os.kill(maker.pid, signal.SIGKILL)
        maker.communicate()
        connection.close()
    (place / f"{UNFINISHED}1").mkdir()
    (place / f"{UNFINISHED}1" / "planted.py").write_text("half of it")
    folder = function_libraries(requirements, [place])
    assert "planted.py" in modules_in(folder)
    assert not list(place.glob(f"{UNFINISHED}*"))


def test_other_pins_or_another_python_have_a_folder_of_their_own_and_the_oldest_goes(
    requirements: Path, place: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = function_libraries(requirements, [place])
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version", sys.version + " of another build")
        second = function_libraries(requirements, [place])
    os.utime(first, (1, 1))
    requirements.write_text(wheel(index, "2.0"))
    third = function_libraries(requirements, [place])
    assert len({first, second, third}) == 3
    assert "VERSION = '2.0'" in (third / "planted.py").read_text()
    assert modules_in(place) == {second.name, third.name, ".lock"}


def test_each_package_keeps_the_folders_of_two_branches_whatever_the_other_makes(
    requirements: Path, place: Path
) -> None:
    """The folders of two branches are there, one each for both packages, and one branch gets other pins for ONNX."""
    tag = sys.implementation.cache_tag
    first, second, *others = (f"onnx-{tag}-first", f"onnx-{tag}-second", f"{tag}-first", f"{tag}-second")
    for age, name in enumerate((*others, first, second)):
        (place / name).mkdir(parents=True)
        os.utime(place / name, (age, age))
    third = function_libraries(requirements.rename(requirements.with_name("requirements-onnx.txt")), [place])
    assert third.name.startswith(f"onnx-{tag}-")
    assert modules_in(place) == {third.name, second, *others, ".lock"}


def test_what_a_pin_names_as_needed_and_is_not_pinned_is_not_installed(
    requirements: Path, place: Path, index: Path
) -> None:
    """onnxruntime names libraries that it does without, and its package has none of them."""
    requirements.write_text(wheel(index, "4.0", needs="unpinned"))
    assert modules_in(function_libraries(requirements, [place])) == {"planted.py", "planted-4.0.dist-info"}


def test_where_the_project_cannot_be_written_another_place_is_taken_and_one_that_is_there_is_used(
    requirements: Path, place: Path, tmp_path: Path
) -> None:
    unwritable = tmp_path / "file" / ".venv-function"
    unwritable.parent.write_text("no folder can be made in here")
    with pytest.raises(NoFunctionEnvironment, match=r"cannot be written to .*\.venv-function.*make install"):
        function_libraries(requirements, [unwritable])
    folder = function_libraries(requirements, [unwritable, place])
    assert folder.parent == place
    assert function_libraries(requirements, [unwritable, place]) == folder


def test_what_was_not_pinned_is_not_installed_and_pip_s_reason_is_told_in_one_sentence_of_ours(
    requirements: Path, place: Path
) -> None:
    requirements.write_text(requirements.read_text().replace("sha256:", "sha256:" + "0" * 64)[: -64 - 1] + "\n")
    with pytest.raises(NoFunctionEnvironment, match=r"pip said:\n  ERROR: ") as raised:
        function_libraries(requirements, [place])
    assert_told(str(raised.value))
    assert modules_in(place) == {".lock"}


def test_without_a_network_the_sentence_says_what_was_tried_and_what_to_do(
    requirements: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/\x1b[2J/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(NoFunctionEnvironment, match=r"No matching distribution found for planted==1\.0") as raised:
        function_libraries(requirements, [place])
    assert_told(str(raised.value))


def assert_told(text: str) -> None:
    assert "requirements.txt alone, and pip could not install them" in text
    assert "make install" in text
    assert "Traceback" not in text
    assert "\x1b" not in text
    assert len(text.splitlines()) <= 6


def test_an_environment_without_pip_is_told_how_to_get_it(
    requirements: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "pip", raising=False)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if not Path(entry, "pip").is_dir()])
    with pytest.raises(NoFunctionEnvironment, match=r"has no pip .* -m ensurepip"):
        function_libraries(requirements, [place])


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-onnx.txt"])
def test_make_asks_for_the_libraries_again_where_the_pins_of_either_package_changed(tmp_path: Path, file: str) -> None:
    for name in ("Makefile", "handler/requirements.txt", "handler/requirements-onnx.txt", "training/requirements.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
        os.utime(tmp_path / name, (1, 1))
    for age, stamp in enumerate((".venv/installed", ".venv/importable", ".venv-function/.venv.made"), start=2):
        (tmp_path / stamp).parent.mkdir(exist_ok=True)
        (tmp_path / stamp).touch()
        os.utime(tmp_path / stamp, (age, age))

    def planned() -> str:
        made = subprocess.run(["make", "-n", "install"], cwd=tmp_path, capture_output=True, text=True, check=True)
        return made.stdout

    assert "training.function_environment" not in planned()
    os.utime(tmp_path / "handler" / file, (9, 9))
    assert "training.function_environment" in planned()
