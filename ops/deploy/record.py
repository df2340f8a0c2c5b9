"""Puts on record, after `sam deploy`, what is deployed: `promote` asks what the function can read and hold.

    python -m ops.deploy.record [--stack-name NAME] …        (`make record-deploy`)

It needs credentials that may describe the stack and write its record: the policy of the output DeployPolicyArn. It
takes the package that was deployed from the folder of `sam build`, and all else from the stack.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from handler.engines.package_description import PackageDescription
from handler.engines.shipped import DEFAULT_PACKAGE
from handler.errors.base import SklearnOnLambdaError
from handler.errors.model import RegistryAccessDenied
from handler.settings import DEFAULT_ALIAS
from ops.deploy.described import PACKAGE, DescribedStack, NotDescribed, described_package, described_stack, engine_of
from ops.deploy.plan import configuration
from training.folder.commit import git_commit
from training.release.deployed.readable import DEFAULT_STORAGE_MB
from training.release.deployed.record import RECORD_FORMAT_VERSION, FunctionRecord
from training.release.deployed.records import write_record
from training.release.promote import current_user
from training.release.stores.schemes import open_writable_store


def record_of(stack: DescribedStack, package: PackageDescription, commit: str | None) -> FunctionRecord:
    """The record of the function of `stack`, made of `package` just now."""
    return FunctionRecord(
        format_version=RECORD_FORMAT_VERSION,
        stack=stack.name,
        alias=stack.parameters.get("ModelAlias", DEFAULT_ALIAS),
        memory_mb=int(stack.parameters["MemorySize"]),
        ephemeral_storage_mb=int(stack.parameters.get("EphemeralStorage", DEFAULT_STORAGE_MB)),
        recorded_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        recorded_by=current_user(),
        commit=commit,
        package=package,
    )


def record(arguments: argparse.Namespace) -> str:
    """Write the record; gives a sentence for the log. Raises NotDescribed or a SklearnOnLambdaError."""
    package = described_package(arguments.package)
    name = arguments.stack_name or configuration(arguments.config_env)["stack_name"]
    stack = described_stack(name)
    if stack is None:
        raise NotDescribed(f"There is no stack {name!r}, so nothing was recorded: name the stack that was deployed.")
    if (engine := stack.parameters.get("Engine", DEFAULT_PACKAGE)) != engine_of(package):
        raise NotDescribed(
            f"The package in {arguments.package} runs models with {engine_of(package)}, and the stack {name!r} has "
            f"Engine={engine}: it is not what was deployed, so nothing was recorded. Build what runs there, with `make "
            f"sam-build ENGINE={engine}`, deploy it, and run this again."
        )
    made = record_of(stack, package, git_commit())
    uri = stack.output("ModelUri")
    try:
        write_record(open_writable_store(uri), made)
    except RegistryAccessDenied as error:
        raise RegistryAccessDenied(
            f"{error} To write the record, attach the policy of the stack's output DeployPolicyArn, and run this again."
        ) from error
    return f"{uri} has on record that the function of {stack.name!r} serves {made.alias!r}."


def main(words: Sequence[str] | None = None) -> int:
    """Record what the command line names; 0, or 1 where it failed."""
    parser = argparse.ArgumentParser(prog="python -m ops.deploy.record", description="Record what is deployed.")
    parser.add_argument("--stack-name", help="the stack that was deployed (default: that of samconfig.toml)")
    parser.add_argument("--package", type=Path, default=PACKAGE, metavar="DIR", help="the function's package")
    parser.add_argument("--config-env", default="default", help="the environment of samconfig.toml")
    try:
        print(record(parser.parse_args(words)))
    except (NotDescribed, SklearnOnLambdaError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
