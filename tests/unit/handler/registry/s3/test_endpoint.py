"""`handler.registry.s3.endpoint`: the rules of AWS's SDKs, with botocore as the judge of every region there is."""

from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from handler.errors.model import InvalidSettings
from handler.registry.s3.endpoint import endpoint_for

SESSION = botocore.session.Session()
REGIONS = [
    region
    for partition in SESSION.get_available_partitions()
    for region in SESSION.get_available_regions("s3", partition)
]


class Asked(Exception):
    """The URL of a request that was about to be sent."""


def asked_by_botocore(bucket: str, region: str, environ: Mapping[str, str]) -> str | None:
    """The URL that botocore sends a GET of `key` to; None where it knows no endpoint."""

    def stop(request: Any, **_: object) -> None:
        raise Asked(request.url)

    config = Config(
        use_fips_endpoint=environ.get("AWS_USE_FIPS_ENDPOINT") == "true",
        use_dualstack_endpoint=environ.get("AWS_USE_DUALSTACK_ENDPOINT") == "true",
        s3={"us_east_1_regional_endpoint": "regional"},
        retries={"total_max_attempts": 1},
    )
    try:
        client: Any = SESSION.create_client(
            "s3", region, config=config, aws_access_key_id="key", aws_secret_access_key="secret"
        )
        client.meta.events.register("before-send.s3.GetObject", stop)
        client.get_object(Bucket=bucket, Key="key")
    except BotoCoreError:
        return None
    except Asked as asked:
        return str(asked)
    raise AssertionError("a GET sends a request or is refused")


def asked_by_us(bucket: str, region: str, environ: Mapping[str, str]) -> str | None:
    try:
        endpoint = endpoint_for(bucket, {"AWS_REGION": region, **environ})
    except InvalidSettings:
        return None
    assert endpoint.region == region
    return f"{endpoint.url}/key" if endpoint.bucket_in_host else f"{endpoint.url}/{bucket}/key"


def variants() -> list[dict[str, str]]:
    fips, dual = {"AWS_USE_FIPS_ENDPOINT": "true"}, {"AWS_USE_DUALSTACK_ENDPOINT": "true"}
    return [{}, fips, dual, fips | dual]


@pytest.mark.parametrize("environ", variants(), ids=["plain", "fips", "dual-stack", "both"])
def test_every_region_is_asked_where_botocore_asks_it(environ: dict[str, str]) -> None:
    assert len(REGIONS) > 40
    ours = {region: asked_by_us("models", region, environ) for region in REGIONS}
    assert ours == {region: asked_by_botocore("models", region, environ) for region in REGIONS}


def test_what_does_not_exist_is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidSettings, match=r"AWS_USE_FIPS_ENDPOINT is on, and S3 has no FIPS .* in cn-north-1"):
        endpoint_for("models", {"AWS_REGION": "cn-north-1", "AWS_USE_FIPS_ENDPOINT": "true"})
    with pytest.raises(InvalidSettings, match=r"S3 has no dual-stack endpoint in eu-isoe-west-1"):
        endpoint_for("models", {"AWS_REGION": "eu-isoe-west-1", "AWS_USE_DUALSTACK_ENDPOINT": "true"})


@pytest.mark.parametrize(
    "bucket", ["models", "a.b.c", "Upper", "under_score", "access-s3alias", "abc", "ab", "192.168.1.1", "-abc", "abc-"]
)
@pytest.mark.parametrize("environ", variants(), ids=["plain", "fips", "dual-stack", "both"])
@pytest.mark.parametrize("own", [None, "http://127.0.0.1:9", "https://host/base"])
def test_every_form_of_bucket_is_asked_where_botocore_asks_it(
    bucket: str, environ: dict[str, str], own: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if own:
        monkeypatch.setenv("AWS_ENDPOINT_URL", own)
        environ = {**environ, "AWS_ENDPOINT_URL": own}
    assert asked_by_us(bucket, "eu-west-1", environ) == asked_by_botocore(bucket, "eu-west-1", environ)


@pytest.mark.parametrize(
    "environ",
    [
        {"AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_S3": "http://s3:1"},
        {"AWS_ENDPOINT_URL_S3": "http://s3:1/"},
        {"AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_S3": ""},
        {"AWS_ENDPOINT_URL": "http://all:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_ENDPOINT_URL_S3": "http://s3:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_ENDPOINT_URL_STS": "http://sts:1"},
    ],
)
def test_of_the_endpoints_that_variables_name_botocore_s_wins(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert asked_by_us("models", "eu-west-1", environ) == asked_by_botocore("models", "eu-west-1", environ)


@pytest.mark.parametrize("url", ["ftp://host", "host:9000", "http://", "http://host/?x=1", "http://ho st"])
def test_an_endpoint_that_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettings, match=r"AWS_ENDPOINT_URL must be a URL such as https://host:port; it is "):
        endpoint_for("models", {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": url})


@pytest.mark.parametrize("region", ["eu-west-1.example.com/", "eu west", "EU-WEST-1", "@host", "-a"])
def test_a_region_that_would_name_another_host_is_refused(region: str) -> None:
    with pytest.raises(InvalidSettings, match="AWS_REGION must be a region"):
        endpoint_for("models", {"AWS_REGION": region})


def test_without_a_region_only_an_endpoint_of_one_s_own_is_asked() -> None:
    with pytest.raises(InvalidSettings, match="AWS_REGION is not set"):
        endpoint_for("models", {})
    assert endpoint_for("models", {"AWS_ENDPOINT_URL": "http://host:1"}).region == "us-east-1"
    assert endpoint_for("models", {"AWS_DEFAULT_REGION": "eu-west-1"}).region == "eu-west-1"


@pytest.mark.parametrize("bucket", ["models--use1-az4--x-s3", "access--use1-az4--xa-s3", "access--op-s3"])
def test_buckets_of_other_services_are_refused(bucket: str) -> None:
    with pytest.raises(InvalidSettings, match="publish to a general purpose bucket"):
        endpoint_for(bucket, {"AWS_REGION": "eu-west-1"})
