"""The project's own commands, as a person types them, but in the account that is meant: build, deploy, train, publish.

What takes long and is the same in every run (packages, trained models) is kept in a folder and used again.
"""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.commands import ROOT, build_elsewhere, environment, run, sam
from ops.prove.account import bounds
from ops.prove.account.caller import Caller
from ops.prove.account.names import tags

ALIAS = "production"


@dataclass(frozen=True)
class Project:
    """The checkout's commands for one run. `prepared` keeps what was built and trained."""

    caller: Caller
    name: str
    uploads: str
    prepared: Path

    def build(self, architecture: str) -> Path:
        """`sam build` for an architecture; gives the folder with the built template."""
        folder = self.prepared / architecture
        if not (folder / "template.yaml").exists():
            shutil.rmtree(folder, ignore_errors=True)
            build_elsewhere(folder, [f"Architecture={architecture}"], seconds=bounds.BUILD_SECONDS)
        return folder

    def train(self, seed: int) -> Path:
        """`python -m training train`; gives the folder with the model."""
        folder = self.prepared / f"trained-{seed}"
        if not (folder / "manifest.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            self._python("-m", "training", "train", "--out", str(folder), "--seed", str(seed))
        return folder

    def deploy(self, stack: str, folder: Path, parameters: dict[str, str]) -> None:
        """What `make check-deploy`, `sam deploy` and `make record-deploy` do, for a stack of this project."""
        overrides = [f"{key}={value}" for key, value in parameters.items()]
        package = ["--stack-name", stack, "--package", str(folder / "PredictFunction")]
        self._python("-m", "ops.deploy.check", *package, "--parameter-overrides", *overrides)
        self.sam_deploy(stack, folder / "template.yaml", "--parameter-overrides", *overrides)
        self._python("-m", "ops.deploy.record", *package)

    def sam_deploy(self, stack: str, template: Path, *flags: str) -> None:
        """`sam deploy`, with this run's tags and its own bucket for uploads in place of SAM's."""
        marks = [f"{key}={value}" for key, value in tags(self.name).items()]
        place = ["--stack-name", stack, "--template-file", str(template), "--region", self.caller.region]
        uploads = ["--no-resolve-s3", "--s3-bucket", self.uploads, "--s3-prefix", stack]
        quiet = ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
        words = [*place, *uploads, *quiet, "--capabilities", "CAPABILITY_IAM", "--tags", *marks, *flags]
        sam("deploy", *words, env=self.caller.environment(), seconds=bounds.DEPLOY_SECONDS)

    def sam_delete(self, stack: str) -> None:
        """`sam delete`, as a person ends a stack."""
        place = [
            "--stack-name",
            stack,
            "--region",
            self.caller.region,
            "--s3-bucket",
            self.uploads,
            "--s3-prefix",
            stack,
        ]
        sam("delete", "--no-prompts", *place, env=self.caller.environment(), seconds=bounds.DELETE_SECONDS)

    def publish(self, folder: Path, model_uri: str) -> str:
        """`python -m training publish`, without promoting; gives the version."""
        return str(self._training("publish", str(folder), "--model-uri", model_uri)["version"])

    def promote(self, version: str, model_uri: str) -> None:
        """`python -m training promote`: from now on this version serves."""
        self._training("promote", version, "--reason", f"by {self.name}", "--model-uri", model_uri)

    def _training(self, *words: str) -> Any:
        return json.loads(self._python("-m", "training", *words, "--json"))

    def _python(self, *words: str) -> str:
        variables = environment(self.caller.environment())
        return run([sys.executable, *words], env=variables, directory=ROOT, seconds=bounds.PUBLISH_SECONDS)
