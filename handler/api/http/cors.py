"""Which pages of other origins may call from a browser, and the headers that say so to it.

Every answer has `Cors.headers`; that to a preflight has `PREFLIGHT` too (Fetch Standard, "CORS protocol"). No answer
depends on cookies, so credentials are never allowed. In a deployed stage a function of a few lines in template.yaml
answers preflights; a test holds the two together.
"""

from dataclasses import dataclass

EXPOSED = "X-Request-Id, X-Model-Version, Retry-After, Allow"
"""The headers of ours that a page may read beside the few that any page may."""

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Content-Type, Content-Encoding, X-Api-Key",
    # Seconds for which the browser does not ask again.
    "Access-Control-Max-Age": "3600",
}


@dataclass(frozen=True)
class Cors:
    """`origins` is the setting CORS_ORIGINS: empty for none, `*` for all, else separated by commas."""

    origins: str = ""

    def allows(self, origin: str | None) -> bool:
        """Whether a page of `origin`, a request's header of this name, may read the answer."""
        return bool(origin) and (self.origins == "*" or origin in self.origins.split(","))

    def headers(self, origin: str | None) -> dict[str, str]:
        """The headers of every answer to a request from `origin`."""
        headers = {} if self.origins in ("", "*") else {"Vary": "Origin"}
        if origin and self.allows(origin):
            headers |= {
                "Access-Control-Allow-Origin": "*" if self.origins == "*" else origin,
                "Access-Control-Expose-Headers": EXPOSED,
            }
        return headers
