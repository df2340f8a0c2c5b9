"""Models of Keras, PyTorch, XGBoost and LightGBM are packaged, published and served, and answer as their own framework.

What is here was made for real, by the recipes beside it; the frameworks themselves are not needed.
"""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from handler.registry.chain import verify_artifact
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_rows
from handler.serving.predictor import load_predictor
from tests.bring.foreign.kept_models import Kept, all_names, kept
from tests.local_service import serving
from tests.unit.training.counts import odd_counts
from tests.unit.training.packaging import refused
from training.bring.onnx.graph_model import manifest_of_graph
from training.bring.onnx.graph_process import inspect_graph
from training.bring.stated import Said
from training.cli.main import main
from training.cli.package import package_command, stated_by
from training.release.publish import read_folder

BOUND = 1e-5
"""How far a number may be from the framework's own: these compute with 32-bit floats, as the graph does."""

SERVED = "xgboost_gaps"
BY_COMMAND = ["keras_churn", "torch_logits", "lightgbm_codes"]
"""With the one that is served, one of each framework goes by the command, which takes seconds; the others are inspected
in this process."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def package(folder: Path, model: Kept, *options: object) -> Result:
    (folder / "rows.json").write_text(json.dumps(model.rows))
    given = options or ("--example", folder / "rows.json")
    return run("package", "--onnx", model.file, "--out", folder / "out", *model.options, *given)


def difference(model: Kept, artifact: Any) -> float:
    predictor = load_predictor(artifact)
    return model.largest_difference(predictor.predict(typed_rows(model.rows, artifact.manifest.features)))


@pytest.mark.parametrize("name", BY_COMMAND)
def test_a_model_of_each_framework_is_packaged_and_answers_as_there(tmp_path: Path, name: str) -> None:
    model = kept(name)
    result = package(tmp_path, model)
    assert result.exit_code == 0, result.stderr
    folder = read_folder(tmp_path / "out")
    assert folder.manifest.forms == ("onnx",)
    assert folder.manifest.version.endswith(folder.manifest.artifacts["onnx"].sha256[:8])
    assert difference(model, folder.artifact) <= BOUND


@pytest.mark.parametrize("name", sorted({*all_names()} - {SERVED, *BY_COMMAND}))
def test_others_of_the_same_frameworks_answer_as_there(tmp_path: Path, name: str) -> None:
    model = kept(name)
    (tmp_path / "rows.json").write_text(json.dumps(model.rows))
    arguments = ["--onnx", model.file, "--out", tmp_path, "--example", tmp_path / "rows.json", *model.options]
    context = package_command.make_context("package", list(map(str, arguments)), **main.context_settings)
    stated = stated_by(*(context.params[one] for one in ("onnx", "example", "features", "classes", "target", "name")))
    inspected = inspect_graph(model.file.read_bytes(), tmp_path / "served", stated, Said(), None, tmp_path)
    served = (tmp_path / "served").read_bytes()
    manifest = Manifest.from_json(manifest_of_graph(model.file, stated, inspected, served).to_json())
    assert difference(model, verify_artifact(manifest, served)) <= BOUND


def test_what_is_kept_says_its_versions_and_no_place_of_a_machine() -> None:
    for name in all_names():
        model = kept(name)
        assert {"python", "onnx", "numpy"} < set(model.made_with)
        assert b"/home/" not in model.file.read_bytes()
        assert b"site-packages" not in model.file.read_bytes()
        assert model.file.stat().st_size < 50_000


def test_a_model_is_measured_on_a_table_published_served_and_asked(tmp_path: Path) -> None:
    model = kept(SERVED)
    frame = pd.DataFrame(model.rows, columns=list("abcd")).assign(target=model.answers["prediction"])
    frame.to_csv(tmp_path / "rows.csv", index=False)
    result = package(tmp_path, model, "--table", tmp_path / "rows.csv")
    assert result.exit_code == 0, result.stderr
    manifest = read_folder(tmp_path / "out").manifest
    assert manifest.metrics["accuracy"] == 1.0
    assert [feature.kind for feature in manifest.features] == ["number"] * 4
    assert all(feature.nullable and feature.minimum is not None for feature in manifest.features)
    assert odd_counts(manifest) == []
    assert manifest.training.fitted_rows == sum(manifest.target.answers) == len(model.rows)
    assert json.loads((tmp_path / "out" / "held_out.json").read_text())
    assert "OnnxMLTools" in (tmp_path / "out" / "report.html").read_text()

    registry = tmp_path / "registry"
    published = run("publish", tmp_path / "out", "--model-uri", registry, "--promote", "--reason", "first")
    assert published.exit_code == 0, published.stderr
    with serving(registry, tmp_path / "served.log") as url:
        body = json.dumps({"instances": model.rows}).encode()
        asked = urllib.request.Request(f"{url}/predict", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked) as response:
            answered = json.load(response)
    assert answered["model"]["version"] == manifest.version
    assert model.largest_difference(answered["predictions"]) <= BOUND


def test_the_options_of_one_kind_of_file_are_refused_for_the_other(tmp_path: Path) -> None:
    graph, rows = kept(SERVED).file, tmp_path / "rows.json"
    rows.write_text("[1, 2, 3, 4]")
    (tmp_path / "own.py").write_text("")
    common = ("--out", tmp_path / "out", "--example", rows)
    refused(run("package", *common), "Name the file of your model")
    refused(run("package", graph, "--onnx", graph, *common), "Give one model")
    refused(run("package", "--onnx", graph, "--code", tmp_path / "own.py", *common), "imports no modules")
    refused(run("package", graph, "--output", "label", *common), "they say what an ONNX file gives")
    refused(run("package", "--onnx", graph, "--out", tmp_path / "out"), "Give a row to prove the model with")
    assert not (tmp_path / "out").exists()
