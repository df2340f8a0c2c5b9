"""Ten models made and published by the command line, each answered by a cold handler as its own estimator answers."""

import json
from pathlib import Path

import pytest

from tests.models.ten_models import MODELS, describe, predict_event, publish_and_serve, run
from training.local.demo import invoke_cold


@pytest.mark.parametrize("name", MODELS)
def test_a_cold_handler_answers_as_the_estimator_itself(tmp_path: Path, name: str) -> None:
    model = publish_and_serve(name, tmp_path)
    rows = model.rows(20)
    answer = invoke_cold(str(model.registry), predict_event(rows))
    model.assert_answered_as_the_estimator(rows, answer)
    parity = model.manifest.artifacts["onnx"].parity
    assert parity is not None
    assert parity.rows > 2000
    assert parity.largest_difference <= parity.bound == 1e-5


def test_a_category_never_seen_and_a_gap_where_training_saw_none_are_refused(tmp_path: Path) -> None:
    model = publish_and_serve("categories-and-gaps", tmp_path)
    features = model.manifest.features
    assert {feature.name for feature in features if feature.nullable} == {"age", "plan"}
    row = dict(zip((feature.name for feature in features), model.manifest.example.features, strict=True))
    instances = [{**row, "age": None}, {**row, "region": "mars"}, {**row, "income": None}]
    answer = invoke_cold(str(model.registry), predict_event(instances))
    assert answer["statusCode"] == 422
    details = json.loads(answer["body"])["details"]
    assert [(one["row"], one["feature"]) for one in details] == [(1, "region"), (2, "income")]


@pytest.mark.parametrize("name", ["histogram-boosting", "voting"])
def test_the_same_training_in_two_fresh_folders_gives_the_same_digest(tmp_path: Path, name: str) -> None:
    path = describe(tmp_path, name)
    digests = set()
    for turn in ("first", "second"):
        document = json.loads(run("train", path, "--out", tmp_path / turn, "--json"))
        digests.add(document["artifacts"]["joblib"]["sha256"])
    assert len(digests) == 1
