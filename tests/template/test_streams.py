"""The queue and the stream, as CloudFormation is given them: how often a message comes, and what becomes of it then."""

from typing import Any

import pytest

from tests.template.translated import transformed, translated

STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/requests"
OF_BOTH = {"StreamFunction", "StreamRole", "DeadLetterQueue", "DeadLetterQueuePolicy", "DeadLettersAlarm"}
OF_QUEUE = {"RequestQueue", "RequestQueuePolicy", "RequestSource"}
OF_STREAM = {"StreamSource"}
OF_ANSWERS = {"AnswerQueue", "AnswerQueuePolicy"}
EVERY = OF_BOTH | OF_QUEUE | OF_STREAM | OF_ANSWERS | {"StreamPolicy"}
BOTH = {"Queue": "enabled", "StreamArn": STREAM}


@pytest.fixture(scope="module")
def resources() -> Any:
    return {name: resource["Properties"] for name, resource in translated(**BOTH).items() if "Properties" in resource}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"AnswerBus": "answers"}, set()),
        ({"Queue": "enabled"}, EVERY - OF_STREAM),
        ({"StreamArn": STREAM}, EVERY - OF_QUEUE),
        (BOTH, EVERY),
        ({"Queue": "enabled", "AnswerBus": "answers"}, EVERY - OF_STREAM - OF_ANSWERS),
        ({"StreamArn": STREAM, "AnswerBus": "answers"}, OF_BOTH | OF_STREAM),
        ({**BOTH, "Alarms": "disabled"}, EVERY - {"DeadLettersAlarm"}),
    ],
)
def test_there_is_what_the_parameters_ask_for_and_nothing_that_lacks_what_it_refers_to(
    given: dict[str, str], expected: set[str]
) -> None:
    there = translated(**given)
    assert EVERY & set(there) == expected
    for name in EVERY - expected:
        assert {other: each for other, each in there.items() if f"'{name}'" in str(each)} == {}


def test_a_message_is_hidden_for_six_times_the_time_out_and_the_longest_window(resources: Any) -> None:
    """AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping"."""
    longest = transformed()["Parameters"]["QueueWindowSeconds"]["MaxValue"]
    assert resources["RequestQueue"]["VisibilityTimeout"] >= 6 * resources["StreamFunction"]["Timeout"] + longest
    redrive = resources["RequestQueue"]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] >= 5
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}


def test_concurrency_is_limited_at_the_source_and_nowhere_reserved(resources: Any) -> None:
    assert resources["RequestSource"]["ScalingConfig"] == {"MaximumConcurrency": 5}
    asked = translated(**BOTH, QueueConcurrency="7")["RequestSource"]["Properties"]
    assert asked["ScalingConfig"] == {"MaximumConcurrency": "7"}
    assert "ReservedConcurrentExecutions" not in resources["StreamFunction"]
    parameter = transformed()["Parameters"]["QueueConcurrency"]
    assert (parameter["MinValue"], parameter["MaxValue"]) == (2, 1000)


@pytest.mark.parametrize("source", ["RequestSource", "StreamSource"])
def test_a_source_takes_the_function_s_word_on_each_message(resources: Any, source: str) -> None:
    assert resources[source]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert resources[source]["FunctionName"] == {"Ref": "StreamFunction"}


def test_a_stream_s_records_are_given_up_in_the_end_and_somebody_is_told(resources: Any) -> None:
    source = resources["StreamSource"]
    assert (source["EventSourceArn"], source["StartingPosition"]) == (STREAM, "TRIM_HORIZON")
    assert 5 <= source["MaximumRetryAttempts"] <= 10_000
    assert 60 <= source["MaximumRecordAgeInSeconds"] <= 604_800
    assert source["BisectBatchOnFunctionError"] is True
    assert source["ParallelizationFactor"] == 1
    assert source["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}}}


@pytest.mark.parametrize("queue", ["RequestQueue", "AnswerQueue", "DeadLetterQueue"])
def test_a_queue_is_encrypted_and_refuses_plain_http(resources: Any, queue: str) -> None:
    assert resources[queue]["SqsManagedSseEnabled"] is True
    policy = resources[f"{queue}Policy"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert policy["Queues"] == [{"Ref": queue}]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "sqs:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": False}}
    assert statement["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}


def test_dead_letters_are_kept_for_longer_than_messages_wait(resources: Any) -> None:
    kept = {queue: resources[queue]["MessageRetentionPeriod"] for queue in ("RequestQueue", "DeadLetterQueue")}
    assert kept["DeadLetterQueue"] >= 2 * kept["RequestQueue"]


def statements(policy: Any) -> dict[str, tuple[Any, Any]]:
    """The actions and the resource of each statement, by its Sid."""
    return {each["Sid"]: (each["Action"], each["Resource"]) for each in policy["Statement"]}


def rights(**parameters: str) -> dict[str, tuple[Any, Any]]:
    return statements(translated(**parameters)["StreamRole"]["Properties"]["Policies"][0]["PolicyDocument"])


READ_STREAM = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"]


def test_the_function_may_read_its_sources_send_answers_and_nothing_more() -> None:
    every = rights(**BOTH)
    del every["WriteLog"]
    queues = {name: {"Fn::GetAtt": [name, "Arn"]} for name in ("RequestQueue", "AnswerQueue", "DeadLetterQueue")}
    assert every == {
        "ReadRequests": (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queues["RequestQueue"]),
        "ReadStream": ([f"kinesis:{action}" for action in READ_STREAM], STREAM),
        "GiveUpRecords": ("sqs:SendMessage", queues["DeadLetterQueue"]),
        "SendAnswers": ("sqs:SendMessage", queues["AnswerQueue"]),
    }
    assert set(rights(Queue="enabled")) == {"WriteLog", "ReadRequests", "SendAnswers"}
    on_bus = rights(StreamArn=STREAM, AnswerBus="answers")
    assert set(on_bus) == {"WriteLog", "ReadStream", "GiveUpRecords", "PutAnswers"}
    assert on_bus["PutAnswers"][0] == "events:PutEvents"
    assert on_bus["PutAnswers"][1]["Fn::Sub"].endswith(":event-bus/${AnswerBus}")


def test_who_sends_messages_may_send_them_take_their_answers_and_nothing_more(resources: Any) -> None:
    assert statements(resources["StreamPolicy"]["PolicyDocument"]) == {
        "SendRequests": ("sqs:SendMessage", {"Fn::GetAtt": ["RequestQueue", "Arn"]}),
        "TakeAnswers": (["sqs:ReceiveMessage", "sqs:DeleteMessage"], {"Fn::GetAtt": ["AnswerQueue", "Arn"]}),
    }


def test_the_function_has_what_the_function_for_requests_has() -> None:
    given = {**BOTH, "MemorySize": "3000", "EphemeralStorage": "2048", "Architecture": "arm64"}
    made = translated(**given)
    stream, predict = (made[name]["Properties"] for name in ("StreamFunction", "PredictFunction"))
    for name in ("MemorySize", "EphemeralStorage", "Architectures", "Runtime", "LoggingConfig"):
        assert stream[name] == predict[name]
    assert stream["Timeout"] > predict["Timeout"]
