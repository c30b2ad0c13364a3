"""Text: what people type, made safe to keep and to show.

Nothing here escapes for a platform; that is done where a message is drawn. Every function takes time in
proportion to the text, whatever the text is.
"""

import unicodedata
from collections.abc import Iterator

import regex  # dateparser needs it as well; it knows \X and these classes, and re does not

NAME = 80  # characters
A_FEW_LETTERS = 12  # a shorter text is found within many others: "Ja" in "Januar"

_LINE_END = regex.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
# Marks of direction, which turn the next line around too, and tags, which can hold a whole hidden message
_UNSAFE = regex.compile(
    r"(?![\n\t])[\p{Cc}\p{Cs}\u200B\uFEFF\u202A-\u202E\u2066-\u206F\uFFF9-\uFFFB\U000E0000-\U000E007F]"
)
_UNSEEN = regex.compile(r"\p{Default_Ignorable_Code_Point}+")
_BLANK = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\uFFF9-\uFFFB\u2800]*+")
_SPACE = regex.compile(r"[\s\u2800]+")

# Eight marks on one letter are more than any language writes. Normalising sorts them one by one, a hundred
# thousand of them for many seconds, so the others go before it and not after.
_MARK = r"[\p{M}\p{Grapheme_Extend}\p{Default_Ignorable_Code_Point}]"
_TOO_MANY_MARKS = regex.compile(rf"({_MARK}{{8}}){_MARK}+")

# What a reader takes for one character. \X alone counts a row of flags from its start again at each flag.
_GRAPHEME = regex.compile(r"[\U0001F1E6-\U0001F1FF]{2}[\p{Grapheme_Extend}\u200D]*+|\X")

_PLAIN = str.maketrans(
    dict.fromkeys("‘’‚‛′´", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‒–—―−", "-")
)


def clean(text: str) -> str:
    """The same words, without what could break a line, hide a message or upset a database."""
    if text.isascii() and text.isprintable():  # as most short ones; nothing would be found in it
        return text.strip()
    lines = _LINE_END.sub("\n", text)
    return _composed(_UNSAFE.sub("", lines)).strip()


def is_blank(text: str) -> bool:
    first = text[:1]
    if first.isascii() and first.isalnum():  # as in nearly all; the expression takes its time to say no
        return False
    return _BLANK.fullmatch(text) is not None


def clean_name(text: str) -> str:
    """One line, with nothing in it that cannot be seen."""
    seen = clean(_UNSEEN.sub("", text))
    return shorten(_SPACE.sub(" ", seen).strip(), NAME)


def graphemes(text: str) -> Iterator[str]:
    """What a reader takes for one character, one after the other."""
    return (found[0] for found in _GRAPHEME.finditer(text))


def shorten(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, which is how both platforms count, and never half a character."""
    if 2 * len(text) <= limit or units(text) <= limit:
        return text
    if text.isascii() and "\r" not in text:  # each character is one unit and one grapheme
        return (text[: max(limit - 1, 0)].rstrip() + "…")[: max(limit, 0)]
    room, end = limit - 1, 0
    for grapheme in graphemes(text):
        room -= units(grapheme)
        if room < 0:
            break
        end += len(grapheme)
    return (text[:end].rstrip() + "…")[: max(limit, 0)]


def quotes(value: str, text: str) -> bool:
    """Whether somebody's text stands in this one: a short one as lines of its own, a longer one anywhere."""
    if len(text) < A_FEW_LETTERS:
        return f"\n{text}\n" in f"\n{value}\n"
    return text in value


def key(text: str) -> str:
    """What two spellings have in common. Measure this and not the text: one letter can become eighteen."""
    if text.isascii():  # most are, and of what follows nothing applies to them
        return " ".join(clean(text).lower().split())
    plain = clean(_UNSEEN.sub("", text)).translate(_PLAIN)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    return " ".join(folded.translate(_PLAIN).split())


def _composed(text: str) -> str:
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", _TOO_MANY_MARKS.sub(r"\1", text))
    return str(_TOO_MANY_MARKS.sub(r"\1", composed))


def units(text: str) -> int:
    """UTF-16 units, of which there are never fewer than code points."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
