"""From a trained folder to an answered request, and from one version to the next, with moto for S3."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.events_expected import read_event
from tests.integration.answers import ask
from training.fit.iris import train_iris
from training.folder.writing import write_folder
from training.isolation import run_isolated
from training.local.demo import INVOKE_SCRIPT
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import publish, read_folder
from training.release.stores.schemes import open_writable_store


def ask_cold(uri: str) -> dict[str, Any]:
    """What the function answers in a fresh process that has only `handler`, and the key to the bucket."""
    rights = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    answer = run_isolated(INVOKE_SCRIPT, uri, read_event("predict_features"), environ=rights)
    return {**answer, "body": json.loads(answer["body"])}


@pytest.fixture
def model_uri(bucket: str) -> str:
    """On S3; on a directory the demo goes this way."""
    return f"s3://{bucket}/models/iris"


def test_what_was_trained_is_published_promoted_and_answered_by_a_cold_handler_version_after_version(
    model_uri: str, iris_folder: Path, tmp_path: Path
) -> None:
    store = open_writable_store(model_uri)
    first = publish(read_folder(iris_folder), store)

    unset = ask(model_uri)
    assert (unset["statusCode"], unset["body"]["code"]) == (503, "alias_not_set")

    promote(store, Release(first.version, "production", "tests", "first"))
    answer = ask_cold(model_uri)
    assert answer["statusCode"] == 200
    assert (answer["body"]["prediction"], answer["body"]["prediction_index"]) == ("versicolor", 1)
    assert answer["body"]["model"] == {"name": "iris", "version": first.version, "sha256": first.artifact.sha256}
    assert ask(model_uri)["body"] == answer["body"]

    write_folder(train_iris(seed=7), tmp_path / "second")
    second = publish(read_folder(tmp_path / "second"), store)
    assert ask(model_uri)["body"]["model"]["version"] == first.version

    promote(store, Release(second.version, "production", "tests", "second"))
    later = ask_cold(model_uri)
    assert later["body"]["model"] == {"name": "iris", "version": second.version, "sha256": second.artifact.sha256}
    assert later["body"]["probabilities"] != answer["body"]["probabilities"]
    assert ask(model_uri)["body"] == later["body"]
