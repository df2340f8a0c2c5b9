"""The record of one deployed function: what its package says of itself, what it serves, and when it was deployed.

A deploy writes it below the root of the model that the function serves, one for each stack.
"""

import json
import re
from dataclasses import asdict, dataclass

from handler.engines.package_description import PackageDescription, decode_description, require_format
from handler.records.decoding import Undecodable, decode
from handler.registry.alias import is_alias_name, is_moment

FOLDER = "functions"
RECORD_FORMAT_VERSION = 1

_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


def is_stack_name(text: str) -> bool:
    """Whether `text` can name a stack (AWS CloudFormation API Reference, "CreateStack"): it becomes part of a key."""
    return _STACK.fullmatch(text) is not None


def record_key(stack: str) -> str:
    """Where the record of this stack's function stands."""
    return f"{FOLDER}/{stack}.json"


@dataclass(frozen=True)
class FunctionRecord:
    """One deploy: the stack, the alias that its function serves, its megabytes of memory and of /tmp, and its package.

    `commit` is the one that was deployed from, where it is known.
    """

    format_version: int
    stack: str
    alias: str
    memory_mb: int
    ephemeral_storage_mb: int
    recorded_at: str
    recorded_by: str
    commit: str | None
    package: PackageDescription

    def to_json(self) -> str:
        """The record as the registry keeps it; `from_json` gives it back unchanged."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "FunctionRecord":
        """Parse what `to_json` wrote; raises Undecodable where it is something else, or of a later release."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Undecodable(f"it is not JSON: {error}") from error
        require_format(document, RECORD_FORMAT_VERSION)
        if isinstance(document, dict) and "package" in document:
            decode_description(document["package"])  # which compares its format too
        record = decode(cls, document)
        if not (is_stack_name(record.stack) and is_alias_name(record.alias) and is_moment(record.recorded_at)):
            raise Undecodable("it names no stack, no alias or no moment in UTC")
        return record
