"""A chunk's rows are answered as /predict does; those that it would refuse, or that cannot be read, are apart."""

import json

import pytest

from handler.registry.manifest import Manifest
from handler.serving.predictor import Predictor, load_predictor
from tests.unit.training.scoring.listed import BAD, GOOD, UNREAD, ListedChunk
from training.release.publish import TrainedFolder
from training.scoring.running.scored import score


@pytest.fixture(scope="module")
def predictor(iris: TrainedFolder) -> Predictor:
    return load_predictor(iris.artifact)


def test_each_row_is_answered_or_refused_at_its_own_place(predictor: Predictor, iris_manifest: Manifest) -> None:
    names = [feature.name for feature in iris_manifest.features]
    rows = [None, GOOD, BAD, dict(zip(names, GOOD, strict=True)), None, [1]]
    scored = score(predictor, ListedChunk(3, 30, rows), "jsonl")
    answered = [json.loads(line) for line in scored.part.splitlines()]
    refused = {line["row"]: line["refusal"] for line in map(json.loads, (scored.refused or b"").splitlines())}
    assert [line["row"] for line in answered] == [31, 33]
    assert answered[0]["keep"] == {"id": "r31"}
    assert all(line["answer"]["prediction"] == "setosa" for line in answered)
    assert {row: refusal["code"] for row, refusal in refused.items()} == {
        30: UNREAD.code,
        32: "invalid_features",
        34: UNREAD.code,
        35: "invalid_features",
    }
    assert refused[32]["details"][0]["feature"] == names[1]
    assert (scored.rows, scored.refusals) == (6, {"invalid_features": 2, "invalid_json": 2})


def test_without_a_refused_row_there_is_no_second_file(predictor: Predictor) -> None:
    assert score(predictor, ListedChunk(0, 0, [GOOD]), "csv").refused is None
