"""Explaining: what a proposal says about itself, in codes and values. Its sentences are in wording.py."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Why(StrEnum):
    """Why these two."""

    MET = "met"  # things: what the mentee wants and the mentor offers
    WISHED = "wished"  # number: which wish it was
    HOURS = "hours"  # number: minutes a week in common
    STYLE = "style"  # things: in common
    CONTACT = "contact"  # things: in common
    STAGE = "stage"  # the experience goes the way it is meant to
    POSSIBLE = "possible"  # nothing speaks for it in particular; it is the best that everybody's choice left


@dataclass(frozen=True)
class Reason:
    code: Why
    things: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Cost:
    """What it cost the mentee that others had to have somebody too."""

    points: int
    mentor: str  # whom this mentee suits best
    held_by: tuple[str, ...]  # who is proposed to that mentor instead; nobody where pairs of old are
    is_free: bool = False  # a place is left there all the same, because this pair is locked


class Change(StrEnum):
    PLACE = "place"  # one more with that mentor
    SITE = "site"  # without the rule about sites that mentor would be possible, and better
    HOURS = "hours"  # points: more hours in common would bring so many


@dataclass(frozen=True)
class WouldChange:
    code: Change
    mentor: str = ""
    points: int = 0


@dataclass(frozen=True)
class Proposed:
    mentee: str
    mentor: str
    score: int
    reasons: tuple[Reason, ...]
    cost: Cost | None  # None: it is the best for this mentee
    changes: tuple[WouldChange, ...]
    is_locked: bool = False


class WhyNot(StrEnum):
    """Why somebody stays without a pair."""

    NOBODY = "nobody"  # on the other side at all
    FULL = "full"  # every mentor they can have is full, with people who suit better
    NOT_NEEDED = "not_needed"  # every mentee who could be with this mentor has another one
    LINE = "line"
    LANGUAGE = "language"
    SITE = "site"
    HOURS = "hours"
    LEFT_OUT = "left_out"
    PERSONAL = "personal"
    SEVERAL = "several"  # no single rule, but several together


@dataclass(frozen=True)
class Left:
    """Somebody without a pair."""

    person: str
    is_mentor: bool
    why: WhyNot
    barred: tuple[tuple[str, int], ...] = ()  # by each rule (`Bar`), how many
    possible: int = 0  # on the other side
    until: date | None = None  # when a place is planned to become free for them; None is not known
    changes: tuple[WouldChange, ...] = ()
