"""The answers of each task. What a task needs is imported when a model of it is loaded, and no sooner."""

from collections.abc import Sequence

from handler.engines.base import LoadedModel
from handler.records.signature import Feature, Target, Task
from handler.serving.answers.base import Answers


def answers_of(task: Task, model: LoadedModel, features: Sequence[Feature], targets: Sequence[Target]) -> Answers:
    """How `model` answers `task`; raises UnloadableArtifact where it cannot have these targets."""
    return _kind(task)(model, features, targets)


def _kind(task: Task) -> type[Answers]:
    if task == "classification":
        from handler.serving.answers.classification import Classification

        return Classification
    if task == "regression":
        from handler.serving.answers.regression import Regression

        return Regression
    if task == "outlier_detection":
        from handler.serving.answers.outlier_detection import OutlierDetection

        return OutlierDetection
    if task == "clustering":
        from handler.serving.answers.clustering import Clustering

        return Clustering
    if task == "several_targets":
        from handler.serving.answers.several_targets import SeveralTargets

        return SeveralTargets
    from handler.serving.answers.multilabel import Multilabel

    return Multilabel
