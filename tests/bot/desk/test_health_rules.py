"""The rules of health, one by one, and what holds whatever the facts are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.health_rules import (
    EARLY,
    LONG_WITHOUT,
    LONGEST_SILENCE,
    NAMED_AFTER,
    NO_START,
    ONE_SIDED,
    SILENCE,
    TIME_TO_ANSWER,
    Facts,
    Health,
    Reason,
    judge,
)

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return NOW - days * DAY


def settled(active: float = 1, mentor: float | None = None, **facts: object) -> Facts:
    """A pair that met for the last time five days ago; both did something so many days ago, or each."""
    usual = {"introduced_at": ago(60), "settled_at": ago(55), "has_sessions": True, "held_at": ago(5)}
    each = {"mentee_active_at": ago(active), "mentor_active_at": ago(active if mentor is None else mentor)}
    return Facts(**usual | each | facts)  # type: ignore[arg-type]


def waiting(active: float = 2, mentor: float = 20, **facts: object) -> Facts:
    """One of the two gave no sign any more, and a session five days ago was not held."""
    return settled(active, mentor, **{"held_at": ago(33), "gone_by_at": ago(5)} | facts)


@pytest.mark.parametrize(
    ("facts", "health", "reason"),
    [
        (settled(), Health.ON_TRACK, Reason.LIVELY),
        (settled(ended_at=ago(1)), Health.FINISHED, Reason.ENDED),
        (settled(ended_at=ago(1), asked_at=ago(2)), Health.FINISHED, Reason.ENDED),
        (settled(asked_at=ago(2)), Health.NEEDS_A_HAND, Reason.ASKED),
        (settled(asked_at=ago(2), away_until=ago(-3)), Health.NEEDS_A_HAND, Reason.ASKED),
        (settled(away_until=ago(-3), active=40), Health.PAUSED, Reason.AWAY),
        (Facts(), Health.TOO_EARLY, Reason.NOT_INTRODUCED),
        (Facts(introduced_at=ago(3)), Health.TOO_EARLY, Reason.NEW),
        (Facts(introduced_at=ago(11)), Health.NEEDS_A_HAND, Reason.NEVER_BEGAN),
        (Facts(introduced_at=ago(30), settled_at=ago(11)), Health.NEEDS_A_HAND, Reason.NEVER_BEGAN),
        (settled(active=9.5, gone_by_at=ago(3)), Health.NEEDS_A_HAND, Reason.SILENT),
        (settled(active=9.5, gone_by_at=ago(1)), Health.ON_TRACK, Reason.LIVELY),
        (settled(active=8, gone_by_at=ago(3)), Health.ON_TRACK, Reason.LIVELY),
        (settled(active=15), Health.QUIET, Reason.LITTLE),
        (settled(active=17), Health.NEEDS_A_HAND, Reason.SILENT_FOR_A_RHYTHM),
        (settled(active=15, every_weeks=4), Health.QUIET, Reason.LITTLE),
        (settled(active=17, every_weeks=4), Health.NEEDS_A_HAND, Reason.SILENT_FOR_A_RHYTHM),
        (settled(active=17, back_at=ago(2)), Health.ON_TRACK, Reason.LIVELY),
        (waiting(), Health.NEEDS_A_HAND, Reason.ONE_SIDED),
        (waiting(active=20, mentor=2), Health.NEEDS_A_HAND, Reason.ONE_SIDED),
        (waiting(mentor=13), Health.ON_TRACK, Reason.LIVELY),
        (waiting(held_at=ago(3)), Health.ON_TRACK, Reason.LIVELY),
        (waiting(gone_by_at=ago(1)), Health.ON_TRACK, Reason.LIVELY),
        (waiting(gone_by_at=ago(25)), Health.ON_TRACK, Reason.LIVELY),
        (waiting(gone_by_at=None), Health.ON_TRACK, Reason.LIVELY),
        (waiting(back_at=ago(10)), Health.ON_TRACK, Reason.LIVELY),
        (waiting(away_until=ago(-3)), Health.PAUSED, Reason.AWAY),
        (settled(held_at=ago(57)), Health.ON_TRACK, Reason.LIVELY),
        (settled(settled_at=None, held_at=None), Health.ON_TRACK, Reason.LIVELY),
        (settled(settled_at=ago(70), held_at=ago(57)), Health.NEEDS_A_HAND, Reason.NO_SESSIONS),
        (settled(settled_at=ago(70), held_at=ago(57), every_weeks=4), Health.ON_TRACK, Reason.LIVELY),
    ],
)
def test_the_first_rule_that_says_something_does(facts: Facts, health: Health, reason: Reason) -> None:
    judgement = judge(facts, NOW)

    assert (judgement.health, judgement.reason) == (health, reason)


moments = st.none() | st.floats(0, 400).map(ago)
any_facts = st.builds(
    Facts,
    introduced_at=moments,
    settled_at=moments,
    ended_at=moments,
    mentee_active_at=moments,
    mentor_active_at=moments,
    back_at=moments,
    away_until=moments | st.floats(0, 30).map(lambda days: ago(-days)),
    asked_at=moments,
    gone_by_at=moments,
    has_sessions=st.booleans(),
    held_at=moments,
    every_weeks=st.integers(1, 8),
)


@given(any_facts)
def test_nobody_is_named_without_having_asked_or_long_without_a_sign(facts: Facts) -> None:
    judgement = judge(facts, NOW)

    if judgement.health is Health.NEEDS_A_HAND and judgement.reason is not Reason.ASKED:
        assert judgement.since is not None
        least = LONG_WITHOUT if judgement.reason is Reason.NO_SESSIONS else NAMED_AFTER
        assert NOW - judgement.since >= least


@given(any_facts)
def test_a_sign_of_life_just_now_ends_every_reason_but_the_ones_that_need_more(facts: Facts) -> None:
    lively = judge(Facts(**{**vars(facts), "mentor_active_at": NOW}), NOW)

    assert lively.reason not in {Reason.SILENT, Reason.SILENT_FOR_A_RHYTHM, Reason.NEVER_BEGAN, Reason.LITTLE}


@given(any_facts, st.floats(0, 60))
def test_silence_alone_never_makes_a_pair_better(facts: Facts, days: float) -> None:
    """A pair that is named for its silence today is named tomorrow."""
    if judge(facts, NOW).health is not Health.NEEDS_A_HAND:
        return

    later = judge(facts, NOW + days * DAY)

    assert later.health is Health.NEEDS_A_HAND


def test_the_rules_are_what_people_are_told() -> None:
    """health.rules in prompts, and docs/coordinators.md, name these numbers in words."""
    assert (SILENCE, NO_START, EARLY) == (9 * DAY, 10 * DAY, 14 * DAY)
    assert (TIME_TO_ANSWER, LONGEST_SILENCE, ONE_SIDED) == (2 * DAY, 16 * DAY, 14 * DAY)
    assert timedelta(weeks=4) == LONG_WITHOUT  # of a weekly rhythm: three sessions, and a fourth is due
