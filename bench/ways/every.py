"""The ways, in the order of the table."""

from typing import Final

from bench.ways.asked.way import Way
from bench.ways.deployed import messages, on_aws
from bench.ways.here import requests, scores

PROCESSES: Final = "a process for each core"

WAYS: Final = (
    Way("serve", "`serve`, over HTTP", "the application, in a server of Python's own", requests.by_serve),
    Way(
        "package", "the package", "Lambda's runtime emulator, which `sam local` has too", requests.by_package, "package"
    ),
    Way("csv", "`score` of a CSV", PROCESSES, scores.from_csv),
    Way("lines", "`score` of JSON Lines", PROCESSES, scores.from_lines),
    Way("parquet", "`score` of Parquet", PROCESSES, scores.from_parquet),
    Way("resume", "`score --resume`, after every other part was broken", PROCESSES, scores.resumed),
    Way("dask", "`score --backend`", "two workers of a Dask cluster", scores.on_dask),
    Way("url", "the URL", "API Gateway, `PredictFunction`", on_aws.by_url, "stack"),
    Way("on-aws", "`score --on-aws`", "Step Functions, `BatchFunction`", on_aws.by_state_machine, "stack"),
    Way("sqs", "messages of SQS", "`StreamFunction`, a queue for answers", messages.by_queue, "stack"),
    Way("kinesis", "records of Kinesis", "`StreamFunction`, a queue for answers", messages.by_stream, "stack"),
)
