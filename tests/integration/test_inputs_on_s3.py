"""Objects are read as files are: by name or under a prefix, fetched when they are asked for, and then gone."""

import tempfile
from pathlib import Path

import boto3
import pytest

from tests.unit.training.scoring.reading.reads import CUSTOMER, read_input
from training.data.table.source import CsvForm
from training.errors import InvalidTable
from training.scoring.reading.inputs import open_inputs

CSV = b"months,spend,plan\n1,2,pro\n"


def put(bucket: str, key: str, body: bytes = CSV) -> str:
    return str(boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)["ETag"])


def test_objects_are_inputs_by_their_keys_and_by_a_prefix(bucket: str) -> None:
    for key in ("t/", "t/b.csv", "t/a #1?.csv", "t/_SUCCESS"):
        etag = put(bucket, key)
    put(bucket, "t/c.jsonl", b'[3, 4, "pro"]')
    inputs = open_inputs([f"s3://{bucket}/t/"], CsvForm(), CUSTOMER)
    assert [each.name for each in inputs] == ["a #1?.csv", "b.csv", "c.jsonl"]
    assert inputs[0].tag.tag == f"etag:{etag.strip(chr(34))}"
    assert [read_input(each, CUSTOMER).sent for each in inputs] == [[[1, 2, "pro"]], [[1, 2, "pro"]], [[3, 4, "pro"]]]
    assert open_inputs([f"s3://{bucket}/t/a #1?.csv"], CsvForm(), CUSTOMER) == inputs[:1]
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_what_is_no_input_or_was_replaced_is_refused(bucket: str) -> None:
    put(bucket, "a.csv")
    (table,) = open_inputs([f"s3://{bucket}/a.csv"], CsvForm(), CUSTOMER)
    put(bucket, "a.csv", CSV + b"3,4,team\n")
    with pytest.raises(InvalidTable, match="was replaced while it was read"):
        next(table.chunks(5))
    for key in ("n/year=2024/a.csv", "n/a.parquet", "n/readme.md"):
        put(bucket, key)
    for uri, said in {"gone.csv": "There is no object s3://", "n/": "holds year=2024/, readme.md"}.items():
        with pytest.raises(InvalidTable, match=said):
            open_inputs([f"s3://{bucket}/{uri}"], CsvForm(), CUSTOMER)
