"""The alarms stand on names that SAM gives, and none is left where they are switched off."""

from typing import Any

import pytest

from tests.template.translated import translated
from tests.unit.alarms.emitted import API_NAME


@pytest.fixture(scope="module")
def default() -> Any:
    return translated()


def of_type(resources: Any, kind: str) -> list[Any]:
    return [resource for resource in resources.values() if resource["Type"] == kind]


def test_the_api_has_the_name_by_which_its_metrics_are_looked_for(default: Any) -> None:
    (api,) = of_type(default, "AWS::ApiGateway::RestApi")
    assert api["Properties"].get("Name") is None
    assert f"${{{api['Properties']['Body']['info']['title']['Ref']}}}" == API_NAME


def test_the_stage_has_the_name_by_which_its_metrics_are_looked_for(default: Any) -> None:
    (stage,) = of_type(default, "AWS::ApiGateway::Stage")
    (alarm,) = [
        resource["Properties"]
        for resource in of_type(default, "AWS::CloudWatch::Alarm")
        if resource["Properties"]["Namespace"] == "AWS/ApiGateway"
    ]
    names = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    assert names["Stage"] == stage["Properties"]["StageName"]


@pytest.mark.parametrize("monitor", ["enabled", "disabled"])
def test_switched_off_there_is_neither_an_alarm_nor_a_dashboard(monitor: str) -> None:
    resources = translated(Alarms="disabled", Monitor=monitor)
    kinds = {resource["Type"] for resource in resources.values()}
    assert {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"} & kinds == set()
    topic = {"AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::KMS::Key", "AWS::KMS::Alias"}
    assert topic & kinds == (topic if monitor == "enabled" else set())
