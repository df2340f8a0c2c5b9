"""What is there before a deploy: the stack as CloudFormation describes it, and the package as it describes itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from handler.engines.package_description import DESCRIPTION_FILE, PackageDescription
from handler.records.decoding import Undecodable
from ops.commands import ROOT

PACKAGE = ROOT / ".aws-sam/build/PredictFunction"
"""Where `sam build` puts the function's package."""


class NotDescribed(Exception):
    """Something that a deploy is about cannot be looked at; the text says what to do."""


@dataclass(frozen=True)
class DescribedStack:
    """A stack that was deployed: its outputs, and the values of its parameters."""

    name: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    def output(self, name: str) -> str:
        """The output of that name; raises NotDescribed where the stack has none."""
        if name not in self.outputs:
            raise NotDescribed(
                f"The stack {self.name!r} has no output {name}: it is not one of this project's, or its deploy is not "
                "done. Name another stack, or look at its events."
            )
        return self.outputs[name]


def described_stack(name: str) -> DescribedStack | None:
    """The stack of that name; None where there is none, or none that was ever deployed. Raises NotDescribed."""
    try:
        stack = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            return None
        code = error.response["Error"].get("Code", "unknown")
        raise NotDescribed(
            f"CloudFormation does not describe the stack {name!r} ({code}): check the credentials and the region, and "
            "that they may use cloudformation:DescribeStacks."
        ) from error
    except BotoCoreError as error:
        raise NotDescribed(
            f"CloudFormation cannot be asked about the stack {name!r} ({type(error).__name__}): check the "
            "credentials, the region (AWS_DEFAULT_REGION) and the network."
        ) from error
    if stack["StackStatus"] in ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):  # of a first deploy
        return None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    parameters = {each["ParameterKey"]: each.get("ParameterValue", "") for each in stack.get("Parameters", [])}
    return DescribedStack(name, outputs, parameters)


def described_package(folder: Path) -> PackageDescription:
    """What the package in `folder` says of itself; raises NotDescribed."""
    file = folder / DESCRIPTION_FILE
    try:
        return PackageDescription.from_json(file.read_bytes())
    except OSError as error:
        raise NotDescribed(
            f"{file} cannot be read ({error.strerror}): run `make sam-build`, or name the folder of a package that "
            "this release of the project built."
        ) from error
    except Undecodable as error:
        raise NotDescribed(f"{file} is no description of a package: {error}. Run `make sam-build`.") from error
