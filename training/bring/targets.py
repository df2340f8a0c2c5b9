"""Names for what a brought model predicts: its targets, and the classes or labels of each.

As with features, a name on the wrong target is a wrong answer with status 200. So what its user says must fit what the
model has, and what is made up here is told.
"""

from collections.abc import Sequence

from handler.records.signature import Target
from training.bring.held.task import Outputs
from training.bring.naming import class_names
from training.bring.stated import Stated
from training.errors import UnpackableArtifact, listed

DEFAULT_TARGET = "target"
"""What the one target is called of which nobody says the name."""

LABELS = "labels"
"""The same where the names of the targets are those of labels."""


def targets_of(outputs: Outputs, stated: Stated) -> tuple[tuple[Target, ...], bool]:
    """The targets, and whether names among them are made up here; raises UnpackableArtifact."""
    if outputs.task in ("outlier_detection", "clustering") and stated.classes:
        kind = outputs.task.replace("_", " ")
        raise UnpackableArtifact(f"--classes names the classes of a classifier, and the model is for {kind}.")
    if outputs.task == "several_targets":
        return _several(outputs, stated)
    if outputs.task == "multilabel":
        return _labelled(len(outputs.labels[0]), stated)
    if len(stated.targets) > 1:
        raise UnpackableArtifact(_other_count(1, stated.targets))
    name, labels = stated.targets[0], outputs.labels[0]
    if outputs.task == "classification":
        return (Target(name, _names(labels, _one(stated))),), False
    return (Target(name, tuple(map(str, labels))),), False


def _labelled(count: int, stated: Stated) -> tuple[tuple[Target, ...], bool]:
    """The one target of a multilabel classification: --classes names its labels, or a --target for each does."""
    given, name = _one(stated), stated.targets[0]
    option = "--classes"
    if given is None and len(stated.targets) > 1:
        given, name, option = stated.targets, LABELS, "--target"
    elif len(stated.targets) > 1:
        raise UnpackableArtifact("Name the labels once: by --classes, or by a --target for each column of y.")
    if given is not None and len(given) != count:
        raise UnpackableArtifact(
            f"The model has {count} labels; {option} names {len(given)}: name each, in the order of the columns of y."
        )
    made_up = tuple(f"label_{column + 1}" for column in range(count))
    return (Target(name, given or made_up),), given is None


def _several(outputs: Outputs, stated: Stated) -> tuple[tuple[Target, ...], bool]:
    count = len(outputs.labels)
    is_made_up = stated.targets == (DEFAULT_TARGET,)
    names = [f"{DEFAULT_TARGET}_{place + 1}" for place in range(count)] if is_made_up else stated.targets
    if len(names) != count:
        raise UnpackableArtifact(_other_count(count, names))
    classed = sum(bool(labels) for labels in outputs.labels)
    given: list[tuple[str, ...] | None] = [*stated.classes] if stated.classes else [None] * classed
    if len(given) != classed:
        raise UnpackableArtifact(
            f"The model has {classed} targets with classes, and --classes is given {len(given)} times: give it once "
            "for each, in their order, or leave it out."
        )
    of_each = iter(given)
    targets = [
        Target(name, _names(labels, next(of_each)) if labels else ())
        for name, labels in zip(names, outputs.labels, strict=True)
    ]
    return tuple(targets), is_made_up


def _names(labels: Sequence[object], given: Sequence[str] | None) -> tuple[str, ...]:
    return class_names([str(label) for label in labels], given, [type(label).__name__ for label in labels])


def _one(stated: Stated) -> tuple[str, ...] | None:
    if stated.classes is None:
        return None
    if len(stated.classes) > 1:
        raise UnpackableArtifact("The model predicts one target: give --classes once, with commas between the names.")
    return stated.classes[0]


def _other_count(count: int, names: Sequence[str]) -> str:
    predicts = "one target" if count == 1 else f"{count} targets"
    return (
        f"The model predicts {predicts}, and --target names {len(names)} ({listed(names)}): give it once for each, in "
        "the order of the columns of y."
    )
