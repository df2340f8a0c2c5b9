"""A model that falls short of the one that serves is not published, unless somebody says why."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from handler.registry.chain import VerifiedArtifact
from training.cli.main import main
from training.fit.held_out import read_held_out
from training.release.gate.comparison import compare
from training.release.publish import TrainedFolder, read_folder

WEAK = ("--estimator", "sklearn.dummy.DummyClassifier", "--param", "strategy=prior")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def registry(tmp_path: Path, iris_folder: Path) -> Path:
    root = tmp_path / "registry"
    assert run("publish", iris_folder, "--promote", "--model-uri", root).exit_code == 0
    return root


def published(registry: Path) -> int:
    return len(list((registry / "versions").iterdir()))


def test_what_falls_short_is_shown_by_train_and_refused_by_publish(tmp_path: Path, registry: Path) -> None:
    trained = run("train", *WEAK, "--out", tmp_path / "weak", "--model-uri", registry)
    assert trained.exit_code == 1
    assert "FELL SHORT" in trained.stderr
    assert "falls short of" in (tmp_path / "weak" / "report.html").read_text()
    refused = run("publish", tmp_path / "weak", "--model-uri", registry)
    assert refused.exit_code == 1
    assert "Error: It falls short in accuracy" in refused.stderr
    assert published(registry) == 1
    assert run("publish", tmp_path / "weak", "--force", "--model-uri", registry).exit_code == 2
    forced = run("publish", tmp_path / "weak", "--force", "--reason", "an experiment", "--model-uri", registry)
    assert forced.exit_code == 0, forced.stderr
    record = json.loads((registry / "versions" / forced.stdout.strip() / "gate.json").read_text())
    assert (record["passed"], record["forced"]["reason"]) == (False, "an experiment")


def test_what_is_as_good_passes_and_leaves_its_record(tmp_path: Path, registry: Path) -> None:
    assert run("train", "--seed", "1", "--out", tmp_path / "same", "--model-uri", registry).exit_code == 0
    version = run("publish", tmp_path / "same", "--model-uri", registry).stdout.strip()
    record = json.loads((registry / "versions" / version / "gate.json").read_text())
    assert (record["passed"], record["forced"], record["rows"]) == (True, None, 30)
    assert not (registry / "versions" / version / "held_out.json").exists()


def test_other_features_or_no_rows_held_out_cannot_be_compared(tmp_path: Path, registry: Path) -> None:
    assert run("train", "wine", "--param", "cv=3", "--out", tmp_path / "wine").exit_code == 0
    other = run("publish", tmp_path / "wine", "--model-uri", registry)
    assert (other.exit_code, "differ in" in other.stderr) == (1, True)
    run("train", "--out", tmp_path / "bare")
    (tmp_path / "bare" / "held_out.json").unlink()
    assert "rows held out" in run("publish", tmp_path / "bare", "--model-uri", registry).stderr
    assert published(registry) == 1


def test_the_same_model_passes_against_itself_and_a_stricter_gate_stops_it(iris_folder: Path) -> None:
    folder: TrainedFolder = read_folder(iris_folder)
    held_out = read_held_out(iris_folder)
    assert held_out is not None
    served = VerifiedArtifact(folder.manifest, folder.artifact.data)
    same = compare(folder.artifact, held_out, served)
    assert same.passed
    values = {check.name: (check.new, check.served) for check in same.checks if check.name != "ms for a row"}
    assert values["calibration error"][0] == values["calibration error"][1]
    strict = replace(held_out, gate=replace(held_out.gate, minimum=0.99))
    fell = [check.name for check in compare(folder.artifact, strict, None).checks if not check.passed]
    assert fell == ["accuracy"]
