"""The pages for people: try-it at GET /, and the contract at GET /docs.

A page needs no key, so it is a shell, the same for every model: it fetches what it shows from the service, with the key
that the person enters. The pages are put together from the files beside this one, with a Content-Security-Policy that
lets just their own script and style run. Nothing is loaded from anywhere else.
"""

import base64
import hashlib
import re
from pathlib import Path

import aws_lambda_powertools

from handler.api.http.responses import Page

HERE = Path(__file__).parent
SWAGGER_UI = Path(aws_lambda_powertools.__file__).parent / "event_handler" / "openapi" / "swagger_ui"
"""Powertools brings Swagger UI; its own route would import pydantic and allow inline scripts of any kind."""


def try_it_page() -> Page:
    """The page that predicts anew while a value is dragged."""
    # The empty icon, without which browsers ask for one that is not there, is a data URI. The frame that shows the
    # report inherits this policy: its style sheet comes as data, and its pictures set style attributes.
    html = _assembled("try_it.html")
    sheets = f"style-src-elem 'self' {_hashes(html, 'style')} data:; style-src-attr 'unsafe-inline'"
    return _html(html, f"connect-src 'self'; img-src data:; {sheets}")


def report_page(html: bytes) -> Page:
    """The report of a version. No digest vouches for it, so it may run nothing and load nothing."""
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Page("text/html; charset=utf-8", html.decode("utf-8", errors="replace"), headers)


def docs_page(path: str) -> Page:
    """Swagger UI on /openapi.json. `path` is the path as it was asked for, to which the page's links are relative."""
    html = _assembled("docs.html").replace("{{up}}", "../" if path.endswith("/") else "./")
    # Swagger UI sets style attributes and draws its icons from data URIs.
    return _html(html, "connect-src 'self'; img-src 'self' data:; style-src-attr 'unsafe-inline'")


def swagger_ui_file(name: str) -> Page:
    """One of Swagger UI's own files; kept by the browser for a day."""
    kinds = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
    text = (SWAGGER_UI / name).read_text("utf-8")
    return Page(kinds[Path(name).suffix], text, {"Cache-Control": "public, max-age=86400"})


def _assembled(name: str) -> str:
    """The file `name` with the files that it names, as in `{{shell.js}}`, in their places."""
    text = (HERE / name).read_text("utf-8")
    return re.sub(r"\{\{([a-z_]+\.[a-z]+)\}\}", lambda named: (HERE / named[1]).read_text("utf-8").rstrip("\n"), text)


def _html(html: str, more: str) -> Page:
    policy = (
        f"default-src 'none'; script-src 'self' {_hashes(html, 'script')}; style-src 'self' {_hashes(html, 'style')}; "
        f"{more}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Page("text/html; charset=utf-8", html, headers)


def _hashes(html: str, tag: str) -> str:
    """The sources that allow the page's own inline `tag` elements, and no others (CSP Level 3, "hash-source")."""
    inline = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
