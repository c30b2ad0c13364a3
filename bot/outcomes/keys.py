"""Keys: a person in a study is the fingerprint of their address, of no use to whoever lacks the study's key.

The study has a key of its own, apart from the one that seals what people write. With it gone, nobody can be
told from an assignment any more, which is how a study ends.
"""

import regex

from bot import vault
from bot.text import key

LENGTH = 32  # hexadecimal digits, 128 bits
_KEY = regex.compile(rf"[0-9a-f]{{{LENGTH}}}")


class StudyKey:
    def __init__(self, text: str) -> None:
        self._key = vault.Key.from_text(text)

    def of(self, email: str) -> str:
        """The same however the address is written."""
        return self._key.fingerprint(f"study person: {key(email)}")[:LENGTH]

    def of_stratum(self, values: tuple[str, ...]) -> str:
        """A stratum of one person would say who that is; its fingerprint does not."""
        return self._key.fingerprint(f"study stratum: {values!r}")[:8]


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None
