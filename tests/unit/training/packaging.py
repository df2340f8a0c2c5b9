"""The command `package`, run on what a person has: a file, a row, a few options."""

import json
from pathlib import Path
from typing import Any

import joblib
import pyarrow as pa
from click.testing import CliRunner, Result
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from handler.registry.manifest import Manifest
from training.cli.main import main
from training.release.publish import read_folder

IRIS = load_iris()
ROW = [6.0, 2.5, 4.5, 1.5]
NAMES = ["a", "b", "c", "d"]


def package_file(tmp_path: Path, data: bytes, *options: str, name: str = "mine.joblib") -> Result:
    """Package a file of these bytes, asked for with `--trust`."""
    (tmp_path / name).write_bytes(data)
    return CliRunner().invoke(
        main, ["package", str(tmp_path / name), "--out", str(tmp_path / "out"), "--trust", *options]
    )


def package_model(tmp_path: Path, model: Any, example: Any, *options: str) -> Result:
    """Package a fitted model by an example, which is JSON, or a text that is taken as it stands."""
    (tmp_path / "row.json").write_text(example if isinstance(example, str) else json.dumps(example))
    joblib.dump(model, tmp_path / "dumped", compress=3)
    data = (tmp_path / "dumped").read_bytes()
    return package_file(tmp_path, data, "--example", str(tmp_path / "row.json"), *options)


def packaged(result: Result, tmp_path: Path) -> Manifest:
    """The manifest that a run wrote, which went well, and whose folder can be published."""
    assert result.exit_code == 0, result.stderr
    return read_folder(tmp_path / "out").manifest


def refused(result: Result, *words: str) -> None:
    """A run ended in one sentence of ours that holds `words`, and wrote nothing."""
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def fitted_iris() -> LogisticRegression:
    """A model that was fitted to an array."""
    return LogisticRegression(max_iter=200).fit(IRIS.data, IRIS.target_names[IRIS.target])


def table(names: list[str] | None = None) -> Any:
    """Iris' rows with names, as a DataFrame has them."""
    return pa.table({name: IRIS.data[:, index] for index, name in enumerate(names or NAMES)})


def named_iris() -> LogisticRegression:
    """A model that was fitted to named columns, and knows the names."""
    return LogisticRegression(max_iter=200).fit(table(), IRIS.target_names[IRIS.target])
