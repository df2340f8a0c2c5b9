"""Sends 20,000 messages to a stack in a stand-in for AWS, for several sizes of a batch, and says what became of them.

    python -m tests.e2e.deploy.streams [--messages 20000] [--batches 10,100,1000] [--killers 2]

Prints a table, and ends with 1 where a message was lost or an answer was not that of POST /predict. A killer ends the
function's process, so that the messages that were read with it come again too, and may be given up with it.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops import aws_stand_in, stack
from ops.commands import step, training
from ops.stack import Stack
from tests.e2e.deploy.streams import brittle_model
from tests.e2e.deploy.streams.messages import answers_of_api, plan
from tests.e2e.deploy.streams.soak import Soaked, soak, warm_up

WARM_UP_SECONDS, SOAK_SECONDS = 300.0, 1800.0
COLUMNS = ("batch", "messages", "seconds", "a second", "answered", "twice", "given up", "lost", "differ")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Stack, str]]:
    """A stack with a queue that serves the brittle model, and the model's version."""
    with aws_stand_in.running(folder / "aws") as stand_in:
        with step("Building and deploying"):
            stack.build()
            # The API is asked for all answers too, and faster than by default it may be.
            stack.deploy(stand_in, parameters=("Queue=enabled", "ThrottleRate=1000", "ThrottleBurst=1000"))
        deployed = stack.deployed_stack(stand_in)
        uri, env = ["--model-uri", deployed.outputs["ModelUri"]], stand_in.environment()
        with step("Publishing"):
            version = training("publish", str(brittle_model.package(folder / "model")), *uri, env=env)["version"]
            training("promote", version, "--reason", "a soak", *uri, env=env)
        stack.wait_for_version(deployed.api, version)
        yield deployed, version


def set_batch_size(deployed: Stack, messages: int) -> None:
    """Have Lambda read so many messages at once."""
    client = deployed.stand_in.client("lambda")
    found = client.list_event_source_mappings(FunctionName=deployed.outputs["StreamFunctionName"])
    (mapping,) = [each for each in found["EventSourceMappings"] if ":sqs:" in each["EventSourceArn"]]
    client.update_event_source_mapping(UUID=mapping["UUID"], BatchSize=messages)


def row(batch: int, soaked: Soaked, differing: int) -> str:
    """A line of the table."""
    given_up = ", ".join(f"{count} {kind}" for kind, count in sorted(soaked.kinds_given_up().items()))
    messages, twice = len(soaked.ids), len(soaked.answers) - len(soaked.by_id)
    told = (batch, messages, f"{soaked.seconds:.0f}", f"{messages / soaked.seconds:.0f}", len(soaked.by_id), twice)
    return f"| {' | '.join(map(str, (*told, given_up, len(soaked.lost), differing)))} |"


def main(messages: int, batches: list[int], killers: int) -> int:
    """Soak the stack once for each size of a batch; gives the status to end with."""
    planned, wrong = plan(messages, killers), 0
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}", flush=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (deployed, version):
        expected = answers_of_api(deployed.api, planned)
        for batch in batches:
            set_batch_size(deployed, batch)
            sound = [each for each in planned if each.kind == "sound"][:100]
            if not warm_up(deployed, sound, version, WARM_UP_SECONDS):
                raise SystemExit("The function does not answer the first messages.")
            soaked = soak(deployed, planned, SOAK_SECONDS)
            differing = len(soaked.differing(expected)) + len(soaked.differing_duplicates)
            wrong += len(soaked.lost) + differing
            print(row(batch, soaked, differing), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.deploy.streams")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--batches", type=lambda text: [*map(int, text.split(","))], default=[10, 100, 1000])
    parser.add_argument("--killers", type=int, default=2)
    sys.exit(main(**vars(parser.parse_args())))
