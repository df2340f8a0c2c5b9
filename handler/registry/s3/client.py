"""Makes obstore's client for one file's requests: everything is said to it, and nothing is kept from one to the next.

A client made here has no connection, no address and no credentials of before, which a freeze or a snapshot might have
made useless, and making one takes a millisecond. obstore would read many AWS_ variables by itself, those of the SDKs
and its own, such as AWS_SKIP_SIGNATURE; the ones that a reader could notice are given a value here.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from obstore.exceptions import BaseError
from obstore.store import S3Store

from handler.errors.model import InvalidSettings
from handler.registry.s3.certificates import VARIABLES, named_bundle, system_bundle
from handler.registry.s3.credentials import Credentials
from handler.registry.s3.endpoint import Endpoint

if TYPE_CHECKING:
    from obstore.store import S3Credential

CONNECT_SECONDS = 1
READ_SECONDS = 3
ATTEMPTS = 3
"""Together well below the function's time-out (template.yaml), so that a silent S3 ends in a 503 with its reason."""

ANSWER_SECONDS = 30
"""For one whole answer, of PART_BYTES at most: who sends a byte now and then is given up too."""

NOT_OF_THE_ENVIRONMENT: Mapping[str, Any] = {
    "skip_signature": False,
    "s3_express": False,
    "request_payer": False,
    "unsigned_payload": False,
    # These concern writing, but a value that obstore cannot read would end a reader as well.
    "checksum_algorithm": "SHA256",
    "conditional_put": "etag",
    "copy_if_not_exists": "multipart",
    "disable_tagging": False,
    "disable_bulk_delete": False,
    "server_side_encryption": "AES256",  # with customer keys, a reader would send them
    "sse_kms_key_id": "",
    "sse_bucket_key_enabled": False,
}


def make_client(bucket: str, endpoint: Endpoint, credentials: Credentials, environ: Mapping[str, str]) -> S3Store:
    """A client that reads `bucket` once and does not try again; raises InvalidSettings."""

    def provide() -> "S3Credential":
        return {
            "access_key_id": credentials.access_key_id,
            "secret_access_key": credentials.secret_access_key,
            "token": credentials.token,
            "expires_at": None,
        }

    config: Any = {
        **NOT_OF_THE_ENVIRONMENT,
        "region": endpoint.region,
        "endpoint": endpoint.url,
        "aws_endpoint_url_s3": endpoint.url,
        "virtual_hosted_style_request": endpoint.bucket_in_host,
    }
    is_http = endpoint.url.startswith("http://")
    options: Any = {
        "allow_http": is_http,
        "connect_timeout": f"{1000 * CONNECT_SECONDS:.0f}ms",
        "read_timeout": f"{1000 * READ_SECONDS:.0f}ms",
        "timeout": f"{1000 * ANSWER_SECONDS:.0f}ms",
        "pool_max_idle_per_host": "0",  # a connection ends with its answer
    }
    named = None if is_http else named_bundle(environ)
    bundle = None if is_http else named or system_bundle()
    if is_http or bundle:
        options["disable_system_certificates"] = True  # not in obstore's type stubs
    if bundle:
        options["root_certificate"] = bundle

    def made(options: Any) -> S3Store:
        return S3Store(
            bucket, config=config, client_options=options, retry_config={"max_retries": 0}, credential_provider=provide
        )

    try:
        return made(options)
    except (BaseError, ValueError) as error:
        if named:
            raise InvalidSettings(
                f"A certificate in the file that {' or '.join(VARIABLES)} names cannot be read: it must hold whole "
                "ones in PEM."
            ) from error
        if not bundle:
            raise InvalidSettings(
                f"The bucket {bucket!r} cannot be asked at {endpoint.url}: check MODEL_URI, AWS_ENDPOINT_URL and the "
                "variables for a proxy (HTTPS_PROXY)."
            ) from error
        # A file of the system's with a certificate that is no use: obstore takes the others.
        del options["disable_system_certificates"], options["root_certificate"]
        return made(options)
