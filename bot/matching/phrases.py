"""Phrases: how alike "Managing people" and "people management" are.

Words are folded, small ones left out, endings cut off: crude, but the same for everybody, quick, and
without a dictionary. It knows no synonyms.
"""

from collections.abc import Iterable
from functools import lru_cache

import regex

from bot.text import key

ALIKE = 1000  # two phrases of the same words

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}+#]+")
_SMALL_WORDS = """
a about all am an and any are as at be been before by can do for from get give have how i in into is it its
learn like make more my new not of on one or our out so that the their them they this those to up want way
we what when which who why with you your
aber als am an auf aus bei beim bin das dass dem den der des die ein eine einen einer eines er es für gut
haben ich ihr im in ist ja kann lernen mein meine mehr mich mir mit nach neue nicht noch oder sein sich sie
so um und uns vom von vor was wenn wer werden wie will wir zu zum zur
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_ENDINGS_LONGEST_FIRST = """
ements ations ership ement ation ating ities ments ungen ated ings ions ment ate ers ies ing ion ors ung
ed en er es is or e s y
"""
_ENDINGS = tuple(_ENDINGS_LONGEST_FIRST.split())
_SHORTEST = 4  # letters that have to be left
_EACH = 40  # words of one phrase; more are not a skill


@lru_cache(maxsize=2**16)
def stems(phrase: str) -> frozenset[str]:
    """What a phrase is about; if it has small words only, those."""
    words = _WORD.findall(key(phrase))[:_EACH]
    telling = [word for word in words if word not in _SMALL]
    return frozenset(map(_stem, telling or words))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)
    return word


def likeness(one: Iterable[str], other: Iterable[str]) -> int:
    """Dice's coefficient of two sets of stems, from 0 to 1000."""
    mine, theirs = frozenset(one), frozenset(other)
    if not mine or not theirs:
        return 0
    return 2 * ALIKE * len(mine & theirs) // (len(mine) + len(theirs))
