"""template.yaml says of settings and of the gateway's answers what their declarations say."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handler.engines.shipped import DEFAULT_PACKAGE, LAMBDA_PYTHON, PACKAGES
from handler.errors.catalogue import OF_FUNCTION
from handler.errors.gateway import GATEWAY_ANSWERS
from handler.settings import OF_TELEMETRY, SETTINGS, Setting
from ops.prove.claims.storage.rights import POLICIES
from packager.target import TARGETS, architectures
from tests.unit.template import TEMPLATE
from training.release.deployed.readable import DEFAULT_STORAGE_MB, MOST_STORAGE_MB
from training.release.deployed.record import FOLDER, record_key

FUNCTION = TEMPLATE["Resources"]["PredictFunction"]["Properties"]
VARIABLES = FUNCTION["Environment"]["Variables"]
PARAMETERS = TEMPLATE["Parameters"]
RESPONSES = TEMPLATE["Resources"]["PredictApi"]["Properties"]["GatewayResponses"]

DECLARED = (*SETTINGS, *OF_TELEMETRY)
WITH_PARAMETER = [setting for setting in DECLARED if setting.parameter]


def texts(parameter: Any) -> st.SearchStrategy[str]:
    """Every text that CloudFormation takes for `parameter`."""
    if "AllowedValues" in parameter:
        return st.sampled_from(parameter["AllowedValues"])
    if parameter["Type"] == "Number":
        return st.integers(parameter["MinValue"], parameter["MaxValue"]).map(str)
    most = parameter.get("MaxLength", 4096)
    return st.from_regex(re.compile(parameter["AllowedPattern"], re.ASCII), fullmatch=True).filter(
        lambda text: len(text) <= most
    )


def test_the_function_is_given_each_declared_setting_and_no_other_variable() -> None:
    assert set(VARIABLES) == {setting.variable for setting in DECLARED}


@pytest.mark.parametrize("setting", WITH_PARAMETER, ids=lambda setting: setting.variable)
def test_a_parameter_says_what_the_setting_says(setting: Setting) -> None:
    parameter = PARAMETERS[setting.parameter]
    assert VARIABLES[setting.variable] == {"Ref": setting.parameter}
    assert parameter["Description"] == setting.help
    assert str(parameter["Default"]) == setting.default


@pytest.mark.parametrize("setting", WITH_PARAMETER, ids=lambda setting: setting.variable)
def test_the_setting_takes_whatever_its_parameter_takes(setting: Setting) -> None:
    # On a busy machine Hypothesis takes its time to read a pattern, which is no fault of what is tested.
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    @given(texts(PARAMETERS[setting.parameter]))
    def takes(text: str) -> None:
        setting.value({setting.variable: text})

    takes()


def test_a_parameter_refuses_an_alias_that_the_setting_refuses() -> None:
    pattern = re.compile(PARAMETERS["ModelAlias"]["AllowedPattern"])
    for text in ("", "Production", "a/b", "../production", "a.b", "-a", "_a", "a b", "a\n", "ä", "a" * 64):
        assert not pattern.fullmatch(text)


def test_a_setting_without_a_parameter_is_given_by_the_stack() -> None:
    for setting in DECLARED:
        if not setting.parameter:
            assert setting.variable in VARIABLES
    assert VARIABLES["MODEL_URI"] == {"Fn::Sub": "s3://${ModelBucket}/${ModelName}"}


def test_a_changed_value_of_a_setting_publishes_a_version_of_the_function() -> None:
    """SAM publishes one where the description changes; a parameter's value is none of what it compares otherwise."""
    described = set(re.findall(r"\$\{(\w+)\}", FUNCTION["VersionDescription"]["Fn::Sub"]))
    assert {"ModelName", *(setting.parameter for setting in WITH_PARAMETER)} <= described


def test_the_function_is_given_the_storage_that_its_parameter_says() -> None:
    assert FUNCTION["EphemeralStorage"] == {"Size": {"Ref": "EphemeralStorage"}}
    parameter = PARAMETERS["EphemeralStorage"]
    bounds = (parameter["Default"], parameter["MinValue"], parameter["MaxValue"])
    assert bounds == (DEFAULT_STORAGE_MB, DEFAULT_STORAGE_MB, MOST_STORAGE_MB)
    assert "${EphemeralStorage}" in FUNCTION["VersionDescription"]["Fn::Sub"]


def test_the_runtime_is_the_python_that_packages_say_they_are_for() -> None:
    assert FUNCTION["Runtime"] == f"python{LAMBDA_PYTHON}"


def test_the_engines_are_those_that_can_be_packaged_and_each_deploy_of_another_publishes_a_version() -> None:
    parameter = PARAMETERS["Engine"]
    assert (parameter["AllowedValues"], parameter["Default"]) == ([*PACKAGES], DEFAULT_PACKAGE)
    assert "${Engine}" in FUNCTION["VersionDescription"]["Fn::Sub"]


def test_there_is_a_folder_to_build_in_for_every_architecture_and_engine_that_the_template_takes() -> None:
    directory = TEMPLATE["Resources"]["PredictFunction"]["Metadata"]["WorkingDirectory"]
    assert directory == {"Fn::Sub": "packager/targets/${Architecture}/${Engine}"}
    assert sorted(PARAMETERS["Architecture"]["AllowedValues"]) == architectures()
    for architecture in architectures():
        folders = [path for path in (TARGETS / architecture).iterdir() if path.is_dir()]
        assert {folder.name for folder in folders} == PACKAGES.keys()
        # Git keeps no empty folder, and `sam init` neither.
        assert all((folder / ".gitkeep").is_file() for folder in folders)


@pytest.mark.parametrize(
    ("snap_start", "storage", "refused"),
    [("PublishedVersions", 512, False), ("PublishedVersions", 513, True), ("None", 10240, False)],
)
def test_snap_start_with_more_storage_than_it_takes_is_refused_before_anything_is_deployed(
    snap_start: str, storage: int, refused: bool
) -> None:
    values = {"SnapStart": snap_start, "EphemeralStorage": str(storage)}

    def holds(condition: Any) -> bool:
        one, other = (values[item["Ref"]] if isinstance(item, dict) else item for item in condition["Fn::Equals"])
        return bool(one == other)

    rule = TEMPLATE["Rules"]["SnapStartStorage"]
    asserted = [holds(assertion["Assert"]) for assertion in rule["Assertions"]]
    assert (holds(rule["RuleCondition"]) and not all(asserted)) == refused
    assert all("EphemeralStorage" in assertion["AssertDescription"] for assertion in rule["Assertions"])


def test_the_bucket_takes_no_record_of_a_function_without_a_condition() -> None:
    """Whatever else is replaced in a registry is replaced by compare-and-swap: aliases, and records of functions."""
    statements = TEMPLATE["Resources"]["ModelBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    by_place = {str(statement["Resource"]): statement for statement in statements}
    aliases, records = (
        by_place[str({"Fn::Sub": f"${{ModelBucket.Arn}}/*/{place}/*"})] for place in ("aliases", FOLDER)
    )
    assert {**records, "Sid": "", "Resource": ""} == {**aliases, "Sid": "", "Resource": ""}


def test_who_deploys_may_write_the_record_of_this_stack_and_nothing_else() -> None:
    policies = {name: TEMPLATE["Resources"][f"Model{name}Policy"]["Properties"] for name in ("Read", "Deploy")}
    statements = {name: policy["PolicyDocument"]["Statement"] for name, policy in policies.items()}
    (more,) = [statement for statement in statements["Deploy"] if statement not in statements["Read"]]
    assert more["Action"] == "s3:PutObject"
    written = more["Resource"]["Fn::Sub"]
    assert written == f"${{ModelBucket.Arn}}/${{ModelName}}/{record_key('${AWS::StackName}')}"


def test_who_observes_may_read_the_model_and_the_log_of_the_function_and_nothing_else() -> None:
    policies = {name: TEMPLATE["Resources"][f"Model{name}Policy"]["Properties"] for name in ("Read", "Observe")}
    statements = {name: policy["PolicyDocument"]["Statement"] for name, policy in policies.items()}
    (more,) = [statement for statement in statements["Observe"] if statement not in statements["Read"]]
    assert (more["Action"], more["Resource"]) == ("logs:FilterLogEvents", {"Fn::GetAtt": "PredictLogGroup.Arn"})
    assert len(statements["Observe"]) == len(statements["Read"]) + 1


def test_every_policy_for_people_is_an_output_and_is_proved_in_an_account() -> None:
    """What is proved is the stack as it is by default; a policy that a parameter brings is not in it."""
    policies = {
        name: resource
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    }
    outputs = {f"{name.removeprefix('Model')}Arn": name for name in policies}
    assert {name: TEMPLATE["Outputs"][name]["Value"] for name in outputs} == {
        name: {"Ref": policy} for name, policy in outputs.items()
    }
    always = {name for name, policy in outputs.items() if "Condition" not in policies[policy]}
    assert set(POLICIES.values()) == always


def test_every_parameter_is_in_a_group_of_the_console_and_described() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(PARAMETERS)
    assert all(part["Description"] for part in (*PARAMETERS.values(), *TEMPLATE["Outputs"].values()))


def test_the_gateway_answers_by_itself_what_is_declared_and_nothing_else() -> None:
    assert set(RESPONSES) == set(GATEWAY_ANSWERS)


@pytest.mark.parametrize(("kind", "response"), RESPONSES.items())
def test_an_answer_of_the_gateway_has_the_form_the_code_and_the_sentence_that_are_declared(
    kind: str, response: Any
) -> None:
    text = response["ResponseTemplates"]["application/json"]
    own_words = "$context.error.messageString"
    body = json.loads(text.replace(own_words, f'"{own_words}"'))
    assert body == {
        "error": body["error"],
        "code": body["code"],
        "request_id": "$context.extendedRequestId",
        "details": [],
    }
    for answer in GATEWAY_ANSWERS[kind]:
        assert (body["error"], body["code"]) == (answer.sentence or own_words, answer.code)


def test_a_code_of_the_gateway_that_the_function_has_too_has_the_same_status() -> None:
    ours = {answer.code: answer.status for answer in OF_FUNCTION}
    for answers in GATEWAY_ANSWERS.values():
        for answer in answers:
            assert ours.get(answer.code, answer.status) == answer.status
