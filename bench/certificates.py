"""A certificate authority of one's own and a server's certificate by it: S3 on loopback, asked over TLS."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFE = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Files in PEM: `bundle` is what clients trust, with `own_key`; `key` and `certificate` are the server's."""

    bundle: Path
    own_key: Path
    key: Path
    certificate: Path


def make_authority(folder: Path, name: str, host: str = "127.0.0.1") -> Authority:
    """An authority called `name` and a certificate by it for the address `host`, all in `folder`, for a day."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    is_authority = x509.BasicConstraints(ca=True, path_length=None)
    at_host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    own, server = folder / f"{name}.pem", folder / f"{name}-{host}.pem"
    made = Authority(own, own.with_suffix(".key"), server.with_suffix(".key"), server)
    made.bundle.write_bytes(_certificate(name, name, authority_key, authority_key, is_authority))
    made.certificate.write_bytes(_certificate("S3", name, server_key, authority_key, at_host))
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    made.own_key.write_bytes(authority_key.private_bytes(*form))
    made.key.write_bytes(server_key.private_bytes(*form))
    return made


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LIFE)
        .not_valid_after(now + LIFE)
        .add_extension(extension, critical=True)
    )
    return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
