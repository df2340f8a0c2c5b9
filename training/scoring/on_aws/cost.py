"""What a run on AWS cost, from what its receipts say and what was asked for, at list prices.

They are for us-east-1 and x86_64, without the free tier, as they stood in November 2026. arm64 costs a fifth less,
other regions up to about half as much again. Not counted are logs, which are a few lines a chunk, and the days that the
files of the job are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LAMBDA_GB_SECOND = 0.0000166667
"""AWS Lambda pricing."""

LAMBDA_REQUEST = 0.20 / 1e6
"""AWS Lambda pricing."""

STATE_TRANSITION = 0.025 / 1000
"""AWS Step Functions pricing, Standard Workflows."""

S3_WRITE = 0.005 / 1000
"""Amazon S3 pricing, S3 Standard: PUT, COPY, POST, LIST."""

S3_READ = 0.0004 / 1000
"""Amazon S3 pricing, S3 Standard: GET."""

TRANSITIONS_OF_CHUNK = 2
"""Its own start and its task (AWS Step Functions pricing counts each step of each execution, and its start). A retry is
one more."""

WRITES_OF_CHUNK, READS_OF_CHUNK = 3, 2
"""By the function: part, refused rows and receipt; it looks for a receipt, and reads the chunk."""


@dataclass(frozen=True)
class Cost:
    """Dollars, by what they are for."""

    function: float
    state_machine: float
    storage: float

    @property
    def total(self) -> float:
        return self.function + self.state_machine + self.storage

    @classmethod
    def of(cls, gb_seconds: float, chunks: int, requests: Mapping[str, int]) -> "Cost":
        """Of a run that had `chunks` scored in `gb_seconds`, and asked S3 from here for so many `requests`."""
        writes = requests.get("write", 0) + chunks * WRITES_OF_CHUNK
        reads = requests.get("read", 0) + chunks * READS_OF_CHUNK
        return cls(
            gb_seconds * LAMBDA_GB_SECOND + chunks * LAMBDA_REQUEST,
            (chunks * TRANSITIONS_OF_CHUNK + 2) * STATE_TRANSITION if chunks else 0.0,
            writes * S3_WRITE + reads * S3_READ,
        )

    def sentence(self) -> str:
        """For a person."""
        parts = f"Lambda ${self.function:.4f}, Step Functions ${self.state_machine:.4f}, S3 ${self.storage:.4f}"
        return f"About ${self.total:.4f} at the list prices of us-east-1: {parts}."
