"""template.yaml lets those who score tables, and what scores them, do what they need and nothing else."""

import importlib
from typing import Any

import pytest

from tests.unit.template import TEMPLATE

RESOURCES = TEMPLATE["Resources"]
FUNCTION = RESOURCES["BatchFunction"]["Properties"]
PREDICT = RESOURCES["PredictFunction"]["Properties"]
READ = RESOURCES["ModelReadPolicy"]["Properties"]["PolicyDocument"]["Statement"]
BATCHES = "${ModelBucket.Arn}/${ModelName}/batches/*"
EXECUTIONS = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${BatchStateMachine.Name}:*"


def rights(statements: Any) -> dict[str, str]:
    """What each action may be done to."""
    found = {}
    for statement in statements:
        actions, place = statement["Action"], statement["Resource"]
        for action in [actions] if isinstance(actions, str) else actions:
            found[action] = place.get("Fn::Sub") or place.get("Ref") or place["Fn::GetAtt"]
    return found


def of_role(name: str) -> dict[str, str]:
    return rights(RESOURCES[name]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"])


def test_the_function_runs_from_the_package_that_is_built_once() -> None:
    assert RESOURCES["BatchFunction"]["Metadata"]["SkipBuild"] is True
    assert FUNCTION["CodeUri"] == RESOURCES["MonitorFunction"]["Properties"]["CodeUri"]
    module, _, name = FUNCTION["Handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_the_function_has_the_settings_of_the_model_s_function_that_it_is_given() -> None:
    variables, of_predict = (each["Environment"]["Variables"] for each in (FUNCTION, PREDICT))
    assert {name: of_predict.get(name) for name in variables} == variables
    assert "MODEL_URI" in variables


def test_the_function_reads_the_model_and_writes_batches_and_its_log_alone() -> None:
    assert RESOURCES["BatchRole"]["Properties"]["ManagedPolicyArns"] == [{"Ref": "ModelReadPolicy"}]
    log = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${BatchLogGroup}:*"
    own = of_role("BatchRole")
    assert own == {"logs:CreateLogStream": log, "logs:PutLogEvents": log, "s3:PutObject": BATCHES}


def test_the_state_machine_reads_lists_and_invokes_the_one_function() -> None:
    own = of_role("BatchStateMachineRole")
    assert own == {"s3:GetObject": BATCHES, "lambda:InvokeFunction": "BatchFunction.Arn"}


def test_the_state_machine_may_start_and_watch_itself_alone() -> None:
    policy = RESOURCES["BatchChildrenPolicy"]["Properties"]
    assert policy["Roles"] == [{"Ref": "BatchStateMachineRole"}]
    assert rights(policy["PolicyDocument"]["Statement"]) == {
        "states:StartExecution": "BatchStateMachine",
        "states:DescribeExecution": EXECUTIONS,
        "states:StopExecution": EXECUTIONS,
    }


def test_who_scores_reads_the_model_writes_batches_and_starts_and_watches_runs() -> None:
    statements = RESOURCES["ModelScorePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    more = [statement for statement in statements if statement not in READ]
    assert len(statements) == len(READ) + len(more)
    assert rights(more) == {
        "s3:PutObject": BATCHES,
        "states:StartExecution": "BatchStateMachine",
        "states:DescribeExecution": EXECUTIONS,
        "states:StopExecution": EXECUTIONS,
    }


@pytest.mark.parametrize("name", ["BatchRole", "BatchStateMachineRole"])
def test_no_right_is_to_everything(name: str) -> None:
    assert "*" not in of_role(name).values()


def test_everything_of_batches_stands_under_their_one_condition() -> None:
    parts = {**RESOURCES, "Outputs": TEMPLATE["Outputs"]}
    named = {name for name in RESOURCES if name.startswith("Batch")} | {"ModelScorePolicy"}
    assert {RESOURCES[name]["Condition"] for name in named} == {"HasBatches"}
    assert {name for name, part in RESOURCES.items() if part.get("Condition") == "HasBatches"} == named
    outputs = {name for name, part in parts["Outputs"].items() if part.get("Condition") == "HasBatches"}
    assert outputs == {"BatchStateMachineArn", "ScorePolicyArn"}
