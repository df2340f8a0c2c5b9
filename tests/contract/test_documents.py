"""The contract of every kind of model is valid OpenAPI 3.1, and its examples fit its schemas."""

import copy
import json
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib

from handler.api.contract.shown_example import shown_example
from handler.api.routes.contract import contract_of
from handler.api.routes.table import ROUTES
from handler.serving.predictor import Predictor, load_predictor
from tests.contract.schemathesis_run import SCHEMATHESIS
from tests.served_models import OTHER_TASKS, categories, kinds, regression
from tests.served_models import iris as iris_version
from tests.unit.handler.tasks import MADE, task_version
from tests.unit.handler.twins import with_twin
from training.release.publish import TrainedFolder

SCRIPT = Path(__file__).with_name("check_documents.py")


def contract(predictor: Predictor) -> Any:
    return contract_of(ROUTES, predictor.manifest, 1000, shown_example(predictor))


def checked(folder: Path, *documents: Any) -> "subprocess.CompletedProcess[str]":
    """The validators' word on `documents`."""
    files = [folder / f"{index}.json" for index in range(len(documents))]
    for file, document in zip(files, documents, strict=True):
        file.write_text(json.dumps(document))
    command = [str(SCHEMATHESIS.with_name("python")), str(SCRIPT), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_contract_of_every_kind_of_model_is_valid_and_its_examples_fit(tmp_path: Path, iris: TrainedFolder) -> None:
    others = [task_version(name).load() for name in MADE]
    predictors = (load_predictor(iris.artifact), categories().load(), kinds().load(), regression().load(), *others)
    done = checked(tmp_path, *map(contract, predictors))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_is_the_same_whichever_form_of_the_model_is_loaded(tmp_path: Path) -> None:
    versions = (iris_version(), categories(), regression(), *(task_version(name) for name in OTHER_TASKS.values()))
    both = [with_twin(joblib.load(BytesIO(version.artifact)), version) for version in versions]
    of_joblib, of_onnx = ([contract(each.load()) for each in both], [contract(each.load_twin()) for each in both])
    done = checked(tmp_path, *of_onnx)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(map(paths_and_schemas, of_onnx)) == list(map(paths_and_schemas, of_joblib))


def paths_and_schemas(document: Any) -> Any:
    """What clients are made of: all but the examples, whose last digits are those of the form that answers."""
    if isinstance(document, list):
        return [paths_and_schemas(part) for part in document]
    if not isinstance(document, dict):
        return document
    return {name: paths_and_schemas(part) for name, part in document.items() if name not in ("example", "examples")}


def test_the_check_finds_a_document_that_is_not_valid_and_an_example_that_does_not_fit(
    tmp_path: Path, iris: TrainedFolder
) -> None:
    document = contract(load_predictor(iris.artifact))
    invalid, unfit = copy.deepcopy(document), copy.deepcopy(document)
    del invalid["info"]["title"]
    content = unfit["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    content["examples"]["row"]["value"] = {"features": ["six", 2.5, 4.5, 1.5]}
    done = checked(tmp_path, invalid, unfit)
    assert done.returncode == 1
    assert "info: " in done.stdout
    assert "example row" in done.stdout
