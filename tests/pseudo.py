"""A language that nobody speaks: English with accents, 40 % longer, in brackets.

What shows up without brackets was not taken from prompts/. What breaks with it was too tight.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.prompts import FALLBACK, Entry, Prompts

PSEUDO = "eo"  # Babel has to know its dates, and Cairn does not speak Esperanto
LONGER = 0.4
OPEN, CLOSE = "⟦", "⟧"
KEPT_AS_THEY_ARE = {"kind", "required", "limit"}

_ACCENTS = str.maketrans("AEIOUYaeiouycn", "ÀÉÎÕÜÝàéîõüýçñ")
_MARKS = re.compile(r"(\{\w+\}|\*\*|^- )", re.MULTILINE)


def with_pseudo(prompts: Prompts, typed_words: Mapping[str, Any]) -> Prompts:
    """These prompts, and the pseudo language as one more."""
    spoken = [prompts.entry(FALLBACK, name) for name in sorted(prompts.names(FALLBACK))]
    ours = [Entry(entry.name, PSEUDO, _said(entry.source)) for entry in spoken]
    return Prompts([*spoken, *ours], typed_words)


def pseudo(text: str) -> str:
    parts = _MARKS.split(text.strip())
    accented = "".join(part if _MARKS.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
    bullet = "- " if accented.startswith("- ") else ""
    return f"{bullet}{OPEN}{accented.removeprefix(bullet)}{'~' * int(len(text) * LONGER)}{CLOSE}"


def is_pseudo(text: str) -> bool:
    return text.startswith((OPEN, f"• {OPEN}")) and text.endswith(CLOSE)


def _said(source: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value if key in KEPT_AS_THEY_ARE else _each(value) for key, value in source.items()}


def _each(value: Any) -> Any:
    return _said(value) if isinstance(value, Mapping) else pseudo(value)
