"""Each task and each kind of feature is known wherever one is told from another: a new one is forgotten nowhere."""

import re
from pathlib import Path
from typing import get_args

from handler.api.body.columns import CHECKS
from handler.api.contract.row_values import SCHEMAS
from handler.records.signature import Kind, Task
from tests.unit.handler.tasks import MADE
from training.folder.examples import _CHOICES
from training.measuring.metrics import _MEASURES

ROOT = Path(__file__).parents[2]
TASKS = set(get_args(Task))
KINDS = set(get_args(Kind))
OF_MOST_TESTS = {"classification", "regression"}
"""The tasks of the models that all the other tests have."""


def test_each_task_has_a_model_that_is_served_in_the_tests() -> None:
    assert {task for task, _, _ in MADE.values()} | OF_MOST_TESTS == TASKS


def test_each_task_has_its_metrics_and_its_examples() -> None:
    assert set(_MEASURES) == set(_CHOICES) == TASKS


def test_the_page_has_a_sentence_for_each_task() -> None:
    script = (ROOT / "handler/api/pages/answers.js").read_text()
    assert set(re.findall(r'case "(\w+)"', script)) | OF_MOST_TESTS | {"several_targets"} == TASKS


def test_each_kind_has_its_check_and_its_schema() -> None:
    assert set(CHECKS) == set(SCHEMAS) == KINDS | {"code"}


def test_each_kind_has_its_control_on_the_page() -> None:
    script = (ROOT / "handler/api/pages/controls.js").read_text()
    (table,) = re.findall(r"\{([^{}]*number: numberControl[^{}]*)\}", script)
    assert set(re.findall(r"(\w+): \w+Control", table)) == KINDS
