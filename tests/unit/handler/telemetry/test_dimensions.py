"""Whatever a feature or a stack is called, CloudWatch takes the metrics that are counted under its name."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from handler.telemetry.dimensions import MOST_CHARACTERS, dimension_value
from tests.served_models import number
from tests.unit.handler.asking import predict_event
from tests.unit.handler.models import version_with
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


def test_every_metric_of_a_feature_outside_its_range_is_taken_by_cloudwatch(tmp_path: Path) -> None:
    rows = np.arange(3.0 * len(NAMES)).reshape(3, len(NAMES))
    features = tuple(number(name, column) for name, column in zip(NAMES, rows.T, strict=True))
    root = version_with(Ridge().fit(rows, rows[:, 0]), rows[0].tolist(), features=features).write(tmp_path / "model")
    request = {"ask": predict_event({"features": (rows[-1] + 1.0).tolist()})}
    outcome = run_function(tmp_path, [request], MODEL_URI=str(root), POWERTOOLS_SERVICE_NAME="größe")
    warnings = json.loads(outcome.answers[0]["body"])["warnings"]
    assert [warning["feature"] for warning in warnings] == NAMES
    lines = outcome.metrics
    for line in lines:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        (dimensions,) = directive["Dimensions"]
        assert len(dimensions) <= 30
        assert len(directive["Metrics"]) <= 100
        for dimension in dimensions:
            assert taken_by_cloudwatch(line[dimension]), (dimension, line[dimension][:40])
    counted = [line["feature"] for line in lines if "feature" in line]
    assert len(set(counted)) == len(NAMES)
    assert NAMES[-1] in counted


texts = st.text() | st.text(alphabet=":\\ \tx3aempty~é", max_size=8) | st.text(min_size=300).map(lambda text: text * 9)


@given(texts)
def test_any_name_becomes_a_value_that_cloudwatch_takes(name: str) -> None:
    assert taken_by_cloudwatch(dimension_value(name))


@given(st.lists(texts, unique=True, min_size=2, max_size=20))
def test_no_two_names_become_one(names: list[str]) -> None:
    assert len({dimension_value(name) for name in names}) == len(names)


def test_long_names_that_differ_at_their_ends_stay_apart() -> None:
    one, other = dimension_value("n" * 5000 + "a"), dimension_value("n" * 5000 + "b")
    assert one != other
    assert len(one) == len(other) == MOST_CHARACTERS
    assert one.startswith("n" * 1000)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="\\")))
def test_a_plain_name_stays_what_it_is(name: str) -> None:
    if name.strip() and not name.startswith(":") and len(name) <= MOST_CHARACTERS:
        assert dimension_value(name) == name


def test_another_name_stays_recognisable() -> None:
    assert dimension_value("größe") == "gr\\xf6\\xdfe"
    assert dimension_value(":a") == "\\x3aa"
    assert dimension_value("  ") == "\\x20 "
    assert dimension_value("") == "\\empty"
