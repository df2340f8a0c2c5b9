"""Whatever a feature or a stack is called, CloudWatch takes the metrics that are counted under its name."""

import json
from pathlib import Path
from typing import Any

import pytest

from handler.manifest import Feature
from tests import served_models
from tests.unit.handler.asking import predict_event
from tests.unit.handler.processes import run_function

NAMES = ["größe", "a\tb", ": colon", "  ", "n" * 1025, "plain name (cm)"]


def taken_by_cloudwatch(value: Any) -> bool:
    """What a dimension's value may be (Amazon CloudWatch API Reference, "Dimension")."""
    return (
        isinstance(value, str)
        and 1 <= len(value) <= 1024
        and value.isascii()
        and value.isprintable()
        and value.strip() != ""
        and not value.startswith(":")
    )


@pytest.mark.xfail(strict=True, reason="names become dimensions as they are")
def test_every_metric_of_a_feature_outside_its_range_is_taken_by_cloudwatch(tmp_path: Path) -> None:
    sound = served_models.regression()
    (first, *others) = sound.manifest.features
    values = list(sound.manifest.example.features)
    assert first.maximum is not None
    request = {"ask": predict_event({"features": [first.maximum + 1.0, *values[1:]]})}
    lines = []
    for index, name in enumerate(NAMES):
        feature = Feature(name, "number", minimum=first.minimum, maximum=first.maximum, quantiles=first.quantiles)
        folder = tmp_path / str(index)
        folder.mkdir()
        root = sound.changed(features=(feature, *others)).write(folder / "model")
        outcome = run_function(folder, [request], MODEL_URI=str(root), POWERTOOLS_SERVICE_NAME="größe")
        assert json.loads(outcome.answers[0]["body"])["warnings"][0]["feature"] == name
        lines += outcome.metrics
    for line in lines:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        (dimensions,) = directive["Dimensions"]
        assert len(dimensions) <= 30
        assert len(directive["Metrics"]) <= 100
        for dimension in dimensions:
            assert taken_by_cloudwatch(line[dimension]), (dimension, line[dimension][:40])
    told = [line["feature"] for line in lines if "feature" in line]
    assert len(set(told)) == len(NAMES)
    assert told[-1] == NAMES[-1]
