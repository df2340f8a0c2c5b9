"""Each pipeline of a tutorial is brought by one command, and answers through JSON what it answers on its DataFrame."""

import json
from pathlib import Path

import pytest

from tests.tutorials.bringing import bring, run
from tests.tutorials.frames import ROWS
from tests.tutorials.pipelines import TUTORIALS
from training.local.demo import invoke_cold

CASES = [(name, False) for name in TUTORIALS] + [(name, True) for name, each in TUTORIALS.items() if each.grid]


@pytest.mark.parametrize(("name", "searched"), CASES, ids=[f"{n}{' in a search' if s else ''}" for n, s in CASES])
def test_a_pipeline_fitted_to_a_dataframe_answers_through_json_as_it_does_on_the_frame(
    name: str, searched: bool, tmp_path: Path
) -> None:
    brought = bring(TUTORIALS[name], tmp_path, searched=searched)
    registry = tmp_path / "registry"
    run("publish", brought.folder, "--model-uri", registry, "--promote", "--reason", "tutorial")
    answer = invoke_cold(str(registry), brought.event())
    assert answer["statusCode"] == 200, answer["body"]
    answers = json.loads(answer["body"])["predictions"]
    assert len(answers) == ROWS
    brought.require_same(answers)


def test_clients_need_not_send_the_columns_of_which_the_pipeline_makes_nothing(tmp_path: Path) -> None:
    features = {feature["name"]: feature for feature in bring(TUTORIALS["titanic"], tmp_path).manifest["features"]}
    assert set(features) == {"pclass", "sex", "age", "sibsp", "fare", "embarked", "alone"}
    assert (features["pclass"]["kind"], features["pclass"]["categories"]) == ("category", [1, 2, 3])
    assert features["alone"]["kind"] == "boolean"
    assert (features["embarked"]["nullable"], features["embarked"]["gap"]) == (True, "NaN")


def test_a_brought_model_is_updated_twice_through_the_gate(tmp_path: Path) -> None:
    registry, versions = tmp_path / "registry", []
    for strength in (1.0, 0.5, 2.0):
        folder = tmp_path / str(strength)
        folder.mkdir()
        brought = bring(TUTORIALS["titanic"], folder, model__C=strength)
        run("publish", brought.folder, "--model-uri", registry, "--promote", "--reason", f"C = {strength}")
        versions.append(brought.manifest["version"])
    gates = [json.loads((registry / f"versions/{version}/gate.json").read_text()) for version in versions]
    assert [gate["served"] for gate in gates] == [None, *versions[:2]]
    assert all(gate["passed"] and gate["forced"] is None and gate["rows"] == ROWS for gate in gates)
    assert {"features", "classes", "accuracy", "ms for a row"} <= {check["name"] for check in gates[2]["checks"]}
