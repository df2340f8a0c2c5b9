"""Which paths need no API key: the pages and their files, for a browser sends no key when it opens a page.

template.yaml lets just these through (a test holds the two to each other), so what is answered on them tells nothing of
the model, errors and headers included. `handler.app` asks; tests ask too, and so this module imports nothing.
"""

from typing import Final

PAGES: Final = ("/", "/docs")


def is_public(path: str) -> bool:
    """Whether `path`, or API Gateway's resource such as `/docs/{proxy+}`, is answered without a key."""
    return (path.rstrip("/") or "/") in PAGES or path.startswith("/docs/")
