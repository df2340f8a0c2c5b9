"""Finds what a run has in the account, by its name, and by its tag where something is called otherwise."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.prove.account.caller import Caller
from ops.prove.account.names import RUN, run_of


@dataclass(frozen=True, order=True)
class Leftover:
    """One thing: its kind, its name for people, and the id by which it is deleted."""

    run: str
    kind: str
    name: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def tagged(caller: Caller, run: str) -> list[str]:
    """The ARNs that bear the run's tag. AWS shows what is gone for a while, so this is told and not acted upon."""
    client = caller.client("resourcegroupstaggingapi")
    try:
        pages = client.get_paginator("get_resources").paginate(TagFilters=[{"Key": "prove", "Values": [run]}])
        return sorted(each["ResourceARN"] for page in pages for each in page["ResourceTagMappingList"])
    except (ClientError, BotoCoreError):  # a right that only this needs
        return []


Found = Iterator[tuple[str, str, str | None]]
"""Name, id, and the run by its tag."""


def _owned(found: Found) -> Iterator[tuple[str, str, str]]:
    for name, identity, tag in found:
        owner = run_of(name) or (tag if tag is not None and RUN.fullmatch(tag) else None)
        if owner is not None:
            yield owner, name, identity


def _usage_plans(caller: Caller) -> Found:
    for plan in _listed(caller, "apigateway", "get_usage_plans", "items"):
        # A plan that CloudFormation made goes with its stack.
        if "aws:cloudformation:stack-name" not in plan.get("tags", {}):
            yield plan.get("name", ""), plan["id"], plan.get("tags", {}).get("prove")


def _api_keys(caller: Caller) -> Found:
    for key in _listed(caller, "apigateway", "get_api_keys", "items"):
        if "aws:cloudformation:stack-name" not in key.get("tags", {}):
            yield key.get("name") or "", key["id"], key.get("tags", {}).get("prove")


def _roles(caller: Caller) -> Found:
    for role in _listed(caller, "iam", "list_roles", "Roles"):
        # A role that CloudFormation made for a stack goes with it: its name has the resource's in it.
        if not any(made in role["RoleName"] for made in ("-PredictRole-", "-PreflightRole-", "-PlainRole-")):
            yield role["RoleName"], role["RoleName"], None


def _stacks(caller: Caller) -> Found:
    for stack in _listed(caller, "cloudformation", "describe_stacks", "Stacks"):
        if stack["StackStatus"] != "DELETE_COMPLETE":
            marks = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
            yield stack["StackName"], stack["StackName"], marks.get("prove")


def _buckets(caller: Caller) -> Found:
    for bucket in caller.client("s3").list_buckets()["Buckets"]:
        yield bucket["Name"], bucket["Name"], None


def _log_groups(caller: Caller) -> Found:
    for group in _listed(caller, "logs", "describe_log_groups", "logGroups", logGroupNamePrefix="/aws/lambda/prove-"):
        yield group["logGroupName"], group["logGroupName"], None


def _listed(caller: Caller, service: str, call: str, key: str, **arguments: Any) -> list[Any]:
    pages = caller.client(service).get_paginator(call).paginate(**arguments)
    return [each for page in pages for each in page[key]]


@dataclass(frozen=True)
class Kind:
    """A kind of thing, and how all of it in the account is listed."""

    name: str
    listed: Callable[[Caller], Found]


USAGE_PLANS, API_KEYS = Kind("usage plan", _usage_plans), Kind("api key", _api_keys)
ROLES, STACKS = Kind("role", _roles), Kind("stack", _stacks)
BUCKETS, LOG_GROUPS = Kind("bucket", _buckets), Kind("log group", _log_groups)
EVERY_KIND = (USAGE_PLANS, API_KEYS, ROLES, STACKS, BUCKETS, LOG_GROUPS)
"""In the order in which they have to go: what a role or a plan holds on to keeps a stack from being deleted."""


def leftovers(caller: Caller, run: str | None = None, kinds: Sequence[Kind] = EVERY_KIND) -> list[Leftover]:
    """Everything of the run, or of all runs, in the order in which it has to go."""
    return [
        Leftover(owner, kind.name, name, identity)
        for kind in kinds
        for owner, name, identity in _owned(kind.listed(caller))
        if run in (None, owner)
    ]
