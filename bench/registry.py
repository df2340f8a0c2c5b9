"""S3 on loopback, in a process of its own, with Iris trained, published and promoted in it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from bench.certificates import make_authority
from bench.processes import free_port, running, wait_for_port
from handler.registry.s3.certificates import system_bundle
from packager.build import PROJECT

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "models"
MODEL_URI = f"s3://{BUCKET}/iris"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def s3_on_loopback(scratch: Path, cores: set[int]) -> Iterator[dict[str, str]]:
    """An empty S3 with the bucket BUCKET; yields the environment variables with which it is found and written to."""
    port = free_port()
    endpoint = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    with running(_server(port), os.environ, PROJECT, scratch / "s3.log", cores):
        wait_for_port(port)
        _client(endpoint).create_bucket(Bucket=BUCKET)
        yield {**KEYS, **endpoint}


@contextmanager
def published(scratch: Path, cores: set[int]) -> Iterator[dict[str, str]]:
    """Yields the environment variables with which the handler finds the model."""
    with s3_on_loopback(scratch, cores) as access:
        folder = str(scratch / "trained")
        for words in (["train", "--out", folder], ["publish", folder, "--promote"]):
            command = [sys.executable, "-m", "training", *words]
            environ = {**os.environ, **access, "MODEL_URI": MODEL_URI}
            subprocess.run(command, cwd=PROJECT, env=environ, check=True, capture_output=True)  # noqa: S603 - our own
        yield {"MODEL_URI": MODEL_URI, "AWS_ENDPOINT_URL": access["AWS_ENDPOINT_URL"]}


@contextmanager
def published_by_tls(scratch: Path, cores: set[int], source: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The same objects as at `source`, over TLS by an authority of this benchmark's own.

    It is trusted beside those of this machine, so that reading as many certificates as on Lambda is measured too.
    """
    port = free_port()
    authority = make_authority(scratch, "bench")
    trusted = scratch / "trusted.pem"
    trusted.write_bytes((system_bundle() or b"") + b"\n" + authority.bundle.read_bytes())
    place = {"AWS_ENDPOINT_URL": f"https://127.0.0.1:{port}", "AWS_CA_BUNDLE": str(trusted)}
    options = ["--ssl-cert", str(authority.certificate), "--ssl-key", str(authority.key)]
    with running([*_server(port), *options], os.environ, PROJECT, scratch / "s3-tls.log", cores):
        wait_for_port(port)
        old, new = _client(source), _client(place)
        new.create_bucket(Bucket=BUCKET)
        for entry in old.list_objects_v2(Bucket=BUCKET)["Contents"]:
            body = old.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
            new.put_object(Bucket=BUCKET, Key=entry["Key"], Body=body)
        yield place


def _server(port: int) -> list[str]:
    return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]


def _client(place: Mapping[str, str]) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=place["AWS_ENDPOINT_URL"],
        verify=place.get("AWS_CA_BUNDLE"),
        region_name=KEYS["AWS_DEFAULT_REGION"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
