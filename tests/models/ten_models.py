"""The ten models that are made by the command line, and whether an answer is the estimator's own.

tests/models has a cold handler answer for them, tests/emulator the package that is deployed. How either one answers is
left to it: here are the registry that it reads, the event that asks, and the comparison.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from click.testing import CliRunner

from handler.registry.manifest import Manifest
from handler.rows.dtype import row_dtype
from tests.integration.registries import put_manifest
from tests.unit.training.tables import churn_csv
from training.cli.main import main
from training.fit.held_out import read_held_out

IRIS, WINE, CANCER, DIGITS, DIABETES = (
    f"[data]\nsource = 'sklearn.datasets.load_{name}'\ntarget = 'y'\n"
    for name in ("iris", "wine", "breast_cancer", "digits", "diabetes")
)
CHURN = "churn.csv"

MODELS: dict[str, tuple[str, str]] = {
    "logistic-regression": (IRIS, "class = 'sklearn.linear_model.LogisticRegression'"),
    "svc-with-probabilities": (
        WINE,
        "class = 'sklearn.calibration.CalibratedClassifierCV'\n"
        "parameters = { ensemble = false, estimator = { class = 'sklearn.svm.SVC' } }",
    ),
    "random-forest": (
        DIGITS,
        "class = 'sklearn.ensemble.RandomForestClassifier'\nparameters = { n_estimators = 20, n_jobs = 2 }",
    ),
    "histogram-boosting": (
        CANCER,
        "class = 'sklearn.ensemble.HistGradientBoostingClassifier'\nparameters = { max_iter = 20 }",
    ),
    "k-nearest-neighbours": (DIGITS, "class = 'sklearn.neighbors.KNeighborsClassifier'"),
    "naive-bayes": (WINE, "class = 'sklearn.naive_bayes.GaussianNB'"),
    "mlp": (
        IRIS,
        "class = 'sklearn.neural_network.MLPClassifier'\n"
        "parameters = { hidden_layer_sizes = [8], max_iter = 2000, tol = 1e-3 }",
    ),
    "ridge": (DIABETES, "class = 'sklearn.linear_model.Ridge'"),
    "categories-and-gaps": (CHURN, "class = 'sklearn.linear_model.LogisticRegression'"),
    "voting": (
        CHURN,
        "class = 'sklearn.ensemble.VotingClassifier'\n"
        "parameters.voting = 'soft'\n"
        "parameters.estimators = [ { name = 'bayes', class = 'sklearn.naive_bayes.GaussianNB' }, "
        "{ name = 'trees', class = 'sklearn.ensemble.ExtraTreesClassifier', parameters = { n_estimators = 10 } } ]",
    ),
}


Row = tuple[Any, ...]


@dataclass(frozen=True)
class PublishedModel:
    """A version that serves from the directory `registry`, and the folder that it was published from."""

    registry: Path
    folder: Path
    manifest: Manifest

    def rows(self, count: int) -> list[Row]:
        """Up to `count` of the rows that were held out from training, all of which the API takes."""
        held_out = read_held_out(self.folder)
        assert held_out is not None
        return [row for row in held_out.rows if taken(row, self.manifest)][:count]

    def assert_answered_as_the_estimator(self, rows: list[Row], answer: dict[str, Any], near: float = 1e-15) -> None:
        """`answer`, as Lambda returns it, names this version, and says of each row what the estimator says here, of
        probabilities within `near`."""
        assert answer["statusCode"] == 200, answer
        body = json.loads(answer["body"])
        assert body["model"]["version"] == self.manifest.version, body["model"]
        predictions = body["predictions"]
        estimator = joblib.load(self.folder / "model.joblib")
        matrix = np.array(rows, dtype=row_dtype(feature.kind for feature in self.manifest.features))
        said = [one["prediction"] for one in predictions]
        if self.manifest.task == "regression":
            np.testing.assert_allclose(said, estimator.predict(matrix), rtol=1e-12)
            return
        names = np.array(self.manifest.target.classes)
        np.testing.assert_array_equal(said, names[estimator.predict(matrix)])
        ours = [list(one["probabilities"].values()) for one in predictions]
        np.testing.assert_allclose(ours, estimator.predict_proba(matrix), rtol=1e-12, atol=near)


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def describe(folder: Path, name: str) -> Path:
    data, estimator = MODELS[name]
    if data == CHURN:
        churn_csv(folder)
        data = f"[data]\nsource = '{CHURN}'\ntarget = 'churned'\n"
    path = folder / f"{name}.toml"
    path.write_text(f"name = '{name}'\n{data}[estimator]\n{estimator}\n")
    return path


def publish_and_serve(name: str, scratch: Path) -> PublishedModel:
    """Train one of MODELS and publish it by the command line, then let the alias name it."""
    folder, registry = scratch / "trained", scratch / "registry"
    run("train", describe(scratch, name), "--out", folder)
    version = run("publish", folder, "--model-uri", registry).strip()
    manifest = Manifest.from_json((registry / "versions" / version / "manifest.json").read_bytes())
    put_manifest(str(registry), manifest)
    return PublishedModel(registry, folder, manifest)


def predict_event(instances: list[Any]) -> dict[str, Any]:
    """API Gateway's event (payload 1.0) for several rows to POST /predict."""
    return {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "Prod", "path": "/Prod/predict"},
        "body": json.dumps({"instances": instances}),
        "isBase64Encoded": False,
    }


def taken(row: Row, manifest: Manifest) -> bool:
    """Whether the API takes this row: values that training saw."""
    return all(
        feature.nullable if value is None else feature.kind == "number" or value in feature.categories
        for feature, value in zip(manifest.features, row, strict=True)
    )
