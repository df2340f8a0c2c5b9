"""Deletes what a run has made. Each thing by itself: one that resists does not keep the others."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.prove.account import bounds
from ops.prove.account.caller import Caller
from ops.prove.account.leftovers import EVERY_KIND, Leftover, leftovers

ROUNDS = 3
"""What is made in the moment in which it is looked for is found by the next round."""

Say = Callable[[str], None]


def delete(caller: Caller, things: list[Leftover], say: Say) -> None:
    """Delete these alone, in their order."""
    for each in things:
        _delete(caller, each, say)


def delete_all(caller: Caller, run: str | None, say: Say) -> list[Leftover]:
    """Delete everything of the run, or of all runs, and what appears late; gives what is still there."""
    _delete_rounds(caller, run, say)
    seconds = bounds.LATE_SECONDS if caller.is_aws else bounds.STAND_IN_LATE_SECONDS
    say(f"Looking again in {seconds} s: a request that is still running writes its log when it ends.")
    time.sleep(seconds)
    return _delete_rounds(caller, run, say)


def _delete_rounds(caller: Caller, run: str | None, say: Say) -> list[Leftover]:
    left: list[Leftover] = []
    for _ in range(ROUNDS):
        for kind in EVERY_KIND:  # each looked for in its turn: a stack takes much of what comes after it along
            delete(caller, leftovers(caller, run, (kind,)), say)
        left = leftovers(caller, run, EVERY_KIND)
        if not left:
            break
    return left


def _delete(caller: Caller, thing: Leftover, say: Say) -> None:
    try:
        DELETERS[thing.kind](caller, thing.id)
    except (ClientError, BotoCoreError, TimeoutError) as error:
        say(f"{thing} could not be deleted: {error}")
    else:
        say(f"Deleted: {thing}")


def _usage_plan(caller: Caller, plan_id: str) -> None:
    gateway = caller.client("apigateway")
    for stage in gateway.get_usage_plan(usagePlanId=plan_id).get("apiStages", []):
        away = {"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"}
        gateway.update_usage_plan(usagePlanId=plan_id, patchOperations=[away])
    gateway.delete_usage_plan(usagePlanId=plan_id)


def _api_key(caller: Caller, key_id: str) -> None:
    caller.client("apigateway").delete_api_key(apiKey=key_id)


def _role(caller: Caller, name: str) -> None:
    iam = caller.client("iam")
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=inline)
    iam.delete_role(RoleName=name)


def _stack(caller: Caller, name: str) -> None:
    """Delete a stack in whatever state it is, once nothing is being made of it: what is made meanwhile could stay."""
    client = caller.client("cloudformation")
    deadline = time.monotonic() + bounds.DEPLOY_SECONDS + bounds.DELETE_SECONDS
    ordered = False
    while (status := _status(client, name)) is not None:
        busy = status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
        if not busy:
            if ordered and status == "DELETE_FAILED":
                raise TimeoutError(f"CloudFormation says {status}: look at the stack's events")
            client.delete_stack(StackName=name)
            ordered = True
        if time.monotonic() > deadline:
            raise TimeoutError(f"it is still {status}")
        time.sleep(bounds.POLL_SECONDS if caller.is_aws else 0.3)


def _status(client: Any, name: str) -> str | None:
    try:
        status: str = client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if status == "DELETE_COMPLETE" else status


def _bucket(caller: Caller, name: str) -> None:
    """Delete a bucket with every version, delete marker and unfinished upload in it."""
    s3 = caller.client("s3")
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=name):
        for upload in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        every = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if every:
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in every]
            s3.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True})
    s3.delete_bucket(Bucket=name)


def _log_group(caller: Caller, name: str) -> None:
    caller.client("logs").delete_log_group(logGroupName=name)


DELETERS: dict[str, Callable[[Caller, str], None]] = {
    "usage plan": _usage_plan,
    "api key": _api_key,
    "role": _role,
    "stack": _stack,
    "bucket": _bucket,
    "log group": _log_group,
}
