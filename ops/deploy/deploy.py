"""Deploys the stack to the account that the shell's credentials are of, and says how to go on.

    python -m ops.deploy.deploy [--model-name NAME] [--stack-name NAME] …        (`make deploy MODEL_NAME=NAME`)

These are the steps that CI takes: `sam build`, the check, `sam deploy`, the record. What can be known before them to
fail is said first, in one sentence.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.commands import ROOT, SAM, CommandFailed, ToolMissing, attended, machine_parameters, overriding, run, step
from ops.deploy import check, record
from ops.deploy.api_key import api_key
from ops.deploy.described import NotDescribed, described_stack, require_deployable
from ops.deploy.environment import environment_file, example_row, how_to_go_on, is_stand_in, reached
from ops.deploy.plan import configuration, engine_in, merged, model_name, values
from packager.bytecode.compilation import find_interpreter
from packager.errors import NoInterpreter

ENVIRONMENT = ROOT / ".aws-sam/environment"
BUILD_SECONDS = 1800
INTERRUPTED = 130


class NotDeployed(Exception):
    """A step failed after it said why, or the deploy was not confirmed; the text says what stands now."""


@dataclass(frozen=True)
class Wanted:
    """What to deploy: the stack, samconfig.toml's environment, and the overrides for `sam deploy`, where it has any."""

    stack: str
    environment: str
    overrides: tuple[str, ...]
    confirmed: bool
    """Whether a person is asked before CloudFormation changes anything."""


def wanted(arguments: argparse.Namespace, stand_in: bool) -> Wanted:
    """The deploy that the command line describes; raises NotDescribed."""
    configured = configuration(arguments.config_env)
    given = list(arguments.parameter_overrides or ())
    if arguments.model_name:
        given.append(f"ModelName={model_name(arguments.model_name)}")
    if stand_in:  # it runs the package on this machine
        given = [*machine_parameters(), *given]
    name = arguments.stack_name or configured.get("stack_name")
    if not name:
        raise NotDescribed(f"samconfig.toml names no stack in [{arguments.config_env}]: name one, with STACK_NAME=.")
    overrides = tuple(merged(given, configured)) if given else ()
    return Wanted(str(name), arguments.config_env, overrides, bool(configured.get("confirm_changeset")))


def deploy(wanted: Wanted) -> None:
    """Take all steps; raises NotDescribed, NotDeployed, NoInterpreter, ToolMissing or CommandFailed."""
    if not SAM.exists():
        raise ToolMissing("The SAM CLI is not installed here: run `make sam`.")
    find_interpreter(os.environ)
    require_deployable(wanted.stack)
    before = described_stack(wanted.stack)
    options = ["--stack-name", wanted.stack, "--config-env", wanted.environment]
    overrides = overriding(wanted.overrides)
    built_for = overriding(build_parameters(wanted, before.parameters if before else {}))

    with step("sam build"):
        command = [str(SAM), "build", "--config-env", wanted.environment, *built_for]
        run(command, env=own_environment(os.environ), seconds=BUILD_SECONDS)
    if check.main([*options, *overrides]) != 0:
        raise NotDeployed("Nothing was deployed.")
    if attended([str(SAM), "deploy", *options, *overrides], own_environment(os.environ)) != 0:
        raise NotDeployed(
            f"`sam deploy` failed: it says why above, and so do the events of the stack {wanted.stack!r}."
        )
    after = described_stack(wanted.stack)
    if after is None or (wanted.confirmed and before is not None and before.changed_at == after.changed_at):
        # SAM ends well where the person says no, and then this package is not the one that runs.
        raise NotDeployed(
            f"The stack {wanted.stack!r} was not changed, so nothing was recorded. If this package runs there already, "
            f"`make record-deploy STACK_NAME={wanted.stack}` puts it on record."
        )
    if record.main(options) != 0:
        raise NotDeployed(
            f"The stack {wanted.stack!r} is deployed, but not on record: run `make record-deploy STACK_NAME="
            f"{wanted.stack}` with credentials that may write there."
        )
    stack = reached(wanted.stack, after.outputs, os.environ)
    ENVIRONMENT.write_text(environment_file(stack), encoding="utf-8")
    print(f"\n{how_to_go_on(stack, ENVIRONMENT, example_row(stack, api_key(after.output('ApiKeyId'))))}")


def own_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The person's environment for `sam`: with their account, without what `make` gives to the makes below it."""
    kept = {name: value for name, value in environ.items() if not name.startswith(("MAKE", "MFLAGS", "GNUMAKE"))}
    return kept | {"SAM_CLI_TELEMETRY": "0", "PYTHON": sys.executable}


def build_parameters(wanted: Wanted, deployed: Mapping[str, str]) -> list[str]:
    """What has `sam build` build for the processor and the engine that the stack has, or will have.

    `deployed` are the stack's parameters before. Raises NotDescribed where there is no such engine.
    """
    planned = values(wanted.overrides or None, configuration(wanted.environment), deployed)
    engine_in(planned)
    return [f"{name}={planned[name]}" for name in ("Architecture", "Engine") if name in planned]


def parser() -> argparse.ArgumentParser:
    """The options, named as those of `sam deploy` where they mean the same."""
    made = argparse.ArgumentParser(prog="python -m ops.deploy.deploy", description="Build, check, deploy and record.")
    made.add_argument("--model-name", metavar="NAME", help="the model to serve (default: the one that it serves)")
    made.add_argument("--stack-name", metavar="NAME", help="the stack to deploy to (default: that of samconfig.toml)")
    made.add_argument("--config-env", default="default", metavar="NAME", help="the environment of samconfig.toml")
    made.add_argument("--parameter-overrides", nargs="*", metavar="NAME=VALUE", help="beside those of samconfig.toml")
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Deploy as the command line says; 0, or 1 where it failed."""
    arguments: Any = parser().parse_args(words)
    try:
        deploy(wanted(arguments, is_stand_in(os.environ)))
    except KeyboardInterrupt:
        print("\nInterrupted. What CloudFormation began, it goes on with: see the stack's events.", file=sys.stderr)
        return INTERRUPTED
    except (NotDescribed, NotDeployed, NoInterpreter, ToolMissing, CommandFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
