"""Asks the function for its health and holds its refusal against the one expected."""

import json
from typing import Any

import pytest

from handler.api.application import Application, create_application
from handler.errors.model import ModelUnavailable
from handler.telemetry.log_and_metrics import Telemetry
from tests.conftest import Context
from tests.events_expected import read_event


def open_application(uri: str) -> Application:
    """An application that has not loaded its model yet."""
    return create_application({"MODEL_URI": uri}, Telemetry({}))


def ask(uri: str, event: str = "predict_features", context: Context | None = None) -> dict[str, Any]:
    """What a cold application answers to an event of the corpus: status, headers, and the body parsed."""
    answer = open_application(uri).handle(read_event(event), context or Context())  # type: ignore[arg-type] # as much as it reads
    return {**answer, "body": json.loads(answer["body"])}


def assert_refused(uri: str, error: type[ModelUnavailable], code: str) -> None:
    """Loading ends in this very class, and each route that needs the model in a 503 with this code."""
    with pytest.raises(error) as caught:
        open_application(uri).holder.predictor()
    assert type(caught.value) is error
    for event in ("predict_features", "health_http_api"):
        answer = ask(uri, event)
        headers = {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        headers |= answer.get("headers", {})
        assert (answer["statusCode"], answer["body"]["code"]) == (503, code)
        assert int(headers["Retry-After"]) >= 1
        assert uri not in answer["body"]["error"]
