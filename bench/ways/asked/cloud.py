"""A deployed stack to ask: requests, tables, a queue and a stream."""

from dataclasses import dataclass
from pathlib import Path

from ops import stack
from ops.commands import training
from ops.stack import Stack


@dataclass(frozen=True)
class Cloud:
    """The deployed stack, and the stream of Kinesis that it reads."""

    stack: Stack
    stream: str

    def serve(self, folder: Path) -> str:
        """Publish and promote the model of `folder`, and wait until the API answers by it; gives the version."""
        uri, environ = ["--model-uri", self.stack.outputs["ModelUri"]], self.stack.stand_in.environment()
        # It takes the place of another model, so the gate finds another contract.
        promoted = ["--promote", "--force", "--reason", "to ask it each way"]
        version: str = training("publish", str(folder), *promoted, *uri, env=environ)["version"]
        answer = stack.wait_for_version(self.stack.api, version, ask=stack.ask_for_model)
        if answer.headers.get("x-model-version") != version:
            raise RuntimeError(f"The stack does not serve {version}: {answer.status} {answer.body}")
        return version
