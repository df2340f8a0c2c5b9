"""Pipelines fitted to DataFrames, and one with a module of its own, answer in the container as on their frames."""

import json
import shutil
from pathlib import Path

import pytest

from ops.commands import sam
from ops.local_model import PACKAGE
from tests.tutorials.bringing import bring, run
from tests.tutorials.pipelines import TUTORIALS


@pytest.mark.parametrize("name", ["titanic", "own step"])
def test_a_pipeline_fitted_to_a_dataframe_answers_in_the_container_as_on_the_frame(
    name: str,
    version: str,  # noqa: ARG001 - a stage, not a value
    tmp_path: Path,
) -> None:
    brought = bring(TUTORIALS[name], tmp_path)
    root = PACKAGE / "PredictFunction/registry" / name.replace(" ", "-")
    shutil.rmtree(root, ignore_errors=True)
    run("publish", brought.folder, "--model-uri", root, "--promote", "--reason", "for sam local")
    event, variables = tmp_path / "event.json", tmp_path / "variables.json"
    event.write_text(json.dumps(brought.event()))
    variables.write_text(json.dumps({"PredictFunction": {"MODEL_URI": f"/var/task/registry/{root.name}"}}))
    said = sam(
        *("local", "invoke", "PredictFunction", "--event", str(event), "--env-vars", str(variables)), seconds=120
    )
    answer = json.loads(said.strip().splitlines()[-1])
    assert answer["statusCode"] == 200, answer["body"]
    brought.require_same(json.loads(answer["body"])["predictions"])
