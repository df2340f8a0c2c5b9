"""List prices, and what of each a call uses: the one place from which the cost of a run is computed.

They are for us-east-1, without the free tier. Other regions cost up to about half as much again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ops.prove.account import bounds
from training.scoring.on_aws import cost

REGION: Final = "us-east-1"
NOTED: Final = "November 2026"
GB: Final = bounds.MEMORY_MB / 1024


@dataclass(frozen=True)
class Price:
    """Dollars for one unit, and the page that says so."""

    dollars: float
    unit: str
    source: str


PRICES: Final[Mapping[str, Price]] = {
    "gateway request": Price(3.50 / 1e6, "request", "Amazon API Gateway pricing, REST APIs"),
    "lambda request": Price(cost.LAMBDA_REQUEST, "request", "AWS Lambda pricing"),
    # x86_64; arm64 costs a fifth less.
    "lambda GB-second": Price(cost.LAMBDA_GB_SECOND, "GB-second", "AWS Lambda pricing"),
    "snapshot GB-second": Price(0.0000015046, "GB-second kept", "AWS Lambda pricing, SnapStart"),
    "restored GB": Price(0.0001397998, "GB restored", "AWS Lambda pricing, SnapStart"),
    "s3 write": Price(cost.S3_WRITE, "PUT, COPY or LIST", "Amazon S3 pricing, S3 Standard"),
    "s3 read": Price(cost.S3_READ, "GET", "Amazon S3 pricing, S3 Standard"),
    "s3 GB-month": Price(0.023, "GB-month", "Amazon S3 pricing, S3 Standard"),
    "metric hour": Price(0.30 / 730, "custom metric and hour", "Amazon CloudWatch pricing"),
    "metric request": Price(0.01 / 1000, "metric asked for", "Amazon CloudWatch pricing"),
    "log GB": Price(0.50, "GB of logs", "Amazon CloudWatch pricing"),
    "log query GB": Price(0.005, "GB scanned", "Amazon CloudWatch pricing"),
    "trace": Price(5.00 / 1e6, "trace recorded", "AWS X-Ray pricing"),
    "trace read": Price(0.50 / 1e6, "trace retrieved", "AWS X-Ray pricing"),
}

_WARM: Final = {"lambda request": 1.0, "lambda GB-second": GB * bounds.WARM_SECONDS, "log GB": 5e-6}
_COLD: Final = {"lambda request": 1.0, "lambda GB-second": GB * bounds.COLD_SECONDS, "log GB": 1e-5}

FREE: Final = frozenset(
    ("apigateway:manage", "iam:role", "lambda:manage", "logs:FilterLogEvents", "logs:GetQueryResults", "sts:AssumeRole")
)
"""Calls for which AWS takes nothing."""

USES: Final[Mapping[str, Mapping[str, float]]] = {
    # A request may find no environment; the burst is the only time when many can.
    "execute-api:Invoke": {"gateway request": 1.0, **_WARM, "trace": 0.1},
    "lambda:cold start": _COLD,
    "lambda:restore": {"restored GB": GB},
    "lambda:snapshot": {"snapshot GB-second": GB * bounds.SNAPSHOT_HOURS * 3600, **_COLD},
    "s3:PutObject": {"s3 write": 1.0},
    "s3:CopyObject": {"s3 write": 1.0},
    "s3:multipart": {"s3 write": 1.0},
    "s3:ListObjects": {"s3 write": 1.0},
    "s3:GetObject": {"s3 read": 1.0},
    "s3:GetBucketSetting": {"s3 write": 1.0},
    "s3:storage": {"s3 GB-month": bounds.STORED_GB / 30},  # for a day, where a run takes an hour
    "cloudwatch:custom metric": {"metric hour": bounds.RUN_HOURS},
    "cloudwatch:GetMetricStatistics": {"metric request": 1.0},
    "logs:StartQuery": {"log query GB": 0.01},
    "xray:BatchGetTraces": {"trace read": 5.0},
    "xray:trace": {"trace": 1.0},
    "cloudformation:deploy": {"s3 write": 20.0, "s3 read": 40.0, **_COLD},
    **{kind: {} for kind in FREE},
}
"""What one call of each kind uses at most. A kind that is not here cannot be planned."""
