"""The command line, `python -m training COMMAND`: which commands there are, and in which order they are shown.

Ends with 0, with 1 where the job failed, with 2 for bad usage; `drift` ends with 1 for drift alone, and with 2 where it
failed. A failure that this project foresees is one sentence; anything else is a bug and keeps its trace. The commands
do no work of their own beyond reading options and printing.
"""

import click

from training.cli import drift, models, package, releases, score, status, train
from training.cli.command import Commands, show_version

HEADINGS = {
    "Make a model": (train.train, package.package_command),
    "Release it": (releases.publish_command, releases.promote_command, releases.rollback_command),
    "Ask it": (score.score,),
    "Look at it": (status.status, drift.drift, models.list_command, models.show, releases.history, models.functions),
    "Look after it": (releases.verify, releases.prune_command),
    "Try it on this machine": (models.demo, models.serve),
}


@click.group(
    cls=Commands,
    headings=HEADINGS,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Print the version."
)
def main() -> None:
    """Make a scikit-learn model, publish it to a registry, and say which version serves.

    A model's registry is a folder or a place in S3. Each command that needs it takes --model-uri, or reads the variable
    MODEL_URI, which the file that `make deploy` or `make local-cloud` writes sets for you. COMMAND --help says more.
    """
