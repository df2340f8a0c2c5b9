"""Pages of a named origin may call the API, and read what the gateway refuses."""

from ops.prove.account import bounds
from ops.prove.claims.claim import Claim, Seen, answer, fact
from ops.prove.claims.ground import SAMPLE, Ground

ALLOW = "access-control-allow-origin"
WANTS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-api-key"}


def look(ground: Ground) -> list[Seen]:
    """Send the preflights that a browser would, and the requests after them."""
    stack = ground.serving()
    api, page = stack.api_without_key, {"Origin": bounds.PAGE}
    seen = []
    for path in ("/predict", "/", "/model", "/docs"):
        came = api.ask("OPTIONS", path, headers={**page, **WANTS})
        seen.append(answer(f"preflight of {path}, without a key", came, 204))
        seen.append(fact(f"its {ALLOW}", bounds.PAGE, came.headers.get(ALLOW)))
    came = api.ask("OPTIONS", "/predict", headers={"Origin": "https://elsewhere.example", **WANTS})
    seen.append(fact("preflight from another origin: the origin it allows", None, came.headers.get(ALLOW)))
    came = stack.api.ask("POST", "/predict", SAMPLE, page)
    seen.append(answer("POST /predict from the page", came, 200))
    seen.append(fact(f"its {ALLOW}", bounds.PAGE, came.headers.get(ALLOW)))
    came = api.ask("POST", "/predict", SAMPLE, page)
    seen.append(answer("the same without a key", came, 403, "invalid_api_key"))
    seen.append(fact(f"the gateway's refusal has {ALLOW}", "*", came.headers.get(ALLOW)))
    return seen


CLAIM = Claim(
    name="cors",
    sentence="With CorsOrigins a preflight needs no key, other origins are not allowed, and pages can read refusals.",
    why="The stand-in lets preflights through that API Gateway would refuse.",
    how="five preflights and two requests, as a browser sends them",
    calls={"execute-api:Invoke": 7},
    seconds=5,
    look=look,
)
