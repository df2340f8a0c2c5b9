"""Without the key nothing of the model is shown, and the refusal has our form."""

from ops.prove.account import bounds
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, answer, fact
from ops.prove.claims.ground import SAMPLE, Ground

FROM_FUNCTION = (200, 503)
PATHS = ("/health", "/model", "/openapi.json", "/report", "/nowhere")
CHOSEN = "11111111-2222-4333-8444-555555555555"
"""An id that a client gives its request, in the header that API Gateway takes one from."""


def look(ground: Ground) -> list[Seen]:
    """Ask without a key, with a wrong one, and with the right one."""
    stack = ground.stack()
    api = stack.api_without_key
    # A new key is known after a while. Before a model is promoted the function answers 503.
    wait = ground.caller.patience(bounds.API_KEY_SECONDS)
    let_in = until(lambda: stack.api.ask("GET", "/health").status, lambda status: status in FROM_FUNCTION, wait)
    seen = [answer(f"GET {path} without a key", api.ask("GET", path), 403, "invalid_api_key") for path in PATHS]
    headers = {"x-api-key": "wrong-key-0123456789", "x-amzn-RequestId": CHOSEN}
    wrong = api.ask("POST", "/predict", SAMPLE, headers)
    seen.append(answer("POST /predict with a wrong key", wrong, 403, "invalid_api_key"))
    given = wrong.body.get("request_id") if isinstance(wrong.body, dict) else None
    told = "the client's" if given == CHOSEN else given
    seen.append(fact("the id of that refusal", wrong.headers.get("x-amz-apigw-id", given), told))
    seen.append(answer("GET / without a key", api.ask("GET", "/"), 200))
    return [*seen, Seen("GET /health with the key", "200 or 503", str(let_in), let_in in FROM_FUNCTION)]


CLAIM = Claim(
    name="api-key",
    sentence="Every route that shows the model answers 403 without the key, in the form of our errors.",
    why="API Gateway makes these answers from templates, which a stand-in only imitates.",
    how="requests without a key, with a wrong one, and with the right one",
    calls={"execute-api:Invoke": 7 + bounds.POLLS},
    seconds=5,
    look=look,
)
