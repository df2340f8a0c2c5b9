"""A stand-in for AWS with the whole stack in it: requests, tables, a queue and a stream."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.ways.asked.cloud import Cloud
from ops import aws_stand_in, stack
from ops.commands import ROOT, step

STREAM: Final = "rows"
SOURCES: Final = ("handler", "packager")
FILES: Final = ("template.yaml", "samconfig.toml", ".python-version")

# So many requests come at once that the defaults would refuse some.
PARAMETERS: Final = (
    "ThrottleRate=1000",
    "ThrottleBurst=1000",
    "ModelRefreshSeconds=1",
    "Batches=enabled",
    "Queue=enabled",
    "QueueConcurrency=2",
)


def built(folder: Path) -> Path:
    """Build the project in `folder`, which is empty; gives the folder of the package."""
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (ROOT / ".cache").mkdir(exist_ok=True)
    (folder / ".cache").symlink_to(ROOT / ".cache")
    with step("sam build"):
        stack.build(folder)
    return folder / ".aws-sam/build/PredictFunction"


@contextmanager
def deployed(project: Path, folder: Path) -> Iterator[Cloud]:
    """Deploy what `built` made in `project` to a stand-in that lives in `folder`, and as long as this context."""
    with aws_stand_in.running(folder) as stand_in:
        kinesis = stand_in.client("kinesis")
        kinesis.create_stream(StreamName=STREAM, ShardCount=1)
        arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
        parameters = (*PARAMETERS, f"StreamArn={arn}")
        with step("sam deploy"):
            stack.check(stand_in, project, parameters)
            stack.deploy(stand_in, project, parameters)
            stack.record(stand_in, project)
        yield Cloud(stack.deployed_stack(stand_in), STREAM)
