"""Unpickling runs whatever code is in the bytes: few files do, and no command reaches them unverified."""

import ast
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from handler.registry.manifest import ArtifactFile, sha256
from training.cli.main import main
from training.release.publish import TrainedFolder

ROOT = Path(__file__).parents[4]
MAY_UNPICKLE = {
    "handler/engines/scikit_learn.py",
    "handler/engines/mapped_arrays.py",
    # A model's own code, which is executed from the bytes that were verified with the artifact's.
    "handler/engines/own_code/modules.py",
    "handler/engines/own_code/unpickling.py",
    "training/lesson.py",
    # A file of the user's own, once --trust was given, in a process of its own; it never sees a registry.
    "training/bring/inspection_process.py",
    # A frame that `publish_model` wrote itself a moment before, in a process of its own.
    "training/bring/frames/table_of_model/reading.py",
    # Follows a pickle's opcodes with stand-ins for all that it names: nothing is imported, nothing is called.
    "training/pickles/following.py",
    # Chunks and what was made of them, between `score` and processes that it started, or the cluster that the person
    # named. The bytes that a table or a registry holds travel as bytes, and are not unpickled.
    "training/scoring/running/worker.py",
    "training/scoring/cluster/scorer.py",
    "training/scoring/cluster/shipped.py",
}

LOADERS = {"load", "loads", "Unpickler", "NumpyUnpickler", "read_pickle"}
PICKLING = {"joblib", "pickle", "_pickle", "cPickle", "cloudpickle", "dill", "shelve", "marshal", "pandas"}
UNSUSPICIOUS = {"joblib", "pandas"}
"""Needed for more than to unpickle. Under another name joblib could not be followed; `read_pickle` needs no name."""


def unpickles(source: str) -> bool:
    """Whether the source names what unpickles, or code that could."""
    return any(map(_unpickles, ast.walk(ast.parse(source))))


def _unpickles(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return name == "read_pickle" or (module in PICKLING and name in LOADERS)
        case ast.ImportFrom(module=str(module), names=names):
            return module.split(".")[0] in PICKLING and any(alias.name in LOADERS for alias in names)
        case ast.Import(names=names):
            return any(
                alias.name.split(".")[0] in PICKLING
                and (alias.name not in UNSUSPICIOUS or (alias.name == "joblib" and alias.asname is not None))
                for alias in names
            )
        case ast.Call(func=ast.Name(id=name)):
            return name in ("eval", "exec", "__import__")
        case ast.keyword(arg=name):
            return name == "allow_pickle"
    return False


def sources() -> Iterator[Path]:
    for package in ("handler", "training"):
        yield from (ROOT / package).rglob("*.py")


@pytest.mark.parametrize(
    "source",
    [
        "import joblib; joblib.load(path)",
        "load = joblib.load",
        "from joblib import load",
        "from joblib.numpy_pickle import NumpyUnpickler",
        "import joblib as j; j.load(path)",
        "import pickle; pickle.loads(data)",
        "from pickle import loads as parse",
        "import cloudpickle",
        "np.load(path, allow_pickle=True)",
        "import pandas as pd; pd.read_pickle(path)",
        "from pandas import read_pickle",
        "exec(code)",
    ],
)
def test_the_search_finds_every_spelling(source: str) -> None:
    assert unpickles(source)


@pytest.mark.parametrize(
    "source",
    ["import joblib; joblib.dump(a, b)", "json.loads(text)", "model.load(path)", "import pandas as pd; pd.read_csv(a)"],
)
def test_the_search_finds_nothing_else(source: str) -> None:
    assert not unpickles(source)


def test_unpickling_is_written_in_these_files_only() -> None:
    found = {str(path.relative_to(ROOT)) for path in sources() if unpickles(path.read_text())}
    assert found == MAY_UNPICKLE


def test_the_lessons_own_load_is_called_by_nothing_here() -> None:
    callers = {
        path.name
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "load_model"
    }
    assert callers == set()


class Bomb:
    """A pickle that leaves a mark when it is loaded, in whatever process."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.mark,)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "executed"


@pytest.fixture
def bomb(mark: Path) -> bytes:
    data = pickle.dumps(Bomb(mark))
    pickle.loads(data)  # noqa: S301 - to see that it goes off
    assert mark.exists()
    mark.unlink()
    return data


@pytest.fixture
def planted(tmp_path: Path, iris: TrainedFolder, bomb: bytes) -> Path:
    """A registry in which every file that may be a bomb is one, and whose manifest vouches for it."""
    root, version = tmp_path / "iris", iris.manifest.version
    folder = root / "versions" / version
    folder.mkdir(parents=True)
    for file in ("model.joblib", "report.html", "extra.joblib", "model.pkl", "__init__.py"):
        (folder / file).write_bytes(bomb)
    (root / "versions" / "stray.joblib").write_bytes(bomb)
    artifact = ArtifactFile("model.joblib", len(bomb), sha256(bomb))
    manifest = replace(iris.manifest, artifacts={"joblib": artifact})
    (folder / "manifest.json").write_text(manifest.to_json())
    return root


@pytest.mark.parametrize("manifest", ["vouching", "published", "bomb"])
@pytest.mark.parametrize("command", ["list", "show", "promote"])
def test_no_command_that_reads_a_registry_executes_what_was_planted_in_it(
    planted: Path, mark: Path, bomb: bytes, iris: TrainedFolder, command: str, manifest: str
) -> None:
    version = iris.manifest.version
    if manifest != "vouching":
        data = iris.manifest_json if manifest == "published" else bomb
        (planted / "versions" / version / "manifest.json").write_bytes(data)
    arguments = {"list": ["list"], "show": ["show", version], "promote": ["promote", version, "--reason", "test"]}
    outcome = CliRunner().invoke(main, [*arguments[command], "--model-uri", str(planted)])
    assert not mark.exists()
    assert outcome.exit_code == (1 if command == "promote" or (command, manifest) == ("show", "bomb") else 0)
    assert not (planted / "aliases").exists()


def test_a_bomb_in_the_place_of_the_alias_is_not_executed(
    planted: Path, mark: Path, bomb: bytes, iris: TrainedFolder
) -> None:
    (planted / "aliases").mkdir()
    (planted / "aliases" / "production.json").write_bytes(bomb)
    for arguments in (["list"], ["show", iris.manifest.version], ["promote", iris.manifest.version, "--reason", ""]):
        CliRunner().invoke(main, [*arguments, "--model-uri", str(planted)])
    assert not mark.exists()
