"""Deploys the stack to a stand-in for AWS on this machine, publishes a model, and asks the URL for a prediction.

    python -m ops.local_cloud up | down        (`make local-cloud`, `make local-cloud-down`)

It takes the steps that a user takes on AWS, with the same commands, and leaves everything running. Run `up` again to
deploy what changed.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops import aws_stand_in, stack
from ops.aws_stand_in import NotStarted, StandIn
from ops.commands import ROOT, CommandFailed, ToolMissing
from ops.stack import Stack

DIRECTORY = ROOT / ".aws-sam/local-cloud"
ENVIRONMENT = DIRECTORY / "environment"
SAMPLE = '{"features": [6.0, 2.5, 4.5, 1.5]}'


def up(port: int) -> None:
    """Get to a running stack whose URL answers predictions, whatever already runs."""
    with step(f"Starting a stand-in for AWS on https://localhost:{port} (ministack; TLS, IAM enforced)"):
        stand_in = aws_stand_in.find(DIRECTORY) or fresh(port)
    with step("sam build"):
        stack.build()
    with step("make check-deploy"):
        stack.check(stand_in)
    with step("sam deploy"):
        stack.deploy(stand_in)
        deployed = stack.deployed_stack(stand_in)
    with step("make record-deploy"):
        stack.record(stand_in)
    write_environment(deployed)
    health = deployed.api.ask("GET", "/health")
    say(f"GET /health: {health.status} {json.dumps(health.body)}")
    if health.status != 200:
        with step("python -m training train, publish, promote"), tempfile.TemporaryDirectory() as folder:
            version = stack.publish(deployed, Path(folder) / "iris", reason="the first model of a local cloud")
        say(f"{version} serves.")
    with step("Waiting for the function to load it"):
        answer = stack.wait_for(lambda: stack.predict(deployed.api), 200)
    say(f"POST /predict {SAMPLE}: {answer.status}")
    print(json.dumps(answer.body, indent=2))
    say(how_to_go_on(deployed))
    if answer.status != 200:
        raise SystemExit(1)


def fresh(port: int) -> StandIn:
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    return aws_stand_in.start(DIRECTORY, port)


def down() -> None:
    """End the stand-in and delete everything in it."""
    stand_in = aws_stand_in.find(DIRECTORY)
    if stand_in is not None:
        stand_in.stop()
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    say("The local cloud is gone." if stand_in else "No local cloud was running.")


def write_environment(deployed: Stack) -> None:
    """Write the variables that make `aws`, `sam` and `python -m training` in a shell use this stack."""
    values = deployed.stand_in.environment() | {
        "MODEL_URI": deployed.outputs["ModelUri"],
        "API_URL": deployed.url,
        "API_KEY": deployed.api_key,
        "CURL_CA_BUNDLE": str(deployed.stand_in.certificate),
    }
    ENVIRONMENT.write_text("".join(f"export {name}={value}\n" for name, value in values.items()))


def how_to_go_on(deployed: Stack) -> str:
    return f"""
It keeps running. In your own shell:

  . {ENVIRONMENT.relative_to(ROOT)}
  curl -H "x-api-key: $API_KEY" -H 'Content-Type: application/json' -d '{SAMPLE}' "$API_URL/predict"
  .venv/bin/python -m training list
  .tools/sam/bin/sam list stack-outputs --stack-name {stack.NAME}

The URL is {deployed.url}
and its log {deployed.stand_in.log.relative_to(ROOT)}.
`make local-cloud` deploys your changes, `make local-cloud-down` ends it."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and then how long it took."""
    print(f"{what} …", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    yield
    print(f" {time.monotonic() - began:.1f} s", file=sys.stderr)


def say(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.local_cloud", description="An AWS of your own.")
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--port", type=int, default=4566)
    arguments = parser.parse_args()
    try:
        up(arguments.port) if arguments.action == "up" else down()
    except (CommandFailed, ToolMissing, NotStarted) as error:
        raise SystemExit(f"\n{error}") from None


if __name__ == "__main__":
    main()
