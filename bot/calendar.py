"""Calendar: when it is a decent hour to write to somebody, and when two people can meet.

Everything here is calculation on values. Moments are UTC; what people agree on ("Tuesdays at eight in
Denver") stays wall-clock time until the moment itself is needed, so that it survives daylight saving and
new rules. This is the only module that knows pytz.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count as counting
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

import holidays
import pytz
from babel.core import get_global

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
SEARCH = 400  # days: longer than any leave, and not for ever
PUT_OFF = 6  # days: a session stays within its week, so it never meets the next one
LEFT_OUT = 100  # sessions in a row without one day that suits everybody
WIND_DOWN = timedelta(hours=1)
STEP = timedelta(minutes=30)
WEEKS_AHEAD = (26, 4)  # a whole programme, through the change of the clocks; else the first sessions
LIKED_DAYS = (1, 2, 3, 0, 4, 5, 6)  # Mondays and Fridays are the days most often taken off
NO_COUNTRY = "ZZ"  # ISO 3166 gives it to nobody, so it has no public holidays


class NeverDecent(ValueError):
    """These hours leave no moment at all. Ask the person for other ones."""


class Span(NamedTuple):
    opens: datetime
    closes: datetime  # the first moment which is no longer in it


@dataclass(frozen=True)
class Hours:
    """When a person may be written to.

    The same start and end is the whole day; an end before the start is on the next morning.
    """

    timezone: str
    start: time = time(9)
    end: time = time(18)
    days: frozenset[int] = frozenset({0, 1, 2, 3, 4})  # Monday is 0
    country: str = ""  # ISO 3166, with its region where that is known: "IE", "GB-SCT"; empty: of the zone
    days_off: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Cadence:
    """Every second Tuesday at eight in Denver."""

    every_weeks: int
    weekday: int  # Monday is 0
    at: time
    zone: str

    def __post_init__(self) -> None:
        if self.every_weeks < 1:
            raise ValueError("a cadence goes forward: every week at most")


# Zones and countries

_COUNTRY = {zone: country for country, zones in pytz.country_timezones.items() for zone in zones}


def _modern(zone: str) -> str:
    """US/Pacific is America/Los_Angeles. CET stays: it tells the hour, and no country."""
    if zone in _COUNTRY or (zone.isupper() and zone.endswith("T")):
        return zone
    # Not from the links of tzdata, where Iceland is the Ivory Coast
    modern: str = get_global("zone_aliases").get(zone, zone)
    return modern if modern in _COUNTRY else zone


_WINDOWS: Mapping[str, str] = get_global("windows_zone_mapping")
_ZONES = {name.lower(): _modern(zone) for name, zone in _WINDOWS.items()}
_ZONES |= {zone.lower(): _modern(zone) for zone in pytz.all_timezones}


def known_zone(name: str | None) -> str | None:
    """The IANA name of a zone by its IANA or Windows name; Teams may give "W. Europe Standard Time"."""
    return _ZONES.get((name or "").strip().lower())


def country_of(zone: str) -> str:
    return _COUNTRY.get(_modern(zone), "")


# Wall clocks


def local(at: datetime, zone: str) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a zone is not a moment")
    return at.astimezone(pytz.timezone(zone))


def moment(wall: datetime, zone: str) -> datetime:
    """When a clock in `zone` shows `wall`: in autumn the first time, in the spring gap when the gap ends."""
    if wall.tzinfo is not None:
        raise ValueError("a wall clock has no zone of its own")
    as_utc = wall.replace(tzinfo=UTC)
    # A day around is beyond any change of the clocks. pytz's is_dst does not help: Dublin saves in winter
    before, after = (_ahead(at, zone) for at in (as_utc - DAY, as_utc + DAY))
    if before == after:
        return as_utc - before
    early, late = sorted((as_utc - before, as_utc - after))
    right = [at for at in (early, late) if _wall(at, zone) == wall]
    return right[0] if right else _end_of_gap(early, late, zone)


def _wall(at: datetime, zone: str) -> datetime:
    return local(at, zone).replace(tzinfo=None)


def _ahead(at: datetime, zone: str) -> timedelta:
    """How far the clocks of `zone` are ahead of UTC."""
    return _wall(at, zone) - at.replace(tzinfo=None)


def _end_of_gap(early: datetime, late: datetime, zone: str) -> datetime:
    early = early.replace(microsecond=0)
    before = _ahead(early, zone)
    seconds = range(int((late - early).total_seconds()) + 1)
    changed = bisect_left(seconds, True, key=lambda s: _ahead(early + timedelta(seconds=s), zone) != before)
    return early + timedelta(seconds=changed)


# Working days and decent hours


def holiday(hours: Hours, day: date, language: str = "en") -> str:
    """What is celebrated that day where this person lives, or nothing."""
    country = hours.country or country_of(hours.timezone)
    return _public_holidays(country, day.year, language).get(day, "")


@lru_cache(maxsize=1024)
def _public_holidays(country: str, year: int, language: str) -> Mapping[date, str]:
    """A copy, because a HolidayBase grows each time it is asked about another year."""
    code, _, region = country.upper().partition("-")
    try:
        known = holidays.country_holidays(code)
    except NotImplementedError:
        return MappingProxyType({})
    subdiv = region if region in known.subdivisions else None
    spoken = _spoken(known.supported_languages, language, code)
    days = holidays.country_holidays(code, subdiv=subdiv, years=year, language=spoken)
    return MappingProxyType(dict(days))


def _spoken(languages: Collection[str], wanted: str, country: str) -> str | None:
    """Always named, because the library otherwise answers in the language of the machine."""
    wanted = wanted.replace("-", "_")
    plain = wanted.partition("_")[0]
    choices = (wanted, plain, f"{plain}_{country}", "en_US")
    return next((language for language in choices if language in languages), None)


def is_working_day(hours: Hours, day: date) -> bool:
    return day.weekday() in hours.days and day not in hours.days_off and not holiday(hours, day)


def is_decent(hours: Hours, at: datetime) -> bool:
    today = local(at, hours.timezone).date()
    return any(opens <= at < closes for opens, closes in _shifts(hours, today, (0, -1, 1)))


def windows(hours: Hours, start: datetime, end: datetime) -> Iterator[Span]:
    """The decent hours between two moments, in order; those which touch are one."""
    first, last = (local(at, hours.timezone).date() for at in (start, end))
    return _joined(_clipped(_shifts(hours, first, range(-1, (last - first).days + 2)), start, end))


def decent_from(hours: Hours, at: datetime) -> datetime:
    """The first moment from `at` on when a message would not wake or interrupt anyone."""
    return max(at, _next_shift(hours, at)[1].opens)


def decent_before(hours: Hours, at: datetime, wind_down: timedelta = WIND_DOWN) -> datetime:
    """`at`, or a while before the end of the last decent hours: a message in the last minute helps nobody."""
    today = local(at, hours.timezone).date()
    for opens, closes in _shifts(hours, today, range(1, -SEARCH - 1, -1)):
        if opens <= at:
            return at if at < closes else max(opens, closes - wind_down)
    raise NeverDecent(f"no decent hour in the last {SEARCH} days")


def working_days_after(hours: Hours, at: datetime, days: int) -> datetime:
    """The same time of day, `days` working days after the first decent moment from `at` on.

    Whoever is asked on a Saturday has as long as if asked on Monday morning.
    """
    day, shift = _next_shift(hours, at)
    began = _wall(max(at, shift.opens), hours.timezone)
    later = day
    for _ in range(days):
        later = _next_working_day(hours, later)
    return decent_from(hours, max(at, moment(began + (later - day), hours.timezone)))


def _next_working_day(hours: Hours, day: date) -> date:
    for n in range(1, SEARCH + 1):
        if is_working_day(hours, day + timedelta(days=n)):
            return day + timedelta(days=n)
    raise NeverDecent(f"no working day in the next {SEARCH} days")


def _next_shift(hours: Hours, at: datetime) -> tuple[date, Span]:
    """The hours which are not over at `at`, and the working day to which they belong."""
    today = local(at, hours.timezone).date()
    for n in range(-1, SEARCH + 1):
        day = today + timedelta(days=n)
        span = _shift(hours, day)
        if span and at < span.closes:
            return day, span
    raise NeverDecent(f"no decent hour in the next {SEARCH} days")


def _shifts(hours: Hours, day: date, offsets: Iterable[int]) -> Iterator[Span]:
    for n in offsets:
        span = _shift(hours, day + timedelta(days=n))
        if span:
            yield span


def _shift(hours: Hours, day: date) -> Span | None:
    if not is_working_day(hours, day):
        return None
    return _hours_of_day(hours.timezone, hours.start, hours.end, day)


@lru_cache(maxsize=2**14)
def _hours_of_day(zone: str, start: time, end: time, day: date) -> Span | None:
    if start == end:
        start = end = time()
    opens = moment(datetime.combine(day, start), zone)
    closes = moment(datetime.combine(day if start < end else day + DAY, end), zone)
    return Span(opens, closes) if opens < closes else None  # all of it can be in the spring gap


def _clipped(spans: Iterable[Span], start: datetime, end: datetime) -> Iterator[Span]:
    for opens, closes in spans:
        span = Span(max(opens, start), min(closes, end))
        if span.opens < span.closes:
            yield span


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    held: Span | None = None
    for span in spans:
        if held and span.opens <= held.closes:
            held = Span(held.opens, span.closes)
            continue
        if held:
            yield held
        held = span
    if held:
        yield held


# Two people


def overlap(a: Hours, b: Hours, start: datetime, end: datetime) -> Iterator[Span]:
    """When both may be written to, in order."""
    left, right = windows(a, start, end), windows(b, start, end)
    one, two = next(left, None), next(right, None)
    while one and two:
        yield from _clipped([one], *two)
        if one.closes < two.closes:
            one = next(left, None)
        else:
            two = next(right, None)


def occurrences(cadence: Cadence, first: date) -> Iterator[datetime]:
    """What the wall clock shows at each session, endlessly."""
    day = first + timedelta(days=(cadence.weekday - first.weekday()) % 7)
    for n in counting():
        yield datetime.combine(day + n * cadence.every_weeks * WEEK, cadence.at)


def session_days(cadence: Cadence, first: date, people: Sequence[Hours]) -> Iterator[datetime]:
    """The occurrences, each put off to the next day on which everybody works, or left out."""
    left_out = 0
    for wall in occurrences(cadence, first):
        days = (wall + timedelta(days=n) for n in range(PUT_OFF + 1))
        suits = next((day for day in days if _all_work(people, moment(day, cadence.zone))), None)
        if suits:
            yield suits
        left_out = 0 if suits else left_out + 1
        if left_out == LEFT_OUT:
            raise NeverDecent(f"no day suits everybody, {LEFT_OUT} times in a row")


def _all_work(people: Iterable[Hours], at: datetime) -> bool:
    return all(is_working_day(hours, local(at, hours.timezone).date()) for hours in people)


def suggest_times(
    a: Hours, b: Hours, after: datetime, length: timedelta, zone: str, *, count: int = 3
) -> list[tuple[int, time]]:
    """Weekly times (weekday, wall clock in `zone`) which suit both, for half a year or at least for now.

    Judged by an ordinary week: a public holiday or a day off must not make a good time unusable.
    """
    return _good_times(_ordinary(a), _ordinary(b), _wall(after, zone).date() + DAY, length, zone)[:count]


@lru_cache(maxsize=1000)
def _good_times(a: Hours, b: Hours, first: date, length: timedelta, zone: str) -> list[tuple[int, time]]:
    """From that day on. Both are asked the same, and often more than once on one day."""
    tomorrow = datetime.combine(first, time())
    after = moment(tomorrow, zone)
    shared = list(overlap(a, b, after, after + (max(WEEKS_AHEAD) + 2) * WEEK + length))
    weeks = {
        wall: _weeks_held(wall, length, zone, shared)
        for wall in (tomorrow + n * STEP for n in range(WEEK // STEP))
    }
    for ahead in WEEKS_AHEAD:
        good = [wall for wall, held in weeks.items() if held >= ahead]
        if good:
            return [(wall.weekday(), wall.time()) for wall in _spread(good)]
    return []


def _ordinary(hours: Hours) -> Hours:
    return replace(hours, country=NO_COUNTRY, days_off=frozenset())


def _weeks_held(wall: datetime, length: timedelta, zone: str, shared: Sequence[Span]) -> int:
    """For how many weeks on end a session at this time fits into what two people share."""
    for n in range(max(WEEKS_AHEAD)):
        starts = moment(wall + n * WEEK, zone)
        at = bisect_right(shared, starts, key=lambda span: span.opens) - 1
        if at < 0 or shared[at].closes < starts + length:
            return n
    return max(WEEKS_AHEAD)


def _spread(walls: Iterable[datetime]) -> list[datetime]:
    """First one time of each day, liked days first, the middle of what they share; then the next ones."""
    ranked = []
    for day, times in groupby(walls, key=datetime.date):
        of_day = set(times)
        from_the_middle = sorted(of_day, key=lambda wall: (-_margin(wall, of_day), wall))
        ranked += [(n, LIKED_DAYS.index(day.weekday()), wall) for n, wall in enumerate(from_the_middle)]
    return [wall for *_, wall in sorted(ranked)]


def _margin(wall: datetime, good: set[datetime]) -> int:
    """Steps that a session could move either way and still suit both."""
    return next(n for n in counting(1) if not {wall - n * STEP, wall + n * STEP} <= good)
