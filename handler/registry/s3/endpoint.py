"""Which host answers for a bucket: obstore knows one partition of AWS, and none of the variables of AWS's SDKs.

The rules are those of the SDKs (AWS SDKs and Tools Reference Guide, "Service-specific endpoints" and "Dual-stack and
FIPS endpoints"; Amazon S3 User Guide, "Virtual hosting of buckets"). A test holds them to botocore's, for every region.
Profiles and configuration files are not read: a function has none.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from handler.errors.model import InvalidSettings

FIRST_REGION = "us-east-1"
"""What requests to an endpoint of one's own are signed for where no region is named, as AWS's SDKs do."""

REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VIRTUAL_HOST = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
"""Buckets that can be part of a host's name under one wildcard certificate: without dots (the same User Guide)."""


class Partition(NamedTuple):  # made in 0.1 ms of each cold start, where a dataclass takes 0.7
    """A part of AWS that is closed in itself: `prefix` begins its regions' names, `suffix` ends its hosts'."""

    prefix: str
    suffix: str
    fips: bool = True
    dual_stack: bool = True


PARTITIONS = (
    Partition("cn-", "amazonaws.com.cn", fips=False),
    Partition("eusc-", "amazonaws.eu"),
    Partition("us-iso-", "c2s.ic.gov"),
    Partition("us-isob-", "sc2s.sgov.gov"),
    Partition("eu-isoe-", "cloud.adc-e.uk", dual_stack=False),
    Partition("us-isof-", "csp.hci.ic.gov", dual_stack=False),
    # The commercial one and GovCloud; a region that is newer than this list will be of the first.
    Partition("", "amazonaws.com"),
)


class Endpoint(NamedTuple):  # as above
    """Where requests for a bucket go: below `url`, signed for `region`. The bucket is part of the URL's host, or comes
    first in the path."""

    url: str
    region: str
    bucket_in_host: bool


def endpoint_for(bucket: str, environ: Mapping[str, str]) -> Endpoint:
    """The endpoint of `bucket` for who has these variables; raises InvalidSettings where there is none."""
    if bucket.endswith(("--x-s3", "--xa-s3", "--op-s3")):
        raise InvalidSettings(
            f"The bucket {bucket!r} is a directory bucket or one on Outposts, which the function does not read: "
            "publish to a general purpose bucket."
        )
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ""
    if region and not REGION.fullmatch(region):
        raise InvalidSettings(f"AWS_REGION must be a region, such as eu-west-1; it is {region[:100]!r}.")
    if own := _own_endpoint(environ):
        return Endpoint(own, region or FIRST_REGION, bucket_in_host=False)
    if not region:
        raise InvalidSettings("AWS_REGION is not set: give it the region of the model's bucket, such as eu-west-1.")
    fips, dual = _is_on(environ, "AWS_USE_FIPS_ENDPOINT"), _is_on(environ, "AWS_USE_DUALSTACK_ENDPOINT")
    host = _host(region, fips, dual)
    if VIRTUAL_HOST.fullmatch(bucket):
        return Endpoint(f"https://{bucket}.{host}", region, bucket_in_host=True)
    return Endpoint(f"https://{host}", region, bucket_in_host=False)


def _own_endpoint(environ: Mapping[str, str]) -> str:
    """The endpoint that the variables name, the one for S3 alone first; empty where they name none."""
    if _is_on(environ, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        return ""
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        url = environ.get(name, "")
        if url:
            if not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", url):
                raise InvalidSettings(f"{name} must be a URL such as https://host:port; it is {url[:100]!r}.")
            return url.rstrip("/")
    return ""


def _host(region: str, fips: bool, dual: bool) -> str:
    partition = next(each for each in PARTITIONS if region.startswith(each.prefix))
    for asked, there, name, what in (
        (fips, partition.fips, "AWS_USE_FIPS_ENDPOINT", "FIPS"),
        (dual, partition.dual_stack, "AWS_USE_DUALSTACK_ENDPOINT", "dual-stack"),
    ):
        if asked and not there:
            raise InvalidSettings(f"{name} is on, and S3 has no {what} endpoint in {region}: leave the variable out.")
    return f"s3{'-fips' if fips else ''}.{'dualstack.' if dual else ''}{region}.{partition.suffix}"


def _is_on(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").lower() == "true"
