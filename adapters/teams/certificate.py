"""Reads the certificate with which Cairn signs in to Teams: whole, its own key beside it, and not run out."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.remedy import MendFirst
from adapters.teams.settings import SECRETS_PAGE

SOON = timedelta(days=30)
KEY = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
ANEW = f"Make a new one and upload its certificate at {SECRETS_PAGE} > Certificates."


def check_certificate(file: Path, now: datetime) -> str:
    held = _read(file)
    certificate = _of_key(held)
    ends = certificate.not_valid_after_utc
    if now < certificate.not_valid_before_utc:
        raise MendFirst(
            f"The certificate is valid only from {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on.",
            "Wait until then, or see whether the clock of this machine is right.",
        )
    if ends <= now:
        raise MendFirst(f"The certificate ran out on {ends:%Y-%m-%d}.", ANEW)
    if ends - now < SOON:
        raise MendFirst(f"The certificate runs out on {ends:%Y-%m-%d}.", ANEW)
    if file.stat().st_mode & 0o077:
        raise MendFirst(
            "Others on this machine can read the key that TEAMS_APP_CERTIFICATE names.",
            "Make it readable for Cairn's user alone (chmod 600).",
        )
    return f"valid until {ends.astimezone(UTC):%Y-%m-%d}"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MendFirst(
            f"The file that TEAMS_APP_CERTIFICATE names cannot be read ({error.strerror}).",
            "Let Cairn's user read it.",
        ) from None


def _of_key(held: bytes) -> x509.Certificate:
    """The first one belongs to the key; those of who issued it may follow."""
    written = KEY.search(held)
    try:
        key = load_pem_private_key(written[0] if written else b"", None)
        certificate, *_ = x509.load_pem_x509_certificates(held)
    except (ValueError, TypeError):
        raise MendFirst(
            "The file that TEAMS_APP_CERTIFICATE names is not whole: its certificate or key cannot be read.",
            "Write both anew, one after the other: cat certificate.pem key.pem > teams.pem",
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise MendFirst("The key of the certificate is not an RSA key, as Microsoft asks for.", ANEW)
    if certificate.public_key() != key.public_key():
        raise MendFirst(
            "In the file that TEAMS_APP_CERTIFICATE names, the key is not the one of the first certificate.",
            "Put the two together that were made together: cat certificate.pem key.pem > teams.pem",
        )
    return certificate
