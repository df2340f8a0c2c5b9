"""Each of the stack's policies for people and CI allows what it is for, and nothing else."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ops.prove.account import bounds
from ops.prove.account.asked import asked
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, call
from ops.prove.claims.ground import Ground

Act = Callable[[Any, str, str, str], object]

POLICIES = {
    "reader": "ReadPolicyArn",
    "publisher": "PublishPolicyArn",
    "promoter": "PromotePolicyArn",
    "deployer": "DeployPolicyArn",
    "observer": "ObservePolicyArn",
}
ALLOWED: Mapping[str, set[str]] = {
    "reader": set(),
    "publisher": {"write a version"},
    "promoter": {"write an alias"},
    "deployer": {"write this stack's record"},
    "observer": set(),
}
OTHER = "other/aliases/production.json"
PRODUCTION = "aliases/production.json"


def _again(s3: Any, bucket: str, source: str, target: str) -> object:
    """Write a sound file to another place, so that nothing that reads the registry stumbles over it."""
    held = s3.get_object(Bucket=bucket, Key=source)
    condition = {"IfMatch": held["ETag"]} if source == target else {"IfNoneMatch": "*"}
    return s3.put_object(Bucket=bucket, Key=target, Body=held["Body"].read(), **condition)


ACTS: Mapping[str, Act] = {
    "write a version": lambda s3, bucket, model, _: s3.put_object(
        Bucket=bucket, Key=f"{model}/versions/20260101T000000Z-00000000/model.joblib", Body=b"", IfNoneMatch="*"
    ),
    "write an alias": lambda s3, bucket, model, _: _again(
        s3, bucket, f"{model}/{PRODUCTION}", f"{model}/aliases/staging.json"
    ),
    "write this stack's record": lambda s3, bucket, model, stack: _again(
        s3, bucket, f"{model}/functions/{stack}.json", f"{model}/functions/{stack}.json"
    ),
    "write another stack's record": lambda s3, bucket, model, _: s3.put_object(
        Bucket=bucket, Key=f"{model}/functions/other.json", Body=b"{}", IfNoneMatch="*"
    ),
    "write another model's version": lambda s3, bucket, *_: s3.put_object(
        Bucket=bucket, Key="other/versions/1/model.joblib", Body=b"", IfNoneMatch="*"
    ),
    "read another model": lambda s3, bucket, *_: s3.get_object(Bucket=bucket, Key=OTHER),
    "list another model": lambda s3, bucket, *_: s3.list_objects_v2(Bucket=bucket, Prefix="other/"),
    "delete an alias": lambda s3, bucket, model, _: s3.delete_object(Bucket=bucket, Key=f"{model}/{PRODUCTION}"),
    "delete a version": lambda s3, bucket, model, _: s3.delete_object(
        Bucket=bucket, Key=f"{model}/versions/20260101T000000Z-00000000/model.joblib"
    ),
    "delete the bucket's policy": lambda s3, bucket, *_: s3.delete_bucket_policy(Bucket=bucket),
}


def look(ground: Ground) -> list[Seen]:
    """Have a role of each policy do every act."""
    stack = ground.serving()
    wait = ground.caller.patience(bounds.IAM_SECONDS)
    # Something to be refused: without it "denied" could mean "not there".
    asked(lambda: ground.caller.client("s3").put_object(Bucket=stack.bucket, Key=OTHER, Body=b"{}", IfNoneMatch="*"))
    seen = []
    for role, policy in POLICIES.items():
        s3 = ground.caller.client("s3", ground.roles.with_policy(role, stack.outputs[policy]))
        read = partial(s3.get_object, Bucket=stack.bucket, Key=f"{stack.model}/{PRODUCTION}")
        came = until(partial(asked, read), lambda came: came.code == "OK", wait)
        seen.append(call(f"{role}: read its model", came, 200, "OK"))
        for act, do in ACTS.items():
            tried = partial(asked, partial(do, s3, stack.bucket, stack.model, stack.name))
            allowed = act in ALLOWED[role]
            # What is allowed may be refused until IAM knows of it everywhere. What is refused is tried once.
            came = until(tried, lambda came: came.code == "OK", wait if allowed else 0)
            status, code = (200, "OK") if allowed else (403, "AccessDenied")
            seen.append(call(f"{role}: {act}", came, status, code))
    return seen


CLAIM = Claim(
    name="rights",
    sentence="Reader, publisher, promoter, deployer and observer may each do what they are for, and nothing else.",
    why="A stand-in has an IAM of its own; AWS's is the one that counts.",
    how="five roles, each with one of the stack's policies, try ten acts each",
    calls={
        "iam:role": 3 * len(POLICIES),
        "sts:AssumeRole": len(POLICIES) * bounds.POLLS,
        "s3:GetObject": len(POLICIES) * (bounds.POLLS + 4),
        "s3:PutObject": len(POLICIES) * len(ACTS),
        "s3:ListObjects": len(POLICIES),
    },
    seconds=60,
    look=look,
)
