"""The settings of the entry for messages: answers go to one place."""

import pytest

from handler.errors.model import InvalidSettings
from handler.streaming.settings import OF_STREAMS, StreamSettings

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/answers"


def test_either_place_is_enough() -> None:
    assert StreamSettings.from_env({"ANSWER_QUEUE_URL": f" {URL}\n"}) == StreamSettings(URL, "")
    assert StreamSettings.from_env({"ANSWER_BUS": "answers", "ANSWER_QUEUE_URL": ""}) == StreamSettings("", "answers")


@pytest.mark.parametrize(
    ("environ", "said"), [({}, "neither is"), ({"ANSWER_QUEUE_URL": URL, "ANSWER_BUS": "answers"}, "both are")]
)
def test_no_place_and_two_places_are_refused(environ: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidSettings, match=f"ANSWER_QUEUE_URL and ANSWER_BUS must be set; {said}"):
        StreamSettings.from_env(environ)


def test_every_setting_has_its_help() -> None:
    assert all(setting.help.endswith(".") for setting in OF_STREAMS)
