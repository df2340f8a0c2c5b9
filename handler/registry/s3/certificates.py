"""Which authorities are trusted over TLS: a file of certificates, read here once for each client.

Left to itself, obstore reads every file of the system's folder of certificates too, each of which is in the file as
well: 5 ms, where the file takes 1 ms. It adds a bundle of ours to the system's; here the bundle takes its place, as it
does for AWS's SDKs (AWS SDKs and Tools Reference Guide, "General configuration settings", `ca_bundle`).
"""

from collections.abc import Mapping
from pathlib import Path

from handler.errors.model import InvalidSettings

VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
SYSTEM_FILES = (
    "/etc/pki/tls/certs/ca-bundle.crt",  # Amazon Linux
    "/etc/ssl/certs/ca-certificates.crt",  # Debian
    "/etc/ssl/cert.pem",  # Alpine, macOS
)


def named_bundle(environ: Mapping[str, str]) -> bytes | None:
    """The certificates of the file that a variable names; None where none does. Raises InvalidSettings."""
    for name in VARIABLES:
        path = environ.get(name)
        if path:
            try:
                data = Path(path).read_bytes()
            except (OSError, ValueError):
                data = b""
            if b"-----BEGIN CERTIFICATE-----" not in data:
                raise InvalidSettings(f"{name} must name a file of certificates in PEM; {path[:200]!r} is none.")
            return data
    return None


def system_bundle() -> bytes | None:
    """The certificates that the operating system trusts, in the one file that has them all; None without one."""
    for path in SYSTEM_FILES:
        try:
            return Path(path).read_bytes()
        except OSError:
            continue
    return None
