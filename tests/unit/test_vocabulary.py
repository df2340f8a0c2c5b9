"""Each task and each kind of feature is known wherever one is told from another: a new one is forgotten nowhere."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

from handler.api.body.columns import CHECKS
from handler.api.contract.row_values import SCHEMAS
from handler.records.decoding import format_of_value
from handler.records.signature import Feature, Kind, Task
from handler.registry.manifest import Manifest
from tests.bring.tasks_drafts import CASES
from tests.served_models import KINDS as SERVED
from tests.unit.handler.tasks import MADE
from tests.unit.training.fit.test_held_out import OF_TASKS
from training.folder.examples import _CHOICES
from training.measuring.metrics import _MEASURES

ROOT = Path(__file__).parents[2]
TASKS = set(get_args(Task))
KINDS = set(get_args(Kind))
OF_MOST_TESTS = {"classification", "regression"}
"""The tasks of the models that all the other tests have."""

CAME_WITH = {
    "kind": {"number": 1, "category": 1, "boolean": 3, "text": 3},
    "task": {
        **{"classification": 1, "regression": 1},
        **{"outlier_detection": 3, "clustering": 3, "several_targets": 3, "multilabel": 3},
    },
}
"""The format of the manifest that each came with: a function that knows an older one refuses it."""


def test_each_task_has_a_model_that_is_served_in_the_tests() -> None:
    assert {task for task, _, _ in MADE.values()} | OF_MOST_TESTS == TASKS


def test_each_task_has_a_model_that_is_measured_judged_and_drawn_in_the_tests_and_rows_held_out() -> None:
    assert {case.task for case in CASES.values()} | OF_MOST_TESTS == TASKS
    assert set(OF_TASKS) == TASKS


def test_each_task_has_its_metrics_and_its_examples() -> None:
    assert set(_MEASURES) == set(_CHOICES) == TASKS


def test_the_page_has_a_sentence_for_each_task() -> None:
    script = (ROOT / "handler/api/pages/answers.js").read_text()
    assert set(re.findall(r'case "(\w+)"', script)) | OF_MOST_TESTS | {"several_targets"} == TASKS


def test_each_task_and_each_kind_is_written_in_the_format_that_it_came_with() -> None:
    said = {"kind": KINDS, "task": TASKS}
    for field in (field for record in (Feature, Manifest) for field in fields(record) if field.name in said):
        assert {value: format_of_value(field, value) for value in said[field.name]} == CAME_WITH[field.name]


def test_each_kind_is_a_feature_of_a_model_that_is_served_in_the_tests() -> None:
    assert {feature.kind for feature in SERVED} == KINDS


def test_each_kind_has_its_check_and_its_schema() -> None:
    assert set(CHECKS) == set(SCHEMAS) == KINDS | {"code"}


def test_each_kind_has_its_control_on_the_page() -> None:
    script = (ROOT / "handler/api/pages/controls.js").read_text()
    (table,) = re.findall(r"\{([^{}]*number: numberControl[^{}]*)\}", script)
    assert set(re.findall(r"(\w+): \w+Control", table)) == KINDS
