"""Study key: the file without which nobody can tell who is who in an assignment."""

from pathlib import Path

from adapters.remedy import MendFirst
from bot import vault
from bot.outcomes.keys import StudyKey


def open_key(file: Path) -> StudyKey:
    try:
        return StudyKey(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MendFirst(
            f"The key file {file} cannot be read: {error.strerror}.",
            "Give the one with which the lottery was drawn. Nothing was written.",
        ) from None
    except ValueError:
        raise MendFirst(
            f"In {file} there is no key.", "A key is 64 hexadecimal digits. Nothing was written."
        ) from None


def open_or_make_key(file: Path) -> tuple[StudyKey, bool]:
    """And whether it was made."""
    if file.exists():
        return open_key(file), False
    try:
        file.touch(0o600, exist_ok=False)
        file.write_text(vault.new_key() + "\n", encoding="utf-8")
    except OSError as error:
        raise MendFirst(
            f"The key file {file} cannot be written: {error.strerror}.", "Choose another place."
        ) from None
    return open_key(file), True
