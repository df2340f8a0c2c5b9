"""What a run came to, as a document and as a table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from training.scoring.writing.job import Job
from training.scoring.writing.receipts import Receipt


@dataclass
class Totals:
    """What was counted: rows of each input, refused rows by code, parts, and those among them that were kept."""

    rows: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    parts: int = 0
    kept_parts: int = 0
    kept_rows: int = 0

    def add(self, receipt: Receipt, *, kept: bool) -> None:
        """Count a part; `kept` is whether an earlier run had made it."""
        self.rows[receipt.input] += receipt.rows
        self.refused.update(receipt.refusals)
        self.parts += 1
        if kept:
            self.kept_parts += 1
            self.kept_rows += receipt.rows


@dataclass(frozen=True)
class Summary:
    """A run of `job` into `out`, over in `seconds`."""

    job: Job
    totals: Totals
    seconds: float
    out: str

    @property
    def rows(self) -> int:
        return self.totals.rows.total()

    @property
    def refused(self) -> int:
        return self.totals.refused.total()

    @property
    def rows_per_second(self) -> float:
        """Of the rows that this run scored itself."""
        return (self.rows - self.totals.kept_rows) / self.seconds if self.seconds else 0.0

    def document(self) -> dict[str, Any]:
        """What `summary.json` and `--json` have."""
        return {
            "version": self.job.version,
            "manifest_sha256": self.job.manifest_sha256,
            "rows": self.rows,
            "answered": self.rows - self.refused,
            "refused": self.refused,
            "refused_by_code": dict(sorted(self.totals.refused.items())),
            "inputs": dict(self.totals.rows),
            "parts": self.totals.parts,
            "parts_kept": self.totals.kept_parts,
            "seconds": round(self.seconds, 3),
            "rows_per_second": round(self.rows_per_second, 1),
            "out": self.out,
        }

    def table(self) -> Mapping[str, str]:
        """The same for a person."""
        codes = {f"  {code}": f"{count:,}" for code, count in sorted(self.totals.refused.items())}
        kept = f", {self.totals.kept_parts:,} of them kept from an earlier run" if self.totals.kept_parts else ""
        return {
            "Rows": f"{self.rows:,}",
            "Answered": f"{self.rows - self.refused:,}",
            "Refused": f"{self.refused:,}",
            **codes,
            "Parts": f"{self.totals.parts:,}{kept}",
            "Seconds": f"{self.seconds:,.1f}",
            "Rows a second": f"{self.rows_per_second:,.0f}",
            "Version": self.job.version,
            "Written to": self.out,
        }
