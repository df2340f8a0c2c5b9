"""The rows of the gate are kept in a file: that of each task comes back as it was, and an older one is read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from handler.records.signature import Kind, Prediction, Target, Task
from handler.registry.manifest import Manifest
from training.fit.description import DEFAULT_GATE
from training.fit.held_out import HELD_OUT_FILE, HeldOut, held_out_of, read_held_out
from training.fit.iris import train_iris

OF_TASKS: dict[Task, tuple[tuple[Prediction, ...] | None, tuple[Target, ...]]] = {
    "classification": (("a", "b"), ()),
    "regression": ((1.0, 2.5), ()),
    "outlier_detection": (("outlier", "inlier"), ()),
    "clustering": (None, ()),
    "multilabel": ((("a",), ()), ()),
    "several_targets": (({"x": 1.0, "y": "p"}, {"x": 2.0, "y": "q"}), (Target("x"), Target("y", ("p", "q")))),
}


@pytest.mark.parametrize("task", OF_TASKS)
def test_the_rows_of_each_task_come_back_as_they_were(tmp_path: Path, task: Task) -> None:
    answers, targets = OF_TASKS[task]
    kinds: tuple[Kind, ...] = ("number", "category", "boolean", "text", "category")
    rows = ((1.0, "a", True, "some words", 2.0), (None, None, None, None, None))
    held_out = HeldOut("0" * 64, task, "m", DEFAULT_GATE, tuple("abcde"), kinds, ("a", "b"), rows, answers, targets)
    (tmp_path / HELD_OUT_FILE).write_text(held_out.to_json())
    assert read_held_out(tmp_path) == held_out


def test_a_file_of_before_has_no_targets_and_is_read_and_written_still(tmp_path: Path, iris_manifest: Manifest) -> None:
    held_out = held_out_of(train_iris(), iris_manifest)
    document = json.loads(held_out.to_json())
    assert set(document) == {
        *("artifact_sha256", "task", "metric", "gate", "features", "kinds", "classes", "rows", "answers")
    }
    (tmp_path / HELD_OUT_FILE).write_text(json.dumps(document))
    assert read_held_out(tmp_path) == held_out
    assert held_out.all_targets == (Target("", iris_manifest.target.classes),)
    assert replace(held_out, answers=None).all_targets == held_out.all_targets
