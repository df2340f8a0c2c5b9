"""The function's credentials: variables on Lambda, an endpoint on the same machine under SnapStart.

The endpoint is what AWS calls a container credential provider (AWS SDKs and Tools Reference Guide, "Container
credential provider"); obstore takes no token from AWS_CONTAINER_AUTHORIZATION_TOKEN, which Lambda gives. Nothing is
kept here: whoever reads a file asks first. So nothing expires while it is held, and no clock is asked, which may have
stood still. Profiles, SSO and roles are a workstation's: `training` reads those, by boto3.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from handler.errors.model import InvalidSettings, RegistryAccessDenied, RegistryError, RegistryUnreachable

FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
RELATIVE_HOST = "http://169.254.170.2"
CONTAINER_HOSTS = frozenset({"169.254.170.2", "169.254.170.23", "fd00:ec2::23"})
"""Those of ECS and EKS. Beside them a token is sent in the clear to this machine alone (the same guide)."""

ENDPOINT_SECONDS = 1
"""For each step of the exchange: the endpoint is on this machine."""

MOST_BYTES = 64 * 1024


class Credentials(NamedTuple):  # made in 0.1 ms of each cold start, where a dataclass takes 0.7
    """A pair of keys, with the token of a session where they are for one."""

    access_key_id: str
    secret_access_key: str
    token: str | None

    def __repr__(self) -> str:
        return f"Credentials(access_key_id={self.access_key_id!r})"


def credentials_for(place: str, environ: Mapping[str, str]) -> Credentials:
    """What signs requests for the URI `place` now.

    Raises RegistryAccessDenied where there is nothing, InvalidSettings for an endpoint that may not be asked, and
    RegistryUnreachable where it does not answer.
    """
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)
    if key or secret:
        missing = "AWS_SECRET_ACCESS_KEY" if key else "AWS_ACCESS_KEY_ID"
        raise RegistryAccessDenied(f"There are no credentials for {place}: {missing} is not set.")
    if environ.get(RELATIVE_URI):
        return _of_endpoint(RELATIVE_URI, RELATIVE_HOST + environ[RELATIVE_URI], environ)
    if environ.get(FULL_URI):
        return _of_endpoint(FULL_URI, environ[FULL_URI], environ)
    raise RegistryAccessDenied(
        f"There are no credentials for {place}: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor {FULL_URI} "
        "is set, and the function reads no profile. Lambda sets them; elsewhere use `python -m training serve`, which "
        "knows profiles and SSO, or export the keys (`aws configure export-credentials --format env`)."
    )


def _of_endpoint(variable: str, uri: str, environ: Mapping[str, str]) -> Credentials:
    status, body = _asked(variable, uri, _authorization(environ))
    if status in (400, 401, 403):
        raise RegistryAccessDenied(
            f"The credentials endpoint of {variable} refused the function's token ({status}): look at the function's "
            "role."
        )
    try:
        if status != 200:
            raise ValueError
        given = json.loads(body)
        key, secret, token = given["AccessKeyId"], given["SecretAccessKey"], given.get("Token")
        if not (key and secret and all(isinstance(text, str) for text in (key, secret, token or ""))):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RegistryUnreachable(
            f"The credentials endpoint of {variable} gave no credentials (status {status}): requests try again."
        ) from None
    return Credentials(key, secret, token or None)


def _authorization(environ: Mapping[str, str]) -> dict[str, str]:
    """The header that the endpoint asks for. The file is read each time: who wrote it may write another token."""
    file = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    token = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    if file:
        try:
            token = Path(file).read_text(encoding="latin-1").strip()
        except (OSError, ValueError):
            raise RegistryAccessDenied(
                f"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names {file[:200]!r}, which cannot be read."
            ) from None
    if not token.isprintable():
        raise InvalidSettings("The token for the credentials endpoint has a line break or another control character.")
    return {"Authorization": token} if token else {}


def _asked(variable: str, uri: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """The status and the body that the endpoint answers with; a proxy is never asked."""
    # Under SnapStart alone: http.client brings email and ssl.
    import http.client

    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _not_allowed(variable, uri) from None
    if parts.scheme not in ("http", "https") or (parts.scheme == "http" and not _is_near(host)):
        raise _not_allowed(variable, uri)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=ENDPOINT_SECONDS)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise RegistryUnreachable(
            f"The credentials endpoint of {variable} does not answer at {parts.netloc}: requests try again."
        ) from error
    finally:
        connection.close()


def _is_near(host: str) -> bool:
    """Whether `host` is this machine or one of the container addresses. A name other than localhost is neither."""
    import ipaddress

    if host == "localhost" or host in CONTAINER_HOSTS:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_allowed(variable: str, uri: str) -> RegistryError | InvalidSettings:
    return InvalidSettings(
        f"{variable} must be https, or http on this machine or on {' or '.join(sorted(CONTAINER_HOSTS))}; it is "
        f"{uri[:200]!r}."
    )
