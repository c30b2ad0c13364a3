"""Courtesy: nothing arrives at night, on a holiday, during a pause, or too often; and everybody can see why.

There are two kinds of message. Appointments belong to a session the person agreed to and come when they
are due, if need be a little earlier. Nudges are everything else the bot starts, and they have a budget.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from bot import calendar
from bot.calendar import DAY, WEEK, Hours, NeverDecent

# More than two reminders cost trust, and the loudest complaint about bots like this one is nagging
NUDGES_A_DAY = 1
NUDGES_A_WEEK = 2  # in any seven days, over all programmes

ROOM = timedelta(hours=4)  # enough to answer a prep prompt between two meetings


class Kind(StrEnum):
    APPOINTMENT = "appointment"
    NUDGE = "nudge"


class Reason(StrEnum):
    """What the person is told who asks why a message came late, or not at all."""

    LEFT = "left"
    PAUSED = "paused"
    QUIET_HOURS = "quiet_hours"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"
    BUDGET = "budget"
    TOO_LATE = "too_late"  # for what it was about
    STALE = "stale"
    NEVER = "never"  # their hours leave no moment
    FEWER = "fewer"  # they asked for none
    DO_NOT_DISTURB = "do_not_disturb"  # they have switched notifications off, on the platform
    RECALLED = "recalled"  # what it was about has settled itself


@dataclass(frozen=True)
class Recipient:
    hours: Hours
    paused_from: datetime | None = None
    paused_until: datetime | None = None  # with a pause and without an end: until they come back
    left: bool = False
    nudges: tuple[datetime, ...] = ()  # sent to them within the last week, over all programmes
    a_week: int = NUDGES_A_WEEK  # nudges that they want; more than the budget is not to be had
    digest_at: time = time()  # on their clock: when what was over the budget comes


@dataclass(frozen=True)
class Send:
    pass


@dataclass(frozen=True)
class Defer:
    until: datetime
    reason: Reason


@dataclass(frozen=True)
class Drop:
    reason: Reason


Verdict = Send | Defer | Drop


class _Hold(NamedTuple):
    reason: Reason
    until: datetime | None  # None: it will not be lifted


def may_send(
    to: Recipient,
    kind: Kind,
    now: datetime,
    *,
    needed_by: datetime | None = None,
    stale_after: datetime | None = None,
) -> Verdict:
    """Send it, or the first moment when it may be sent, or why it never will.

    The reason is the first thing in the way: what the person would see if they looked now.
    """
    if to.left:
        return Drop(Reason.LEFT)
    if kind is Kind.APPOINTMENT and _is_away_for_now(to, now) and not _missed(now, needed_by, stale_after):
        return Defer(now + DAY, Reason.PAUSED)  # and sooner, if they are back sooner
    at, reason = now, None
    while True:
        missed = _missed(at, needed_by, stale_after)
        if missed:
            return Drop(Reason.PAUSED if reason is Reason.PAUSED else missed)
        hold = _hold(to, kind, at)
        if hold is None:
            return Defer(at, reason) if reason else Send()
        if hold.until is None:
            return Drop(hold.reason)
        at, reason = hold.until, reason or hold.reason


def appointment_time(hours: Hours, ideal: datetime, needed_by: datetime, room: timedelta = ROOM) -> datetime:
    """An appointment due in quiet hours comes at the last decent moment before it is needed.

    Unless the next morning still leaves them room to answer.
    """
    later = calendar.decent_from(hours, ideal)
    if later == ideal or needed_by - later >= room:
        return later
    return calendar.decent_before(hours, ideal)


def _missed(at: datetime, needed_by: datetime | None, stale_after: datetime | None) -> Reason | None:
    if stale_after is not None and at > stale_after:
        return Reason.STALE
    if needed_by is not None and at >= needed_by:
        return Reason.TOO_LATE
    return None


def _hold(to: Recipient, kind: Kind, at: datetime) -> _Hold | None:
    if _is_paused(to, at):
        return _Hold(Reason.PAUSED, to.paused_until if kind is Kind.APPOINTMENT else None)
    if not calendar.is_decent(to.hours, at):
        return _quiet(to.hours, at)
    if kind is Kind.NUDGE:
        return _over_budget(to, at)
    return None


def _is_away_for_now(to: Recipient, at: datetime) -> bool:
    return to.paused_until is None and _is_paused(to, at)


def _is_paused(to: Recipient, at: datetime) -> bool:
    begun = to.paused_from is not None and to.paused_from <= at
    return begun and (to.paused_until is None or at < to.paused_until)


def _quiet(hours: Hours, at: datetime) -> _Hold:
    try:
        return _Hold(_why_quiet(hours, at), calendar.decent_from(hours, at))
    except NeverDecent:
        return _Hold(Reason.NEVER, None)


def _why_quiet(hours: Hours, at: datetime) -> Reason:
    day = calendar.local(at, hours.timezone).date()
    if calendar.is_working_day(hours, day):
        return Reason.QUIET_HOURS
    if day.weekday() in hours.days and day not in hours.days_off:
        return Reason.HOLIDAY
    return Reason.DAY_OFF


def _over_budget(to: Recipient, at: datetime) -> _Hold | None:
    allowed = min(to.a_week, NUDGES_A_WEEK)
    if allowed <= 0:
        return _Hold(Reason.FEWER, None)
    zone = to.hours.timezone
    today = calendar.local(at, zone).date()
    if sum(calendar.local(sent, zone).date() == today for sent in to.nudges) >= NUDGES_A_DAY:
        tomorrow = calendar.moment(datetime.combine(today + DAY, time()), zone)
        return _Hold(Reason.BUDGET, _digest_hour(to, tomorrow))
    recent = sorted(sent for sent in to.nudges if at - sent < WEEK)
    if len(recent) >= allowed:
        return _Hold(Reason.BUDGET, _digest_hour(to, recent[-allowed] + WEEK))
    return None


def _digest_hour(to: Recipient, earliest: datetime) -> datetime:
    """The first one of theirs from then on."""
    zone = to.hours.timezone
    day = calendar.local(earliest, zone).date()
    hours = (calendar.moment(datetime.combine(day + n * DAY, to.digest_at), zone) for n in count())
    return next(hour for hour in hours if hour >= earliest)
