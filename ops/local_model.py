"""Builds a package with a registry inside it, from which `sam local` can serve with neither AWS nor a network.

    python -m ops.local_model        (`make local-model`)

SAM mounts the package at /var/task, so the function can read the registry there: ops/local_environment.json sets its
MODEL_URI, and samconfig.toml names both for `sam local`. The package is not in `.aws-sam/build`, which `sam deploy`
would upload.
"""

import sys
import tempfile

from ops.commands import ROOT, architecture_flags, sam, training

PACKAGE = ROOT / ".aws-sam/local"
MODEL_ROOT = PACKAGE / "PredictFunction/registry/iris"


def prepare() -> str:
    """Build the function, train Iris, publish and promote it in the package; gives the version that serves."""
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
