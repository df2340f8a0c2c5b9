"""The settings of the entry for messages, each declared once, as those of the function are in `handler.settings`.

Besides these it is given all that the function is given, because it serves the same model. Tests hold template.yaml to
them, and docs/reference.md is written from them. Importing this module reads nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handler.errors.model import InvalidSettings
from handler.settings import Setting

ANSWER_QUEUE_URL = Setting(
    "ANSWER_QUEUE_URL",
    "",
    "The URL of the SQS queue that answers to messages go to. The stack gives its own, unless AnswerBus names a bus.",
    parse=str.strip,
)
ANSWER_BUS = Setting(
    "ANSWER_BUS",
    "",
    "The name of the EventBridge bus that answers to messages go to, in place of a queue.",
    "AnswerBus",
    parse=str.strip,
)
OF_STREAMS = (ANSWER_QUEUE_URL, ANSWER_BUS)
"""Those that the function for requests does not have."""


@dataclass(frozen=True)
class StreamSettings:
    """Where answers go, checked: exactly one of the two is given, and the other one is empty."""

    answer_queue_url: str
    answer_bus: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "StreamSettings":
        """Read the settings from `environ`; raise InvalidSettings where there is no place for answers, or two."""
        settings = cls(*(setting.value(environ) for setting in OF_STREAMS))
        if bool(settings.answer_queue_url) == bool(settings.answer_bus):
            given = "both are" if settings.answer_bus else "neither is"
            raise InvalidSettings(
                f"Exactly one of {ANSWER_QUEUE_URL.variable} and {ANSWER_BUS.variable} must be set; {given}."
            )
        return settings
