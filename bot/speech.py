"""Speech: days and times as people say them, by the rules of their language (Babel)."""

from datetime import date, datetime, time

from babel import Locale
from babel.dates import format_skeleton, format_time, get_day_names
from babel.lists import format_list

_LOCALES = {"en": "en_GB"}  # one English for people on many continents: day before month, 24 hours


def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


def day(when: date, today: date, language: str) -> str:
    """ "Tuesday 3 March", with the year when it is another one."""
    skeleton = "yMMMMEEEEd" if when.year != today.year else "MMMMEEEEd"
    return format_skeleton(skeleton, datetime.combine(when, time()), locale=_locale(language))


def clock(when: time | datetime, language: str) -> str:
    return format_time(when, "HH:mm", locale=_locale(language))


def moment(when: datetime, today: date, language: str) -> str:
    """ "Tuesday 3 March, 16:00". `when` is already on the reader's clock."""
    return f"{day(when.date(), today, language)}, {clock(when.timetz(), language)}"


def weekday(number: int, language: str) -> str:
    """The name of a day of the week; Monday is 0."""
    return str(get_day_names("wide", "stand-alone", _locale(language))[number])


def listed(things: list[str], language: str) -> str:
    return format_list(things, locale=_locale(language))


def zone(name: str) -> str:
    """The city of a zone: "America/Argentina/Buenos_Aires" is "Buenos Aires"."""
    return name.rsplit("/", 1)[-1].replace("_", " ")
