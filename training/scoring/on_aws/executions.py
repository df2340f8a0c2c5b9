"""Executions of the stack's state machine: started under a name, watched, and told of in our words."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from training.account import DENIED_CODES, code_of, trouble_with_credentials, trouble_with_place
from training.errors import ScoringFailed

RUNNING = "RUNNING"
SUCCEEDED = "SUCCEEDED"

CAUSES = {
    "States.ExceedToleratedFailureThreshold": "a chunk failed for another reason than a throttle: the function cannot "
    "load the version, has a bug, or ran out of memory or time. Its log, /aws/lambda/…-batch, says which. Against the "
    "latter two help fewer --rows-per-part, or a stack with a larger MemorySize",
    "States.ItemReaderFailed": "Step Functions could not read the list of chunks: it is gone, or the state machine's "
    "role may not read it",
    "States.DataLimitExceeded": "there are more chunks than an output of Step Functions has room for: take more "
    "--rows-per-part",
    "States.Runtime": "its definition and its input do not fit together: deploy the stack from this checkout",
}
"""What the errors of Step Functions mean here (AWS Step Functions Developer Guide, "Handling errors in Step Functions
workflows")."""


@dataclass(frozen=True)
class Execution:
    """How an execution stands. `words` are what became of the chunks in the order of its list, if it succeeded."""

    arn: str
    status: str
    error: str | None = None
    words: tuple[str, ...] = ()

    def why(self) -> str:
        """Why it did not succeed, for a person."""
        if self.status == "ABORTED":
            return "it was stopped"
        if self.status == "TIMED_OUT":
            return "it took longer than the state machine allows"
        return CAUSES.get(self.error or "", f"Step Functions calls it {self.error or 'an unknown error'}")


class StateMachine:
    """The state machine of this ARN. What it raises is ScoringFailed."""

    def __init__(self, arn: str, client: Any | None = None) -> None:
        parts = arn.split(":")
        if len(parts) != 7 or parts[2] != "states" or parts[5] != "stateMachine" or not parts[6]:
            raise ScoringFailed(
                f"{arn!r} is no state machine: give the stack's output BatchStateMachineArn, which is there where the "
                "stack was deployed with Batches=enabled."
            )
        self.arn = arn
        self._client = client

    @property
    def client(self) -> Any:
        if self._client is None:
            retries = Config(retries={"mode": "standard", "total_max_attempts": 5})
            with self._own_errors("used"):
                self._client = boto3.Session().client("stepfunctions", config=retries)
        return self._client

    def execution_arn(self, name: str) -> str:
        """The ARN of the execution of this name, whether there is one or not."""
        return f"{self.arn.replace(':stateMachine:', ':execution:')}:{name}"

    def start(self, name: str, list_key: str) -> str:
        """Have the list of chunks under `list_key` scored; gives the ARN of the execution."""
        with self._own_errors("started"):
            answer = self.client.start_execution(
                stateMachineArn=self.arn, name=name, input=json.dumps({"list": list_key})
            )
        arn: str = answer["executionArn"]
        return arn

    def look(self, arn: str) -> Execution | None:
        """How an execution stands; None where there is none of this ARN."""
        with self._own_errors("asked"):
            try:
                answer = self.client.describe_execution(executionArn=arn)
            except ClientError as error:
                if code_of(error) == "ExecutionDoesNotExist":
                    return None
                raise
        return Execution(arn, answer["status"], answer.get("error"), _words(answer.get("output")))

    @contextlib.contextmanager
    def _own_errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError, ValueError) as error:
            text = trouble_with_credentials(error) or trouble_with_place(error) or self._said(error)
            if text is None and isinstance(error, ValueError):
                raise
            raise ScoringFailed(f"The state machine {self.arn} could not be {what}. {text or error}") from error

    def _said(self, error: Exception) -> str | None:
        code = code_of(error)
        if code in DENIED_CODES:
            return "You may not do that: it takes the policy of the stack's output ScorePolicyArn."
        if code in ("StateMachineDoesNotExist", "InvalidArn"):
            return "There is none of this name: give the output BatchStateMachineArn of a stack with Batches=enabled."
        if code == "ExecutionAlreadyExists":
            return "The same run was started before: go on with it by --resume."
        return None


def _words(output: str | None) -> tuple[str, ...]:
    try:
        words = json.loads(output or "[]")
    except ValueError:
        return ()
    return tuple(map(str, words)) if isinstance(words, list) else ()
