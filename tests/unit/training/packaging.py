"""What `package` makes of what a person has: a file, a row, a few options; in this process, or by the command line."""

import io
import json
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from handler.records.decoding import decode
from handler.registry.chain import verify_artifact
from handler.registry.manifest import Manifest
from handler.serving.predictor import load_predictor
from training.bring.brought_model import manifest_of, notes_on
from training.bring.inspection_process import Inspected
from training.bring.inspection_process import main as inspection
from training.bring.loadable import require_loadable
from training.cli.main import main
from training.cli.package import package_command, stated_by
from training.errors import UnpackableArtifact
from training.pickles.imports import inspect_pickle
from training.release.publish import read_folder

IRIS = load_iris()
ROW = [6.0, 2.5, 4.5, 1.5]
NAMES = ["a", "b", "c", "d"]


@dataclass(frozen=True)
class Understood:
    """What `package` would write of a model, and what it would say to the person."""

    manifest: Manifest
    notes: str
    artifact: bytes


def understand(folder: Path, model: Any, example: Any, *options: str) -> Understood:
    """Go the way of `package` in this process, which takes no seconds: the inspection and the proof are done here.

    `model` may be the bytes of a file; `example` is JSON, or a text that is taken as it stands.
    """
    file, copy, row = folder / "mine.joblib", folder / "copy", folder / "row.json"
    data = model if isinstance(model, bytes) else dumped(model)
    file.write_bytes(data)
    row.write_text(example if isinstance(example, str) else json.dumps(example))
    require_loadable(inspect_pickle(io.BytesIO(data)))
    arguments = [str(file), "--out", str(folder / "out"), "--example", str(row), *options]
    given = package_command.make_context("package", arguments, **main.context_settings).params
    stated = stated_by(*(given[name] for name in ("file", "example", "features", "classes", "target", "name")))
    with warnings.catch_warnings():
        answer = inspection(str(file), str(file), str(copy), json.loads(json.dumps(asdict(stated))))
    if "refused" in answer:
        raise UnpackableArtifact(answer["refused"])
    inspected = decode(Inspected, json.loads(json.dumps(answer)))
    artifact = copy.read_bytes()
    manifest = Manifest.from_json(manifest_of(file, stated, inspected, artifact).to_json())
    load_predictor(verify_artifact(manifest, artifact))
    return Understood(manifest, "\n".join(notes_on(stated, inspected)), artifact)


def refusal(folder: Path, model: Any, example: Any, *options: str) -> str:
    """The sentence by which `package` would refuse the model."""
    with pytest.raises(UnpackableArtifact) as raised:
        understand(folder, model, example, *options)
    return str(raised.value)


def dumped(model: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(model, buffer, compress=3)
    return buffer.getvalue()


def package_file(tmp_path: Path, data: bytes, *options: str, name: str = "mine.joblib") -> Result:
    """Run the command, with `--trust`, on a file of these bytes."""
    (tmp_path / name).write_bytes(data)
    return CliRunner().invoke(
        main, ["package", str(tmp_path / name), "--out", str(tmp_path / "out"), "--trust", *options]
    )


def package_model(tmp_path: Path, model: Any, example: Any, *options: str) -> Result:
    """Run the command on a fitted model and an example, which is JSON, or a text that is taken as it stands."""
    (tmp_path / "row.json").write_text(example if isinstance(example, str) else json.dumps(example))
    return package_file(tmp_path, dumped(model), "--example", str(tmp_path / "row.json"), *options)


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
