"""boto3's clients of S3, and what their errors mean in our words.

On a workstation the profiles, SSO, configuration files and redirects to a bucket's region are botocore's. The function
reads by obstore (`handler.registry.s3_store`), which is not imported here: a child that is forked after obstore's first
use hangs, and training forks.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from handler.errors.model import RegistryAccessDenied, RegistryError, RegistryUnreachable
from handler.registry.s3.errors import error_of
from training.account import trouble_with_credentials, trouble_with_place

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS = 1
READ_SECONDS = 3
ATTEMPTS = 3


def s3_client() -> "S3Client":
    """A client with bounded waiting: S3 answers within tens of milliseconds, or had better be asked again.

    Raises RegistryUnreachable where AWS_ENDPOINT_URL is no URL.
    """
    import boto3  # slow to import: a registry in a folder does without
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    try:
        # A session of its own, because boto3's common one keeps the credentials that it found first.
        return boto3.Session().client("s3", config=config)
    except ValueError as error:  # AWS_ENDPOINT_URL, before anything is asked
        if text := trouble_with_place(error):
            raise RegistryUnreachable(f"S3 cannot be reached. {text}") from error
        raise


def translate(error: Exception, uri: str) -> RegistryError:
    """The error of ours that says what botocore's `error` on `uri` means."""
    if text := trouble_with_credentials(error):
        return RegistryAccessDenied(f"{uri} cannot be reached. {text}")
    if text := trouble_with_place(error):
        return RegistryUnreachable(f"{uri} cannot be reached. {text}")
    known = error_of(error.response["Error"]["Code"], uri) if isinstance(error, ClientError) else None
    return known or RegistryUnreachable(f"S3 did not answer for {uri}: {error}")
