"""The command line, `python -m training COMMAND`: which commands there are, and how a failure is reported.

Ends with 0, with 1 where the job failed, with 2 for bad usage. A failure that this project foresees is one sentence;
anything else is a bug and keeps its trace. The commands do no work of their own beyond reading options and printing.
"""

from typing import Any

import click

from handler.errors.base import SklearnOnLambdaError
from training.cli import functions, models, package, publish, releases, train
from training.console import person


class Commands(click.Group):
    """Commands whose foreseen failures end in one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SklearnOnLambdaError as error:
            person().print(f"{type(error).__name__}: {error}", style="red")
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
def main() -> None:
    """Train a scikit-learn model, publish it to a registry, and say which version serves."""


for command in (
    train.train,
    package.package_command,
    publish.publish_command,
    models.list_command,
    models.show,
    models.demo,
    models.serve,
    releases.promote_command,
    releases.rollback_command,
    releases.history,
    releases.verify,
    releases.prune_command,
    functions.functions,
):
    main.add_command(command)
