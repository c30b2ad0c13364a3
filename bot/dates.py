"""Dates as people type them: "4 May", "in two weeks", "bis Freitag".

What can be read in two ways is not understood: 4/5 is a day in May for one of a pair, in April for the other.
Times of day are not understood either, as each of them has its own.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import regex
from dateparser.data.languages_info import language_order  # type: ignore[import-untyped]
from dateparser.date import DateDataParser  # type: ignore[import-untyped]  # it has types and does not say so

from bot.text import key

LONGEST = 60  # characters
MOST_WORDS = 10
HORIZON = timedelta(days=731)  # two years, with a leap day in them

_RELATIVE, _ABSOLUTE = "relative-time", "absolute-time"  # dateparser has more, and takes 1700000000 for a day

# dateparser takes 21.11. for eleven past nine, so what has no letters is read here.
_YEAR_FIRST = regex.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_YEAR_LAST = regex.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2})?)?")
_LETTER = regex.compile(r"\p{L}")

# Words that dateparser does not know: those in front of a date, and those that have a better-known twin.
_FRONT = regex.compile(
    r"until|till|for|by|on|before|due|the|no|later|than|or|latest|coming"
    r"|für|bis|zum|am|vor|den|der|dem|spätestens|nächste[rn]|kommende[rn]|diese[rn]"
)
_TWINS = {
    "eine": "1",
    "einen": "1",
    "vierzehn": "14",
    "kommende": "nächste",
    "naechste": "nächste",
    "uebermorgen": "übermorgen",
    "sonnabend": "samstag",
    "maerz": "märz",
    "thurs": "thursday",
}

_TIME = regex.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?:\s*uhr)?")

_ENGLISH = r"on or before|no later than|by|until|till|before|on"
_GERMAN = r"bis(?:\s+(?:zum|am|spätestens))*|am|vor"
_MARKERS = {
    language: regex.compile(rf"(?<![\w-])(?:{words})\s+", regex.IGNORECASE)
    for language, words in {"en": _ENGLISH, "de": f"{_ENGLISH}|{_GERMAN}"}.items()
}
# "Cut it by two weeks" names no day, nor do "Focus on today" and "Mails lesen am Morgen".
_NEAR = regex.compile(r"today|tomorrow|next|in|the|day|heute|morgen|übermorgen|nächsten?")
_NEVER_NEAR = frozenset({"on", "am"})
_VERSION = regex.compile(r"\d+\.\d+")  # "Feedback on 4.5", except in German


def a_day(text: str, language: str, today: date) -> date | None:
    """The day that is meant, from today to two years ahead."""
    return _ahead(_meant(_words(text), language, today, (_RELATIVE, _ABSOLUTE)), today)


def a_time(text: str) -> time | None:
    """A time of day: "9:00", "09.00", "9", "10 Uhr". None if it is not understood."""
    found = _TIME.fullmatch(text.strip().lower())
    if found is None or int(found["hour"]) > 23 or int(found["minute"] or 0) > 59:
        return None
    return time(int(found["hour"]), int(found["minute"] or 0))


def split_off_day(text: str, language: str, today: date) -> tuple[str, date | None]:
    """What is to be done, and by when: "Send the draft to Mia by Friday"."""
    markers = _MARKERS.get(_base(language), _MARKERS["en"])
    for marker in reversed(list(markers.finditer(text, max(0, len(text) - 2 * LONGEST)))):
        task = text[: marker.start()].rstrip(" \t\n,;:(–—-")
        day = _deadline(marker[0].strip().lower(), text[marker.end() :], language, today)
        if task and day:
            return task, day
    return text, None


def _deadline(marker: str, text: str, language: str, today: date) -> date | None:
    words = _words(text)
    if not words or (_base(language) != "de" and _VERSION.fullmatch(words[0])):
        return None
    near = marker not in _NEVER_NEAR and _NEAR.fullmatch(words[0])
    return _ahead(_meant(words, language, today, (_RELATIVE, _ABSOLUTE) if near else (_ABSOLUTE,)), today)


def _words(text: str) -> list[str]:
    typed = key(text).strip(" .,;:!?()\"'") if len(text) <= LONGEST else ""
    words = [_TWINS.get(word, word) for word in typed.split()]
    return words if len(typed) <= LONGEST and len(words) <= MOST_WORDS else []


def _ahead(day: date | None, today: date) -> date | None:
    return day if day and timedelta(0) <= day - today <= HORIZON else None


def _meant(words: Sequence[str], language: str, today: date, kinds: Sequence[str]) -> date | None:
    while words:
        day = _with_weekday(words, language, today, kinds)
        if day or not _FRONT.fullmatch(words[0]):
            return day
        words = words[1:]
    return None


def _with_weekday(words: Sequence[str], language: str, today: date, kinds: Sequence[str]) -> date | None:
    """To dateparser every weekday is right for every date."""
    weekday = _understood(words[0], language, today, kinds)
    day = _meant(words[1:], language, today, kinds) if weekday else None
    if weekday and day:
        return day if day.weekday() == weekday.weekday() else None
    return _understood(" ".join(words), language, today, kinds)


def _understood(text: str, language: str, today: date, kinds: Iterable[str]) -> date | None:
    if not _LETTER.search(text):
        return _numeric(text, language, today)
    days = (_spoken(text, language, today, kind) for kind in kinds)
    return next(filter(None, days), None)


def _numeric(text: str, language: str, today: date) -> date | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _first_of([int(match[1])], int(match[2]), int(match[3]), date.min)
    match = _YEAR_LAST.fullmatch(text)
    if match is None or (match[2] == "-" and not match[4]):
        return None  # 1-1 is a talk
    first, second = int(match[1]), int(match[3])
    orders = {(second, first)} | ({(first, second)} if _base(language) == "en" and match[2] != "." else set())
    years = [_century(match[4])] if match[4] else range(today.year, today.year + 3)
    since = date.min if match[4] else today
    days = {_first_of(years, month, day, since) for month, day in orders} - {None}
    return days.pop() if len(days) == 1 else None


def _century(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _first_of(years: Iterable[int], month: int, day: int, since: date) -> date | None:
    for year in years:
        with suppress(ValueError):
            if (found := date(year, month, day)) >= since:
                return found
    return None


def _spoken(text: str, language: str, today: date, kind: str) -> date | None:
    found = DateDataParser(
        languages=[known for known in dict.fromkeys((_base(language), "en")) if known in language_order],
        settings={
            "PARSERS": [kind],
            "DATE_ORDER": "DMY",
            "STRICT_DATE_ORDER": "all",
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": datetime.combine(today, time.min),
            "TIMEZONE": "UTC",  # else it asks the machine
            "USE_GIVEN_LANGUAGE_ORDER": True,
        },
    ).get_date_data(text)
    if found.date_obj is None or found.date_obj.tzinfo or "time" in found.parts:
        return None
    day: date = found.date_obj.date()
    if kind == _RELATIVE:
        return None if day == today and found.period != "day" else day  # "this week" is no day
    if not {"month", "day"} <= set(found.parts):
        return None  # "May" and "2027", which it fills up with today
    return _not_skipped(day, today, given_year="year" in found.parts)


def _not_skipped(day: date, today: date, *, given_year: bool) -> date:
    """dateparser takes today's own date for next year's, or for the next century's."""
    skipped = (day.month, day.day) == (today.month, today.day) and (
        not given_year or day.year == today.year + 100
    )
    return today if skipped else day


def _base(language: str) -> str:
    return language.split("-", maxsplit=1)[0]
