"""The ways, in the order of the table."""

from typing import Final

from bench.ways.asked.way import Way
from bench.ways.deployed import messages, on_aws
from bench.ways.here import requests, scores

SCORE: Final = ".venv/bin/python -m training score"

WAYS: Final = (
    Way("`serve`", "`handler.app`'s application behind `http.server`", "make serve", requests.by_serve),
    Way(
        "the package",
        "the built package under Lambda's runtime emulator",
        "make test-emulator",
        requests.by_package,
        "package",
    ),
    Way("`score`, CSV", "processes of this machine", f"{SCORE} rows.csv --out scored", scores.from_csv),
    Way("`score`, JSON Lines", "processes of this machine", f"{SCORE} rows.jsonl --out scored", scores.from_lines),
    Way("`score`, Parquet", "processes of this machine", f"{SCORE} rows.parquet --out scored", scores.from_parquet),
    Way("`score`, resumed", "processes of this machine", f"{SCORE} rows.jsonl --out scored --resume", scores.resumed),
    Way(
        "`score` on Dask",
        "two worker processes of a cluster",
        f"{SCORE} rows.parquet --out scored --backend dask=tcp://HOST:8786",
        scores.on_dask,
    ),
    Way("the URL", "API Gateway and `PredictFunction`", "make e2e-deploy", on_aws.by_url, "stack"),
    Way(
        "`score --on-aws`",
        "Step Functions and `BatchFunction`",
        f"{SCORE} rows.csv --on-aws --out scored",
        on_aws.by_state_machine,
        "stack",
    ),
    Way("SQS", "`StreamFunction`, answers to a queue", "make e2e-deploy", messages.by_queue, "stack"),
    Way("Kinesis", "`StreamFunction`, answers to a queue", "make e2e-deploy", messages.by_stream, "stack"),
)
