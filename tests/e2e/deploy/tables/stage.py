"""The stage in which somebody who may do nothing else has a table scored by the stack, and mends what broke."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.aws_stand_in import Credentials
from ops.commands import ROOT, environment
from ops.stack import Stack
from tests.e2e.deploy.change_of_engine import ALIAS, OnOnnx
from tests.e2e.deploy.stages import Switched
from tests.e2e.deploy.tables.rows import ROWS_PER_PART, said_by_predict, write

GONE, CHANGED, OF_ANOTHER_RUN, WITHOUT_RECEIPT = "table-00299", "table-00298", "table-00297", "table-00296"
"""Parts that are scored last, so that they are spoiled before: their chunk is removed or changed, a receipt of another
version lies there, or a part of a function that was ended before it wrote its receipt."""

FOLDER = "iris/batches/"


ACTS: dict[str, Callable[[Any, str], object]] = {
    "write a chunk": lambda s3, bucket: s3.put_object(Bucket=bucket, Key=f"{FOLDER}none/chunks/x", Body=b""),
    "write a version": lambda s3, bucket: s3.put_object(
        Bucket=bucket, Key="iris/versions/20260101T000000Z-00000000/model.joblib", Body=b"", IfNoneMatch="*"
    ),
    "move an alias": lambda s3, bucket: s3.put_object(
        Bucket=bucket, Key="iris/aliases/mine.json", Body=b"{}", IfNoneMatch="*"
    ),
    "write another model's batches": lambda s3, bucket: s3.put_object(Bucket=bucket, Key="other/batches/1", Body=b""),
    "delete a chunk": lambda s3, bucket: s3.delete_object(Bucket=bucket, Key=f"{FOLDER}none/chunks/x"),
    "read another model": lambda s3, bucket: s3.get_object(Bucket=bucket, Key="other/aliases/production.json"),
}


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it printed for programs and for people, and what lies there since.

    `files` are those of the output by name, `lists` how many chunks each run on AWS was given.
    """

    code: int
    printed: str
    said: str
    files: dict[str, bytes]
    lists: list[int]
    seconds: float


@dataclass(frozen=True)
class Tables:
    """The first command, of which two parts broke, the one that resumes it, and one more; `predict` is the API's word.

    `allowed` is what became of each of ACTS for who gave the commands: "yes", or S3's code.
    """

    allowed: dict[str, str]
    broken: Ended
    mended: Ended
    again: Ended
    answers: dict[int, Any]
    refusals: dict[int, Any]

    def rows(self, name: str) -> dict[int, Any]:
        """The lines of the parts of the last command, or of those of what was `refused`, by the place of the row."""
        found = {}
        for file, data in self.again.files.items():
            if file.endswith(".jsonl") and file.startswith("refused/") == (name == "refusal"):
                for line in data.splitlines():
                    document = json.loads(line)
                    assert document["row"] not in found, file
                    found[document["row"]] = document
        return found


@pytest.fixture(scope="session")
def tables(
    on_onnx: OnOnnx,  # noqa: ARG001 - a stage
    switched: Switched,
    scorer: Credentials,
    tmp_path_factory: pytest.TempPathFactory,
) -> Tables:
    """A table was scored on AWS as the model that the API has answers, broken on the way and mended."""
    work = Work(switched.stack, scorer, tmp_path_factory.mktemp("tables"))
    write(work.table)
    broken = work.ended(work.begun(), spoil=True)
    mended = work.ended(work.begun("--resume"))
    again = work.ended(work.begun("--resume"))
    return Tables(work.allowed(), broken, mended, again, *said_by_predict(switched.stack.api))


@dataclass(frozen=True)
class Work:
    """The commands of `scorer`, in a folder of their own."""

    stack: Stack
    scorer: Credentials
    folder: Path

    @property
    def table(self) -> Path:
        return self.folder / "table.csv"

    def allowed(self) -> dict[str, str]:
        s3 = self.stack.stand_in.client("s3", self.scorer)
        found = {}
        for act, do in ACTS.items():
            try:
                do(s3, self.stack.outputs["ModelBucketName"])
                found[act] = "yes"
            except ClientError as error:
                found[act] = error.response["Error"]["Code"]
        return found

    def begun(self, *options: str) -> subprocess.Popen[str]:
        """The command, under way."""
        outputs, aws = self.stack.outputs, self.stack.stand_in
        place = {"MODEL_URI": outputs["ModelUri"], "BATCH_STATE_MACHINE": outputs["BatchStateMachineArn"]}
        asked = ["score", str(self.table), "--out", str(self.folder / "out"), "--on-aws", "--alias", ALIAS, *options]
        how = ["--rows-per-part", str(ROWS_PER_PART), "--format", "jsonl", "--keep", "flower", "--json"]
        return subprocess.Popen(
            [sys.executable, "-m", "training", *asked, *how],
            cwd=ROOT,
            env=environment({**aws.environment(self.scorer), **place}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self, command: subprocess.Popen[str], *, spoil: bool = False) -> Ended:
        """How the command ends; with `spoil`, chunks are broken as soon as its run on AWS has begun."""
        began = time.monotonic()
        if spoil:
            self._spoil(command)
        printed, said = command.communicate(timeout=300)
        out = self.folder / "out"
        files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        return Ended(command.returncode, printed, said, files, self._lists(), time.monotonic() - began)

    def _spoil(self, command: subprocess.Popen[str]) -> None:
        s3, bucket = self.stack.stand_in.client("s3"), self.stack.outputs["ModelBucketName"]
        while not (lists := self._keys("lists/")):
            assert command.poll() is None, command.communicate()
            time.sleep(0.05)
        job = lists[0].rpartition("lists/")[0]
        s3.delete_object(Bucket=bucket, Key=f"{job}chunks/{GONE}.jsonl.gz")
        s3.put_object(Bucket=bucket, Key=f"{job}chunks/{CHANGED}.jsonl.gz", Body=b"other rows")
        for line in s3.get_object(Bucket=bucket, Key=lists[0])["Body"].read().splitlines():
            item = json.loads(line)
            if item["receipt"].endswith(f"{OF_ANOTHER_RUN}.json"):
                receipt = {
                    "input": {"chunk": item["chunk"], "sha256": item["sha256"]},
                    "version": "20200101T000000Z-00000000",
                    "manifest_sha256": item["manifest_sha256"],
                    **{"rows": 20, "refused": 0, "seconds": 1.0, "memory_mb": 1769, "files": {}},
                }
                s3.put_object(Bucket=bucket, Key=f"iris/{item['receipt']}", Body=json.dumps(receipt).encode())
            if item["receipt"].endswith(f"{WITHOUT_RECEIPT}.json"):
                s3.put_object(Bucket=bucket, Key=f"iris/{item['part']}", Body=b"half of a part")
        scored = {key.rpartition("/")[2].removesuffix(".json") for key in self._keys("receipts/")}
        assert not scored & {GONE, CHANGED, WITHOUT_RECEIPT}, "they were scored before they could be spoiled"

    def _lists(self) -> list[int]:
        s3, bucket = self.stack.stand_in.client("s3"), self.stack.outputs["ModelBucketName"]
        return [len(s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()) for key in self._keys("lists/")]

    def _keys(self, kind: str) -> list[str]:
        """The keys of the one job's objects of that kind."""
        pages = self.stack.stand_in.client("s3").get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self.stack.outputs["ModelBucketName"], Prefix=FOLDER)
        return sorted(each["Key"] for page in found for each in page.get("Contents", ()) if f"/{kind}" in each["Key"])
