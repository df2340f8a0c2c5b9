"""The packages that are compared, each zipped as SAM does and unzipped as Lambda does."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handler.engines.shipped import DEFAULT_PACKAGE
from packager.archive import unzip_as_lambda, zip_as_sam
from packager.build import HANDLER, PROJECT, build, copy_handler
from packager.target import load_target

REFERENCE = "plain sam build"

FUNCTIONS = Path(__file__).with_name("functions")

PLAIN_TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Plain:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: handler.app.lambda_handler
      Runtime: python3.13
      Architectures: [ARCHITECTURE]
"""


@dataclass(frozen=True)
class Contender:
    """A package that is unpacked in `task`, the handler that Lambda would call in it, and variables of its own."""

    name: str
    task: Path
    handler: str
    environ: Mapping[str, str] = field(default_factory=dict)


NAMES = {"sklearn": "ours", "onnx": "ours, ONNX"}
"""What the packages of this project are called here, by what `ENGINE=` takes."""


def ours(scratch: Path, architecture: str, package: str = DEFAULT_PACKAGE) -> Contender:
    """The package that this project deploys with that engine."""
    built = build(scratch / f"{package}-built", load_target(architecture), package=package)
    return deployed(NAMES[package], built.tree, scratch)


def plain(scratch: Path, architecture: str, sam: Path, python: Path) -> list[Contender]:
    """The same handler with the same pins, as `sam build` makes it from a requirements.txt with boto3 in it.

    It makes two from one build: one without the work of `handler.coldstart.init_phase` that reads S3 by boto3, like a
    handler written without thought of cold starts, and one as it stands, which shows what the packaging alone gains.
    """
    project = scratch / "plain-project"
    copy_handler(HANDLER, project / "code" / "handler")
    pins = (HANDLER / "requirements.txt").read_text() + (PROJECT / "training" / "requirements.txt").read_text()
    versions = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\]+)", pins, flags=re.MULTILINE))
    wanted = re.findall(r"^([A-Za-z0-9._-]+)==", (HANDLER / "requirements.txt").read_text(), flags=re.MULTILINE)
    lines = [f"{name}=={versions[name]}\n" for name in [*wanted, "boto3", "botocore"]]
    (project / "code" / "requirements.txt").write_text("".join(lines))
    (project / "template.yaml").write_text(PLAIN_TEMPLATE.replace("ARCHITECTURE", architecture))
    environment = {**os.environ, "PATH": f"{python.parent}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run([sam, "build"], cwd=project, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - SAM
    if done.returncode != 0:
        raise RuntimeError(f"The plain package could not be built:\n{done.stderr[-3000:]}")
    tree = project / ".aws-sam" / "build" / "Plain"
    as_it_stands = deployed("plain, as it stands", tree, scratch)
    _leave_out(tree / "handler" / "coldstart" / "init_phase.py", "\nif ON_LAMBDA:\n    begin()\n")
    _read_by_boto3(tree / "handler" / "registry")
    return [deployed(REFERENCE, tree, scratch), as_it_stands]


def _read_by_boto3(registry: Path) -> None:
    """Put the store that `training` reads S3 with in place of the function's."""
    training = PROJECT / "training"
    copied = {"account.py": "boto3_account.py", "s3.py": "boto3_s3.py", "release/stores/s3_reading.py": "s3_store.py"}
    renamed = {
        "s3.py": [("training.account ", "handler.registry.boto3_account ")],
        "release/stores/s3_reading.py": [
            ("training.s3 ", "handler.registry.boto3_s3 "),
            ("class ReadableS3Store", "class S3Store"),
        ],
    }
    for file, place in copied.items():
        source = (training / file).read_text()
        for there, here in renamed.get(file, []):
            if there not in source:
                raise RuntimeError(f"training/{file} has no {there!r}: correct here what plain reads by.")
            source = source.replace(there, here)
        if "training." in "".join(line for line in source.splitlines() if line.startswith(("from ", "import "))):
            raise RuntimeError(f"training/{file} imports more of training: correct here what plain reads by.")
        (registry / place).write_text(source)


def _leave_out(source: Path, lines: str) -> None:
    """Remove `lines` from a file; raises RuntimeError if they are not in it, for then nothing would be compared."""
    text = source.read_text()
    if lines not in text:
        raise RuntimeError(f"{source} has no lines {lines!r}: correct here what the plain handler does without.")
    source.write_text(text.replace(lines, ""))


def bare(name: str, module: str, scratch: Path) -> Contender:
    """One of bench/functions, alone in a package."""
    tree = scratch / f"{module}-built"
    tree.mkdir()
    shutil.copy(FUNCTIONS / f"{module}.py", tree)
    contender = deployed(name, tree, scratch)
    return Contender(name, contender.task, f"{module}.lambda_handler")


def deployed(name: str, tree: Path, scratch: Path) -> Contender:
    """`tree`, zipped and unzipped as on its way to Lambda."""
    place = scratch / re.sub("[ ,/]+", "-", name)
    zip_as_sam(tree, place.with_suffix(".zip"))
    unzip_as_lambda(place.with_suffix(".zip"), place)
    return Contender(name, place, "handler.app.lambda_handler")
