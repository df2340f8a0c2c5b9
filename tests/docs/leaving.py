"""How the README's way left the checkout and the registry: each page begins there, whatever the one before did."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import aws_stand_in
from tests.docs.walk import Walk

KEPT = {".git", ".venv", ".venv-function", ".tools", ".cache", ".aws-sam", ".demo"}


@dataclass(frozen=True)
class Left:
    """`copy` has the files of the checkout's root that no commit has; `alias` is the object that names what serves."""

    walk: Walk
    copy: Path
    bucket: str
    key: str
    alias: bytes

    @classmethod
    def of(cls, walk: Walk) -> "Left":
        checkout = walk.reader.checkout
        copy = checkout.parent / "as-left"
        if not copy.exists():
            copy.mkdir()
            for entry in _untracked(checkout):
                (shutil.copytree if entry.is_dir() else shutil.copy)(entry, copy / entry.name)
        bucket, _, prefix = walk.variables["MODEL_URI"].removeprefix("s3://").partition("/")
        key = f"{prefix}/aliases/production.json"
        alias = checkout.parent / "alias-as-left"
        if not alias.exists():
            alias.write_bytes(_s3(walk).get_object(Bucket=bucket, Key=key)["Body"].read())
        return cls(walk, copy, bucket, key, alias.read_bytes())

    def put_back(self) -> None:
        checkout = self.walk.reader.checkout
        for entry in _untracked(checkout):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for entry in self.copy.iterdir():
            (shutil.copytree if entry.is_dir() else shutil.copy)(entry, checkout / entry.name)
        subprocess.run(["git", "-C", str(checkout), "checkout", "--quiet", "."], check=True)
        s3 = _s3(self.walk)
        if s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read() != self.alias:
            s3.put_object(Bucket=self.bucket, Key=self.key, Body=self.alias)
        # What the monitor found is shown by `status`.
        found = f"{self.key.split('/', 1)[0]}/monitoring/"
        for kept in s3.list_objects_v2(Bucket=self.bucket, Prefix=found).get("Contents", []):
            s3.delete_object(Bucket=self.bucket, Key=kept["Key"])


def _untracked(checkout: Path) -> list[Path]:
    """The entries of the root that are a reader's own: the model, the table, and what commands wrote."""
    listed = subprocess.run(
        ["git", "-C", str(checkout), "ls-tree", "--name-only", "HEAD"], capture_output=True, text=True, check=True
    )
    tracked = set(listed.stdout.splitlines())
    return [entry for entry in checkout.iterdir() if entry.name not in tracked | KEPT]


def _s3(walk: Walk) -> Any:
    stand_in = aws_stand_in.find(walk.reader.checkout / ".aws-sam/local-cloud")
    assert stand_in is not None, "A page ended the stand-in for AWS, which the pages after it need."
    return stand_in.client("s3")
