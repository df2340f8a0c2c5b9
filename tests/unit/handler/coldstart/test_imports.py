"""Importing the handler does nothing, but for the one load in Lambda's init phase; imports point one way."""

import ast
import json
import os
from pathlib import Path
from typing import Any

import pytest

import handler
from handler.settings import VARIABLES
from tests.unit.handler.asking import assert_refused, predict_event, read_answer
from tests.unit.handler.models import Version
from tests.unit.handler.processes import run_function, run_script

PACKAGE = Path(handler.__file__).parent
SOURCES = sorted(PACKAGE.glob("**/*.py"))
TREES = {str(path.relative_to(PACKAGE)): ast.parse(path.read_text()) for path in SOURCES}
ENGINE_OF_SCIKIT_LEARN = {"engines/scikit_learn.py", "engines/fitted_parts.py", "engines/mapped_arrays.py"} | {
    "engines/own_code/unpickling.py"
}
BOTO3_BESIDE_THE_API = {
    "batch.py": {"boto3", "botocore"},
    "monitor.py": {"boto3", "botocore"},
    "stream.py": {"boto3", "botocore"},
    "streaming/places.py": {"botocore"},
    "registry/s3_objects.py": {"botocore"},
    "monitoring/monitor/telling.py": {"botocore"},
    "monitoring/reading/log_group.py": {"botocore"},
}
"""Lambda's runtime has both; they are imported where they are called, and never on the way of a prediction."""

READ_THE_ENVIRONMENT = {
    "app.py",
    "batch.py",
    "monitor.py",
    "stream.py",
    "coldstart/init_phase.py",
    "registry/s3_store.py",
}
ASK: dict[str, Any] = {"ask": predict_event({"features": [6.0, 2.5, 4.5, 1.5]})}


@pytest.fixture(scope="module")
def imported() -> dict[str, Any]:
    """What importing all modules did in a process that has no variable of ours."""
    told: dict[str, Any] = json.loads(run_script("import_process.py").stdout)
    return told


def test_every_module_is_imported_by_this_test(imported: dict[str, Any]) -> None:
    dotted = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in SOURCES}
    assert {name.removesuffix(".__init__") for name in dotted} == {"handler", *imported["modules"]}


def test_importing_opens_no_connection_starts_no_process_and_unpickles_nothing(imported: dict[str, Any]) -> None:
    assert imported["events"] == []


def test_importing_makes_no_client_and_no_application(imported: dict[str, Any]) -> None:
    assert imported["clients"] == []
    assert imported["applications"] == 0


def test_importing_asks_for_no_setting(imported: dict[str, Any]) -> None:
    assert set(imported["read"]) & {*VARIABLES, "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"} == set()
    assert "AWS_LAMBDA_RUNTIME_API" in imported["read"]


def test_importing_brings_nothing_that_a_cold_start_should_not_pay_for(imported: dict[str, Any]) -> None:
    packages = {name.partition(".")[0] for name in imported["loaded"]}
    assert packages & {"pandas", "pydantic", "aws_xray_sdk", "matplotlib", "training", "pytest"} == set()
    assert {"sklearn", "aws_lambda_powertools"} <= packages


def test_what_else_is_installed_changes_nothing_of_what_is_imported(tmp_path: Path) -> None:
    (tmp_path / "pandas").mkdir()
    (tmp_path / "pandas" / "__init__.py").write_text("raise SystemError('imported')")
    told = json.loads(run_script("import_process.py", PYTHONPATH=f"{tmp_path}{os.pathsep}{PACKAGE.parent}").stdout)
    assert "sklearn" in told["loaded"]
    assert "pandas" not in told["loaded"]


def imports(tree: ast.AST) -> set[str]:
    """Every module that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("file", TREES)
def test_no_file_of_the_handler_imports_training(file: str) -> None:
    assert {name for name in imports(TREES[file]) if name.partition(".")[0] in ("training", "tests")} == set()
    # What defers imports, and what answers those of a model's own code, works on the import system itself.
    assert imports(TREES[file]) & {"importlib", "runpy"} == (
        {"importlib"} if file in ("coldstart/deferred_imports.py", "engines/own_code/modules.py") else set()
    )


@pytest.mark.parametrize("file", TREES)
def test_the_environment_is_read_by_the_entries_by_who_asks_for_lambda_and_by_who_reads_s3(file: str) -> None:
    touched = {
        node.attr
        for node in ast.walk(TREES[file])
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "environb", "getenv", "putenv")
    }
    assert touched == ({"environ"} if file in READ_THE_ENVIRONMENT else set())
    assert imports(TREES[file]) & {"os.environ", "os.getenv", "os.environb", "os.putenv"} == set()


@pytest.mark.parametrize("file", TREES)
def test_only_the_s3_form_and_the_monitor_reach_aws_and_only_its_engine_knows_scikit_learn(file: str) -> None:
    packages = {name.partition(".")[0] for name in imports(TREES[file])}
    reads_s3 = file in ("registry/s3_store.py", "registry/s3/client.py")
    allowed = {"obstore"} if reads_s3 else BOTO3_BESIDE_THE_API.get(file, set())
    assert packages & {"boto3", "botocore", "obstore"} == allowed
    loads = [
        node
        for node in ast.walk(TREES[file])
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("joblib.load", "pickle.load", "pickle.loads")
    ]
    assert len(loads) == (1 if file == "engines/scikit_learn.py" else 0)
    assert "pickle" not in packages
    assert packages & {"sklearn", "joblib", "scipy"} == set() or file in ENGINE_OF_SCIKIT_LEARN


def test_on_lambda_the_model_is_loaded_while_the_function_is_imported(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    steps: list[dict[str, Any]] = [{"move": [str(root), str(tmp_path / "gone")]}, ASK]
    outcome = run_function(tmp_path, steps, MODEL_URI=str(root), AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    answer = read_answer(outcome.answers[0], "request-1")
    assert (answer.status, answer.body["prediction"]) == (200, "versicolor")


def test_elsewhere_the_first_request_loads_the_model(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    steps: list[dict[str, Any]] = [{"move": [str(root), str(tmp_path / "gone")]}, ASK]
    outcome = run_function(tmp_path, steps, MODEL_URI=str(root))
    assert_refused(read_answer(outcome.answers[0], "request-1"), 503, "registry_not_found")


def test_on_lambda_a_load_that_fails_does_not_end_the_import_and_its_wait_is_not_the_first_request_s(
    tmp_path: Path, iris_version: Version
) -> None:
    root = iris_version.write(tmp_path / "aside")
    steps: list[dict[str, Any]] = [ASK, {"move": [str(root), str(tmp_path / "iris")]}, ASK]
    environ = {"MODEL_URI": str(tmp_path / "iris"), "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    first, second = run_function(tmp_path, steps, **environ).answers
    assert_refused(read_answer(first, "request-0"), 503, "registry_not_found")
    # The registry is there by now; the reason is the remembered one, for the wait after the first request is not over.
    assert_refused(read_answer(second, "request-2"), 503, "registry_not_found")


def test_on_lambda_settings_that_are_missing_do_not_end_the_import(tmp_path: Path) -> None:
    outcome = run_function(tmp_path, [ASK], AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    assert_refused(read_answer(outcome.answers[0], "request-0"), 503, "invalid_settings")
    # An init phase that found no model is over too, and its time is told.
    assert [len(line["InitTime"]) for line in outcome.metrics if "InitTime" in line] == [1]


def test_sound_rows_of_numbers_import_no_check_of_other_kinds(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "iris")
    outcome = run_function(tmp_path, [ASK, {"imported": ["handler.api.body.columns"]}], MODEL_URI=str(root))
    assert outcome.answers[1] == {"imported": []}
