"""A model that needs a package of the development environment is refused, though it loads and answers here."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import toolz  # type: ignore[import-untyped] # it ships no types
from click.testing import CliRunner, Result
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils._optional_dependencies import check_matplotlib_support

from tests.unit.handler.models import Version, version_with
from training.cli.main import main

ROW = [2.0]


class NeedsMatplotlib:
    """Unpickled, it has scikit-learn look for matplotlib: a call that no list of imports tells from any other."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return check_matplotlib_support, ("The planted model",)


def that_names_it() -> Any:
    """A model with a function of a package that tests alone need."""
    return make_pipeline(FunctionTransformer(toolz.identity), LinearRegression()).fit([[0.0], [1.0]], [0.0, 1.0])


def that_needs_it_behind_scikit_learn() -> Any:
    """A model of scikit-learn and nothing else, by its imports."""
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    model.planted = NeedsMatplotlib()
    return model


PLANTED = [(that_names_it, "toolz"), (that_needs_it_behind_scikit_learn, "matplotlib")]


def publish(folder: Path, version: Version) -> Result:
    trained = folder / "trained"
    trained.mkdir()
    (trained / "model.joblib").write_bytes(version.artifact)
    (trained / "manifest.json").write_text(version.manifest.to_json())
    (trained / "report.html").write_text("<p>")
    return CliRunner().invoke(main, ["publish", str(trained), "--model-uri", str(folder / "registry")])


def promote(folder: Path, version: Version) -> Result:
    root = version.write(folder / "registry")
    (root / "aliases" / "production.json").unlink(missing_ok=True)
    arguments = ["promote", version.manifest.version, "--reason", "tests", "--model-uri", str(root)]
    return CliRunner().invoke(main, arguments)


def package(folder: Path, version: Version) -> Result:
    (folder / "mine.joblib").write_bytes(version.artifact)
    (folder / "row.json").write_text(json.dumps(ROW))
    arguments = ["package", "mine.joblib", "--out", "registry", "--example", "row.json", "--features", "a", "--trust"]
    inside = [str(folder / word) if (folder / word).suffix or word == "registry" else word for word in arguments]
    return CliRunner().invoke(main, inside)


@pytest.mark.parametrize(("planted", "words"), PLANTED)
def test_here_it_loads_and_answers(planted: Callable[[], Any], words: str) -> None:
    buffer = io.BytesIO()
    joblib.dump(planted(), buffer)
    assert words.encode() in buffer.getvalue()
    buffer.seek(0)
    assert joblib.load(buffer).predict(np.array([ROW])) == pytest.approx(2.0)


@pytest.mark.parametrize(("planted", "words"), PLANTED)
@pytest.mark.parametrize("command", [publish, promote, package])
def test_no_command_takes_it(
    tmp_path: Path, command: Callable[[Path, Version], Result], planted: Callable[[], Any], words: str
) -> None:
    outcome = command(tmp_path, version_with(planted(), ROW))
    assert outcome.exit_code == 1, outcome.stderr
    said = outcome.stderr.splitlines()[-1]
    assert words in said, said
    assert "Traceback" not in outcome.stderr
    written = [path.name for path in tmp_path.rglob("*") if path.parent.name in ("aliases", "registry")]
    assert [name for name in written if name not in ("versions", "aliases")] == []


@pytest.mark.parametrize("command", [publish, promote, package])
def test_each_command_takes_the_same_model_without_it(
    tmp_path: Path, command: Callable[[Path, Version], Result]
) -> None:
    sound = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    outcome = command(tmp_path, version_with(sound, ROW))
    assert outcome.exit_code == 0, outcome.stderr
