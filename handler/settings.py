"""The function's settings, each declared once.

A setting is a field of `Settings`: its name in capitals is the environment variable, its default is the field's, and
its metadata say the rest. The README and docs/reference.md are written from these declarations by `make reference`;
tests hold template.yaml to them. Importing this module reads nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from handler.errors.model import InvalidSettings
from handler.registry.alias import is_alias_name

MOST_DIGITS = 9

HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-:[]")
MOST_CHARACTERS_OF_ORIGINS = 4096
"""Of all origins together: all variables have this much room (AWS Lambda Developer Guide, "Lambda quotas")."""


@dataclass(frozen=True)
class Setting:
    """One environment variable, and what people read about it."""

    variable: str
    default: str | None
    """As text; None where the variable must be given."""

    help: str
    """For an operator, and the description of the parameter."""

    parameter: str | None = None
    """Its name among the parameters of template.yaml; None where the stack sets the variable by itself."""

    must_be: str = ""
    parse: Callable[[str], Any] = str
    """Gives the value, or None for a text that cannot be one."""

    def value(self, environ: Mapping[str, str]) -> Any:
        """What `environ` says, or the default; raises InvalidSettings."""
        text = environ.get(self.variable, self.default or "")
        if self.default is None and not text.strip():
            raise InvalidSettings(f"{self.variable} is not set: give it {self.must_be}.")
        value = self.parse(text)
        if value is None:
            raise InvalidSettings(f"{self.variable} must be {self.must_be}; it is {text[:100]!r}.")
        return value


def _alias_name(text: str) -> str | None:
    return text if is_alias_name(text) else None


def _positive(text: str) -> int | None:
    # isdecimal alone takes digits of every script, and int() would too.
    digits = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) or None if digits else None


def _natural(text: str) -> int | None:
    return 0 if text == "0" else _positive(text)


WHOLE_NUMBER = {"must_be": "a whole number above 0 and below a billion", "parse": _positive}


def origins_of(text: str) -> str | None:
    """`text` without blanks and in lower case, as browsers write origins; None where it is no list of origins."""
    origins = [origin.strip().lower() for origin in text.split(",")]
    if origins in ([""], ["*"]):
        return origins[0]
    sound = len(text) <= MOST_CHARACTERS_OF_ORIGINS and all(map(_is_origin, origins))
    return ",".join(origins) if sound else None


def _is_origin(text: str) -> bool:
    scheme, _, host = text.partition("://")
    return scheme in ("http", "https") and host != "" and set(host) <= HOST_CHARACTERS


@dataclass(frozen=True)
class Settings:
    """What one execution environment was given, checked."""

    model_uri: str = field(
        metadata={
            "help": "The model's root: s3://bucket/prefix, file:///… or a directory. "
            "The stack makes it of its bucket and the parameter ModelName.",
            "must_be": "a model's root, such as s3://bucket/iris or a directory",
            "parse": str.strip,
        }
    )
    model_alias: str = field(
        default="production",
        metadata={
            "help": "The alias that names the version to serve.",
            "parameter": "ModelAlias",
            "must_be": "lower-case letters, digits, '-' and '_', up to 63 of them",
            "parse": _alias_name,
        },
    )
    model_refresh_seconds: int = field(
        default=60,
        metadata={
            "help": "Seconds after which the function reads the alias again, and so notices a release.",
            "parameter": "ModelRefreshSeconds",
            **WHOLE_NUMBER,
        },
    )
    max_rows: int = field(
        default=1000,
        metadata={
            "help": "The most rows that one request may hold; more are answered with 413.",
            "parameter": "MaxRows",
            **WHOLE_NUMBER,
        },
    )
    cors_origins: str = field(
        default="",
        metadata={
            "help": "The origins whose pages may call the API from a browser, separated by commas, or * for all. "
            "None by default.",
            "parameter": "CorsOrigins",
            "must_be": "'*', or origins such as https://example.com without paths, separated by commas",
            "parse": origins_of,
        },
    )
    observe_seconds: int = field(
        default=60,
        metadata={
            "help": "Seconds after which the function logs what it counted of the rows, to find drift by. 0: never.",
            "parameter": "ObserveSeconds",
            "must_be": "0, or a whole number below a billion",
            "parse": _natural,
        },
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; raise InvalidSettings where one is missing or malformed."""
        return cls(*(setting.value(environ) for setting in SETTINGS))


SETTINGS = tuple(
    Setting(each.name.upper(), None if each.default is MISSING else str(each.default), **each.metadata)
    for each in fields(Settings)
)
VARIABLES = tuple(setting.variable for setting in SETTINGS)

LOG_LEVEL = Setting(
    "LOG_LEVEL",
    "INFO",
    "The least severe level that is logged. At DEBUG, errors of libraries may quote feature values.",
    "LogLevel",
)
SERVICE_NAME = Setting(
    "POWERTOOLS_SERVICE_NAME",
    "sklearn-on-lambda",
    "The service's name in logs and metrics. The stack gives its own name.",
)
METRICS_NAMESPACE = Setting(
    "POWERTOOLS_METRICS_NAMESPACE", "SklearnOnLambda", "The namespace of the metrics in CloudWatch."
)
OF_TELEMETRY = (LOG_LEVEL, SERVICE_NAME, METRICS_NAMESPACE)
"""What the log and the metrics are set up by. Powertools reads the level by itself."""

DEFAULT_ALIAS = Settings.model_alias
DEFAULT_REFRESH_SECONDS = Settings.model_refresh_seconds
DEFAULT_MAX_ROWS = Settings.max_rows
