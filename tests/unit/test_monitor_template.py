"""template.yaml says of the monitor what its code says: settings, rights, names of the event, and where it is."""

import importlib
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from handler.monitoring.monitor.files import CASE_FILE
from handler.monitoring.monitor.settings import OF_MODEL, OF_MONITOR
from handler.monitoring.monitor.telling import DETAIL_TYPE, SOURCE
from handler.registry.chain import MANIFEST_FILE, alias_key, version_key
from handler.settings import METRICS_NAMESPACE, OF_TELEMETRY, SERVICE_NAME, Setting
from tests.unit.template import TEMPLATE
from tests.unit.test_template import texts

RESOURCES, PARAMETERS = TEMPLATE["Resources"], TEMPLATE["Parameters"]
FUNCTION = RESOURCES["MonitorFunction"]["Properties"]
PREDICT = RESOURCES["PredictFunction"]["Properties"]
VARIABLES = FUNCTION["Environment"]["Variables"]
DECLARED = (*OF_MODEL, *OF_MONITOR, *OF_TELEMETRY)
STATEMENTS = RESOURCES["MonitorRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
ROOT = "${ModelBucket.Arn}/${ModelName}"
FOLDER = "monitoring/${AWS::StackName}"


def test_the_monitor_is_given_each_declared_setting_and_no_other_variable() -> None:
    assert set(VARIABLES) == {setting.variable for setting in DECLARED}


@pytest.mark.parametrize("setting", [each for each in OF_MONITOR if each.parameter], ids=lambda each: each.variable)
def test_a_parameter_says_what_the_setting_says_and_the_setting_takes_what_it_takes(setting: Setting) -> None:
    parameter = PARAMETERS[setting.parameter]
    assert VARIABLES[setting.variable] == {"Ref": setting.parameter}
    assert (parameter["Description"], str(parameter["Default"])) == (setting.help, setting.default)

    @settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
    @given(texts(parameter))
    def takes(text: str) -> None:
        setting.value({setting.variable: text})

    takes()


def test_the_monitor_looks_at_what_the_function_serves_and_reads_the_log_that_it_writes() -> None:
    shared = [*(setting.variable for setting in OF_MODEL), SERVICE_NAME.variable, METRICS_NAMESPACE.variable]
    for name in shared:
        assert VARIABLES[name] == PREDICT["Environment"]["Variables"][name]
    assert VARIABLES["LOG_GROUP"] == PREDICT["LoggingConfig"]["LogGroup"]


def test_the_monitor_runs_from_the_function_s_own_package_by_an_entry_that_exists() -> None:
    """SAM builds PredictFunction alone, and leaves its package where the monitor takes it from."""
    assert RESOURCES["MonitorFunction"]["Metadata"]["SkipBuild"] is True
    assert FUNCTION["CodeUri"] == ".aws-sam/build/PredictFunction"
    assert (FUNCTION["Runtime"], FUNCTION["Architectures"]) == (PREDICT["Runtime"], PREDICT["Architectures"])
    module, _, name = FUNCTION["Handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def resources_of(action: str) -> list[str]:
    """What the role may do `action` to."""
    found = []
    for statement in STATEMENTS:
        actions, places = statement["Action"], statement["Resource"]
        if action in ([actions] if isinstance(actions, str) else actions):
            found += [place.get("Fn::Sub") or place for place in (places if isinstance(places, list) else [places])]
    return found


def test_the_monitor_reads_its_alias_and_manifests_but_no_artifact_and_writes_its_own_folder_alone() -> None:
    own = f"{ROOT}/{FOLDER}/*"
    manifests = f"{ROOT}/{version_key('*', MANIFEST_FILE)}"
    assert resources_of("s3:GetObject") == [f"{ROOT}/{alias_key('${ModelAlias}')}", manifests, own]
    assert resources_of("s3:PutObject") == [own]


def test_the_monitor_s_role_has_no_other_right_than_these() -> None:
    named = [each["Action"] for each in STATEMENTS]
    actions = {action for each in named for action in ([each] if isinstance(each, str) else each)}
    assert actions == {
        *("logs:CreateLogStream", "logs:PutLogEvents", "logs:FilterLogEvents"),
        *("s3:GetObject", "s3:PutObject", "s3:ListBucket", "events:PutEvents"),
    }
    groups = [place.rpartition(":log-group:")[2] for place in resources_of("logs:FilterLogEvents")]
    assert groups == ["${PredictLogGroup}", "${PredictLogGroup}:*"]
    assert not any(place == "*" for each in actions for place in resources_of(each))


def test_the_role_and_the_rule_name_the_event_as_the_monitor_sends_it() -> None:
    (told,) = (each for each in STATEMENTS if each["Action"] == "events:PutEvents")
    assert told["Condition"] == {"StringEquals": {"events:source": SOURCE, "events:detail-type": DETAIL_TYPE}}
    pattern = RESOURCES["DriftRule"]["Properties"]["EventPattern"]
    assert (pattern["source"], pattern["detail-type"]) == ([SOURCE], [DETAIL_TYPE])
    assert pattern["detail"] == {"stack": [{"Ref": "AWS::StackName"}]}


def test_each_value_of_a_message_is_one_that_the_event_has() -> None:
    """EventBridge puts nothing where a path leads nowhere, and says nothing of it."""
    topic, either = RESOURCES["DriftRule"]["Properties"]["Targets"]
    detail = {"case", "stack", "model", "version", "alias", "summary", "worst_psi", "began", "ended", "report"}
    for target in (topic, either["Fn::If"][1]):
        transformer = target["InputTransformer"]
        assert {path.removeprefix("$.detail.") for path in transformer["InputPathsMap"].values()} <= detail
        assert set(re.findall(r"<(\w+)>", transformer["InputTemplate"])) == set(transformer["InputPathsMap"])
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": "DriftUndelivered.Arn"}}


def test_what_the_monitor_and_batches_write_expires_and_no_published_model_does() -> None:
    rules = RESOURCES["ModelBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = [rule for rule in rules if "ExpirationInDays" in rule]
    places = [f"${{ModelName}}/{folder}/" for folder in ("monitoring", "batches")]
    assert [rule["Prefix"] for rule in expiring] == [{"Fn::Sub": place} for place in places]
    most_hours = PARAMETERS["DriftHours"]["MaxValue"]
    assert expiring[0]["ExpirationInDays"] * 24 > most_hours


def test_the_bucket_takes_no_case_without_a_condition() -> None:
    statements = RESOURCES["ModelBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    by_place = {str(statement["Resource"]): statement for statement in statements}
    aliases, cases = (
        by_place[str({"Fn::Sub": f"${{ModelBucket.Arn}}/*/{place}"})]
        for place in ("aliases/*", f"monitoring/*/{CASE_FILE}")
    )
    assert {**cases, "Sid": "", "Resource": ""} == {**aliases, "Sid": "", "Resource": ""}


def refused(**given: str) -> list[str]:
    """What CloudFormation's rules say against these parameters; the others are the defaults."""
    values = {name: str(parameter["Default"]) for name, parameter in PARAMETERS.items()} | given

    def holds(condition: Any) -> bool:
        ((kind, parts),) = condition.items()
        if kind == "Fn::Not":
            return not holds(parts[0])
        one, other = (values[part["Ref"]] if isinstance(part, dict) else part for part in parts)
        return bool(one == other)

    rules = [rule for rule in TEMPLATE["Rules"].values() if holds(rule["RuleCondition"])]
    asserted = [assertion for rule in rules for assertion in rule["Assertions"]]
    return [assertion["AssertDescription"] for assertion in asserted if not holds(assertion["Assert"])]


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:github-AbCdEf"


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({}, None),
        ({"ObserveSeconds": "0"}, "Monitor=disabled"),
        ({"ObserveSeconds": "0", "Monitor": "disabled"}, None),
        ({"RetrainRepository": "me/models"}, "RetrainSecretArn"),
        ({"RetrainSecretArn": SECRET}, "RetrainRepository"),
        ({"RetrainRepository": "me/models", "RetrainSecretArn": SECRET}, None),
        ({"RetrainRepository": "me/models", "RetrainSecretArn": SECRET, "Monitor": "disabled"}, "Monitor=enabled"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused_before_anything_is_deployed(
    given: dict[str, str], parameter: str | None
) -> None:
    said = refused(**given)
    assert (parameter in said[0]) if parameter else not said


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        *[("MonitorRate", text, True) for text in ("rate(1 hour)", "rate(30 minutes)", "cron(17 * * * ? *)")],
        *[("MonitorRate", text, False) for text in ("", "hourly", "rate(0 hours)", "rate(1 week)", "cron(17 * *)")],
        *[("RetrainRepository", text, True) for text in ("", "me/models", "My-Org/a.b_c-d")],
        *[("RetrainRepository", text, False) for text in ("models", "me/a/b", "https://github.com/me/a", "-me/a", "/")],
        *[("RetrainSecretArn", text, True) for text in ("", SECRET, SECRET.replace("arn:aws:", "arn:aws-us-gov:"))],
        *[("RetrainSecretArn", text, False) for text in ("github", SECRET + "}}", SECRET[:60], SECRET + ":key")],
    ],
)
def test_a_parameter_takes_what_aws_and_github_would_take(name: str, text: str, taken: bool) -> None:
    assert bool(re.fullmatch(PARAMETERS[name]["AllowedPattern"], text, re.ASCII)) == taken


def test_the_token_for_github_is_nowhere_but_in_the_connection() -> None:
    parts = {**RESOURCES, "Outputs": TEMPLATE["Outputs"]}
    naming = {name for name, part in parts.items() if "RetrainSecretArn" in str(part)}
    assert naming == {"RetrainConnection"}
    key = RESOURCES["RetrainConnection"]["Properties"]["AuthParameters"]["ApiKeyAuthParameters"]
    assert key["ApiKeyValue"] == {"Fn::Sub": "Bearer {{resolve:secretsmanager:${RetrainSecretArn}:SecretString}}"}


def test_the_rule_may_call_one_url_of_github_and_nothing_else() -> None:
    (statement,) = RESOURCES["RetrainRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        "events:InvokeApiDestination",
        {"Fn::GetAtt": "RetrainDestination.Arn"},
    )
    endpoint = RESOURCES["RetrainDestination"]["Properties"]["InvocationEndpoint"]
    assert endpoint == {"Fn::Sub": "https://api.github.com/repos/${RetrainRepository}/dispatches"}


def test_the_schedule_may_start_the_monitor_and_nothing_else() -> None:
    (statement,) = RESOURCES["MonitorScheduleRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        "lambda:InvokeFunction",
        {"Fn::GetAtt": "MonitorFunction.Arn"},
    )
