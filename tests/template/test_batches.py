"""The state machine that scores tables, as CloudFormation is given it: what is tried again, forgiven, and at once."""

import json
import re
from typing import Any

import pytest

from tests.template.translated import transformed, translated

OF_BATCHES = {
    *("BatchFunction", "BatchRole", "BatchLogGroup"),
    *("BatchStateMachine", "BatchStateMachineRole", "BatchChildrenPolicy", "ModelScorePolicy"),
}
PASSING = {
    *("Lambda.TooManyRequestsException", "Lambda.ServiceException", "Lambda.AWSLambdaException"),
    *("Lambda.SdkClientException", "PassingFailure"),
}
"""Lambda's throttles and faults, and what the function says of S3 (Step Functions, "Handling errors")."""


def definition(**parameters: str) -> Any:
    """The definition with its references put in; those to resources stay as names."""
    properties = translated(Batches="enabled", **parameters)["BatchStateMachine"]["Properties"]
    values = {name: str(each.get("Default")) for name, each in transformed()["Parameters"].items()} | parameters
    text = properties["DefinitionString"]["Fn::Sub"]
    return json.loads(re.sub(r"\$\{([\w:.]+)\}", lambda found: values.get(found[1], found[1]), text))


@pytest.fixture(scope="module")
def chunks() -> Any:
    """The Map, the only state."""
    whole = definition()
    assert whole["StartAt"] == "Chunks"
    assert [*whole["States"]] == ["Chunks"]
    return whole["States"]["Chunks"]


@pytest.fixture(scope="module")
def score(chunks: Any) -> Any:
    """What is done with each chunk."""
    processor = chunks["ItemProcessor"]
    assert processor["StartAt"] == "Score"
    return processor["States"]["Score"]


def test_there_is_nothing_of_batches_until_they_are_asked_for() -> None:
    for asked in ({}, {"Batches": "disabled"}):
        resources = translated(**asked)
        assert OF_BATCHES & set(resources) == set()
        assert not any(f"'{name}'" in str(resource) for resource in resources.values() for name in OF_BATCHES)
    assert OF_BATCHES <= set(translated(Batches="enabled"))


def test_each_chunk_of_the_list_is_an_execution_of_its_own(chunks: Any) -> None:
    assert chunks["Type"] == "Map"
    assert chunks["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert chunks["ItemReader"] == {
        "Resource": "arn:AWS::Partition:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSONL"},
        "Parameters": {"Bucket": "ModelBucket", "Key.$": "$.list"},
    }


def test_no_more_run_at_once_than_the_parameter_says_and_it_stays_below_lambdas_own_limit(chunks: Any) -> None:
    """1,000 at once is Lambda's default for an account, 10 a new one's (AWS Lambda, "Lambda quotas")."""
    assert chunks["MaxConcurrency"] == 5
    assert definition(BatchConcurrency="900")["States"]["Chunks"]["MaxConcurrency"] == 900
    parameter = transformed()["Parameters"]["BatchConcurrency"]
    assert 1 <= parameter["MinValue"] <= parameter["Default"] < 10
    assert parameter["MaxValue"] < 1000


def test_what_passes_by_itself_is_tried_again_with_jitter_and_nothing_else_is(score: Any) -> None:
    (retry,) = score["Retry"]
    assert set(retry["ErrorEquals"]) == PASSING
    assert retry["JitterStrategy"] == "FULL"
    assert retry["BackoffRate"] > 1
    assert retry["MaxAttempts"] >= 5
    assert 0 < retry["IntervalSeconds"] < retry["MaxDelaySeconds"] <= 300


def test_only_what_passes_by_itself_is_forgiven_and_nothing_else_is_tolerated(chunks: Any, score: Any) -> None:
    (catch,) = score["Catch"]
    assert set(catch["ErrorEquals"]) == PASSING
    assert catch["Next"] == "Left"
    assert chunks["ItemProcessor"]["States"]["Left"] == {"Type": "Pass", "Result": "left", "End": True}
    assert not [name for name in chunks if name.startswith("Tolerated")]
    assert {"Retry", "Catch"} & set(chunks) == set()


def test_chunks_are_neither_put_together_nor_written_by_the_state_machine(chunks: Any) -> None:
    assert {"ItemBatcher", "ResultWriter", "ItemSelector"} & set(chunks) == set()


def test_a_chunk_adds_a_word_to_the_output_which_holds_256_kib(score: Any) -> None:
    """More would end the run by States.DataLimitExceeded (AWS Step Functions, "Step Functions service quotas")."""
    assert score["Resource"] == "arn:AWS::Partition:states:::lambda:invoke"
    assert score["Parameters"] == {"FunctionName": "BatchFunction.Arn", "Payload.$": "$"}
    assert score["OutputPath"] == "$.Payload.state"
    assert score["End"] is True


def test_the_function_has_what_the_functions_model_needs_and_the_time_that_lambda_gives() -> None:
    parameters = {"Batches": "enabled", "MemorySize": "3000", "EphemeralStorage": "2048", "Architecture": "arm64"}
    resources = translated(**parameters)
    batch, predict = (resources[name]["Properties"] for name in ("BatchFunction", "PredictFunction"))
    for name in ("MemorySize", "EphemeralStorage", "Architectures", "Runtime"):
        assert batch[name] == predict[name]
    assert batch["Timeout"] == 900
    assert "ReservedConcurrentExecutions" not in batch
