"""`handler.api.routes.model`: what a client is shown of the model, and what not."""

import json
from dataclasses import asdict

from handler.api.contract.shown_example import ShownExample
from handler.api.routes.model import model_summary, visible_manifest
from handler.registry.manifest import Manifest


def test_the_summary_says_which_model_answered(iris_manifest: Manifest) -> None:
    summary = model_summary(iris_manifest)
    artifact = iris_manifest.artifact
    assert summary == {"name": "iris", "version": iris_manifest.version, "sha256": artifact.sha256}
    assert summary["version"].endswith(summary["sha256"][:8])


def test_a_client_sees_the_model_and_not_where_its_data_or_files_lie(iris_manifest: Manifest) -> None:
    example = ShownExample((1.0, 2.0, 3.0, 4.0), "setosa", 0, None)
    seen = visible_manifest(iris_manifest, example)
    assert seen["example"] == asdict(example)
    assert set(seen) == {
        *["format_version", "name", "version", "created_at", "task", "features", "target", "targets", "metrics"],
        *["runtime", "example", "sha256", "estimator", "report"],
    }
    text = json.dumps(seen)
    assert iris_manifest.training.dataset not in text
    assert iris_manifest.training.dataset_sha256 not in text
    assert iris_manifest.artifact.file not in text
    assert seen["estimator"] == iris_manifest.training.estimator
