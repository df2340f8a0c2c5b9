"""Bodies that are too large are refused in our form, and packed ones are read."""

import gzip
import http.client
import zlib

from ops.http_client import Answer, HttpApi
from ops.prove.claims.claim import Claim, Seen, answer, fact
from ops.prove.claims.ground import SAMPLE, Ground

MEGABYTE = 1024 * 1024
FOR_THE_GATEWAY = "The body is larger than the API takes: send fewer rows."


def look(ground: Ground) -> list[Seen]:
    """Send bodies above each limit, and the sample packed in each way."""
    api = ground.serving().api
    above_gateway = _large(api, 10 * MEGABYTE)
    above_lambda = _large(api, 7 * MEGABYTE)
    plain = api.ask("POST", "/predict", SAMPLE)
    said = above_gateway.body.get("error") if isinstance(above_gateway.body, dict) else above_gateway.body
    seen = [
        answer("a body above the gateway's 10 MB", above_gateway, 413, "request_too_large"),
        fact("which the gateway refuses, not the function", FOR_THE_GATEWAY, str(said)[:100]),
        answer("a body of 7 MB, above Lambda's 6 MB", above_lambda, 413, "request_too_large"),
        answer("the sample as it is", plain, 200),
    ]
    for coding, packed in (("gzip", gzip.compress(SAMPLE.encode())), ("deflate", zlib.compress(SAMPLE.encode()))):
        came = api.ask("POST", "/predict", packed, {"Content-Encoding": coding})
        seen.append(answer(f"the sample packed by {coding}", came, 200))
        seen.append(fact("and its answer", plain.body, came.body))
    came = api.ask("POST", "/predict", packed, {"Content-Type": "application/octet-stream"})
    seen.append(answer("bytes that are not JSON", came, 415, "unsupported_media_type"))
    return seen


def _large(api: HttpApi, spaces: int) -> Answer:
    """The sample with spaces after it. A connection that is closed while it is sent is no answer."""
    try:
        return api.ask("POST", "/predict", SAMPLE + " " * spaces)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, {}, f"no answer ({type(error).__name__})")


CLAIM = Claim(
    name="sizes",
    sentence="Above 10 MB the gateway answers 413, above Lambda's 6 MB so does the API; gzip and deflate are unpacked.",
    why="The stand-in has neither limit, and does not unpack bodies as API Gateway does.",
    how="one body of 10 MB, one of 7 MB, and five small ones",
    calls={"execute-api:Invoke": 7},
    seconds=30,
    look=look,
)
