"""GET /health: whether a model is served, and which."""

from typing import TYPE_CHECKING, Any

from handler.api.routes.model import model_summary
from handler.api.routes.route import Call

if TYPE_CHECKING:
    from handler.api.contract.operations import DescribedService

SUMMARY = "Whether a model is served, and which"


def health(call: Call) -> dict[str, Any]:
    """The model that serves; where none does, the error says why."""
    return {"status": "ok", "model": model_summary(call.services.predictor().manifest)}


def operation(_: "DescribedService") -> dict[str, Any]:
    """The route in the contract."""
    from handler.api.contract.operations import reads

    return reads("health", SUMMARY, "Health")
