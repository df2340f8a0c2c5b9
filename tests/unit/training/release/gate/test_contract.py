"""A new version may take more than the one that serves, and nothing less; it answers in the same form."""

from dataclasses import replace
from typing import Any

import pytest

from handler.records.signature import Domain, Example, Feature, Target
from handler.registry.manifest import Manifest
from training.release.gate.contract import same_contract
from training.release.gate.examples import is_alike

AGE = Feature("age", "number")
PLAN = Feature("plan", "category", categories=("a", "b"))
CODE = Feature("code", "category", categories=(1, 2))
NOTE = Feature("note", "text", max_length=100)
LOG = Feature("age", "number", domain=Domain(exclusive_minimum=0.0))
KNOWN = Feature("age", "number", domain=Domain(values=(1.0, 2.0)))


def fell(iris_manifest: Manifest, new: dict[str, Any], served: dict[str, Any]) -> list[str]:
    ours, theirs = (replace(iris_manifest, **changed) for changed in (new, served))
    return [f"{check.name}: {check.new}" for check in same_contract(ours, theirs) if not check.passed]


@pytest.mark.parametrize(
    ("new", "served"),
    [
        (AGE, AGE),
        (replace(AGE, nullable=True), AGE),
        (replace(PLAN, categories=("b", "c", "a")), PLAN),
        (replace(PLAN, categories=("a",), allow_unknown=True), PLAN),
        (replace(CODE, categories=(1, 2, 3)), CODE),
        (replace(NOTE, max_length=200), NOTE),
        (AGE, LOG),
        (LOG, LOG),
        (replace(AGE, domain=Domain(minimum=0.0)), LOG),
        (replace(KNOWN, domain=Domain(values=(1.0, 2.0, 3.0))), KNOWN),
        (replace(AGE, domain=Domain(minimum=1.0, maximum=2.0)), KNOWN),
    ],
)
def test_a_feature_that_takes_as_much_or_more_is_the_same_contract(
    iris_manifest: Manifest, new: Feature, served: Feature
) -> None:
    assert fell(iris_manifest, {"features": (new,)}, {"features": (served,)}) == []


@pytest.mark.parametrize(
    ("new", "served", "said"),
    [
        (AGE, replace(AGE, nullable=True), "takes: no null for age"),
        (replace(PLAN, categories=("a", "c")), PLAN, "takes: no longer b for plan"),
        (PLAN, replace(PLAN, allow_unknown=True), "takes: no unknown category for plan"),
        (replace(CODE, categories=(1,)), CODE, "takes: no longer 2 for code"),
        (NOTE, replace(NOTE, max_length=None), "takes: at most 100 characters for note"),
        (NOTE, replace(NOTE, max_length=101), "takes: at most 100 characters for note"),
        (LOG, AGE, "takes: fewer numbers for age"),
        (LOG, replace(AGE, domain=Domain(minimum=0.0)), "takes: fewer numbers for age"),
        (KNOWN, replace(KNOWN, domain=Domain(values=(1.0, 2.0, 3.0))), "takes: fewer numbers for age"),
        (replace(PLAN, categories=(1, 2)), PLAN, "features: differ in plan"),
        (PLAN, AGE, "features: differ in age, plan"),
    ],
)
def test_a_feature_that_lost_what_clients_may_send_is_another(
    iris_manifest: Manifest, new: Feature, served: Feature, said: str
) -> None:
    assert fell(iris_manifest, {"features": (new,)}, {"features": (served,)}) == [said]


def targets(*named: Target) -> dict[str, Any]:
    return {"task": "several_targets", "target": named[0], "more_targets": named[1:]}


def test_what_is_answered_has_the_same_names_and_classes(iris_manifest: Manifest) -> None:
    both = targets(Target("a"), Target("b", ("x", "y")))
    assert fell(iris_manifest, both, both) == []
    assert fell(iris_manifest, targets(Target("b", ("y", "x")), Target("a")), both) == []
    assert fell(iris_manifest, targets(Target("a"), Target("c", ("x", "y"))), both) == ["targets: a, c"]
    assert fell(iris_manifest, targets(Target("a"), Target("b", ("x", "z"))), both) == ["classes of b: x, z"]
    assert fell(iris_manifest, targets(Target("a"), Target("b")), both) == ["classes of b: numbers"]
    assert fell(iris_manifest, {"task": "clustering"}, {}) == ["task: clustering"]
    labels = {"task": "multilabel", "target": Target("tags", ("a", "b"))}
    assert fell(iris_manifest, {**labels, "target": Target("tags", ("b", "a"))}, labels) == []
    assert fell(iris_manifest, {**labels, "target": Target("tags", ("a", "c"))}, labels) == ["labels: a, c"]
    reordered = replace(iris_manifest.target, classes=iris_manifest.target.classes[::-1])
    assert fell(iris_manifest, {"target": reordered}, {}) == ["classes: virginica, versicolor, setosa"]


@pytest.mark.parametrize(
    ("task", "target", "said", "alike", "other"),
    [
        ("regression", Target("y", (), 10.0), 5.0, 5.4, 5.6),
        ("regression", Target("y"), 100.0, 104.0, 106.0),
        ("multilabel", Target("y", ("a", "b")), ("a", "b"), ["b", "a"], ["a"]),
        ("outlier_detection", Target("y"), "outlier", "outlier", "inlier"),
        ("clustering", Target("y"), 3.0, 3, 2),
        ("several_targets", Target("y", (), 10.0), {"y": 5.0, "z": "p"}, {"y": 5.4, "z": "p"}, {"y": 5.0, "z": "q"}),
    ],
)
def test_answers_are_alike_by_their_task(
    iris_manifest: Manifest, task: Any, target: Target, said: Any, alike: Any, other: Any
) -> None:
    more = (Target("z", ("p", "q")),) if task == "several_targets" else ()
    served = replace(iris_manifest, task=task, target=target, more_targets=more)
    assert is_alike({"prediction": alike}, Example((), said), served)
    assert not is_alike({"prediction": other}, Example((), said), served)
