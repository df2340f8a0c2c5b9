"""The monitor's settings, each declared once, as those of the function are in `handler.settings`.

Tests hold template.yaml to them, and docs/reference.md is written from them. Importing this module reads nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handler.settings import SERVICE_NAME, SETTINGS, WHOLE_NUMBER, Setting

MOST_HOURS = 168
"""A week: with more, a drift that began yesterday would be lost among the days before it."""


def _hours(text: str) -> int | None:
    hours: int | None = WHOLE_NUMBER["parse"](text)  # type: ignore[operator] # a mapping of a text and a function
    return hours if hours is not None and hours <= MOST_HOURS else None


OF_MODEL = tuple(setting for setting in SETTINGS if setting.variable in ("MODEL_URI", "MODEL_ALIAS"))
"""The function's own: the monitor looks at what the function serves."""

LOG_GROUP = Setting(
    "LOG_GROUP",
    None,
    "The log group that the function writes its windows to. The stack gives its own.",
    must_be="the name of the function's log group",
    parse=str.strip,
)
DRIFT_HOURS = Setting(
    "DRIFT_HOURS",
    "24",
    "The monitor compares the last so many full hours, and the running one, with the training data.",
    "DriftHours",
    f"a whole number from 1 to {MOST_HOURS}",
    _hours,
)
OF_MONITOR = (LOG_GROUP, DRIFT_HOURS)
"""Those that the function does not have."""


@dataclass(frozen=True)
class MonitorSettings:
    """What the monitor was given, checked. `stack` is the service's name, which its files stand under."""

    model_uri: str
    model_alias: str
    log_group: str
    drift_hours: int
    stack: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "MonitorSettings":
        """Read the settings from `environ`; raise InvalidSettings where one is missing or malformed."""
        return cls(*(setting.value(environ) for setting in (*OF_MODEL, *OF_MONITOR, SERVICE_NAME)))
