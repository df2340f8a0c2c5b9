"""With allowed origins a browser's preflight needs no key, and the gateway's own errors can be read; without, neither.

A browser sends no key with a preflight, so that a gateway that asks for one makes the API useless to pages elsewhere.
"""

from typing import Any

import pytest

from tests.template.translated import translated

ORIGINS = "https://one.example,https://two.example"
ANY = "x-amazon-apigateway-any-method"

NO_CORS = pytest.mark.xfail(strict=True, reason="the template has no parameter for origins")


@pytest.fixture(scope="module")
def without() -> Any:
    return translated()


@pytest.fixture(scope="module")
def with_origins() -> Any:
    return translated(CorsOrigins=ORIGINS)


def body(resources: Any) -> Any:
    return resources["PredictApi"]["Properties"]["Body"]


def gateway_headers(resources: Any) -> dict[str, dict[str, str]]:
    """The headers of each answer that the gateway gives by itself."""
    responses = body(resources)["x-amazon-apigateway-gateway-responses"]
    prefix = "gatewayresponse.header."
    return {
        kind: {
            name.removeprefix(prefix).lower(): value for name, value in response.get("responseParameters", {}).items()
        }
        for kind, response in responses.items()
    }


@NO_CORS
def test_each_path_answers_a_preflight_without_a_key(with_origins: Any) -> None:
    paths = body(with_origins)["paths"]
    assert paths
    for path, methods in paths.items():
        assert methods["options"].get("security", []) == [], path
        assert methods["options"]["x-amazon-apigateway-integration"]["type"] == "aws_proxy", path


def test_every_other_method_of_a_route_with_a_key_asks_for_it_still(with_origins: Any, without: Any) -> None:
    for resources in (with_origins, without):
        assert body(resources)["paths"]["/{proxy+}"][ANY]["security"] == [{"api_key": []}]


def test_without_origins_no_path_has_a_method_of_its_own_for_preflights(without: Any) -> None:
    for path, methods in body(without)["paths"].items():
        assert set(methods) == {ANY}, path


@NO_CORS
def test_a_page_can_read_what_the_gateway_refuses_by_itself(with_origins: Any) -> None:
    headers = gateway_headers(with_origins)
    assert {"INVALID_API_KEY", "THROTTLED", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(
        headers
    )
    for kind, named in headers.items():
        assert named["access-control-allow-origin"] == "'*'", kind
    assert headers["THROTTLED"]["access-control-expose-headers"] == "'Retry-After'"
    assert headers["THROTTLED"]["retry-after"] == "'1'"


def test_without_origins_the_gateway_says_nothing_of_them(without: Any) -> None:
    named = {name for headers in gateway_headers(without).values() for name in headers}
    assert not [name for name in named if name.startswith("access-control")]


@NO_CORS
def test_a_changed_list_of_origins_deploys_the_api_and_the_function_anew(with_origins: Any, without: Any) -> None:
    """SAM deploys an API when its template changes, and a parameter's value is none of that."""
    kinds = ("AWS::ApiGateway::Deployment",)
    deployments = [
        {name for name, resource in resources.items() if resource["Type"] in kinds}
        for resources in (without, with_origins, translated(CorsOrigins="*"), translated())
    ]
    assert all(len(names) == 1 for names in deployments)
    assert deployments[0] == deployments[3]
    assert len(set.union(*deployments)) == 3
    (version,) = [resource for resource in with_origins.values() if resource["Type"] == "AWS::Lambda::Version"]
    assert "CorsOrigins" in str(version["Properties"]["Description"])


@NO_CORS
def test_the_gateway_unpacks_requests_and_packs_no_answer(with_origins: Any, without: Any) -> None:
    for resources in (with_origins, without):
        # The most that the setting takes, and more than Lambda returns.
        assert resources["PredictApi"]["Properties"]["MinimumCompressionSize"] == 10 * 1024 * 1024


@NO_CORS
def test_the_function_is_told_the_origins(with_origins: Any, without: Any) -> None:
    for resources, origins in ((with_origins, ORIGINS), (without, "")):
        variables = resources["PredictFunction"]["Properties"]["Environment"]["Variables"]
        assert variables["CORS_ORIGINS"] == origins


def test_without_origins_there_is_no_function_for_preflights(without: Any) -> None:
    assert [name for name, resource in without.items() if resource["Type"] == "AWS::Lambda::Function"] == [
        "PredictFunction"
    ]
