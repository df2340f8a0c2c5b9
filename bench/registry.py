"""S3 on loopback, in a process of its own, with Iris trained, published and promoted in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from bench.processes import free_port, running, wait_for_port
from packager.build import PROJECT

BUCKET = "models"
MODEL_URI = f"s3://{BUCKET}/iris"


@contextmanager
def s3_on_loopback(scratch: Path, cores: set[int]) -> Iterator[dict[str, str]]:
    """An empty S3 with the bucket BUCKET; yields the environment variables with which it is found and written to."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    server = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(server, os.environ, PROJECT, scratch / "s3.log", cores):
        wait_for_port(port)
        boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=keys["AWS_DEFAULT_REGION"],
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        ).create_bucket(Bucket=BUCKET)
        yield {**keys, "AWS_ENDPOINT_URL": endpoint}


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
