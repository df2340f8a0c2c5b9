"""`training.s3`: what botocore's errors become. Its requests are made in tests/integration."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
)

from handler.errors.model import RegistryAccessDenied, RegistryError, RegistryNotFound, RegistryUnreachable
from training.s3 import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS, s3_client, translate


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "because"}}, "GetObject")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refused("NoSuchBucket"), RegistryNotFound),
        (refused("AccessDenied"), RegistryAccessDenied),
        (refused("AllAccessDisabled"), RegistryAccessDenied),
        (refused("InvalidAccessKeyId"), RegistryAccessDenied),
        (refused("SignatureDoesNotMatch"), RegistryAccessDenied),
        (refused("ExpiredToken"), RegistryAccessDenied),
        (refused("InternalError"), RegistryUnreachable),
        (refused("SlowDown"), RegistryUnreachable),
        (refused("PermanentRedirect"), RegistryUnreachable),
        (EndpointConnectionError(endpoint_url="https://s3"), RegistryUnreachable),
        (ConnectTimeoutError(endpoint_url="https://s3"), RegistryUnreachable),
        (ReadTimeoutError(endpoint_url="https://s3"), RegistryUnreachable),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), RegistryUnreachable),
        (NoCredentialsError(), RegistryAccessDenied),
    ],
)
def test_each_failure_of_the_sdk_becomes_an_error_of_ours_that_names_the_place(
    error: Exception, expected: type[RegistryError]
) -> None:
    translated = translate(error, "s3://bucket/iris/aliases/production.json")
    assert type(translated) is expected
    assert "s3://bucket/iris" in str(translated)


def test_the_client_waits_no_longer_than_it_says() -> None:
    config: Any = s3_client().meta.config  # its options are attributes that the type stubs do not have
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_SECONDS, READ_SECONDS)
    assert config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}
