"""What botocore's errors about who asks, and where, mean in our words: no credentials, expired ones, no region.

What was asked for (a bucket, a stack) is not known here: those who ask say that themselves.
"""

from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSLError,
    SSOError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

NO_CREDENTIALS = (
    "No AWS credentials were found: sign in (`aws sso login`, `aws configure`), name a profile with AWS_PROFILE, or "
    "export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)
EXPIRED = "The AWS credentials have expired: sign in again (`aws sso login`), or export new ones."
NO_REGION = "No AWS region is set: export AWS_DEFAULT_REGION, or choose a profile that has one with AWS_PROFILE."

EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
UNKNOWN_CODES = frozenset(
    {
        *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken"),
        *("SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure", "IncompleteSignature"),
    }
)
DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})


def code_of(error: Exception) -> str:
    """The code that AWS answered with; empty where it gave no answer."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def trouble_with_credentials(error: Exception) -> str | None:
    """The sentence for an `error` about who asks; None where it is about something else."""
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return NO_CREDENTIALS
    if isinstance(error, ProfileNotFound):
        return "AWS_PROFILE names a profile that is not configured here: `aws configure list-profiles` shows those."
    code = code_of(error)
    if code in EXPIRED_CODES or isinstance(error, (SSOError, TokenRetrievalError, UnauthorizedSSOTokenError)):
        return EXPIRED
    if code in UNKNOWN_CODES:
        return f"AWS does not know these credentials ({code}): check AWS_PROFILE, or the keys that are exported."
    return None


def trouble_with_place(error: Exception) -> str | None:
    """The sentence for an `error` about where AWS is looked for; None where it is about something else."""
    if isinstance(error, NoRegionError):
        return NO_REGION
    if isinstance(error, InvalidRegionError):
        return "The AWS region is not a region's name: check AWS_DEFAULT_REGION, which is one such as eu-central-1."
    if isinstance(error, ProxyConnectionError):
        return "The proxy did not answer: check HTTPS_PROXY and NO_PROXY."
    if isinstance(error, SSLError):
        return "The certificate that AWS's address showed is not trusted here: check AWS_CA_BUNDLE and the proxy."
    if isinstance(error, EndpointConnectionError):
        place = urlsplit(str(error.kwargs.get("endpoint_url", "")))
        address = f"{place.scheme}://{place.netloc}"
        return f"Nothing answers at {address}: check the network, the region, and AWS_ENDPOINT_URL if you set it."
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return "The connection to AWS broke or timed out: check the network, and try again."
    if isinstance(error, ValueError) and "Invalid endpoint" in str(error):
        return "AWS_ENDPOINT_URL is no URL: give one such as https://localhost:4566, or unset it."
    return None


def trouble(error: Exception) -> str | None:
    """The sentence for an `error` about who asks or where; None where it is about what was asked for."""
    return trouble_with_credentials(error) or trouble_with_place(error)


FAILURES = (BotoCoreError, ClientError, ValueError)
"""What a call of boto3 raises: ValueError where AWS_ENDPOINT_URL is no URL."""
