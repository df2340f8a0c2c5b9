"""The command line, `python -m training COMMAND`: which commands there are, and how a failure is told.

Ends with 0, with 1 where the job failed, with 2 where it was asked wrongly. A failure that this project foresees is
one sentence; anything else is a bug and keeps its trace. The commands are in the modules
`training.cli_*`; the work is in those that they import.
"""

from typing import Any

import click

from handler.errors import SklearnOnLambdaError
from training import cli_models, cli_package, cli_publish, cli_releases, cli_train
from training.console import person


class Commands(click.Group):
    """Commands whose foreseen failures end in one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SklearnOnLambdaError as error:
            person().print(f"{type(error).__name__}: {error}", style="red")
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Train a scikit-learn model, publish it to a registry, and say which version serves."""


for command in (
    cli_train.train,
    cli_package.package_command,
    cli_publish.publish_command,
    cli_models.list_command,
    cli_models.show,
    cli_models.demo,
    cli_models.serve,
    cli_releases.promote_command,
    cli_releases.rollback_command,
    cli_releases.history,
    cli_releases.verify,
    cli_releases.prune_command,
):
    main.add_command(command)
