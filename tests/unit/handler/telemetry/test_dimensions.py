"""Whatever a stack is called, CloudWatch takes the metrics that are counted under its name."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.telemetry.dimensions import MOST_CHARACTERS, dimension_value
from tests.unit.handler.asking import ask, open_application, predict_event

SERVICES = ["größe", ": colon", "n" * 1025, "a plain name"]


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


@pytest.mark.parametrize("service", SERVICES, ids=lambda name: name[:12])
def test_whatever_the_service_is_called_each_metric_is_taken_by_cloudwatch(iris_root: Path, service: str) -> None:
    environ = {"MODEL_URI": str(iris_root), "POWERTOOLS_SERVICE_NAME": service}
    with redirect_stdout(io.StringIO()) as output:
        application = open_application(**environ)
        for features in ([600.0, 2.5, 4.5, 1.5], [6.0]):
            ask(application, predict_event({"features": features}))
    lines = [line for line in map(json.loads, output.getvalue().splitlines()) if "_aws" in line]
    assert {"OutsideTraining", "Errors"} <= {name for line in lines for name in line}
    for line in lines:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        (dimensions,) = directive["Dimensions"]
        assert len(dimensions) <= 30
        assert len(directive["Metrics"]) <= 100
        for dimension in dimensions:
            assert taken_by_cloudwatch(line[dimension]), (dimension, line[dimension][:40])


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
