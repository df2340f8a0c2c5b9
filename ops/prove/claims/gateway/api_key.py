"""Without the key nothing of the model is shown, and the refusal has our form."""

from ops.prove.claims.claim import Claim, Seen, answer
from ops.prove.claims.ground import SAMPLE, Ground

PATHS = ("/health", "/model", "/openapi.json", "/report", "/nowhere")


def look(ground: Ground) -> list[Seen]:
    """Ask without a key, with a wrong one, and with the right one."""
    stack = ground.stack()
    api = stack.api_without_key
    seen = [answer(f"GET {path} without a key", api.ask("GET", path), 403, "invalid_api_key") for path in PATHS]
    wrong = api.ask("POST", "/predict", SAMPLE, {"x-api-key": "wrong-key-0123456789"})
    seen.append(answer("POST /predict with a wrong key", wrong, 403, "invalid_api_key"))
    seen.append(answer("GET / without a key", api.ask("GET", "/"), 200))
    # Before a model is promoted this is 503, and still the function's answer.
    came = stack.api.ask("GET", "/health")
    let_in = Seen("GET /health with the key", "200 or 503", str(came.status), came.status in (200, 503))
    return [*seen, let_in]


CLAIM = Claim(
    name="api-key",
    sentence="Whatever shows the model is 403 without the key, in the form of our errors; the public page is not.",
    why="A gateway's own answers are made of templates that only API Gateway runs as it will.",
    how="eight requests without a key, with a wrong one, with the right one",
    calls={"execute-api:Invoke": 8},
    seconds=5,
    look=look,
)
