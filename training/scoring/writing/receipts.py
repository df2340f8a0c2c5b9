"""The receipt of a part: of which rows it is made, by which model, and which bytes it has.

It is written after the part and its refused rows, so where it is, they were whole; a part without one is made again.
"""

import dataclasses
import json
from dataclasses import dataclass

from handler.records.decoding import Undecodable, decode
from training.scoring.made import Scored
from training.scoring.writing.job import Job, Part
from training.scoring.writing.place import Written

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Receipt:
    """What one part was made of (`input` is the input's name, `tag` changes with its bytes), and what it has become.

    `refusals` are how many rows were refused, by the code of the refusal.
    """

    format_version: int
    input: str
    tag: str
    chunk: int
    rows: int
    rows_per_part: int
    reading: str
    keep: tuple[str, ...]
    version: str
    manifest_sha256: str
    part: Written
    refused: Written | None
    refusals: dict[str, int]
    seconds: float

    @classmethod
    def of(cls, job: Job, part: Part, scored: Scored, written: Written, refused: Written | None) -> "Receipt":
        """The receipt of `part`, of which `scored` was made and written."""
        return cls(
            FORMAT_VERSION,
            part.tag.name,
            part.tag.tag,
            part.chunk.number,
            scored.rows,
            job.rows_per_part,
            job.reading,
            job.keep,
            job.version,
            job.manifest_sha256,
            written,
            refused,
            dict(scored.refusals),
            round(scored.seconds, 3),
        )

    @classmethod
    def from_json(cls, data: bytes) -> "Receipt | None":
        """The receipt, or None where it is none that this release reads: its part is made again."""
        try:
            receipt = decode(cls, json.loads(data))
        except (ValueError, RecursionError, Undecodable):
            return None
        return receipt if receipt.format_version == FORMAT_VERSION else None

    def to_json(self) -> bytes:
        """The receipt as it is kept; `from_json` gives it back."""
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False).encode() + b"\n"

    def is_of(self, job: Job, part: Part) -> bool:
        """Whether the same job would make the same of `part`."""
        return (
            (self.input, self.tag, self.chunk) == (part.tag.name, part.tag.tag, part.chunk.number)
            and (self.rows, self.rows_per_part) == (part.chunk.count, job.rows_per_part)
            and (self.reading, self.keep) == (job.reading, job.keep)
            and (self.version, self.manifest_sha256) == (job.version, job.manifest_sha256)
            and self.part.file == part.file
        )
