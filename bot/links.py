"""Links that people hand to each other: https only, with the host shown, and never fetched.

Whoever is to press a link sees where it leads. So everything that makes a link look like another is refused:
a name in front of the host (https://hr.example@evil.example), a backslash, which browsers take for a slash,
letters that turn into others, and whatever cannot be seen.
"""

import unicodedata
from dataclasses import dataclass, field

import regex

LONGEST = 2000  # characters
LONGEST_HOST = 253  # characters: RFC 1035

_LABEL = r"[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_-]{0,61}[\p{L}\p{M}\p{N}_])?"
_LINK = regex.compile(
    rf"https://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?P<rest>(?::\d{{1,5}})?(?:[/?#].*)?)", regex.IGNORECASE
)
_NEVER = regex.compile(r"[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800<>\"`\\]")


@dataclass(frozen=True)
class Link:
    url: str = field(repr=False)
    host: str = field(repr=False)  # as it was written: xn--… is not turned into letters that look familiar


def https_link(text: str) -> Link | None:
    """The link that the whole text is, or None if it is none that can be shown to somebody."""
    typed = text.strip(" \t\r\n")
    if len(typed) > LONGEST or _NEVER.search(typed):
        return None
    found = _LINK.fullmatch(typed)
    if found is None:
        return None
    host = found["host"].lower()
    if len(host) > LONGEST_HOST or unicodedata.normalize("NFKC", host) != host:
        return None
    return Link(f"https://{host}{found['rest']}", host)
