"""The alias: the small file that says which version serves.

It is the head of the chain of trust: it holds the digest of the manifest, which holds the digest of the artifact. It is
the one file of a registry that is replaced, by compare-and-swap.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime

from handler.errors.model import InvalidAlias
from handler.records.decoding import Undecodable, decode

ALIAS_FORMAT_VERSION = 1
"""Raised by one whenever a field is added, removed or changes its meaning; `from_json` then reads both."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def is_alias_name(text: str) -> bool:
    """Whether `text` can be the name of an alias: it becomes part of a key, so it holds no separator and no dot."""
    return _NAME.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    """Whether `text` is a moment in UTC in ISO 8601: it becomes part of a key, so it must be nothing else."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(\+00:00|Z)", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:  # the 30th of February
        return False
    return True


@dataclass(frozen=True)
class Alias:
    """One release of a model: what serves, since when, who put it there and why, and what served before."""

    format_version: int
    version: str
    manifest_sha256: str
    promoted_at: str
    promoted_by: str
    reason: str
    previous: str | None

    def to_json(self) -> str:
        """The alias as the registry keeps it; `Alias.from_json` gives it back unchanged."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Alias":
        """Parse an alias file; raise InvalidAlias where it is not one."""
        try:
            alias = decode(cls, json.loads(text))
        except (ValueError, RecursionError, Undecodable) as error:
            raise InvalidAlias(f"The alias file cannot be read: {error}.") from error
        if alias.format_version != ALIAS_FORMAT_VERSION:
            raise InvalidAlias(
                f"The alias has format {alias.format_version}, this code reads format {ALIAS_FORMAT_VERSION}: "
                "deploy the release that wrote it, or promote again with this one."
            )
        return alias
