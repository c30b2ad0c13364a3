"""Health: how a pair is doing, by rules that everybody can read. Pure.

The rules look at what happened and when, never at what was written. Whoever takes part is told them at the
start, and can read them at any time. A pair is shown by name to whoever runs the programme only when it needs
a hand: because one of the two has asked for it, or by one of the rules below. Of all others there are
only numbers.

`benchmarks/health.py` plants pairs that stop on the same day into rehearsed programmes, and counts how many
of them these rules name two weeks later, and how many of those that they name have really stopped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.calendar import WEEK

SILENCE = timedelta(days=9)  # with a session in it of which nobody said anything
TIME_TO_ANSWER = timedelta(days=2)  # from a session on, before anything follows from having heard nothing
LONGEST_SILENCE = timedelta(days=16)  # also of those who meet every four weeks
ONE_SIDED = timedelta(days=14)  # without a sign from one of the two, with a session in it that was not held
NO_START = timedelta(days=10)  # without a sign, where no session was ever planned
EARLY = timedelta(days=14)
QUIET = timedelta(days=14)
SESSIONS_LEFT_OUT = 3  # in a row; a fourth is not waited for


class Health(StrEnum):
    ON_TRACK = "on_track"
    QUIET = "quiet"
    NEEDS_A_HAND = "needs_a_hand"
    PAUSED = "paused"
    TOO_EARLY = "too_early"
    FINISHED = "finished"


class Reason(StrEnum):
    ENDED = "ended"
    ASKED = "asked"
    AWAY = "away"
    NOT_INTRODUCED = "not_introduced"
    NEW = "new"
    NEVER_BEGAN = "never_began"
    SILENT = "silent"
    SILENT_FOR_A_RHYTHM = "silent_for_a_rhythm"
    ONE_SIDED = "one_sided"
    NO_SESSIONS = "no_sessions"
    LITTLE = "little"
    LIVELY = "lively"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one pair. Times only, and no word."""

    introduced_at: datetime | None = None
    settled_at: datetime | None = None  # they agreed on how to work together
    ended_at: datetime | None = None
    mentee_active_at: datetime | None = None  # they did something of their own
    mentor_active_at: datetime | None = None
    back_at: datetime | None = None  # one of them came back from an absence
    away_until: datetime | None = None  # none, unless one of them is away
    asked_at: datetime | None = None  # one of them asked for a hand
    gone_by_at: datetime | None = None  # start of the last session of which nobody has said that it was held
    has_sessions: bool = False  # that are planned, or were
    held_at: datetime | None = None  # end of the last session that was held
    every_weeks: int = 2

    @property
    def last_sign(self) -> datetime | None:
        """The time in which one of them was away is no silence."""
        return _latest(self.mentee_active_at, self.mentor_active_at, *self._of_both)

    @property
    def last_sign_of_each(self) -> datetime | None:
        """Of the one who has given none for longer. In a session that was held both were there."""
        mentee = _latest(self.mentee_active_at, self.held_at, *self._of_both)
        mentor = _latest(self.mentor_active_at, self.held_at, *self._of_both)
        return min(mentee, mentor) if mentee and mentor else None

    @property
    def _of_both(self) -> tuple[datetime | None, ...]:
        return self.settled_at, self.introduced_at, self.back_at


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


@dataclass(frozen=True)
class Judgement:
    health: Health
    reason: Reason
    since: datetime | None = None  # for how long the reason has held, where that says something


Rule = Callable[[Facts, datetime], Judgement | None]


def judge(pair: Facts, now: datetime) -> Judgement:
    """The first rule that says something does."""
    for rule in RULES:
        judgement = rule(pair, now)
        if judgement:
            return judgement
    return Judgement(Health.ON_TRACK, Reason.LIVELY)


def has_ended(pair: Facts, _now: datetime) -> Judgement | None:
    return Judgement(Health.FINISHED, Reason.ENDED, pair.ended_at) if pair.ended_at else None


def has_asked(pair: Facts, _now: datetime) -> Judgement | None:
    return Judgement(Health.NEEDS_A_HAND, Reason.ASKED, pair.asked_at) if pair.asked_at else None


def is_away(pair: Facts, now: datetime) -> Judgement | None:
    away = pair.away_until is not None and pair.away_until > now
    return Judgement(Health.PAUSED, Reason.AWAY) if away else None


def not_introduced(pair: Facts, _now: datetime) -> Judgement | None:
    known = pair.introduced_at or pair.settled_at
    return None if known else Judgement(Health.TOO_EARLY, Reason.NOT_INTRODUCED)


def never_began(pair: Facts, now: datetime) -> Judgement | None:
    """They were introduced, no session was ever planned, and neither does anything about it."""
    if pair.has_sessions or pair.last_sign is None or now - pair.last_sign < NO_START:
        return None
    return Judgement(Health.NEEDS_A_HAND, Reason.NEVER_BEGAN, pair.last_sign)


def has_stopped(pair: Facts, now: datetime) -> Judgement | None:
    """A session came and went, and in all that time neither of them did anything at all."""
    if pair.gone_by_at is None or pair.last_sign is None or pair.gone_by_at < pair.last_sign:
        return None
    if now - pair.last_sign < SILENCE or now - pair.gone_by_at < TIME_TO_ANSWER:
        return None
    return Judgement(Health.NEEDS_A_HAND, Reason.SILENT, pair.last_sign)


def is_silent_for_a_rhythm(pair: Facts, now: datetime) -> Judgement | None:
    """For longer than from one session to the next (the one in between was called off, say), or for long."""
    rhythm = min(WEEK * pair.every_weeks + TIME_TO_ANSWER, LONGEST_SILENCE)
    if not pair.has_sessions or pair.last_sign is None or now - pair.last_sign < rhythm:
        return None
    return Judgement(Health.NEEDS_A_HAND, Reason.SILENT_FOR_A_RHYTHM, pair.last_sign)


def is_one_sided(pair: Facts, now: datetime) -> Judgement | None:
    """A session was not held, and one of them waits for the other. Who that is is nobody's business here."""
    since = pair.last_sign_of_each
    if pair.gone_by_at is None or since is None or pair.gone_by_at < since:
        return None
    if now - since < ONE_SIDED or now - pair.gone_by_at < TIME_TO_ANSWER:
        return None
    return Judgement(Health.NEEDS_A_HAND, Reason.ONE_SIDED, since)


def does_not_meet(pair: Facts, now: datetime) -> Judgement | None:
    """One of them may be busy here all the time: three sessions in a row did not come about."""
    since = _latest(pair.settled_at, pair.held_at, pair.back_at)
    longest = WEEK * pair.every_weeks * (SESSIONS_LEFT_OUT + 1)
    if since is None or now - since < longest:
        return None
    return Judgement(Health.NEEDS_A_HAND, Reason.NO_SESSIONS, since)


def is_new(pair: Facts, now: datetime) -> Judgement | None:
    begun = pair.introduced_at or pair.settled_at
    return Judgement(Health.TOO_EARLY, Reason.NEW, begun) if begun and now - begun < EARLY else None


def is_quiet(pair: Facts, now: datetime) -> Judgement | None:
    silent = pair.last_sign is not None and now - pair.last_sign >= QUIET
    return Judgement(Health.QUIET, Reason.LITTLE, pair.last_sign) if silent else None


RULES: Sequence[Rule] = (
    has_ended,
    has_asked,
    is_away,
    not_introduced,
    never_began,
    has_stopped,
    is_silent_for_a_rhythm,
    is_one_sided,
    does_not_meet,
    is_new,
    is_quiet,
)
NAMED_AFTER = min(SILENCE, NO_START, WEEK)  # without a sign, at the earliest
LONG_WITHOUT = WEEK * (SESSIONS_LEFT_OUT + 1)  # sessions, at the earliest
