"""What the function is told through its environment variables, read once and checked.

`handler.app` makes one `Settings` in the init phase; `training` reads the same MODEL_URI. Nothing else in this
project looks at the environment. Powertools reads its own POWERTOOLS_* and LOG_LEVEL. The README's table
of settings is held against `VARIABLES` by a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handler.api.http.cors import origins_of
from handler.errors.model import InvalidSettings
from handler.registry.alias import is_alias_name

VARIABLES = ("MODEL_URI", "MODEL_ALIAS", "MODEL_REFRESH_SECONDS", "MAX_ROWS", "CORS_ORIGINS")

DEFAULT_ALIAS = "production"
DEFAULT_REFRESH_SECONDS = 60
DEFAULT_MAX_ROWS = 1000

MOST_DIGITS = 9


@dataclass(frozen=True)
class Settings:
    """`model_uri` is one model's root in a registry: `s3://bucket/prefix`, `file://…` or a directory."""

    model_uri: str
    model_alias: str = DEFAULT_ALIAS
    model_refresh_seconds: int = DEFAULT_REFRESH_SECONDS
    max_rows: int = DEFAULT_MAX_ROWS
    cors_origins: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; raise InvalidSettings where one is missing or malformed."""
        model_uri = environ.get("MODEL_URI", "").strip()
        if not model_uri:
            raise InvalidSettings(
                "MODEL_URI is not set: give it a model's root, such as s3://bucket/iris or a directory."
            )
        model_alias = environ.get("MODEL_ALIAS", DEFAULT_ALIAS)
        if not is_alias_name(model_alias):
            raise InvalidSettings(
                f"MODEL_ALIAS must be lower-case letters, digits, '-' and '_', up to 63 of them; it is {model_alias!r}."
            )
        cors_origins = origins_of(environ.get("CORS_ORIGINS", ""))
        if cors_origins is None:
            raise InvalidSettings(
                "CORS_ORIGINS must be '*', or origins such as https://example.com without paths, separated by commas; "
                f"it is {environ['CORS_ORIGINS'][:100]!r}."
            )
        return cls(
            model_uri,
            model_alias,
            _positive(environ, "MODEL_REFRESH_SECONDS", DEFAULT_REFRESH_SECONDS),
            _positive(environ, "MAX_ROWS", DEFAULT_MAX_ROWS),
            cors_origins,
        )


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    # isdecimal alone takes digits of every script, and int() would too.
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS and int(text) > 0):
        raise InvalidSettings(f"{name} must be a whole number above 0 and below a billion; it is {text[:30]!r}.")
    return int(text)
