"""A brought model is measured on a table's rows as `train` measures what it fitted; the process is called here."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from handler.records.decoding import decode
from handler.records.signature import INLIER, OUTLIER
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from tests.unit.training.packaging import IRIS, NAMES, ROW, fitted_iris, understand
from training.bring.measured import outliers_named
from training.bring.measured_process import main
from training.errors import UnpackableArtifact
from training.fit.description import DEFAULT_GATE
from training.fit.held_out import HeldOut
from training.release.stores.directory_store import WritableDirectoryStore

VALUES: list[list[Any]] = IRIS.data.tolist()
TRUTH = [str(IRIS.target_names[label]) for label in IRIS.target]


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> VerifiedArtifact:
    """A brought model with one example, whose third feature is known to be at least 1.2."""
    folder = tmp_path_factory.mktemp("draft")
    understood = understand(folder, fitted_iris(), ROW, "--features", ",".join(NAMES))
    manifest = understood.manifest
    training = replace(manifest.training, dataset="iris.csv", dataset_sha256="0" * 64, rows=150)
    return VerifiedArtifact(replace(manifest, training=training), understood.artifact)


def measured(
    folder: Path, draft: VerifiedArtifact, values: Any, truth: Any, metric: str | None = None
) -> dict[str, Any]:
    """What the process says of the draft."""
    store, manifest = WritableDirectoryStore(folder), draft.manifest
    store.create(f"versions/{manifest.version}/manifest.json", manifest.to_json().encode())
    store.create(f"versions/{manifest.version}/{manifest.artifact.file}", draft.data)
    found = main(str(folder), manifest.version, values, truth, metric, asdict(DEFAULT_GATE))
    return json.loads(json.dumps(found))  # type: ignore[no-any-return] # as the other process would get it


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, draft: VerifiedArtifact) -> dict[str, Any]:
    return measured(tmp_path_factory.mktemp("registry"), draft, VALUES, TRUTH)


def test_the_metrics_are_scikit_learn_s_own_on_these_rows(found: dict[str, Any]) -> None:
    model = fitted_iris()
    predicted, truth = model.predict(IRIS.data), IRIS.target_names[IRIS.target]
    assert Manifest.from_json(found["manifest"]).metrics == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(truth, predicted),
            "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
            "f1_macro": metrics.f1_score(truth, predicted, average="macro"),
            "log_loss": metrics.log_loss(truth, model.predict_proba(IRIS.data)),
            "rows_tested": 150,
        }
    )


def test_the_examples_are_rows_of_the_table_one_of_each_class_the_first_right(found: dict[str, Any]) -> None:
    examples = Manifest.from_json(found["manifest"]).examples
    assert sorted(str(example.prediction) for example in examples) == sorted(IRIS.target_names)
    truth = {tuple(row): name for row, name in zip(VALUES, TRUTH, strict=True)}
    assert [truth[tuple(example.features)] for example in examples] == [example.prediction for example in examples]


def test_the_rows_of_the_gate_are_those_with_their_true_names(found: dict[str, Any], draft: VerifiedArtifact) -> None:
    held_out = decode(HeldOut, found["held_out"])
    assert (list(map(list, held_out.rows)), list(held_out.answers or ())) == (VALUES, TRUTH)
    assert (held_out.metric, held_out.artifact_sha256) == ("accuracy", draft.manifest.artifact.sha256)


def test_the_report_is_as_full_as_of_a_trained_model_and_says_whose_rows_these_are(found: dict[str, Any]) -> None:
    report = found["report"]
    for said in ("Confusion matrix", "Calibration", "Permutation importance", "95 % interval", "150 rows of iris.csv"):
        assert said in report.replace("of the 150 rows of", "150 rows of")
    assert "given with --table" in report
    assert "fitted to these very rows is not known here" in report


def test_without_a_target_there_are_examples_and_a_report_and_nothing_that_needs_the_truth(
    tmp_path: Path, draft: VerifiedArtifact
) -> None:
    found = measured(tmp_path, draft, VALUES[::10], None)
    manifest = Manifest.from_json(found["manifest"])
    assert manifest.metrics == {"rows_tested": 15}
    assert {example.prediction for example in manifest.examples} == set(map(str, IRIS.target_names))
    assert decode(HeldOut, found["held_out"]).answers is None
    assert "Feature distributions" in found["report"]


def test_rows_that_the_api_refuses_are_neither_measured_nor_examples(tmp_path: Path, draft: VerifiedArtifact) -> None:
    gap = [None, *VALUES[0][1:]]
    overflowing = [1e308, 1e308, 1e308, 1e308]
    found = measured(tmp_path, draft, [gap, overflowing, *VALUES[:3]], ["setosa"] * 5)
    manifest = Manifest.from_json(found["manifest"])
    assert manifest.metrics["rows_tested"] == 3
    assert [list(example.features) for example in manifest.examples] == [VALUES[0]]
    assert "3 of the 5 rows" in found["report"]


def test_a_table_of_which_nothing_is_answered_or_whose_classes_are_others_is_refused(
    tmp_path: Path, draft: VerifiedArtifact
) -> None:
    none = measured(tmp_path / "a", draft, [[None] * 4], ["setosa"])
    assert none == {"refused": "The model answers no row of iris.csv that the API would take."}
    other = measured(tmp_path / "b", draft, VALUES[:2], ["setosa", "rose"])
    assert "has 'rose', and the model's classes are setosa" in other["refused"]
    unknown = measured(tmp_path / "c", draft, VALUES[:2], ["setosa"] * 2, "acuracy")
    assert "There is no metric 'acuracy'" in unknown["refused"]


@pytest.mark.parametrize(
    ("column", "named"),
    [
        (["Outlier", "inlier", None], [OUTLIER, INLIER, None]),
        ([-1.0, 1.0], [OUTLIER, INLIER]),
        (["-1", "-1"], [OUTLIER, OUTLIER]),
        ([True, False], [OUTLIER, INLIER]),
        (["1", "0"], [OUTLIER, INLIER]),
        ([0.0, 0.0], [INLIER, INLIER]),
    ],
)
def test_true_outliers_are_told_in_several_ways(column: list[Any], named: list[Any]) -> None:
    assert outliers_named(column) == named


@pytest.mark.parametrize("column", [[1.0, 1.0], [0.0, 1.0, -1.0], ["yes", "no"], np.array([2.0]).tolist()])
def test_what_does_not_tell_outliers_is_refused(column: list[Any]) -> None:
    with pytest.raises(UnpackableArtifact, match="which rows are outliers"):
        outliers_named(column)
