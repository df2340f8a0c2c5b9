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
from pathlib import Path

from handler.engines.shipped import DEFAULT_PACKAGE, PACKAGES
from ops import aws_stand_in, stack
from ops.aws_stand_in import NotStarted, StandIn
from ops.commands import ROOT, CommandFailed, ToolMissing, machine_parameters, step, training
from ops.deploy.described import NotDescribed
from ops.deploy.environment import Reached, environment_file, example_row, how_to_go_on, reached
from ops.deploy.plan import configuration, merged, model_name
from ops.stack import Stack

DIRECTORY = ROOT / ".aws-sam/local-cloud"
ENVIRONMENT = DIRECTORY / "environment"
SAMPLE = '{"features": [6.0, 2.5, 4.5, 1.5]}'
TRAINED = "iris"
"""The model that is trained where nothing serves; another is somebody's own, and published from its folder."""


def up(port: int, name: str | None, folder: Path | None, engine: str | None) -> None:
    """Get to a running stack whose URL answers predictions, whatever already runs; raises NotDescribed."""
    parameters = overrides(name, folder, engine)
    with step(f"Starting a stand-in for AWS on https://localhost:{port} (ministack; TLS, IAM enforced)"):
        stand_in = aws_stand_in.find(DIRECTORY) or fresh(port)
    with step("sam build"):
        stack.build(engine=engine or stack.engine_of(stand_in) or DEFAULT_PACKAGE)
    with step("make check-deploy"):
        stack.check(stand_in, parameters=parameters)
    with step("sam deploy"):
        stack.deploy(stand_in, parameters=parameters)
        deployed = stack.deployed_stack(stand_in)
    with step("make record-deploy"):
        stack.record(stand_in)
    write_environment(deployed)
    if folder is not None:
        publish(deployed, folder)
    elif deployed.outputs["ModelUri"].endswith(f"/{TRAINED}"):
        have_iris_answer(deployed)
    say(f"\n{last_lines(deployed)}")


def overrides(name: str | None, folder: Path | None, engine: str | None) -> tuple[str, ...]:
    """The parameters that change what samconfig.toml's [default] says; none where nothing does. Raises NotDescribed."""
    if folder is not None and name is None:
        raise NotDescribed(f"Say which model {folder} is of, with MODEL_NAME=.")
    if folder is not None and not folder.is_dir():
        raise NotDescribed(
            f"MODEL={folder} is no folder: give the one that `python -m training package` or `train` wrote."
        )
    named = {"ModelName": name and model_name(name), "Engine": engine}
    given = [*machine_parameters(), *(f"{parameter}={value}" for parameter, value in named.items() if value)]
    return tuple(merged(given, configuration("default"))) if given else ()


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


def publish(deployed: Stack, folder: Path) -> None:
    """Publish and promote the folder's model, and wait until the function serves it."""
    uri, environ = ["--model-uri", deployed.outputs["ModelUri"]], deployed.stand_in.environment()
    with step(f'python -m training publish {folder} --promote --reason "first version"'):
        done = training("publish", str(folder), "--promote", "--reason", "first version", *uri, env=environ)
    with step("Waiting for the function to load it"):
        serves = stack.wait_for_version(deployed.api, done["version"], ask=stack.ask_for_model)
    say(f"GET /model: {serves.status} {done['version']}")


def have_iris_answer(deployed: Stack) -> None:
    """Train Iris where nothing serves, and ask for a prediction; raises SystemExit where there is none."""
    health = deployed.api.ask("GET", "/health")
    say(f"GET /health: {health.status} {json.dumps(health.body)}")
    if health.status != 200:
        with step("python -m training train, publish, promote"), tempfile.TemporaryDirectory() as temporary:
            version = stack.publish(deployed, Path(temporary) / "iris", reason="the first model of a local cloud")
        say(f"{version} serves.")
    with step("Waiting for the function to load it"):
        answer = stack.wait_for(lambda: stack.predict(deployed.api), 200)
    say(f"POST /predict {SAMPLE}: {answer.status}")
    print(json.dumps(answer.body, indent=2))
    if answer.status != 200:
        raise SystemExit(1)


def shell(deployed: Stack) -> Reached:
    """The stack as the tools in a shell reach it."""
    return reached(stack.NAME, deployed.outputs, deployed.stand_in.environment())


def write_environment(deployed: Stack) -> None:
    """Write the variables that make `aws`, `sam` and `python -m training` in a shell use this stack."""
    keys = "".join(f"export {name}={value}\n" for name, value in aws_stand_in.ROOT_CREDENTIALS.environment().items())
    ENVIRONMENT.write_text(keys + environment_file(shell(deployed), deployed.api_key), encoding="utf-8")


def last_lines(deployed: Stack) -> str:
    """How to go on: as after a deploy to AWS, and then what is so here alone."""
    reachable = shell(deployed)
    row = example_row(reachable, deployed.api_key)
    return (
        f"{how_to_go_on(reachable, ENVIRONMENT, row)}\n\n"
        f"The log is {deployed.stand_in.log.relative_to(ROOT)}. `make local-cloud` deploys your changes, "
        "`make local-cloud-down` ends it."
    )


def say(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.local_cloud", description="An AWS of your own.")
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--port", type=int, default=4566, help="the port of the stand-in (default: 4566)")
    parser.add_argument("--model-name", metavar="NAME", help="the model to serve (default: the one that it serves)")
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="a packaged or trained model to publish")
    parser.add_argument("--engine", choices=[*PACKAGES], help="what the function runs models with (default: as it is)")
    given = parser.parse_args()
    try:
        up(given.port, given.model_name, given.model, given.engine) if given.action == "up" else down()
    except KeyboardInterrupt:
        raise SystemExit(
            "\nInterrupted. `make local-cloud` goes on from here, `make local-cloud-down` ends it."
        ) from None
    except (CommandFailed, ToolMissing, NotStarted, NotDescribed) as error:
        raise SystemExit(f"\n{error}") from None


if __name__ == "__main__":
    main()
