"""What S3's error codes mean, in our words (S3 API Reference, "Error responses"). Knows no library that reads S3."""

from handler.errors.model import RegistryAccessDenied, RegistryError, RegistryNotFound, RegistryUnreachable

NO_KEY = frozenset({"NoSuchKey", "404"})
DENIED = frozenset(
    {
        "AccessDenied",
        "403",
        "401",
        "AllAccessDisabled",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "TokenRefreshRequired",
        "AccountProblem",
        "InvalidSecurity",
        "NotSignedUp",
    }
)
ELSEWHERE = frozenset(
    {
        "PermanentRedirect",
        "Redirect",
        "TemporaryRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "301",
        "307",
    }
)
"""S3 answers so where the bucket is in another region than the one that was asked."""


def error_of(code: str, place: str, region: str = "", there: str = "") -> RegistryError | None:
    """The error for S3's `code` at the URI `place`; None where the code says only that S3 has a trouble of its own.

    `region` is the one that was asked, `there` the one that S3 named, where either is known.
    """
    if code == "NoSuchBucket":
        return RegistryNotFound(f"The bucket of {place} does not exist: check MODEL_URI.")
    if code in DENIED:
        return RegistryAccessDenied(
            f"{place} may not be read or written with these credentials ({code}): check the policy."
        )
    if code in ELSEWHERE:
        asked = f", not in {region}, where it was asked" if region else " than the one that was asked"
        where = f"in {there}" if there and there != region else "in another region"
        return RegistryUnreachable(
            f"The bucket of {place} is {where}{asked} ({code}): put the function and its bucket into one region."
        )
    return None
