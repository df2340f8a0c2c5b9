"""What is there before a deploy: the stack as CloudFormation describes it, and the package as it describes itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from handler.engines.package_description import DESCRIPTION_FILE, PackageDescription
from handler.engines.shipped import PACKAGES
from handler.records.decoding import Undecodable
from ops.commands import BUILT, ROOT
from training.account import DENIED_CODES, FAILURES, code_of, trouble

PACKAGE = ROOT / BUILT
"""Where `sam build` puts the function's package."""

STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
"""What CloudFormation takes (AWS CloudFormation API Reference, "CreateStack", StackName)."""


class NotDescribed(Exception):
    """Something that a deploy is about cannot be looked at; the text says what to do."""


@dataclass(frozen=True)
class DescribedStack:
    """A stack that was deployed: its outputs, the values of its parameters, and when it was changed last."""

    name: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    changed_at: datetime | None = None

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
    stack = _described(name)
    if stack is None or stack["StackStatus"] in ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
        return None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    parameters = {each["ParameterKey"]: each.get("ParameterValue", "") for each in stack.get("Parameters", [])}
    return DescribedStack(name, outputs, parameters, stack.get("LastUpdatedTime") or stack.get("CreationTime"))


def require_deployable(name: str) -> None:
    """Raise NotDescribed where CloudFormation would take no deploy of the stack as it stands."""
    if STACK_NAME.fullmatch(name) is None:
        raise NotDescribed(
            f"A stack's name has letters, digits and '-' only, the first a letter, at most 128; it is {name[:200]!r}."
        )
    stack = _described(name)
    if stack and (text := undeployable(name, stack["StackStatus"])):
        raise NotDescribed(text)


def undeployable(name: str, status: str) -> str | None:
    """Why CloudFormation takes no deploy of a stack with `status`, and what to do; None where it takes one."""
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
        what = "could not be deleted" if status == "DELETE_FAILED" else "failed at its first deploy"
        return (
            f"The stack {name!r} {what} ({status}), and CloudFormation deploys nothing to it: look at its events for "
            f"the reason, delete it with `.tools/sam/bin/sam delete --stack-name {name}`, and run this again."
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"The stack {name!r} could not be rolled back ({status}): repair what its events name, run `aws "
            f"cloudformation continue-update-rollback --stack-name {name}`, and run this again."
        )
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        return f"The stack {name!r} is being changed just now ({status}): wait until that is done, and run this again."
    return None


def _described(name: str) -> Any:
    """What CloudFormation answers about the stack of that name; None where there is none. Raises NotDescribed."""
    try:
        return boto3.Session().client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except FAILURES as error:
        if isinstance(error, ClientError) and "does not exist" in error.response["Error"].get("Message", ""):
            return None
        if text := trouble(error):
            raise NotDescribed(text) from error
        if code_of(error) in DENIED_CODES:
            raise NotDescribed(
                f"These credentials may not look at the stack {name!r}: they need the right "
                "cloudformation:DescribeStacks."
            ) from error
        raise NotDescribed(
            f"CloudFormation does not describe the stack {name!r} ({code_of(error) or type(error).__name__}): check "
            "its name, the credentials and the region (AWS_DEFAULT_REGION)."
        ) from error


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


def engine_of(package: PackageDescription) -> str:
    """What the template's parameter Engine calls `package`; the forms that it loads where it has no name for them."""
    named = (engine for engine, form in PACKAGES.items() if form in package.engines)
    return next(named, ", ".join(package.engines) or "nothing")
