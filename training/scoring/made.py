"""What is made of a chunk, where it is scored, and given to who writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Format = Literal["csv", "jsonl", "parquet"]


@dataclass(frozen=True)
class Scored:
    """What was made of a chunk of `rows` rows: the bytes of its part, and of the refused rows where there are any.

    `refusals` are how many rows were refused, by the code of the refusal; `seconds` is what it took where it was done.
    """

    part: bytes
    refused: bytes | None
    rows: int
    refusals: Mapping[str, int]
    seconds: float
