"""The bucket refuses plain HTTP."""

from ops.prove.account import bounds
from ops.prove.account.asked import asked
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, call
from ops.prove.claims.ground import Ground


def look(ground: Ground) -> list[Seen]:
    """Read the alias over HTTPS, then the same over HTTP, by a role that may read it."""
    stack = ground.serving()
    # A role's, and not the caller's own credentials: over plain HTTP its session token is readable on the way.
    role = ground.roles.with_policy("reader", stack.outputs["ReadPolicyArn"])
    secure = ground.caller.client("s3", role)
    address = secure.meta.endpoint_url.replace("https://", "http://", 1)
    plain = ground.caller.client("s3", role, endpoint_url=address)
    key = {"Bucket": stack.bucket, "Key": f"{stack.model}/aliases/production.json"}
    wait = ground.caller.patience(bounds.IAM_SECONDS)
    by_tls = until(lambda: asked(lambda: secure.get_object(**key)), lambda came: came.code == "OK", wait)
    return [
        call("GetObject over HTTPS", by_tls, 200, "OK"),
        call(f"the same over {address}", asked(lambda: plain.get_object(**key)), 403, "AccessDenied"),
    ]


CLAIM = Claim(
    name="plain-http",
    sentence="The bucket refuses a read over plain HTTP that it allows over TLS.",
    why="The stand-in speaks only TLS, and applies no bucket policy.",
    how="a role reads the alias over HTTPS, then over HTTP",
    calls={"iam:role": 3, "sts:AssumeRole": bounds.POLLS, "s3:GetObject": bounds.POLLS + 1},
    seconds=5,
    look=look,
)
