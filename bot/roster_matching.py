"""Roster columns for the matching: languages, ways of working, and who may or must not be with whom.

None of them is needed. What stands in them is read as strictly as everything else, because a rule that was
misread would put two people together who must not be.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Protocol

import regex
from babel import Locale
from rapidfuzz import fuzz, process

from bot.matching.people import CONTACTS, MOST_WISHES, STYLES
from bot.spreadsheet import brief
from bot.text import clean_name, key

COLUMNS = (
    "languages",
    "style",
    "contact",
    "site",
    "manager",
    "not_with",
    "past",
    "wishes",
    "vetoes",
    "group",
)
PEOPLE = ("manager", "not_with", "past", "wishes", "vetoes")
AS_PEOPLE_WRITE_THEM: Mapping[str, str] = {
    "wants": "goals",
    "offers": "skills",
    "line manager": "manager",
    "manager email": "manager",
    "reports to": "manager",
    "past mentors": "past",
    "past pairs": "past",
    "veto": "vetoes",
    "wish": "wishes",
    "wish list": "wishes",
}
NEAR = 80  # of 100, by rapidfuzz

_IN_THEIR_OWN_WORDS = "bg cs da el es et fi fr hr hu it ja ko lt lv nl no pl pt ro ru sk sl sv tr uk zh"
_ADDRESS = regex.compile(r"[^\s@;,]+@[^\s@;,]+\.[^\s@;,]+")
_BETWEEN = regex.compile(r"[;,+/\n]+")


class Cells(Protocol):
    def __getitem__(self, column: str) -> str: ...

    def wrong(self, column: str, name: str, **values: object) -> None: ...


def languages(cells: Cells) -> tuple[str, ...]:
    """ISO codes of what somebody speaks, whether they wrote "de", "German" or "Deutsch"."""
    found = []
    for typed in _listed(cells["languages"]):
        code = _code(key(typed))
        found.append(code)
        if not code:
            cells.wrong("languages", "roster.not_a_spoken_language", typed=brief(typed))
    return tuple(dict.fromkeys(filter(None, found)))


def _code(typed: str) -> str:
    plain = typed.replace("_", "-").partition("-")[0]  # pt-BR is pt
    return _codes().get(typed) or _codes().get(plain) or _own_names().get(typed, "")


@cache
def _codes() -> Mapping[str, str]:
    english, german = (dict(Locale(language).languages) for language in ("en", "de"))
    codes = [str(code) for code in english if len(str(code)) <= 3]
    named = {key(str(names[code])): code for names in (german, english) for code in codes if code in names}
    return named | {code: code for code in codes}


@cache
def _own_names() -> Mapping[str, str]:
    """Read only where somebody wrote neither English nor German: each language is a file."""
    codes = _IN_THEIR_OWN_WORDS.split()
    return {key(Locale(code).get_language_name(code) or code): code for code in codes}


def style(cells: Cells) -> tuple[str, ...]:
    return _chosen(cells, "style", STYLES)


def contact(cells: Cells) -> tuple[str, ...]:
    return _chosen(cells, "contact", CONTACTS)


def _chosen(cells: Cells, column: str, choices: Sequence[str]) -> tuple[str, ...]:
    known = {_squeezed(choice): choice for choice in choices}
    found = []
    for typed in _listed(cells[column]):
        choice = known.get(_squeezed(typed), "")
        found.append(choice)
        if not choice:
            near = process.extractOne(key(typed), choices, scorer=fuzz.ratio, score_cutoff=NEAR)
            if near:
                cells.wrong(column, "roster.meant_a_choice", typed=brief(typed), meant=near[0])
            else:
                cells.wrong(column, "roster.not_a_choice", typed=brief(typed), among=", ".join(choices))
    return tuple(dict.fromkeys(filter(None, found)))


def _squeezed(text: str) -> str:
    return regex.sub(r"[\s\-_]", "", key(text))


def site(cells: Cells) -> str:
    return key(clean_name(cells["site"]))


def group(cells: Cells) -> str:
    return clean_name(cells["group"])


def manager(cells: Cells) -> str:
    found = people(cells, "manager")
    if len(found) > 1 and all(map(_ADDRESS.fullmatch, found)):
        cells.wrong("manager", "roster.several_managers")
    return found[0] if found else ""


def wishes(cells: Cells) -> tuple[str, ...]:
    found = people(cells, "wishes")
    if len(found) > MOST_WISHES:
        cells.wrong("wishes", "roster.too_many_wishes", number=len(found), most=MOST_WISHES)
    return found


def people(cells: Cells, column: str) -> tuple[str, ...]:
    """E-mail addresses, in their order."""
    cell = key(cells[column])
    found = regex.split(r"[\s;,]+", cell) if cell else []
    if not all(_ADDRESS.fullmatch(address) for address in filter(None, found)):
        cells.wrong(column, "roster.not_addresses", typed=brief(cells[column]))
    return tuple(dict.fromkeys(filter(None, found)))


def _listed(cell: str) -> Iterable[str]:
    return filter(None, map(str.strip, _BETWEEN.split(cell)))
