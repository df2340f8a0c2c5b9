"""The bucket outlives its stack, and a stack of the same name can be deployed beside it."""

from ops.prove.account import bounds
from ops.prove.account.asked import asked
from ops.prove.account.deletion import delete
from ops.prove.account.leftovers import leftovers
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, answer, call, fact
from ops.prove.claims.ground import Ground, predict


def look(ground: Ground) -> list[Seen]:
    """`sam delete`, look for the bucket, deploy again under the same name."""
    before = ground.stack()
    ground.promote(0)
    s3 = ground.caller.client("s3")
    # A policy that is attached to somebody cannot be deleted.
    attached = [
        each for each in leftovers(ground.caller, ground.name) if each.kind == "role" or each.name.endswith("-plain")
    ]
    delete(ground.caller, attached, ground.step)
    ground.step("sam delete")
    ground.project.sam_delete(ground.name)
    ground.gone()
    key = {"Bucket": before.bucket, "Key": f"{before.model}/aliases/production.json"}
    policy = asked(lambda: s3.get_bucket_policy(Bucket=before.bucket))
    gone = until(lambda: predict(before).status, lambda got: got in (403, 404), ground.caller.patience(60))
    seen = [
        call("the alias in the bucket after `sam delete`", asked(lambda: s3.get_object(**key)), 200, "OK"),
        call("the bucket's policy", policy, 200, "OK"),
        Seen("the old URL", "403 or 404", str(gone), gone in (403, 404)),
    ]
    after = ground.stack()
    seen.append(fact("a stack of the same name has a bucket of its own", True, after.bucket != before.bucket))
    empty = until(
        lambda: predict(after), lambda got: got.status == 503, ground.caller.patience(bounds.SERVING_SECONDS) * 4
    )
    return [*seen, answer("and answers at its new URL", empty, 503, "alias_not_set")]


CLAIM = Claim(
    name="life",
    sentence="`sam delete` leaves the bucket and its policy, and a stack of the same name can be deployed again.",
    why="Only CloudFormation itself decides what it deletes, keeps and refuses.",
    how="`sam delete`, a look at the bucket, a second deploy of the same name, one request",
    calls={"cloudformation:deploy": 2, "s3:GetObject": 2, "execute-api:Invoke": 2 * bounds.POLLS},
    seconds=180,
    look=look,
)
