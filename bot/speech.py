"""Speech: days and times as people say them, by the rules of their language (Babel)."""

import re
from datetime import date, datetime, time
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_day_names, match_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

_LOCALES = {"en": "en_GB"}  # one English for people on many continents: day before month, 24 hours


def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


def day(when: date, today: date, language: str) -> str:
    """ "Tuesday 3 March", with the year when it is another one."""
    return format_date(when, _in_full(language, when.year != today.year), locale=_locale(language))


def date_in_full(when: date, language: str) -> str:
    """ "3 March 2026", for what is read long afterwards."""
    return format_date(when, "long", locale=_locale(language))


@cache
def _in_full(language: str, with_year: bool) -> str:
    """The pattern of the language. Where it has only one with short names, they are written out."""
    skeletons = _locale(language).datetime_skeletons
    nearest = match_skeleton("yMMMMEEEEd" if with_year else "MMMMEEEEd", skeletons)
    pattern = str(skeletons[nearest].pattern)
    for short, full in (("M{3,}", "MMMM"), ("L{3,}", "LLLL"), ("E+", "EEEE")):
        pattern = re.sub(short, full, pattern)
    return pattern


def clock(when: time | datetime, language: str) -> str:
    return format_time(when, "HH:mm", locale=_locale(language))


def moment(when: datetime, today: date, language: str) -> str:
    """ "Tuesday 3 March, 16:00". `when` is already on the reader's clock."""
    return f"{day(when.date(), today, language)}, {clock(when.timetz(), language)}"


def short_day(when: date, language: str) -> str:
    """ "3 Mar", where there is little room."""
    return format_skeleton("MMMd", datetime.combine(when, time()), locale=_locale(language))


def short_weekday(number: int, language: str) -> str:
    return str(get_day_names("abbreviated", "stand-alone", _locale(language))[number])


def weekday(number: int, language: str) -> str:
    """The name of a day of the week; Monday is 0."""
    return str(get_day_names("wide", "stand-alone", _locale(language))[number])


def listed(things: list[str], language: str) -> str:
    return format_list(things, locale=_locale(language))


def number(value: int, language: str) -> str:
    """ "20,000" in English, "20.000" in German."""
    return format_decimal(value, locale=_locale(language))


def zone(name: str) -> str:
    """The city of a zone: "America/Argentina/Buenos_Aires" is "Buenos Aires"."""
    return name.rsplit("/", 1)[-1].replace("_", " ")


def language(code: str, reader: str) -> str:
    """What a language is called by those who read another: "Deutsch" for "de"."""
    return str(_locale(reader).languages.get(code, code))


_REGIONS = {
    "Europe": "150",
    "Asia": "142",
    "Africa": "002",
    "America": "019",
    "Australia": "009",
    "Pacific": "009",
}


def region(name: str, reader: str) -> str:
    """The continent of zones such as "Europe/Dublin"; what is none, as it is."""
    return str(_locale(reader).territories.get(_REGIONS.get(name, ""), name))
