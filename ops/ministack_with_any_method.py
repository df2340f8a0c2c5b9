"""Runs ministack with two things that API Gateway does and it does not do yet (1.5.33).

Reading an API's OpenAPI document, it passes over `x-amazon-apigateway-any-method`, so that a route for every method
answers 403, and over `x-amazon-apigateway-gateway-responses`, so that refusals keep their default body. SAM writes both
for our template (API Gateway Developer Guide, "OpenAPI extensions for API Gateway"). ministack can serve either once it
is told; this tells it, with its own functions, and then hands over to its `main`.

`aws_stand_in` starts this with the interpreter of `.tools/ministack`, the only one that has ministack. The version is
pinned: a release that renames these functions fails here, at the start, by AttributeError.
"""

from collections.abc import Mapping
from typing import Any

from ministack import app  # type: ignore[import-not-found]  # lives in .tools/ministack alone
from ministack.services import apigateway_v1 as gateway  # type: ignore[import-not-found]  # as above

ANY_METHOD = "x-amazon-apigateway-any-method"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"

_import_path_item = gateway._import_path_item
_import_rest_api = gateway._import_rest_api


def import_path_item(
    api_id: str, path: str, item: Mapping[str, Any], schemes: Any = None, default_security: Any = None
) -> None:
    """Import the path's named methods, then the one for all of them."""
    _import_path_item(api_id, path, item, schemes, default_security)
    if ANY_METHOD in item:
        resource_id = next(key for key, resource in gateway._resources[api_id].items() if resource["path"] == path)
        gateway._import_operation(api_id, resource_id, "ANY", item[ANY_METHOD], schemes, default_security)


def import_rest_api(spec: Mapping[str, Any], base_data: Any = None) -> str:
    """Import the API, then what it says to refused requests."""
    api_id: str = _import_rest_api(spec, base_data)
    for response_type, response in spec.get(GATEWAY_RESPONSES, {}).items():
        gateway._put_gateway_response(api_id, response_type, response)
    return api_id


if __name__ == "__main__":
    gateway._import_path_item = import_path_item
    gateway._import_rest_api = import_rest_api
    app.main()
