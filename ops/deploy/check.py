"""Checks before `sam deploy` that the package could serve the models that are promoted. Ends with 1 where it could not.

    python -m ops.deploy.check [--stack-name NAME | --model-uri URI] …        (`make check-deploy`)

It needs credentials that may describe the stack and read the registry. It unpickles nothing and changes nothing.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from handler.engines.shipped import DEFAULT_PACKAGE
from handler.errors.base import SklearnOnLambdaError
from handler.errors.model import RegistryAccessDenied
from ops.deploy.described import PACKAGE, DescribedStack, NotDescribed, described_package, described_stack, engine_of
from ops.deploy.judgement import Candidate
from ops.deploy.plan import Plan, configuration, plan
from ops.deploy.verdict import Verdict, verdict
from training.release.stores.schemes import open_writable_store


def registry_of(stack: DescribedStack, planned: Plan) -> str:
    """The root of the model that the function will serve; raises NotDescribed."""
    if planned.model_name in (None, stack.parameters.get("ModelName")):
        return stack.output("ModelUri")
    return f"s3://{stack.output('ModelBucketName')}/{planned.model_name}"


def check(arguments: argparse.Namespace) -> Verdict:
    """The verdict on the deploy that the command line describes; raises NotDescribed or a SklearnOnLambdaError."""
    package = described_package(arguments.package)
    configured = configuration(arguments.config_env)
    name = None if arguments.model_uri else arguments.stack_name or configured.get("stack_name")
    stack = described_stack(name) if name else None
    planned = plan(arguments.parameter_overrides, configured, stack)
    wanted_engine = planned.engine or (None if arguments.model_uri else DEFAULT_PACKAGE)
    if wanted_engine not in (None, engine_of(package)):
        raise NotDescribed(
            f"The package in {arguments.package} runs models with {engine_of(package)}, and the stack would have "
            f"Engine={wanted_engine}: build it for that, with `make sam-build ENGINE={wanted_engine}`, or deploy with "
            f"the parameter Engine={engine_of(package)}."
        )
    candidate = Candidate(package, planned.alias, planned.storage_mb)
    if arguments.model_uri:
        return verdict(open_writable_store(arguments.model_uri), candidate)
    if stack is None:
        return Verdict((), (f"There is no stack {name!r} yet: its first deploy can break no model.",))
    uri = registry_of(stack, planned)
    serves_now = stack.parameters.get("ModelAlias") if uri == stack.output("ModelUri") else None
    try:
        return verdict(open_writable_store(uri), candidate, stack.name, serves_now)
    except RegistryAccessDenied as error:
        raise RegistryAccessDenied(
            f"{error} To check the deploy, attach the policy of the stack's output DeployPolicyArn, or ReadPolicyArn "
            "where the stack has no such output yet."
        ) from error


def parser() -> argparse.ArgumentParser:
    """The options, named as those of `sam deploy` where they mean the same."""
    made = argparse.ArgumentParser(
        prog="python -m ops.deploy.check", description="Check that a package could serve the models that are promoted."
    )
    target = made.add_mutually_exclusive_group()
    target.add_argument("--stack-name", help="the stack to deploy to (default: that of samconfig.toml)")
    target.add_argument("--model-uri", help="a model's root in a registry, in place of a stack's")
    made.add_argument("--package", type=Path, default=PACKAGE, metavar="DIR", help="the function's package")
    made.add_argument("--config-env", default="default", help="the environment of samconfig.toml")
    made.add_argument("--parameter-overrides", nargs="*", metavar="NAME=VALUE", help="in place of samconfig.toml's")
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Check as the command line says; 0, or 1 where the deploy would break a model or that cannot be known."""
    try:
        found = check(parser().parse_args(words))
    except (NotDescribed, SklearnOnLambdaError) as error:
        print(error, file=sys.stderr)
        return 1
    for text in found.notes:
        print(text)
    for text in found.problems:
        print(f"\n{text}", file=sys.stderr)
    print(
        f"\nDo not deploy: {len(found.problems)} found." if found.problems else "This package can be deployed.",
        file=sys.stderr,
    )
    return 1 if found.problems else 0


if __name__ == "__main__":
    sys.exit(main())
