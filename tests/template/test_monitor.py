"""The monitor is there, or not, as parameters say, and GitHub is a target only where a repository is named."""

from typing import Any

import pytest

from tests.template.translated import translated

REPOSITORY = {
    "RetrainRepository": "me/models",
    "RetrainSecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:github-AbCdEf",
}
OF_MONITOR = {
    *("MonitorFunction", "MonitorRole", "MonitorLogGroup", "MonitorSchedule", "MonitorScheduleRole"),
    *("DriftRule", "DriftUndelivered", "DriftUndeliveredPolicy"),
}
OF_RETRAINING = {"RetrainConnection", "RetrainDestination", "RetrainRole"}


def there(resources: Any) -> set[str]:
    return (OF_MONITOR | OF_RETRAINING) & set(resources)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, OF_MONITOR),
        ({"Monitor": "disabled"}, set()),
        (REPOSITORY, OF_MONITOR | OF_RETRAINING),
        ({**REPOSITORY, "Monitor": "disabled"}, set()),
    ],
)
def test_there_is_what_the_parameters_ask_for_and_nothing_that_lacks_what_it_refers_to(
    given: dict[str, str], expected: set[str]
) -> None:
    resources = translated(**given)
    assert there(resources) == expected
    for name in (OF_MONITOR | OF_RETRAINING) - expected:
        others = {other: resource for other, resource in resources.items() if f"'{name}'" in str(resource)}
        assert others == {}, name


def test_an_event_goes_to_the_topic_and_to_github_where_a_repository_is_named() -> None:
    targets = {
        asked: [target["Id"] for target in translated(**given)["DriftRule"]["Properties"]["Targets"]]
        for asked, given in (("without", {}), ("with", REPOSITORY))
    }
    assert targets == {"without": ["topic"], "with": ["topic", "retraining"]}


def test_a_failed_run_is_tried_once_more_and_not_for_long() -> None:
    (config,) = (each for each in translated().values() if each["Type"] == "AWS::Lambda::EventInvokeConfig")
    assert config["Properties"]["MaximumRetryAttempts"] == 1
    assert config["Properties"]["MaximumEventAgeInSeconds"] == 3600
