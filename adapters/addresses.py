"""Addresses that somebody wrote into a setting: understood as a browser understands them, or refused."""

import re
from urllib.parse import SplitResult, urlsplit

from adapters.loopback import is_loopback
from adapters.remedy import MendFirst


def public_url(written: str, platform: str, *, loopback: bool = True) -> str:
    """The address of this server as a platform reaches it: https, a host, and no more."""
    parts = parts_of(written)
    if parts.scheme != "https" and not (loopback and is_this_machine(parts)):
        raise MendFirst(
            f"{_shown(parts)} does not begin with https://.", f"{platform} talks to nothing else."
        )
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise MendFirst(
            f"{_shown(parts)} is followed by more than a host.",
            "Write it without a path, like https://cairn.example.com",
        )
    return f"{parts.scheme}://{parts.netloc}".lower()


def parts_of(written: str) -> SplitResult:
    """Of an address that a browser and we understand alike."""
    odd = MendFirst(f"{written!r} is not the address of a server.", "Write it like https://cairn.example.com")
    if not re.fullmatch(r"[!-~]+", written) or "\\" in written or "@" in written:
        raise odd
    try:
        parts = urlsplit(written)
        is_whole = bool(parts.hostname) and parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        raise odd from None
    if not is_whole:
        raise odd
    return parts


def is_this_machine(parts: SplitResult) -> bool:
    """Without encryption, since nothing leaves it."""
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


def _shown(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"
