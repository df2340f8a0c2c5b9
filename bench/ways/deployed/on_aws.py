"""Ways that ask the deployed stack for requests and tables."""

import sys
import tempfile
from pathlib import Path

from bench.ways.asked.question import Question
from bench.ways.asked.tables import KEY, flattened, read_parts, write_csv
from bench.ways.asked.way import Counted, Ground, of_requests, of_rows
from bench.ways.deployed.messages import cloud_of
from bench.ways.here.requests import posted
from bench.ways.here.scores import ROWS_PER_PART
from ops.commands import environment, run


def by_url(question: Question, ground: Ground) -> Counted:
    """The API's URL, through the gateway."""
    return of_requests(question, posted(cloud_of(ground).stack.api, question))


def by_state_machine(question: Question, ground: Ground) -> Counted:
    """`score --on-aws`: chunks in the bucket, scored by the function for chunks."""
    stack = cloud_of(ground).stack
    with tempfile.TemporaryDirectory() as temporary:
        table, out = Path(temporary) / "rows.csv", Path(temporary) / "scored"
        write_csv(question, table)
        command = [sys.executable, "-m", "training", "score", str(table), "--on-aws", "--out", str(out)]
        given = ["--model-uri", stack.outputs["ModelUri"], "--keep", KEY, "--rows-per-part", str(ROWS_PER_PART)]
        machine = ["--state-machine", stack.outputs["BatchStateMachineArn"]]
        run([*command, *given, *machine], env=environment(stack.stand_in.environment()))
        found = read_parts(out, flattened(question))
    return of_rows(flattened(question), found)
