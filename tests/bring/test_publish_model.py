"""From a fitted estimator in a notebook to a version in three lines, in any folder, with the proofs of the commands."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from handler.registry.chain import checked_manifest, manifest_bytes
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import Manifest
from tests.unit.training.counts import odd_counts
from tests.unit.training.packaging import IRIS
from training import publish_model
from training.errors import GateFailed, UnpackableArtifact

SCRIPT = """
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

iris = load_iris(as_frame=True)
X = iris.data.assign(big=iris.data["petal width (cm)"] > 1, kind=pd.Categorical(["a", "b", "c"] * 50))
y = iris.target.map(dict(enumerate(iris.target_names))).rename("species")
columns = make_column_transformer(
    (StandardScaler(), ["sepal width (cm)"]), (OneHotEncoder(), ["kind"]), ("passthrough", ["big"])
)
model = make_pipeline(columns, LogisticRegression(C={C})).fit(X, y)

from training import publish_model

published = publish_model(model, X, y, uri="registry/iris", promote=True)
print(published.version, published.comparison.passed, published.comparison.rows)
"""


def manifest_of(root: Path, version: str) -> Manifest:
    return checked_manifest(manifest_bytes(DirectoryStore(root), version), version)


def test_three_lines_publish_in_any_folder_and_an_update_passes_the_gate_on_the_rows(tmp_path: Path) -> None:
    printed = []
    for strength in ("1.0", "2.0"):
        (tmp_path / "mine.py").write_text(SCRIPT.replace("{C}", strength))
        done = subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout.split())
    (first, *_), (second, passed, rows) = printed
    assert (passed, rows, first == second) == ("True", "150", False)
    root = tmp_path / "registry" / "iris"
    manifest = manifest_of(root, second)
    kinds = {feature.name: feature.kind for feature in manifest.features}
    assert kinds == {"sepal width (cm)": "number", "kind": "category", "big": "boolean"}
    assert manifest.metrics["rows_tested"] == 150
    assert (manifest.name, manifest.target.name) == ("iris", "species")
    assert (manifest.format_version, manifest.training.fitted_rows, odd_counts(manifest)) == (5, 150, [])
    assert sum(manifest.target.answers) == sum(manifest.target.confidence) == 150
    parity = manifest.artifacts["onnx"].parity
    assert parity is not None
    assert (parity.rows, parity.bound) == (2000 + 150 + len(manifest.examples), 1e-5)
    record = json.loads((root / "versions" / second / "gate.json").read_text())
    assert {"accuracy", "calibration error", "bytes"} <= {check["name"] for check in record["checks"]}
    assert json.loads((root / "aliases" / "production.json").read_text())["version"] == second


def test_arrays_and_lists_are_rows_too_and_what_falls_short_is_not_published(tmp_path: Path) -> None:
    model = LogisticRegression(max_iter=300).fit(IRIS.data, IRIS.target)
    uri = str(tmp_path / "iris")
    published = publish_model(model, IRIS.data.tolist(), IRIS.target, uri=uri, classes=["s", "v", "w"], promote=True)
    manifest = manifest_of(tmp_path / "iris", published.version)
    assert [feature.name for feature in manifest.features] == ["x0", "x1", "x2", "x3"]
    assert manifest.target.classes == ("s", "v", "w")
    assert published.metrics["accuracy"] == pytest.approx(model.score(IRIS.data, IRIS.target))
    weak = LogisticRegression(C=1e-6).fit(IRIS.data, IRIS.target)
    with pytest.raises(GateFailed, match="It falls short in accuracy"):
        publish_model(weak, IRIS.data, IRIS.target, uri=uri, classes=["s", "v", "w"])
    assert [path.name for path in (tmp_path / "iris" / "versions").iterdir()] == [published.version]


class Mine(Ridge):  # type: ignore[misc] # scikit-learn has no types
    """A class of the notebook."""


def test_a_class_of_the_notebook_gets_the_sentence_of_the_command(tmp_path: Path, monkeypatch: Any) -> None:
    import __main__

    monkeypatch.setattr(Mine, "__module__", "__main__")
    monkeypatch.setattr(__main__, "Mine", Mine, raising=False)
    rows = pd.DataFrame({"a": np.arange(10.0), "b": np.arange(10.0) ** 2})
    with pytest.raises(UnpackableArtifact, match="Mine"):
        publish_model(Mine().fit(rows, rows["a"]), rows, rows["a"].rename("y"), uri=str(tmp_path / "mine"))
    assert not (tmp_path / "mine").exists()


def test_a_module_of_one_s_own_travels_with_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "my_features.py"
    module.write_text("def doubled(rows):\n    return rows * 2.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    import my_features  # type: ignore[import-not-found] # written just now

    rows = np.arange(20.0).reshape(10, 2)
    model = make_pipeline(FunctionTransformer(my_features.doubled), Ridge()).fit(rows, rows[:, 0])
    with pytest.raises(UnpackableArtifact, match="my_features"):
        publish_model(model, rows, rows[:, 0], uri=str(tmp_path / "mine"))
    published = publish_model(model, rows, rows[:, 0], uri=str(tmp_path / "mine"), code=module)
    assert manifest_of(tmp_path / "mine", published.version).code is not None
    assert published.metrics["r2"] > 0.9
