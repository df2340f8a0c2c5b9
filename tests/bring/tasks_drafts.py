"""A brought model of each task, fitted to Iris' rows, as the draft that is measured, with the truth that suits it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier

from handler.engines.versions import installed_versions
from handler.records.signature import Example, Target, Task
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest, Training, version_of
from handler.serving.engine_choice import engine_for
from handler.serving.predictor import Predictor
from tests.unit.training.dumping import dump_estimator
from tests.unit.training.packaging import IRIS, NAMES
from training.data.statistics import numeric_features
from training.folder.writing import artifact_file

ROWS = IRIS.data
VALUES: list[list[Any]] = ROWS.tolist()
LABELS = ("small", "wide", "late")
MARKS = np.column_stack([IRIS.target == 0, ROWS[:, 1] > 3, np.arange(150) > 75]).astype(int)
BOTH = np.column_stack([ROWS[:, 0], ROWS[:, 1]])


@dataclass(frozen=True)
class Case:
    """A model, its targets, and the true answers as the HTTP contract has them; None: not known."""

    task: Task
    model: Any
    targets: tuple[Target, ...]
    truth: Sequence[Any] | None


CASES: dict[str, Case] = {
    "outliers": Case(
        "outlier_detection",
        IsolationForest(n_estimators=10, random_state=0).fit(ROWS),
        (Target("odd"),),
        ["outlier" if row[0] > 7 else "inlier" for row in VALUES],
    ),
    "outliers without truth": Case(
        "outlier_detection", IsolationForest(n_estimators=10, random_state=0).fit(ROWS), (Target("odd"),), None
    ),
    "clusters": Case(
        "clustering", KMeans(3, random_state=0, n_init=1).fit(ROWS), (Target("c", ("0", "1", "2")),), None
    ),
    "clusters with names": Case(
        "clustering",
        KMeans(3, random_state=0, n_init=1).fit(ROWS),
        (Target("c", ("0", "1", "2")),),
        [str(IRIS.target_names[label]) for label in IRIS.target],
    ),
    "numbers": Case(
        "several_targets",
        LinearRegression().fit(ROWS, BOTH + np.sin(ROWS[:, 2:])),
        (Target("length"), Target("width")),
        [{"length": row[0], "width": row[1]} for row in VALUES],
    ),
    "classes": Case(
        "several_targets",
        MultiOutputClassifier(DecisionTreeClassifier(max_depth=2, random_state=0)).fit(ROWS, MARKS[:, :2]),
        (Target("a", ("no", "yes")), Target("b", ("0", "1"))),
        [{"a": ("no", "yes")[row[0]], "b": str(row[1])} for row in MARKS.tolist()],
    ),
    "labels": Case(
        "multilabel",
        RandomForestClassifier(5, max_depth=3, random_state=0).fit(ROWS, MARKS),
        (Target("tags", LABELS),),
        [tuple(name for name, mark in zip(LABELS, row, strict=True) if mark) for row in MARKS.tolist()],
    ),
}


def draft_of(case: Case) -> VerifiedArtifact:
    """The draft, with one example."""
    data = dump_estimator(case.model)
    file = artifact_file(data)
    first, *others = case.targets
    manifest = Manifest(
        name="mine",
        version=version_of(datetime(2026, 3, 1, 12, tzinfo=UTC), file.sha256),
        created_at="2026-03-01T12:00:00+00:00",
        task=case.task,
        artifacts={"joblib": file},
        features=numeric_features(NAMES, ROWS),
        target=first,
        metrics={},
        runtime=installed_versions(),
        training=Training("mine.csv", "0" * 64, 150, f"sklearn.{type(case.model).__name__}", {}, None, None),
        example=Example((), 0.0),
        more_targets=tuple(others),
    )
    predictor = Predictor(manifest, engine_for(manifest).load(VerifiedArtifact(manifest, data)))
    example = Example.of(VALUES[0], predictor.predict(ROWS[:1])[0])
    return VerifiedArtifact(replace(manifest, example=example), data)
