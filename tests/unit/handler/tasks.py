"""Versions of each task beside classification and regression, made as `package` makes them."""

import io
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.mixture import GaussianMixture
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from handler.engines.scikit_learn import FittedEstimator
from handler.engines.versions import installed_versions
from handler.records.signature import Example, Feature, Target, Task
from handler.registry.manifest import ArtifactFile, Manifest, Training, sha256, version_of
from handler.serving.answers.choice import answers_of
from tests.unit.handler.models import MOMENT, Version

X: NDArray[np.float64]
Y: NDArray[np.int64]
X, Y = load_iris(return_X_y=True)
SPECIES = ("setosa", "versi%color", 'virg"inica')
"""Names that mean something to JSON and to formatting."""

NAMES = np.array(SPECIES, dtype=object)[Y]
SIZES = np.where(X[:, 2] > 4, "long", "short").astype(object)
BOTH = np.column_stack([NAMES, SIZES])
LABELS = np.column_stack([X[:, 0] > 5.8, X[:, 1] > 3.0]).astype(int)
LOGISTIC = LogisticRegression(max_iter=300)

of_both = (Target("species", tuple(sorted(SPECIES))), Target("si%ze", ("long", "short")))
of_labels = (Target("traits", ("tall", "wi%de")),)
of_classes = (Target("species", tuple(sorted(SPECIES))),)
of_clusters = (Target("group", ("0", "1", "2")),)
of_numbers = (Target("width", spread=0.76), Target("length", spread=1.7))

MADE: dict[str, tuple[Task, Callable[[], Any], tuple[Target, ...]]] = {
    "forest of outliers": (
        "outlier_detection",
        lambda: IsolationForest(n_estimators=5, random_state=0).fit(X),
        (Target("odd"),),
    ),
    "means": ("clustering", lambda: KMeans(3, n_init=1, random_state=0).fit(X), of_clusters),
    "mixture": ("clustering", lambda: GaussianMixture(3, random_state=0).fit(X), of_clusters),
    "two numbers": ("several_targets", lambda: LinearRegression().fit(X, X[:, [3, 2]]), of_numbers),
    "two classes at once": ("several_targets", lambda: MultiOutputClassifier(LOGISTIC).fit(X, BOTH), of_both),
    "tree of two": ("several_targets", lambda: DecisionTreeClassifier(max_depth=2).fit(X, BOTH), of_both),
    "two without probabilities": ("several_targets", lambda: MultiOutputClassifier(LinearSVC()).fit(X, BOTH), of_both),
    "labels of one against the rest": ("multilabel", lambda: OneVsRestClassifier(LOGISTIC).fit(X, LABELS), of_labels),
    "labels of neighbours": ("multilabel", lambda: KNeighborsClassifier().fit(X, LABELS), of_labels),
    "labels of a chain": ("multilabel", lambda: ClassifierChain(LOGISTIC).fit(X, LABELS), of_labels),
    "labels without probabilities": ("multilabel", lambda: RidgeClassifier().fit(X, LABELS), of_labels),
    "scores": ("classification", lambda: LinearSVC().fit(X, NAMES), of_classes),
    "scores of pairs": ("classification", lambda: SVC(decision_function_shape="ovo").fit(X, NAMES), of_classes),
    "scores of two classes": (
        "classification",
        lambda: LinearSVC().fit(X, SIZES),
        (Target("size", ("long", "short")),),
    ),
}
"""Of each the task, how it is fitted, and its targets."""


def task_version(name: str) -> Version:
    """One of MADE as a version, with five rows as its examples."""
    task, fit, targets = MADE[name]
    estimator = fit()
    buffer = io.BytesIO()
    joblib.dump(estimator, buffer)
    artifact = buffer.getvalue()
    features = tuple(Feature(f"x{index}", "number", minimum=0.0, maximum=8.0) for index in range(4))
    answers = answers_of(task, FittedEstimator(estimator), features, targets)
    rows = X[::30]
    examples = [
        Example.of(row, answer) for row, answer in zip(rows.tolist(), answers.plain(answers.ask(rows)), strict=True)
    ]
    manifest = Manifest(
        name="tested",
        version=version_of(MOMENT, sha256(artifact)),
        created_at=MOMENT.isoformat(),
        task=task,
        artifacts={"joblib": ArtifactFile("model.joblib", len(artifact), sha256(artifact))},
        features=features,
        target=targets[0],
        metrics={},
        runtime=installed_versions(),
        training=Training("made by a test", "0" * 64, 1, type(estimator).__name__, {}, None, None),
        example=examples[0],
        more_examples=tuple(examples[1:]),
        more_targets=targets[1:],
    )
    return Version(Manifest.from_json(manifest.to_json()), artifact)
