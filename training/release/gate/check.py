"""What the gate says: the checks of one comparison, for a table, for the report and for the record of a version."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Check:
    """One thing compared, in words for a table: of the new version, of the one that serves, and what is allowed."""

    name: str
    new: str
    served: str
    allowed: str
    passed: bool


@dataclass(frozen=True)
class Comparison:
    """All that was compared, on how many rows; `served` is None where nothing serves yet.

    `note` says what could not be compared, and what to do about it.
    """

    version: str
    served: str | None
    rows: int
    checks: tuple[Check, ...]
    note: str | None = None

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def title(self) -> str:
        """What was compared with what, on what."""
        against = self.served or "nothing that serves yet"
        what = self.note or f"on {self.rows:,} rows held out"
        return f"Gate: {self.version} against {against}, {what}"

    def to_json(self, forced_by: str | None = None, reason: str | None = None) -> str:
        """The record that is published beside the version, with who forced it and why, where it did not pass."""
        forced = {"by": forced_by, "reason": reason} if forced_by else None
        return (
            json.dumps({**asdict(self), "passed": self.passed, "forced": forced}, indent=2, ensure_ascii=False) + "\n"
        )
