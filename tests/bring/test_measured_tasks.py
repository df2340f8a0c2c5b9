"""A brought model of each task is measured by scikit-learn's own metrics, with examples and pictures that suit it."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LinearRegression

from handler.records.bins import target_bins
from handler.records.decoding import decode
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.serving.predictor import load_predictor
from tests.bring.tasks_drafts import BOTH, CASES, MARKS, ROWS, VALUES, draft_of
from training.bring.measured_process import main
from training.fit.description import DEFAULT_GATE
from training.fit.held_out import HeldOut
from training.release.gate.comparison import compare
from training.release.stores.directory_store import WritableDirectoryStore

ACTUAL_OUTLIERS = np.where(ROWS[:, 0] > 7, -1, 1)


def measured(folder: Path, name: str) -> dict[str, Any]:
    case, store = CASES[name], WritableDirectoryStore(folder)
    draft = draft_of(case)
    manifest = draft.manifest
    store.create(f"versions/{manifest.version}/manifest.json", manifest.to_json().encode())
    store.create(f"versions/{manifest.version}/{manifest.artifact.file}", draft.data)
    values, truth = json.loads(json.dumps([VALUES, case.truth]))
    found = json.loads(json.dumps(main(str(folder), manifest.version, values, truth, None, asdict(DEFAULT_GATE))))
    assert "refused" not in found, found
    return {**found, "of": Manifest.from_json(found["manifest"]), "draft": draft}


def expected(name: str) -> dict[str, float]:
    model = CASES[name].model
    predicted = model.predict(ROWS)
    if name == "outliers":
        return {
            "balanced_accuracy": metrics.balanced_accuracy_score(ACTUAL_OUTLIERS, predicted),
            "roc_auc": metrics.roc_auc_score(ACTUAL_OUTLIERS, model.decision_function(ROWS)),
            "share_of_outliers": np.mean(predicted == -1),
        }
    if name == "outliers without truth":
        return {"share_of_outliers": np.mean(predicted == -1)}
    if name.startswith("clusters"):
        scaled = (ROWS - ROWS.mean(axis=0)) / ROWS.std(axis=0)
        silhouette = {"silhouette_score": metrics.silhouette_score(scaled, predicted)}
        named = list(CASES[name].truth or ())
        return silhouette | ({"adjusted_rand_score": metrics.adjusted_rand_score(named, predicted)} if named else {})
    if name == "numbers":
        each = metrics.r2_score(BOTH, predicted, multioutput="raw_values")
        errors = metrics.mean_absolute_error(BOTH, predicted, multioutput="raw_values")
        return {
            "r2": metrics.r2_score(BOTH, predicted),
            **{f"r2_{target}": value for target, value in zip(("length", "width"), each, strict=True)},
            **{
                f"mean_absolute_error_{target}": value
                for target, value in zip(("length", "width"), errors, strict=True)
            },
        }
    if name == "classes":
        each = [metrics.accuracy_score(MARKS[:, place], predicted[:, place]) for place in (0, 1)]
        return {"accuracy": float(np.mean(each)), "accuracy_a": each[0], "accuracy_b": each[1]}
    return {
        "accuracy": metrics.accuracy_score(MARKS, predicted),
        "f1_macro": metrics.f1_score(MARKS, predicted, average="macro"),
        "hamming_loss": metrics.hamming_loss(MARKS, predicted),
    }


PICTURES = {
    "outliers": ["Scores", "Permutation importance"],
    "outliers without truth": ["Scores"],
    "clusters": ["Clusters"],
    "clusters with names": ["Clusters", "Permutation importance"],
    "numbers": ["Actual against predicted values: length", "Residuals: width", "Permutation importance"],
    "classes": ["Confusion matrix: a", "Confusion matrix: b", "Permutation importance"],
    "labels": ["Each label", "Permutation importance"],
}
ANSWERS = {
    "outliers": {"outlier", "inlier"},
    "outliers without truth": {"outlier", "inlier"},
    "clusters": {0.0, 1.0, 2.0},
    "clusters with names": {0.0, 1.0, 2.0},
}


@pytest.mark.parametrize("name", CASES)
def test_a_brought_model_of_each_task_is_measured(tmp_path: Path, name: str) -> None:
    found = measured(tmp_path, name)
    manifest = found["of"]
    assert manifest.metrics == pytest.approx({**expected(name), "rows_tested": 150})
    headings = [caption for caption in PICTURES[name] if f"<h2>{caption}</h2>" not in found["report"]]
    assert headings == []
    predictions = [example.prediction for example in manifest.examples]
    if name in ANSWERS:
        assert set(predictions) == ANSWERS[name]
    else:
        assert len({json.dumps(one) for one in predictions}) == len(predictions) > 2
    held_out = decode(HeldOut, found["held_out"])
    assert held_out.task == manifest.task
    truth = json.loads(json.dumps(CASES[name].truth))
    assert json.loads(held_out.to_json())["answers"] == truth
    repeated = type(found["draft"])(manifest, found["draft"].content)
    load_predictor(repeated)


def test_the_spread_of_each_number_is_known_and_a_class_has_none(tmp_path: Path) -> None:
    spreads = [target.spread for target in measured(tmp_path / "a", "numbers")["of"].targets]
    assert spreads == pytest.approx(BOTH.std(axis=0).tolist())
    assert [target.spread for target in measured(tmp_path / "b", "classes")["of"].targets] == [None, None]


@pytest.mark.parametrize("name", CASES)
def test_the_answers_of_each_task_are_counted_for_each_target(tmp_path: Path, name: str) -> None:
    targets = measured(tmp_path, name)["of"].targets
    predicted = CASES[name].model.predict(ROWS).reshape(150, -1)
    for place, target in enumerate(targets):
        if name in ("outliers", "outliers without truth"):
            counts = [(predicted == 1).sum(), (predicted == -1).sum()]
        elif name == "labels":
            counts = [*predicted.sum(axis=0), 0]
        elif name == "numbers":
            cuts = [-np.inf, *target_bins("several_targets", target).cuts, np.inf]
            counts = np.histogram(predicted[:, place], cuts)[0].tolist()
            assert target.quantiles == tuple(np.quantile(BOTH[:, place], np.linspace(0, 1, 11)))
        else:
            counts = [*np.bincount(predicted[:, place], minlength=len(target.classes)), 0]
        assert target.answers == tuple(counts)
        assert sum(target.confidence) == (150 if name in ("classes", "labels") else 0)


def held_out_of(folder: Path, name: str) -> tuple[VerifiedArtifact, HeldOut]:
    found = measured(folder, name)
    return VerifiedArtifact(found["of"], found["draft"].content), decode(HeldOut, found["held_out"])


@pytest.mark.parametrize(
    ("name", "judged"),
    [
        ("outliers", ["balanced_accuracy", "share of outliers"]),
        ("clusters", ["silhouette_score"]),
        ("numbers", ["targets", "r2", "r2_length", "r2_width"]),
        ("labels", ["labels", "f1_macro"]),
    ],
)
def test_the_gate_judges_each_task_and_a_version_passes_against_itself(
    tmp_path: Path, name: str, judged: list[str]
) -> None:
    new, held_out = held_out_of(tmp_path, name)
    comparison = compare(new, held_out, new)
    assert comparison.passed
    names = [check.name for check in comparison.checks]
    assert names == ["features", *judged, "ms for a row", "bytes"]


def test_a_target_that_got_worse_is_found_behind_a_mean_that_did_not(tmp_path: Path) -> None:
    served = draft_of(replace(CASES["numbers"], model=LinearRegression().fit(ROWS, BOTH)))
    worse = LinearRegression().fit(ROWS, np.column_stack([BOTH[:, 0], np.roll(BOTH[:, 1], 1)]))
    new = draft_of(replace(CASES["numbers"], model=worse))
    _, held_out = held_out_of(tmp_path, "numbers")
    held_out = replace(held_out, artifact_sha256=new.manifest.artifact.sha256)
    lenient = replace(held_out, gate=replace(held_out.gate, worse=0.2))
    fell = [check.name for check in compare(new, lenient, served).checks if not check.passed]
    assert "r2_width" in fell
    assert "r2_length" not in fell
