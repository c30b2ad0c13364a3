"""Ben is a mentee in Denver, Ana his mentor in Dublin. All clocks are theirs unless they say UTC."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.calendar import Hours, NeverDecent, is_decent, local, moment
from bot.courtesy import (
    Defer,
    Drop,
    Kind,
    Reason,
    Recipient,
    Send,
    Verdict,
    appointment_time,
    may_send,
)

NUDGE, APPOINTMENT = Kind.NUDGE, Kind.APPOINTMENT

DENVER = "America/Denver"
BEN = Recipient(Hours(DENVER))
ANA = Recipient(Hours("Europe/Dublin"))

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def ben(clock: str) -> datetime:
    return moment(datetime.fromisoformat(clock), DENVER)


def ana(clock: str) -> datetime:
    return moment(datetime.fromisoformat(clock), "Europe/Dublin")


def paused(who: Recipient, since: datetime, until: datetime | None = None) -> Recipient:
    return replace(who, paused_from=since, paused_until=until)


def nudged(who: Recipient, *when: datetime) -> Recipient:
    return replace(who, nudges=when)


NOON = ben("2026-03-10T12:00")  # a Tuesday
NIGHT = ben("2026-03-10T22:00")
MORNING = ben("2026-03-11T09:00")


@pytest.mark.parametrize("kind", Kind)
def test_sends_on_a_working_day_at_noon(kind: Kind) -> None:
    assert may_send(BEN, kind, NOON) == Send()


@pytest.mark.parametrize("kind", Kind)
def test_sends_nothing_to_somebody_who_has_left(kind: Kind) -> None:
    assert may_send(replace(BEN, left=True), kind, NOON) == Drop(Reason.LEFT)


@pytest.mark.parametrize("kind", Kind)
def test_sends_nothing_stale(kind: Kind) -> None:
    assert may_send(BEN, kind, NOON, stale_after=NOON) == Send()
    assert may_send(BEN, kind, NOON + HOUR, stale_after=NOON) == Drop(Reason.STALE)


def test_sends_nothing_once_it_is_no_longer_needed() -> None:
    assert may_send(BEN, APPOINTMENT, NOON, needed_by=NOON) == Drop(Reason.TOO_LATE)


@pytest.mark.parametrize("kind", Kind)
def test_waits_for_the_morning(kind: Kind) -> None:
    assert may_send(BEN, kind, NIGHT) == Defer(MORNING, Reason.QUIET_HOURS)


def test_quiet_hours_begin_at_six_sharp() -> None:
    six = ben("2026-03-10T18:00")

    assert may_send(BEN, NUDGE, six - timedelta(seconds=1)) == Send()
    assert may_send(BEN, NUDGE, six) == Defer(MORNING, Reason.QUIET_HOURS)


def test_a_saturday_is_a_day_off() -> None:
    """F6"""
    monday = ben("2026-03-16T09:00")

    assert may_send(BEN, NUDGE, ben("2026-03-14T12:00")) == Defer(monday, Reason.DAY_OFF)


def test_a_day_off_is_said_to_be_one_even_on_a_holiday() -> None:
    patricks_day = ana("2026-03-17T12:00")
    wednesday = ana("2026-03-18T09:00")
    away = replace(ANA, hours=replace(ANA.hours, days_off=frozenset({date(2026, 3, 17)})))

    assert may_send(ANA, NUDGE, patricks_day) == Defer(wednesday, Reason.HOLIDAY)
    assert may_send(away, NUDGE, patricks_day) == Defer(wednesday, Reason.DAY_OFF)


def test_an_appointment_which_could_come_only_after_its_session_does_not_come() -> None:
    assert may_send(BEN, APPOINTMENT, NIGHT, needed_by=MORNING) == Drop(Reason.TOO_LATE)
    assert may_send(BEN, APPOINTMENT, NIGHT, needed_by=MORNING + HOUR) == Defer(MORNING, Reason.QUIET_HOURS)


def test_a_nudge_which_would_be_stale_by_the_morning_does_not_come() -> None:
    assert may_send(BEN, NUDGE, NIGHT, stale_after=MORNING - HOUR) == Drop(Reason.STALE)
    assert may_send(BEN, NUDGE, NIGHT, stale_after=MORNING) == Defer(MORNING, Reason.QUIET_HOURS)


def test_judges_by_where_somebody_is_when_it_is_sent() -> None:
    """F4"""
    in_lisbon = replace(BEN, hours=replace(BEN.hours, timezone="Europe/Lisbon"))

    assert may_send(BEN, NUDGE, ben("2026-03-10T03:00")) == Defer(ben("2026-03-10T09:00"), Reason.QUIET_HOURS)
    assert may_send(in_lisbon, NUDGE, ben("2026-03-10T03:00")) == Send()


def test_the_morning_after_the_clocks_change_is_still_at_nine() -> None:
    """F2"""
    friday_night = ben("2026-03-06T20:00")

    assert may_send(BEN, NUDGE, friday_night) == Defer(ben("2026-03-09T09:00"), Reason.QUIET_HOURS)


def test_somebody_without_quiet_hours_hears_at_night() -> None:
    """F5"""
    always = Recipient(Hours(DENVER, time(9), time(9)))

    assert may_send(always, NUDGE, NIGHT) == Send()


def test_somebody_whose_hours_leave_no_moment_hears_nothing() -> None:
    """F9"""
    nobody = Recipient(Hours(DENVER, days=frozenset()))

    assert may_send(nobody, NUDGE, NOON) == Drop(Reason.NEVER)


def test_a_nudge_during_a_pause_is_gone() -> None:
    assert may_send(paused(BEN, NOON - DAY, NOON + DAY), NUDGE, NOON) == Drop(Reason.PAUSED)
    assert may_send(paused(BEN, NOON - DAY), NUDGE, NOON) == Drop(Reason.PAUSED)


def test_a_nudge_which_would_come_during_a_pause_is_gone() -> None:
    assert may_send(paused(BEN, MORNING - HOUR, MORNING + 7 * DAY), NUDGE, NIGHT) == Drop(Reason.PAUSED)


def test_an_appointment_waits_for_the_end_of_a_pause() -> None:
    back = NOON + 2 * DAY

    assert may_send(paused(BEN, NOON - DAY, back), APPOINTMENT, NOON) == Defer(back, Reason.PAUSED)


def test_an_appointment_waits_for_the_morning_after_a_pause() -> None:
    home = paused(BEN, NOON - DAY, ben("2026-03-13T23:00"))  # a Friday

    assert may_send(home, APPOINTMENT, NOON) == Defer(ben("2026-03-16T09:00"), Reason.PAUSED)


def test_an_appointment_put_off_into_a_pause_waits_for_its_end() -> None:
    away = paused(BEN, MORNING - HOUR, MORNING + HOUR)

    assert may_send(away, APPOINTMENT, NIGHT) == Defer(MORNING + HOUR, Reason.QUIET_HOURS)


def test_an_appointment_waits_out_a_pause_without_an_end() -> None:
    away = paused(BEN, NOON - DAY, None)

    assert may_send(away, APPOINTMENT, NOON) == Defer(NOON + DAY, Reason.PAUSED)
    assert may_send(away, APPOINTMENT, NOON, needed_by=NOON) == Drop(Reason.TOO_LATE)
    assert may_send(away, NUDGE, NOON) == Drop(Reason.PAUSED)


def test_an_appointment_is_gone_when_the_pause_outlasts_it() -> None:
    away = paused(BEN, NOON - DAY, NOON + DAY)

    assert may_send(away, APPOINTMENT, NOON, needed_by=NOON + DAY) == Drop(Reason.PAUSED)
    assert may_send(away, APPOINTMENT, NOON, stale_after=NOON + HOUR) == Drop(Reason.PAUSED)


def test_a_pause_begins_at_once() -> None:
    assert may_send(paused(BEN, NOON), NUDGE, NOON) == Drop(Reason.PAUSED)


def test_a_pause_which_is_over_or_ahead_is_in_nobodys_way() -> None:
    assert may_send(paused(BEN, NOON - DAY, NOON), NUDGE, NOON) == Send()
    assert may_send(paused(BEN, NOON + HOUR), NUDGE, NOON) == Send()


def test_one_nudge_a_day() -> None:
    this_morning = nudged(BEN, ben("2026-03-10T09:00"))

    assert may_send(this_morning, NUDGE, NOON) == Defer(MORNING, Reason.BUDGET)


def test_a_day_is_the_persons_own_day() -> None:
    """F3: yesterday at five in Denver is today in UTC."""
    yesterday = nudged(BEN, ben("2026-03-09T17:59"))

    assert may_send(yesterday, NUDGE, NOON) == Send()


def test_two_nudges_in_seven_days() -> None:
    friday, monday = ben("2026-03-06T12:30"), ben("2026-03-09T10:00")

    # Seven days of 24 hours, and on 8 March the clocks went forward
    free_again = ben("2026-03-13T13:30")
    assert may_send(nudged(BEN, friday, monday), NUDGE, free_again - HOUR / 60) != Send()
    assert may_send(nudged(BEN, monday, friday), NUDGE, free_again) == Send()


def test_what_is_over_budget_comes_at_the_hour_of_the_digest() -> None:
    friday, monday = ben("2026-03-06T12:30"), ben("2026-03-09T10:00")
    busy = nudged(BEN, friday, monday)  # until Friday, half past one

    assert may_send(busy, NUDGE, NOON) == Defer(ben("2026-03-16T09:00"), Reason.BUDGET)
    at_four = replace(busy, digest_at=time(16))
    assert may_send(at_four, NUDGE, NOON) == Defer(ben("2026-03-13T16:00"), Reason.BUDGET)


def test_fewer_nudges_for_whoever_wants_fewer_and_never_more() -> None:
    once = nudged(BEN, NOON - 2 * DAY)

    assert may_send(once, NUDGE, NOON) == Send()
    assert may_send(replace(once, a_week=1), NUDGE, NOON) == Defer(ben("2026-03-16T09:00"), Reason.BUDGET)
    assert may_send(replace(once, a_week=0), NUDGE, NOON) == Drop(Reason.FEWER)
    twice = nudged(BEN, NOON - 2 * DAY, NOON - 3 * DAY)
    assert may_send(replace(twice, a_week=20), NUDGE, NOON) != Send()


def test_what_is_over_budget_waits_for_a_decent_hour_too() -> None:
    """The budget is free again on a Saturday."""
    busy = nudged(BEN, ben("2026-03-07T12:00"), ben("2026-03-09T10:00"))

    assert may_send(busy, NUDGE, NOON) == Defer(ben("2026-03-16T09:00"), Reason.BUDGET)


def test_an_appointment_has_no_budget() -> None:
    assert may_send(nudged(BEN, NOON - HOUR, NOON - 2 * HOUR), APPOINTMENT, NOON) == Send()


def test_a_nudge_over_budget_is_gone_if_it_would_be_stale_by_then() -> None:
    this_morning = nudged(BEN, ben("2026-03-10T09:00"))

    assert may_send(this_morning, NUDGE, NOON, stale_after=NIGHT) == Drop(Reason.STALE)


def test_counts_a_nudge_which_a_faster_clock_has_sent() -> None:
    assert may_send(nudged(BEN, NOON + HOUR), NUDGE, NOON) == Defer(MORNING, Reason.BUDGET)


def test_an_appointment_comes_when_it_is_ideal() -> None:
    assert appointment_time(BEN.hours, NOON, NOON + DAY) == NOON


def test_an_appointment_due_at_night_comes_in_the_morning_if_there_is_room() -> None:
    assert appointment_time(BEN.hours, NIGHT, MORNING + 4 * HOUR) == MORNING


def test_an_appointment_due_at_night_comes_in_the_evening_before_if_there_is_no_room() -> None:
    evening = ben("2026-03-10T17:00")

    assert appointment_time(BEN.hours, NIGHT, MORNING + 3 * HOUR) == evening
    assert appointment_time(BEN.hours, NIGHT, MORNING + 3 * HOUR, room=HOUR) == MORNING


def test_an_appointment_for_monday_morning_comes_on_friday() -> None:
    session = ben("2026-03-16T10:00")

    assert appointment_time(BEN.hours, session - DAY, session) == ben("2026-03-13T17:00")


def test_nobody_invents_a_time_for_somebody_who_never_works() -> None:
    with pytest.raises(NeverDecent):
        appointment_time(Hours(DENVER, days=frozenset()), NOON, NOON + DAY)


MOMENTS = st.integers(0, 90 * 24 * 60).map(lambda n: ben("2026-02-15T00:00") + timedelta(minutes=n))
SOMETIMES = st.none() | MOMENTS
HOURS = st.builds(
    Hours,
    st.sampled_from([DENVER, "Europe/Dublin", "Africa/Cairo", "Pacific/Chatham", "Australia/Lord_Howe"]),
    st.integers(0, 23).map(time),
    st.integers(0, 23).map(time),
    st.frozensets(st.integers(0, 6)),
    days_off=st.frozensets(st.dates(date(2026, 2, 15), date(2026, 5, 15)), max_size=5),
)
RECIPIENTS = st.builds(
    Recipient,
    HOURS,
    SOMETIMES,
    SOMETIMES,
    nudges=st.lists(MOMENTS, max_size=5).map(tuple),
    a_week=st.integers(0, 3),
    digest_at=st.times(),
)


@settings(max_examples=400, deadline=None)
@given(RECIPIENTS, st.sampled_from(Kind), MOMENTS, SOMETIMES, SOMETIMES)
@example(paused(BEN, MORNING, MORNING + DAY), APPOINTMENT, NIGHT, None, None)
def test_what_is_put_off_may_be_sent_when_it_was_said_to_be(
    to: Recipient, kind: Kind, now: datetime, needed_by: datetime | None, stale_after: datetime | None
) -> None:
    def verdict(at: datetime) -> Verdict:
        return may_send(to, kind, at, needed_by=needed_by, stale_after=stale_after)

    first = verdict(now)

    if isinstance(first, Defer):
        assert first.until > now
        waits_for_them = kind is APPOINTMENT and to.paused_from and to.paused_until is None
        assert waits_for_them or verdict(first.until) == Send()


@settings(max_examples=150, deadline=None)
@given(RECIPIENTS, st.sampled_from(Kind), MOMENTS)
def test_nothing_is_put_off_longer_than_it_must_be(to: Recipient, kind: Kind, now: datetime) -> None:
    to = replace(to, nudges=())  # what is over the budget comes at the hour of the digest
    first = may_send(to, kind, now)

    if isinstance(first, Defer):
        step = (first.until - now) / 40
        assert not any(may_send(to, kind, now + n * step) == Send() for n in range(40))


@settings(max_examples=150, deadline=None)
@given(RECIPIENTS, MOMENTS, st.integers(1, 60))
def test_nobody_is_nudged_more_often_than_promised(to: Recipient, start: datetime, hours: int) -> None:
    to, sent = replace(to, nudges=()), []
    for n in range(40):
        now = start + n * hours * HOUR
        if may_send(to, NUDGE, now) == Send():
            sent.append(now)
            to = nudged(to, *sent)

    assert len({local(there, to.hours.timezone).date() for there in sent}) == len(sent)
    assert all(later - earlier >= 7 * DAY for earlier, later in zip(sent, sent[2:], strict=False))
    assert len(sent) < 2 or to.a_week > 1 or sent[1] - sent[0] >= 7 * DAY
    assert to.a_week or not sent


@settings(max_examples=150, deadline=None)
@given(HOURS, MOMENTS, st.integers(0, 72))
def test_an_appointment_comes_at_a_decent_hour(hours: Hours, ideal: datetime, ahead: int) -> None:
    if not hours.days:
        return
    needed_by = ideal + ahead * HOUR

    comes = appointment_time(hours, ideal, needed_by)

    assert is_decent(hours, comes)
    assert comes == ideal or comes < ideal or comes + 4 * HOUR <= needed_by
