"""What a million rows cost each way of asking on AWS, from measured times.

    python -m bench.scoring.cost [--alone MS] [--together MS] [--part SECONDS] [--message MS] [--kilobytes KB]

List prices of us-east-1 for x86_64 and 1,769 MB, without the free tier, as they stood in November 2026. Logs are not
counted, nor what a stack costs that nobody asks.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from ops.prove.prices import GB, PRICES
from training.scoring.on_aws.cost import Cost

ROWS: Final = 1_000_000
BLOCK: Final = 1_000
PART: Final = 50_000

SQS_REQUEST: Final = 0.40 / 1e6
"""Amazon SQS pricing, standard queues. Each 64 KB of a request is one."""

SQS_REQUEST_KB: Final = 64
BATCH: Final = 10
"""Messages of a request or a batch: the default of QueueBatchSize, and the most that one request to SQS takes."""

KINESIS_PUT: Final = 0.014 / 1e6
"""Amazon Kinesis Data Streams pricing, provisioned: a unit of 25 KB."""

KINESIS_UNIT_KB: Final = 25
RECORDS: Final = 100
"""Records that the function gets at once, at most: BatchSize in template.yaml."""


@dataclass(frozen=True)
class Times:
    """Measured: milliseconds of a request of one row and of 1,000, seconds of a part of 50,000 rows, milliseconds of a
    message of one row, its share of the sending included, and kilobytes of 1,000 rows as JSON, with their answer."""

    alone: float
    together: float
    part: float
    message: float
    kilobytes: float


def by_url(requests: int, milliseconds: float) -> float:
    """Dollars of so many requests, each of which takes so long."""
    each = PRICES["gateway request"].dollars + PRICES["lambda request"].dollars
    return requests * (each + _function(milliseconds))


def on_aws(seconds: float) -> float:
    """Dollars of a run of `score --on-aws`, whose parts take so long, with an upload and three reads for each part."""
    parts = ceil(ROWS / PART)
    return Cost.of(parts * seconds * GB, parts, {"write": parts + 2, "read": 3 * parts}).total


def by_queue(messages: int, milliseconds: float, kilobytes: float) -> float:
    """Dollars of so many messages of so many KB, sent and answered: each is sent, received and deleted, and so is its
    answer, ten in a request where they fit into its 64 KB."""
    together = min(BATCH, max(1, int(SQS_REQUEST_KB // kilobytes)))
    asked = ceil(messages / together) * max(1, ceil(together * kilobytes / SQS_REQUEST_KB))
    deleted = ceil(messages / BATCH)
    requests = 2 * (2 * asked + deleted)
    return requests * SQS_REQUEST + _batches(messages, BATCH, milliseconds)


def by_stream(records: int, milliseconds: float, kilobytes: float) -> float:
    """Dollars of so many records of so many KB, answered to a queue. The shard's hours are not counted."""
    units = records * max(1, ceil(kilobytes / KINESIS_UNIT_KB))
    together = min(BATCH, max(1, int(SQS_REQUEST_KB // kilobytes)))
    answers = 2 * ceil(records / together) * max(1, ceil(together * kilobytes / SQS_REQUEST_KB)) + ceil(records / BATCH)
    return units * KINESIS_PUT + answers * SQS_REQUEST + _batches(records, RECORDS, milliseconds)


def table(times: Times) -> str:
    """The ways with their dollars, as a table in Markdown."""
    one = times.kilobytes / BLOCK
    ways = (
        ("the URL, a row a request", by_url(ROWS, times.alone)),
        ("the URL, 1,000 rows a request", by_url(ROWS // BLOCK, times.together)),
        ("`score --on-aws`, 50,000 rows a part", on_aws(times.part)),
        ("SQS, a row a message", by_queue(ROWS, times.message, one)),
        ("SQS, 1,000 rows a message", by_queue(ROWS // BLOCK, times.together, times.kilobytes)),
        ("Kinesis, a row a record, and $10.95 a month for each shard", by_stream(ROWS, times.message, one)),
    )
    lines = ["| way | a million rows |", "|---|---|", *(f"| {name} | ${dollars:.3f} |" for name, dollars in ways)]
    return "\n".join(lines)


def _function(milliseconds: float) -> float:
    return GB * milliseconds / 1000 * PRICES["lambda GB-second"].dollars


def _batches(messages: int, size: int, milliseconds: float) -> float:
    return ceil(messages / size) * PRICES["lambda request"].dollars + messages * _function(milliseconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table for the times of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.scoring.cost", description="A million rows in dollars.")
    parser.add_argument("--alone", type=float, default=20.0, help="ms of a request of one row (default: 20)")
    parser.add_argument("--together", type=float, default=40.0, help="ms of a request of 1,000 rows (default: 40)")
    parser.add_argument("--part", type=float, default=3.0, help="s of a part of 50,000 rows (default: 3)")
    parser.add_argument("--message", type=float, default=10.0, help="ms of a message of one row (default: 10)")
    parser.add_argument("--kilobytes", type=float, default=300.0, help="KB of 1,000 rows as JSON (default: 300)")
    given = parser.parse_args(arguments)
    print(table(Times(given.alone, given.together, given.part, given.message, given.kilobytes)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
