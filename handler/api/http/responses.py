"""The answers' form: one envelope for results, one for errors, and the bound on their size.

`handler.app` fills them. Nothing here knows why an answer is what it is.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from handler.api.http.event import PAYLOAD_BYTES, utf_8_bytes
from handler.errors.request import ResponseTooLarge
from handler.registry.manifest import Manifest

if TYPE_CHECKING:
    from handler.api.contract.shown_example import ShownExample

ENVELOPE_BYTES = 4096
"""Room for the status, the headers and the names around the body in what Lambda returns to API Gateway."""

MORE_BYTES = {
    **{chr(code): 5 for code in range(32)},  # \u0001 in place of one byte
    **dict.fromkeys('"\\\n\r\t\b\f', 1),  # \n in place of one byte
    **dict.fromkeys("\u2028\u2029", 3),  # \u2028 in place of three bytes
}
"""What a character takes as a JSON string's escape beyond what it takes in UTF-8."""

NOT_FOR_CLIENTS = ("artifacts", "training", "example", "more_examples")


@dataclass(frozen=True)
class Page:
    """Something else than JSON to answer with."""

    content_type: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)


class JsonText(str):
    """A value of an answer that is JSON already."""

    __slots__ = ()


def json_response(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response[str]:
    """An answer as JSON; raises ResponseTooLarge where Lambda would refuse to return it.

    Raises ValueError on NaN or infinity in `body`: a model that answers so has no answer, and JSON has no word for it.
    """
    text = "{" + ",".join([f"{_json(name)}:{_json(value)}" for name, value in body.items()]) + "}"
    # What json.dumps writes is ASCII without control characters; the count below would cost a large batch more.
    _require_room(len(text) + text.count('"') + text.count("\\"))
    return Response(status, "application/json", text, {"Cache-Control": "no-store", **headers})


def _json(value: object) -> str:
    return value if isinstance(value, JsonText) else json.dumps(value, separators=(",", ":"), allow_nan=False)


def page_response(page: Page, headers: Mapping[str, str]) -> Response[str]:
    """A page or a file of one as an answer; raises ResponseTooLarge where Lambda would refuse to return it."""
    _require_room(travelling_bytes(page.text))
    return Response(200, page.content_type, page.text, {"Cache-Control": "no-store", **headers, **page.headers})


def _require_room(travelling: int) -> None:
    size = travelling + ENVELOPE_BYTES
    if size > PAYLOAD_BYTES:
        raise ResponseTooLarge(f"The answer would take {size} bytes; Lambda returns {PAYLOAD_BYTES}. Send fewer rows.")


def travelling_bytes(text: str) -> int:
    """The bytes that `text` takes within the JSON that the runtime returns.

    That of python3.13 writes it as UTF-8 (awslambdaric, lambda_runtime_marshaller.py, `ensure_ascii=False`), by
    simplejson, which escapes U+2028 and U+2029 besides what JSON must have escaped.
    """
    escaped = sum(text.count(character) * more for character, more in MORE_BYTES.items())
    return utf_8_bytes(text) + escaped


def model_summary(manifest: Manifest) -> dict[str, str]:
    """Which model answered: its name, its version and its artifact's digest."""
    return {"name": manifest.name, "version": manifest.version, "sha256": manifest.artifact.sha256}


def visible_manifest(manifest: Manifest, example: "ShownExample") -> dict[str, Any]:
    """What a client may see of the manifest, with `example` in place of the real rows: all but those, where the
    training data lies and how the registry keeps files."""
    document = {name: value for name, value in asdict(manifest).items() if name not in NOT_FOR_CLIENTS}
    return document | {
        "format_version": manifest.format_version,
        "example": asdict(example),
        "sha256": manifest.artifact.sha256,
        "estimator": manifest.training.estimator,
        # Relative to this answer's own address, below a stage's prefix as anywhere.
        "report": "report",
    }
