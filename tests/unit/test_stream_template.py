"""template.yaml says of the function for messages what its code says: settings, names of the event, and where it is."""

import importlib
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from handler.settings import OF_TELEMETRY, SETTINGS, VARIABLES
from handler.streaming.places import DETAIL_TYPE, SOURCE
from handler.streaming.run import RESERVE_SECONDS
from handler.streaming.settings import ANSWER_BUS, OF_STREAMS, StreamSettings
from tests.unit.alarms.test_section import holds
from tests.unit.template import TEMPLATE
from tests.unit.test_template import texts

RESOURCES, PARAMETERS = TEMPLATE["Resources"], TEMPLATE["Parameters"]
FUNCTION = RESOURCES["StreamFunction"]["Properties"]
PREDICT = RESOURCES["PredictFunction"]["Properties"]
GIVEN = FUNCTION["Environment"]["Variables"]
NOT_GIVEN = {"CORS_ORIGINS"}
"""A browser sends no messages."""


def test_it_is_given_each_declared_setting_and_no_other_variable() -> None:
    declared = {setting.variable for setting in (*SETTINGS, *OF_STREAMS, *OF_TELEMETRY)}
    assert set(GIVEN) == declared - NOT_GIVEN


def test_it_serves_what_the_function_for_requests_serves_and_writes_to_its_log() -> None:
    for name in {*VARIABLES, *(setting.variable for setting in OF_TELEMETRY)} - NOT_GIVEN:
        assert GIVEN[name] == PREDICT["Environment"]["Variables"][name]
    assert FUNCTION["LoggingConfig"] == PREDICT["LoggingConfig"]


def test_the_parameter_says_what_the_setting_says_and_the_setting_takes_what_it_takes() -> None:
    parameter = PARAMETERS[ANSWER_BUS.parameter]
    assert GIVEN[ANSWER_BUS.variable] == {"Ref": ANSWER_BUS.parameter}
    assert (parameter["Description"], parameter["Default"]) == (ANSWER_BUS.help, ANSWER_BUS.default)

    @settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(texts(parameter))
    def takes(text: str) -> None:
        assert ANSWER_BUS.value({ANSWER_BUS.variable: text}) == text

    takes()


@pytest.mark.parametrize("bus", ["", "answers"])
@pytest.mark.parametrize("source", [{"Queue": "enabled"}, {"StreamArn": "arn:aws:kinesis:x"}])
def test_the_stack_gives_answers_exactly_one_place(source: dict[str, str], bus: str) -> None:
    condition, url, otherwise = GIVEN["ANSWER_QUEUE_URL"]["Fn::If"]
    assert (url, otherwise) == ({"Ref": "AnswerQueue"}, "")
    there = holds(condition, **source, AnswerBus=bus)
    StreamSettings.from_env({"ANSWER_QUEUE_URL": "https://queue" if there else "", "ANSWER_BUS": bus})


def test_it_runs_from_the_function_s_own_package_by_an_entry_that_exists() -> None:
    """SAM builds PredictFunction alone, and leaves its package where this function takes it from."""
    assert RESOURCES["StreamFunction"]["Metadata"]["SkipBuild"] is True
    assert FUNCTION["CodeUri"] == RESOURCES["MonitorFunction"]["Properties"]["CodeUri"]
    module, _, name = FUNCTION["Handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_the_role_names_the_event_as_the_function_sends_it() -> None:
    found: list[Any] = []

    def look(part: Any) -> None:
        if isinstance(part, dict) and part.get("Sid") == "PutAnswers":
            found.append(part["Condition"])
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            look(each)

    look(RESOURCES["StreamRole"])
    assert found == [{"StringEquals": {"events:source": SOURCE, "events:detail-type": DETAIL_TYPE}}]


def test_there_is_time_for_a_request_s_longest_answer_and_for_sending() -> None:
    assert FUNCTION["Timeout"] >= PREDICT["Timeout"] + RESERVE_SECONDS


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        *[("StreamArn", text, True) for text in ("", "arn:aws:kinesis:eu-west-1:123456789012:stream/a.b-c_d")],
        ("StreamArn", "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/a", True),
        ("StreamArn", "arn:aws:kinesis:eu-west-1:123456789012:stream/a/consumer/b:1", False),
        *[("StreamArn", text, False) for text in ("requests", "arn:aws:sqs:eu-west-1:123456789012:stream/a")],
        *[("AnswerBus", text, True) for text in ("", "default", "a/b.c-d_e")],
        *[("AnswerBus", text, False) for text in ("arn:aws:events", "a b", "*")],
    ],
)
def test_a_parameter_takes_what_aws_would_take(name: str, text: str, taken: bool) -> None:
    assert bool(re.fullmatch(PARAMETERS[name]["AllowedPattern"], text, re.ASCII)) == taken
