"""Lays out a package that `sam local` serves from with neither AWS nor a network: the built function, a registry in it.

    python -m ops.local_model        (`make local-model`)

SAM mounts the package at /var/task, so a registry below it is readable there; ops/local_environment.json points
the function at it, and samconfig.toml points `sam local` at both. It stands apart from `.aws-sam/build`, which
`sam deploy` would upload.
"""

import sys
import tempfile

from ops.commands import ROOT, architecture_flags, sam, training

PACKAGE = ROOT / ".aws-sam/local"
MODEL_ROOT = PACKAGE / "PredictFunction/registry/iris"


def prepare() -> str:
    """Build the function, train Iris, publish and promote it into the package; gives the version that serves."""
    sam("build", "--build-dir", str(PACKAGE.relative_to(ROOT)), *architecture_flags())
    with tempfile.TemporaryDirectory() as folder:
        training("train", "--out", folder)
        published = training(
            "publish", folder, "--promote", "--reason", "for sam local", "--model-uri", str(MODEL_ROOT)
        )
    version: str = published["version"]
    return version


if __name__ == "__main__":
    print(
        f"{prepare()} serves. Now: sam local invoke PredictFunction --event events/predict_features.json",
        file=sys.stderr,
    )
