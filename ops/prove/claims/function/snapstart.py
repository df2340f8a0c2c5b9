"""With SnapStart the function starts from a snapshot, and follows a promotion that was made after it was taken."""

from ops.prove.account import bounds
from ops.prove.account.deployed import Invocation
from ops.prove.claims.claim import Claim, Seen, fact
from ops.prove.claims.function.reports import cold_starts, restore_milliseconds, wait_until_active
from ops.prove.claims.ground import Ground


def look(ground: Ground) -> list[Seen]:
    """Deploy with SnapStart while one version serves, promote another, and ask the snapshot for the first time."""
    before = ground.serving(snap_start="None")
    ground.promote(0)
    live_before = before.live
    second = ground.version(1)
    stack = ground.stack("x86_64", "PublishedVersions")
    live = stack.live
    wait_until_active(ground.caller, stack.function, live)
    ground.promote(1)
    ground.step("the first answer from the snapshot")
    first = stack.invoke(live)
    seen = [
        fact("the changed parameter alone published a version", True, live != live_before),
        fact("the first answer's status", 200, first.status),
        fact("the version that it is from", second, _version(first)),
        _restored("the first answer", first),
    ]
    if seen[-1].agrees:
        for turn, came in enumerate(cold_starts(ground.caller, stack.function, bounds.RESTORES)):
            seen.append(_restored(f"restore {turn + 1}", came))
    return seen


def _version(came: Invocation) -> object:
    return came.body.get("model", {}).get("version") if isinstance(came.body, dict) else came.body


def _restored(what: str, came: Invocation) -> Seen:
    figure = restore_milliseconds(came.log)
    told = "none in its REPORT line" if figure is None else f"{figure:.0f} ms"
    return Seen(f"{what}: Restore Duration", "in its REPORT line", told, None if figure is None else True)


CLAIM = Claim(
    name="snapstart",
    sentence="With SnapStart the first answer after a restore comes from the version that was promoted meanwhile.",
    why="No stand-in takes snapshots.",
    how=f"a deploy with SnapStart, a promotion after it, the first answer, and {bounds.RESTORES} more restores",
    calls={
        "lambda:cold start": 1 + bounds.RESTORES,
        "lambda:restore": 1 + bounds.RESTORES,
        "lambda:snapshot": 1 + bounds.RESTORES,
        "lambda:manage": 6 * bounds.RESTORES + 4,
        "cloudformation:deploy": 1,
        "s3:PutObject": 8,
        "s3:GetObject": 40,
    },
    seconds=420,
    look=look,
)
