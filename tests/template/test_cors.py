"""With allowed origins, preflights need no key and pages can read the gateway's own errors; without, neither holds.

A browser sends no key with a preflight, so an API that asks for one cannot be called by pages of other origins.
"""

import re
from typing import Any

import pytest

from handler.api.http.cors import PREFLIGHT, Cors
from handler.settings import origins_of
from tests.template.translated import transformed, translated

ORIGINS = "https://one.example,https://two.example"
ANY = "x-amazon-apigateway-any-method"


@pytest.fixture(scope="module")
def without() -> Any:
    return translated()


@pytest.fixture(scope="module")
def with_origins() -> Any:
    return translated(CorsOrigins=ORIGINS)


def body(resources: Any) -> Any:
    return resources["PredictApi"]["Properties"]["Body"]


def gateway_headers(resources: Any) -> dict[str, dict[str, str]]:
    """The headers of each of the gateway's own answers."""
    responses = body(resources)["x-amazon-apigateway-gateway-responses"]
    prefix = "gatewayresponse.header."
    return {
        kind: {
            name.removeprefix(prefix).lower(): value for name, value in response.get("responseParameters", {}).items()
        }
        for kind, response in responses.items()
    }


def test_each_path_answers_a_preflight_without_a_key(with_origins: Any) -> None:
    paths = body(with_origins)["paths"]
    assert paths
    for path, methods in paths.items():
        assert methods["options"].get("security", []) == [], path
        assert methods["options"]["x-amazon-apigateway-integration"]["type"] == "aws_proxy", path


def test_a_path_that_answers_preflights_answers_every_other_method_too(with_origins: Any, without: Any) -> None:
    """API Gateway chooses the path that fits best, and refuses the methods that this path lacks."""
    paths = body(with_origins)["paths"]
    assert set(paths) == set(body(without)["paths"])
    assert {path for path, methods in paths.items() if ANY not in methods} == set()


def test_every_other_method_of_a_route_with_a_key_asks_for_it_still(with_origins: Any, without: Any) -> None:
    for resources in (with_origins, without):
        assert body(resources)["paths"]["/{proxy+}"][ANY]["security"] == [{"api_key": []}]


def test_without_origins_no_path_has_a_method_of_its_own_for_preflights(without: Any) -> None:
    for path, methods in body(without)["paths"].items():
        assert set(methods) == {ANY}, path


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


def test_a_changed_list_of_origins_deploys_the_api_and_the_function_anew(with_origins: Any, without: Any) -> None:
    """SAM deploys an API when its template changes, and a parameter's value is no part of it."""
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


def test_the_gateway_unpacks_requests_and_packs_no_answer(with_origins: Any, without: Any) -> None:
    for resources in (with_origins, without):
        # The most that the setting takes, and more than Lambda returns.
        assert resources["PredictApi"]["Properties"]["MinimumCompressionSize"] == 10 * 1024 * 1024


def test_the_function_is_given_the_origins(with_origins: Any, without: Any) -> None:
    for resources, origins in ((with_origins, ORIGINS), (without, "")):
        variables = resources["PredictFunction"]["Properties"]["Environment"]["Variables"]
        assert variables["CORS_ORIGINS"] == origins


@pytest.mark.parametrize("origins", [ORIGINS, "*", "https://One.example"])
@pytest.mark.parametrize("origin", ["https://one.example", "https://two.example", "https://other.example", None])
def test_the_function_for_preflights_answers_as_the_model_s_function_does(
    monkeypatch: pytest.MonkeyPatch, origins: str, origin: str | None
) -> None:
    properties = translated(CorsOrigins=origins)["PreflightFunction"]["Properties"]
    assert properties["Handler"] == "index.handler"
    for name, value in properties["Environment"]["Variables"].items():
        monkeypatch.setenv(name, value)
    scope: dict[str, Any] = {}
    exec(properties["Code"]["ZipFile"], scope)  # noqa: S102 - it is the template's own code
    for headers in ({"ORIGIN": origin} if origin else {}, {"origin": origin} if origin else None):
        answer = scope["handler"]({"headers": headers}, None)
        cors = Cors(origins_of(origins) or "")
        expected = cors.headers(origin) | (PREFLIGHT if cors.allows(origin) else {})
        expected.pop("Access-Control-Expose-Headers", None)
        assert answer == {"statusCode": 204, "headers": expected, "body": ""}


def test_the_function_for_preflights_may_do_nothing(with_origins: Any) -> None:
    assert set(with_origins["PreflightRole"]["Properties"]) == {"AssumeRolePolicyDocument"}
    assert with_origins["PreflightFunction"]["Properties"]["Role"] == {"Fn::GetAtt": ["PreflightRole", "Arn"]}


@pytest.mark.parametrize(
    ("origins", "fits"),
    [
        *[(text, True) for text in ("", "*", "https://a.example", "https://A.example,http://localhost:3000")],
        *[(text, False) for text in ("a.example", "https://a/", "https://a, https://b", "*,https://a", "https://a\n")],
    ],
)
def test_the_parameter_takes_what_the_function_takes(origins: str, fits: bool) -> None:
    pattern = transformed()["Parameters"]["CorsOrigins"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, origins)) == fits
    assert not fits or origins_of(origins) is not None


def test_the_description_of_a_version_has_room_for_names_of_common_length() -> None:
    """Lambda takes 256 characters (AWS Lambda API Reference, "PublishVersion")."""
    (version,) = [resource for resource in translated().values() if resource["Type"] == "AWS::Lambda::Version"]
    described = version["Properties"]["Description"]["Fn::Sub"]
    longest = {
        **{"ModelName": "m" * 25, "ModelAlias": "a" * 10, "ModelRefreshSeconds": "86400", "MaxRows": "100000"},
        **{"EphemeralStorage": "10240", "Engine": "sklearn", "ObserveSeconds": "86400"},
        **{"MemorySize": "10240", "Architecture": "x86_64", "SnapStart": "PublishedVersions", "LogLevel": "WARNING"},
        "CorsOrigins": "c" * transformed()["Parameters"]["CorsOrigins"]["MaxLength"],
    }
    for name, value in longest.items():
        described = described.replace("${" + name + "}", value)
    assert "${" not in described
    assert len(described) <= 256


def test_without_origins_there_is_no_function_for_preflights(without: Any) -> None:
    functions = {name for name, resource in without.items() if resource["Type"] == "AWS::Lambda::Function"}
    assert functions == {"PredictFunction", "MonitorFunction"}
