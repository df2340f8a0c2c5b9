"""A key whose requests are used up is refused, in our form."""

from typing import Any

from ops.http_client import Answer
from ops.prove.account import bounds
from ops.prove.account.names import tags
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, answer
from ops.prove.claims.ground import Ground


def look(ground: Ground) -> list[Seen]:
    """Give a second key a plan of a few requests a day, and use them up."""
    stack = ground.serving()
    gateway = ground.caller.client("apigateway")
    stage = {"apiId": stack.outputs["ApiId"], "stage": stack.url.rsplit("/", 1)[-1]}
    quota = {"limit": bounds.QUOTA, "period": "DAY"}
    marks = {"name": f"{ground.name}-quota", "tags": tags(ground.name)}
    key = gateway.create_api_key(enabled=True, **marks)
    plan = gateway.create_usage_plan(apiStages=[stage], quota=quota, **marks)
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    try:
        return _used_up(ground, stack.api_with(key["value"]))
    finally:
        # A stage that a plan names cannot be deleted; `deletion` does the same for a run that was killed here.
        away = {"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"}
        gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=[away])
        gateway.delete_usage_plan(usagePlanId=plan["id"])
        gateway.delete_api_key(apiKey=key["id"])


def _used_up(ground: Ground, api: Any) -> list[Seen]:
    def ask() -> Answer:
        answered: Answer = api.ask("GET", "/health")
        return answered

    first = until(ask, lambda got: got.status == 200, ground.caller.patience(bounds.API_KEY_SECONDS))
    seen = [answer("the first request with the new key", first, 200)]
    answers = [first]
    while len(answers) < bounds.QUOTA_REQUESTS and answers[-1].status != 429:
        answers.append(ask())
    what = f"{len(answers)} requests with a quota of {bounds.QUOTA}"
    return [*seen, answer(what, answers[-1], 429, "quota_exceeded")]


CLAIM = Claim(
    name="quota",
    sentence="A key that has used up its requests of the day is answered with 429 and the code quota_exceeded.",
    why="The stand-in counts exactly and knows a new key at once; AWS does neither.",
    how=f"a second usage plan with {bounds.QUOTA} requests a day, and at most {bounds.QUOTA_REQUESTS} requests",
    calls={"execute-api:Invoke": bounds.POLLS + bounds.QUOTA_REQUESTS, "apigateway:manage": 6},
    seconds=60,
    look=look,
)
