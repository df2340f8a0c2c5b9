"""The parameters that a deploy will have are found as `sam deploy` finds them."""

from pathlib import Path
from typing import Any

import pytest

from ops.deploy.described import DescribedStack, NotDescribed
from ops.deploy.plan import CONFIG, Plan, configuration, plan
from tests.unit.template import TEMPLATE

DEPLOYED = DescribedStack(
    "churn", {}, {"ModelAlias": "blue", "ModelName": "churn", "EphemeralStorage": "1024", "MaxRows": "10"}
)


def test_a_new_stack_has_the_template_s_defaults() -> None:
    parameters = TEMPLATE["Parameters"]
    expected = (parameters["ModelAlias"]["Default"], parameters["EphemeralStorage"]["Default"], None)
    assert plan(None, {}, None) == Plan(*expected)


def test_what_nothing_names_stays_as_it_is_in_the_stack() -> None:
    assert plan(None, {}, DEPLOYED) == Plan("blue", 1024, "churn")
    assert plan(None, {"parameter_overrides": ["MaxRows=5"]}, DEPLOYED) == Plan("blue", 1024, "churn")


@pytest.mark.parametrize(
    "overrides",
    [
        ["ModelAlias=green", "EphemeralStorage=2048"],
        "ModelAlias=green EphemeralStorage=2048",
        "ParameterKey=ModelAlias,ParameterValue=green 'EphemeralStorage=2048'",
        ['ModelAlias="green"', "EphemeralStorage=2048"],
    ],
)
def test_the_configuration_overrides_the_stack(overrides: Any) -> None:
    assert plan(None, {"parameter_overrides": overrides}, DEPLOYED) == Plan("green", 2048, "churn")


def test_the_command_line_stands_in_for_the_configuration() -> None:
    configured = {"parameter_overrides": ["ModelAlias=green", "EphemeralStorage=2048"]}
    assert plan(["ModelName=wine"], configured, DEPLOYED) == Plan("blue", 1024, "wine")
    assert plan([], configured, None) == Plan("production", 512, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["ModelAlias"], "NAME=VALUE"),
        (["ModelAlias=Production"], "ModelAlias must be"),
        (["ModelAlias=../production"], "ModelAlias must be"),
        (["Engine=tensorflow"], "Engine must be sklearn or onnx; it is 'tensorflow'"),
        (["Engine="], "Engine must be sklearn or onnx"),
        (["EphemeralStorage=lots"], "EphemeralStorage must be a whole number"),
        (["EphemeralStorage=٥١٢"], "EphemeralStorage must be a whole number"),
    ],
)
def test_a_malformed_parameter_is_refused_in_a_sentence(given: list[str], said: str) -> None:
    with pytest.raises(NotDescribed, match=said):
        plan(given, {}, None)


def test_the_engine_is_the_given_one_else_that_of_the_stack_else_left_to_the_template() -> None:
    onnx = DescribedStack("churn", {}, {"Engine": "onnx"})
    assert plan(None, {}, None).engine is None
    assert plan(["MaxRows=5"], {}, onnx).engine == "onnx"
    assert plan(["Engine=sklearn"], {}, onnx).engine == "sklearn"
    assert plan(None, {"parameter_overrides": ["Engine=onnx"]}, None).engine == "onnx"


@pytest.mark.parametrize("overrides", [5, {"ModelAlias": "green"}])
def test_a_configuration_of_another_kind_is_refused_in_a_sentence(overrides: object) -> None:
    with pytest.raises(NotDescribed, match="parameter_overrides"):
        plan(None, {"parameter_overrides": overrides}, None)


@pytest.mark.parametrize("environment", ["default", "prod"])
def test_this_project_s_configuration_is_read(environment: str) -> None:
    configured = configuration(environment)
    assert configured["stack_name"].startswith("sklearn-on-lambda")
    assert plan(None, configured, None).alias == "production"


def test_a_configuration_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotDescribed, match=r"has no environment \[staging\]"):
        configuration("staging")
    with pytest.raises(NotDescribed, match="cannot be read"):
        configuration("default", tmp_path / CONFIG.name)
    (tmp_path / CONFIG.name).write_text("[default")
    with pytest.raises(NotDescribed, match="cannot be read"):
        configuration("default", tmp_path / CONFIG.name)
