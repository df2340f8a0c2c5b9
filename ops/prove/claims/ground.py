"""What claims stand on: the run's stack, with a model that serves. Each step is taken when a claim first needs it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.commands import CommandFailed
from ops.http_client import Answer
from ops.prove.account import bounds
from ops.prove.account.caller import Caller
from ops.prove.account.deployed import Deployed, deployed
from ops.prove.account.names import tag_list
from ops.prove.account.project import Project
from ops.prove.account.roles import Roles
from ops.prove.account.waiting import until

SAMPLE = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})
SEEDS = (42, 7)
"""Of the two versions that are published: one to serve, one to be promoted later."""


class NotServing(Exception):
    """The deployed function answers no prediction; the message is what it answers."""


@dataclass
class Ground:
    """One run's stack, model and roles. `step` says on the terminal what is being done."""

    caller: Caller
    name: str
    prepared: Path
    step: Any = print
    roles: Roles = field(init=False)
    project: Project = field(init=False)
    _parameters: dict[str, str] = field(default_factory=dict)
    _versions: dict[int, str] = field(default_factory=dict)
    _promoted: str | None = None
    _failed: dict[str, CommandFailed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roles = Roles(self.caller, self.name)
        self.project = Project(self.caller, self.name, f"{self.name}-uploads-{self.caller.account}", self.prepared)

    def stack(self, architecture: str = "", snap_start: str = "") -> Deployed:
        """The stack with these parameters, deployed anew where it has others; by default as it is."""
        wanted = {
            "Architecture": architecture or self._parameters.get("Architecture", "x86_64"),
            "SnapStart": snap_start or self._parameters.get("SnapStart", "None"),
        }
        if wanted != self._parameters:
            if str(wanted) in self._failed:  # a deploy that failed fails again, and takes its time
                raise self._failed[str(wanted)]
            try:
                self._deploy(wanted)
            except CommandFailed as error:
                self._failed[str(wanted)] = error
                raise
            self._parameters = wanted
        return deployed(self.caller, self.name)

    def _deploy(self, wanted: dict[str, str]) -> None:
        self._make_uploads()
        self.step(f"sam build for {wanted['Architecture']}")
        folder = self.project.build(wanted["Architecture"])
        said = ", ".join(f"{name}={value}" for name, value in wanted.items())
        self.step(f"make check-deploy, sam deploy, make record-deploy: {said}")
        self.project.deploy(self.name, folder, fixed_parameters() | wanted)

    def version(self, number: int) -> str:
        """The first or the second version, published."""
        if number not in self._versions:
            stack = self.stack()
            self.step(f"train and publish version {number + 1}")
            folder = self.project.train(SEEDS[number])
            self._versions[number] = self.project.publish(folder, stack.model_uri)
        return self._versions[number]

    def promote(self, number: int) -> str:
        """Let a version serve; gives it."""
        version = self.version(number)
        if self._promoted != version:
            self.step(f"promote {version}")
            self.project.promote(version, self.stack().model_uri)
            self._promoted = version
        return version

    def serving(self, architecture: str = "", snap_start: str = "") -> Deployed:
        """The stack, answering predictions through its URL; raises NotServing."""
        stack = self.stack(architecture, snap_start)
        if self._promoted is None:
            self.promote(0)
        answer = until(
            lambda: predict(stack), lambda got: got.status == 200, self.caller.patience(bounds.SERVING_SECONDS) * 4
        )
        if answer.status != 200:
            raise NotServing(f"{answer.status} {str(answer.body)[:200]}")
        return stack

    def gone(self) -> None:
        """The stack was deleted by a claim, and nothing of it is to be used again."""
        self._parameters, self._versions, self._promoted, self._failed = {}, {}, None, {}
        self.roles.forget()

    def _make_uploads(self) -> None:
        s3, bucket = self.caller.client("s3"), self.project.uploads
        if bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
            return
        place = {} if self.caller.region == "us-east-1" else {"LocationConstraint": self.caller.region}
        s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": place} if place else {}))
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_list(self.name)})


def fixed_parameters() -> dict[str, str]:
    """The parameters that each deploy of a run has."""
    return {
        "ModelName": "iris",
        "ModelRefreshSeconds": "1",
        "MemorySize": str(bounds.MEMORY_MB),
        "LogRetentionDays": "1",
        "DailyQuota": str(bounds.DAILY_QUOTA),
        "CorsOrigins": bounds.PAGE,
        # Nothing is claimed of what watches a service, and a key that is deleted stays for a week.
        "Monitor": "disabled",
        "Alarms": "disabled",
    }


def predict(stack: Deployed) -> Answer:
    """The answer to the lesson's sample, at the URL."""
    return stack.api.ask("POST", "/predict", SAMPLE)
