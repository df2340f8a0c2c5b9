"""GET /openapi.json: the contract, made for the model that serves."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from handler.api.routes.route import Call, Route
from handler.registry.manifest import Manifest

if TYPE_CHECKING:
    from handler.api.contract.shown_example import ShownExample


def contract(call: Call) -> dict[str, Any]:
    """The contract of all routes."""
    from handler.api.contract.shown_example import shown_example

    predictor = call.services.predictor()
    return contract_of(call.services.routes, predictor.manifest, call.services.max_rows, shown_example(predictor))


def contract_of(routes: Iterable[Route], manifest: Manifest, max_rows: int, example: "ShownExample") -> dict[str, Any]:
    """The OpenAPI document of a service that has these routes, serves `manifest` and takes up to `max_rows` rows at
    once. `example` stands in it in place of the manifest's own, which are real rows."""
    from handler.api.contract.document import openapi
    from handler.api.contract.operations import DescribedService

    service = DescribedService(manifest, max_rows, example)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if route.operation is not None:
            paths.setdefault(route.path, {})[route.method.lower()] = route.operation(service)
    return openapi(service, paths)
