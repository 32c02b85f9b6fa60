"""A certificate authority of this machine, and its certificate: HTTPS inside a clinic."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_YEARS = 10
CERTIFICATE_DAYS = 397
"""Thirteen months: browsers refuse certificates that are valid for much longer."""
RENEW_DAYS = 30

Key: TypeAlias = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCertificate:
    """Where the files lie, and the fingerprint by which a person recognises the authority."""

    authority: Path
    certificate: Path
    key: Path
    fingerprint: str

    def explanation(self, addresses: Sequence[str]) -> str:
        """What to do on a tablet, in words, for the terminal."""
        lines = "\n".join(f"  {address}" for address in addresses)
        return (
            f"Mesoplan speaks HTTPS in this network:\n{lines}\n"
            "A tablet has to trust this machine once: open one of the addresses followed by\n"
            "certificate, go on past the warning, install the file as a trusted certificate\n"
            "authority, and compare its fingerprint (SHA-256):\n"
            f"  {self.fingerprint}\n"
            f"The file itself: {self.authority}  (stop with Ctrl+C)\n"
        )


def ensure(folder: Path, names: Sequence[str]) -> LocalCertificate:
    """The certificate for these names and addresses, made or renewed when it has to be."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_file, certificate_file = folder / "authority.crt", folder / "site.crt"
    key_file = folder / "site.key"
    authority, authority_key = _authority(authority_file, folder / "authority.key")
    if not _fits(certificate_file, key_file, authority, names):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(names, key, authority, authority_key)
        _write_secret(key_file, _private(key))
        certificate_file.write_bytes(_public(certificate) + _public(authority))
    digest = authority.fingerprint(hashes.SHA256())
    return LocalCertificate(
        authority=authority_file,
        certificate=certificate_file,
        key=key_file,
        fingerprint=digest.hex(":").upper(),
    )


def _authority(place: Path, key_place: Path) -> tuple[x509.Certificate, Key]:
    kept = _kept(place, key_place)
    if kept is not None and _is_fresh(kept[0]):
        return kept
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Mesoplan on {socket.gethostname()}")
    made = (
        _builder(name, name, key, timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_secret(key_place, _private(key))
    place.write_bytes(_public(made))
    return made, key


def _certificate(
    names: Sequence[str], key: Key, authority: x509.Certificate, authority_key: Key
) -> x509.Certificate:
    return (
        _builder(_name("Mesoplan"), authority.subject, key, timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, valid: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)  # noqa: TID251 - a certificate is valid from now
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + valid)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _kept(place: Path, key_place: Path) -> tuple[x509.Certificate, Key] | None:
    """A certificate with its own key, as they lie there; none where one of them is no such file."""
    try:
        found = x509.load_pem_x509_certificate(place.read_bytes())
        key = serialization.load_pem_private_key(key_place.read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == found.public_key():
        return found, key
    return None


def _fits(place: Path, key_place: Path, authority: x509.Certificate, names: Sequence[str]) -> bool:
    kept = _kept(place, key_place)
    if kept is None:
        return False
    found = kept[0]
    try:
        # An authority that was made anew has the name of the one before, and another key.
        found.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    has = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return _is_fresh(found) and set(_alternatives(names)) <= set(has)


def _is_fresh(found: x509.Certificate) -> bool:
    until = found.not_valid_after_utc
    return until - datetime.now(UTC) > timedelta(days=RENEW_DAYS)  # noqa: TID251 - see above


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_secret(place: Path, content: bytes) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
