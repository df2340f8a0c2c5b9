"""Builds a package with a registry inside it, from which `sam local` can serve with neither AWS nor a network.

    python -m ops.local_model [--engine sklearn|onnx]        (`make local-model ENGINE=…`)

SAM mounts the package at /var/task, so the function can read the registry there: ops/local_environment.json sets its
MODEL_URI, and samconfig.toml names both for `sam local`. The package is not in `.aws-sam/build`, which `sam deploy`
would upload.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from handler.engines.shipped import PACKAGES
from ops.commands import ROOT, build_elsewhere, machine_parameters, training

PACKAGE = ROOT / ".aws-sam/local"
REGISTRY = "PredictFunction/registry/iris"


def build(engine: str | None, package: Path) -> None:
    """`sam build` of the function in `package` with `engine`, one of PACKAGES; None for what SAM takes by itself."""
    parameters = [*machine_parameters(), *([f"Engine={engine}"] if engine else [])]
    build_elsewhere(package, parameters)


def prepare(engine: str | None = None) -> str:
    """Build the function, train Iris, publish and promote it in the package; gives the version that serves."""
    build(engine, PACKAGE)
    with tempfile.TemporaryDirectory() as folder:
        training("train", "--out", folder)
        published = training(
            *("publish", folder, "--promote", "--reason", "for sam local", "--model-uri", str(PACKAGE / REGISTRY))
        )
    version: str = published["version"]
    return version


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m ops.local_model", description="Build what `sam local` serves.")
    parser.add_argument("--engine", choices=[*PACKAGES], help="what the package runs the model with")
    version = prepare(parser.parse_args().engine)
    print(
        f"{version} serves. Now: sam local invoke PredictFunction --event events/predict_features.json",
        file=sys.stderr,
    )
