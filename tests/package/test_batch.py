"""The batch entry scores from the package of either engine, with boto3 beside it as on Lambda, whatever is promoted."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from handler.registry.alias import Alias
from handler.registry.manifest import sha256
from handler.scoring.chunk import Item
from handler.scoring.lines import chunk_lines, read_part, read_refused
from tests.integration.conftest import s3_url
from tests.package.conftest import Probe
from tests.package.test_budgets import NEVER_IMPORTED
from tests.package.test_monitor import runtime
from tests.package.test_onnx_package import NEVER_WITH_ONNX
from tests.unit.handler.asking import predict_event

__all__ = ["runtime", "s3_url"]

ROWS: list[list[Any]] = [[5.1, 3.5, 1.4, 0.2], [5.1, "x", 1.4, 0.2], [6.7, 3.0, 5.0, 2.0], [0.1, 0, 1e30, 7]]
CHUNK = chunk_lines((place, {"id": f"n{place}"}, row) for place, row in enumerate(ROWS))
NEVER = {*NEVER_IMPORTED} - {"boto3", "botocore", "orjson"} | {"handler.app", "handler.monitoring"}
PLACES = {name: f"batches/job/{name}/t-00000.jsonl" for name in ("chunk", "part", "refused", "receipt")}


@dataclass(frozen=True)
class Bucket:
    """A bucket with Iris in it, which nothing has promoted there, and a chunk of ROWS."""

    s3: Any
    name: str
    item: Item
    variables: Mapping[str, str]

    def read(self, name: str) -> bytes:
        data: bytes = self.s3.get_object(Bucket=self.name, Key=f"iris/{PLACES[name]}")["Body"].read()
        return data


@pytest.fixture
def bucket(registry: Path, s3_url: str) -> Bucket:
    account = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    s3 = boto3.Session("test", "test", region_name="us-east-1").client("s3", endpoint_url=s3_url)
    name = f"batches-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    for path in registry.glob("versions/*/*"):
        s3.put_object(Bucket=name, Key=f"iris/{path.relative_to(registry)}", Body=path.read_bytes())
    s3.put_object(Bucket=name, Key=f"iris/{PLACES['chunk']}", Body=CHUNK)
    alias = Alias.from_json((registry / "aliases/production.json").read_bytes())
    item = Item(**PLACES, sha256=sha256(CHUNK), version=alias.version, manifest_sha256=alias.manifest_sha256)
    return Bucket(s3, name, item, {**account, "MODEL_URI": f"s3://{name}/iris", "AWS_ENDPOINT_URL": s3_url})


@pytest.mark.parametrize(("name", "engine"), [("deployed", "sklearn"), ("onnx_deployed", "onnxruntime")])
def test_a_chunk_is_scored_as_the_same_package_answers_its_rows(
    name: str, engine: str, request: pytest.FixtureRequest, probe: Probe, runtime: Path, registry: Path, bucket: Bucket
) -> None:
    tree: Path = request.getfixturevalue(name)

    def asked(document: object) -> Any:
        event = json.dumps(predict_event(document)).encode()
        return json.loads(probe("predict.py", tree, stdin=event, MODEL_URI=str(registry))["answer"]["body"])

    items = [
        bucket.item,
        bucket.item,
        replace(bucket.item, sha256=64 * "0"),
        replace(bucket.item, manifest_sha256=64 * "0"),
    ]
    events = json.dumps([*map(asdict, items), {}]).encode()
    lambda_only = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    told: Any = probe("batch.py", tree, str(runtime), stdin=events, **bucket.variables, **lambda_only)
    scored, again, broken, *failed = told["answers"]
    assert (scored["state"], scored["rows"], scored["refused"], scored["memory_mb"]) == ("scored", 4, 1, 512)
    assert again == scored == {**json.loads(bucket.read("receipt")), "state": "scored"}
    assert (broken["state"], failed) == ("broken", ["BatchFailed", "BatchFailed"])
    answers = asked({"instances": [ROWS[0], ROWS[2], ROWS[3]]})["predictions"]
    expected = [(place, {"id": f"n{place}"}, answer) for place, answer in zip((0, 2, 3), answers, strict=True)]
    assert list(read_part(bucket.read("part"))) == expected
    ((place, keep, refusal),) = read_refused(bucket.read("refused"))
    alone = asked({"features": ROWS[1]})
    assert (place, keep, refusal.code, refusal.error) == (1, {"id": "n1"}, alone["code"], alone["error"])
    assert [asdict(problem) for problem in refusal.details] == alone["details"]
    assert engine in told["modules"]
    never = (*NEVER, *(NEVER_WITH_ONNX if engine == "onnxruntime" else ()))
    assert [module for module in told["modules"] if module.startswith(never)] == []
    assert told["compiled"] == []
