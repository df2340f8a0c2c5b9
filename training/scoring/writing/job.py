"""A job: what the answers of a run depend on, and what its parts are called."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass

from training.data.table.source import PARQUET_SUFFIXES, CsvForm
from training.scoring.chunk import Chunk, InputTag
from training.scoring.made import Format
from training.scoring.reading.files import LINES_SUFFIXES, suffix_of
from training.scoring.reading.inputs import part_stem

ROWS_PER_PART = 50_000


@dataclass(frozen=True)
class Job:
    """What the same answers of the same rows depend on.

    `reading` is the digest of how the inputs are read (`reading_of`). `format` is that of all parts; None: each input's
    own.
    """

    version: str
    manifest_sha256: str
    reading: str
    keep: tuple[str, ...] = ()
    format: Format | None = None
    rows_per_part: int = ROWS_PER_PART

    def part(self, tag: InputTag, chunk: Chunk) -> "Part":
        """The part that `chunk` of the input `tag` becomes."""
        return Part(tag, chunk, self.format or format_of(tag.name))


@dataclass(frozen=True)
class Part:
    """A chunk, and where in the output it goes. Its files are named for its input, without suffix, and its number."""

    tag: InputTag
    chunk: Chunk
    format: Format

    @property
    def name(self) -> str:
        return f"{part_stem(self.tag.name)}-{self.chunk.number:05}"

    @property
    def file(self) -> str:
        return f"{self.name}.{self.format}"

    @property
    def refused_file(self) -> str:
        return f"refused/{self.name}.{self.format}"

    @property
    def receipt_file(self) -> str:
        return f"receipts/{self.name}.json"


def format_of(name: str) -> Format:
    """The format of an input of this name, which is that of its parts too; raises InvalidTable where it has none."""
    suffix = suffix_of(name)
    return "parquet" if suffix in PARQUET_SUFFIXES else "jsonl" if suffix in LINES_SUFFIXES else "csv"


def reading_of(form: CsvForm) -> str:
    """The digest of how inputs are read: other options may give other values."""
    return hashlib.sha256(json.dumps(dataclasses.asdict(form), sort_keys=True).encode()).hexdigest()
