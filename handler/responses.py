"""The answers' form: one envelope for results, one for errors, and the bound on their size.

`handler.app` fills them. Nothing here knows why an answer is what it is.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.event_handler import Response

from handler.errors import ResponseTooLarge
from handler.manifest import Manifest
from handler.request import PAYLOAD_BYTES

ENVELOPE_BYTES = 4096
"""Room for the status, the headers and the names around the body in what Lambda returns to API Gateway."""

NOT_FOR_CLIENTS = ("artifacts", "training")


def json_response(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response[str]:
    """An answer as JSON; raises ResponseTooLarge where Lambda would refuse to return it.

    Raises ValueError on NaN or infinity in `body`: a model that answers so has no answer, and JSON has no word for it.
    """
    text = json.dumps(body, separators=(",", ":"), allow_nan=False)
    # The body travels as a JSON string within JSON: quotes and backslashes take two bytes there.
    size = len(text) + text.count('"') + text.count("\\") + ENVELOPE_BYTES
    if size > PAYLOAD_BYTES:
        raise ResponseTooLarge(f"The answer would take {size} bytes; Lambda returns {PAYLOAD_BYTES}. Send fewer rows.")
    return Response(status, "application/json", text, {"Cache-Control": "no-store", **headers})


def model_summary(manifest: Manifest) -> dict[str, str]:
    """Which model answered: its name, its version and its artifact's digest."""
    return {"name": manifest.name, "version": manifest.version, "sha256": manifest.artifact.sha256}


def visible_manifest(manifest: Manifest) -> dict[str, Any]:
    """What a client may see of the manifest: all but where the training data lies and how the registry keeps files."""
    document = {name: value for name, value in asdict(manifest).items() if name not in NOT_FOR_CLIENTS}
    return document | {"sha256": manifest.artifact.sha256, "estimator": manifest.training.estimator}
