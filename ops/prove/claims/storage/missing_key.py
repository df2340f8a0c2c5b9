"""A key that is not there: 404 for whoever may list, 403 for whoever may not. `alias_not_set` depends on it."""

from functools import partial

from ops.prove.account import bounds
from ops.prove.account.asked import Asked, asked
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, call
from ops.prove.claims.ground import Ground


def look(ground: Ground) -> list[Seen]:
    """Read a missing key by the read policy, and by a role that may read objects and not list."""
    stack = ground.serving()
    arn = f"arn:{ground.caller.partition}:s3:::{stack.bucket}"
    wait = ground.caller.patience(bounds.IAM_SECONDS)
    there, missing = f"{stack.model}/aliases/production.json", f"{stack.model}/aliases/nowhere.json"
    reader = ground.roles.with_policy("reader", stack.outputs["ReadPolicyArn"])
    unlisting = ground.roles.with_statement("unlisting", ("s3:GetObject",), f"{arn}/*")
    seen = []
    for name, role, status, code in (
        ("the stack's read policy", reader, 404, "NoSuchKey"),
        ("a role without s3:ListBucket", unlisting, 403, "AccessDenied"),
    ):
        s3 = ground.caller.client("s3", role)
        allowed = partial(asked, partial(s3.get_object, Bucket=stack.bucket, Key=there))
        refused = partial(asked, partial(s3.get_object, Bucket=stack.bucket, Key=missing))
        came = until(allowed, lambda came: came.code == "OK", wait)
        seen.append(call(f"GetObject of a key that is there, by {name}", came, 200, "OK"))
        came = until(refused, partial(_is, code), wait)
        seen.append(call(f"GetObject of a missing key, by {name}", came, status, code))
    return seen


def _is(code: str, came: Asked) -> bool:
    return came.code == code


CLAIM = Claim(
    name="missing-key",
    sentence="With the read policy a missing key is 404, so that 'nothing promoted' differs from 'not allowed'.",
    why="The stand-in answers 404 to everybody.",
    how="two roles read a key that is there and one that is not",
    calls={"s3:GetObject": 4 * bounds.POLLS, "iam:role": 6, "sts:AssumeRole": 2 * bounds.POLLS},
    seconds=40,
    look=look,
)
