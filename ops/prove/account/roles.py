"""Temporary roles, each with one policy of the stack or one statement, which the caller takes on by STS.

Another account cannot take them on, and nobody of this one who does not know the run's random word.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ops.prove.account import bounds
from ops.prove.account.asked import Asked, asked
from ops.prove.account.caller import Caller, Temporary
from ops.prove.account.names import tag_list
from ops.prove.account.waiting import until

SECONDS = 3600
"""The longest time for which one role may be assumed by another; the claims that need roles are done by then."""


class RoleNotUsable(Exception):
    """A role could not be taken on within the time that IAM has for it."""


@dataclass
class Roles:
    """The roles of one run, made when they are first needed. `leftovers` finds them by their names."""

    caller: Caller
    name: str
    _word: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    _made: dict[str, Temporary] = field(default_factory=dict, repr=False)

    def with_policy(self, role: str, policy_arn: str) -> Temporary:
        """A role that has one managed policy and nothing else."""
        return self._made.get(role) or self._make(role, policy_arn=policy_arn)

    def with_statement(self, role: str, actions: Sequence[str], resource: str) -> Temporary:
        """A role that may do these acts on this resource and nothing else."""
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
        return self._made.get(role) or self._make(role, statement=allowed)

    def forget(self) -> None:
        """They were deleted, and are made anew when they are needed again."""
        self._made.clear()

    def _make(self, role: str, policy_arn: str | None = None, statement: Any = None) -> Temporary:
        iam, name = self.caller.client("iam"), f"{self.name}-{role}"
        root = f"arn:{self.caller.partition}:iam::{self.caller.account}:root"
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": root},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": self._word}},
        }
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust), Tags=tag_list(self.name))
        if policy_arn is not None:
            iam.attach_role_policy(RoleName=name, PolicyArn=policy_arn)
        if statement is not None:
            iam.put_role_policy(RoleName=name, PolicyName="prove", PolicyDocument=_document(statement))
        taken = until(
            lambda: self._take_on(made["Role"]["Arn"]),
            lambda got: got.code == "OK",
            self.caller.patience(bounds.IAM_SECONDS),
        )
        if taken.code != "OK":
            raise RoleNotUsable(
                f"The role {name} could not be assumed within {bounds.IAM_SECONDS} s: STS answers {taken}. Run this "
                "as a user or a role that may use sts:AssumeRole; the account's root may not."
            )
        got = taken.answer["Credentials"]
        self._made[role] = Temporary(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
        return self._made[role]

    def _take_on(self, arn: str) -> Asked:
        sts = self.caller.client("sts")
        return asked(
            lambda: sts.assume_role(
                RoleArn=arn, RoleSessionName=self.name, ExternalId=self._word, DurationSeconds=SECONDS
            )
        )


def _document(statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
