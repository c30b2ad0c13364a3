"""People as the matching sees them, and the rules of a programme. An id says nothing of who somebody is."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.calendar import Hours

MOST_WISHES = 5
STAGES = ("early", "mid", "senior")
STYLES = ("structured", "exploring", "direct", "gentle", "hands-on", "big-picture")
CONTACTS = ("writing", "voice", "video", "in-person")


class Sites(StrEnum):
    ANY = "any"
    SAME = "same"
    OTHER = "other"


class Format(StrEnum):
    """Which way experience is meant to go."""

    ONE_TO_ONE = "one-to-one"  # the mentor is further on
    REVERSE = "reverse"  # the mentee is
    PEER = "peer"  # neither


@dataclass(frozen=True, kw_only=True)
class Participant:
    """Nothing said is empty, and excludes nobody."""

    id: str
    is_mentee: bool = False  # and looks for a mentor
    is_mentor: bool = False
    places: int = 0  # of a mentor, that are free
    wants: tuple[str, ...] = field(default=(), repr=False)
    offers: tuple[str, ...] = field(default=(), repr=False)
    stage: str = ""
    languages: frozenset[str] = frozenset()
    style: frozenset[str] = frozenset()
    contact: frozenset[str] = frozenset()
    hours: Hours = field(default_factory=lambda: Hours("UTC"))
    site: str = ""
    manager: str = ""
    past: frozenset[str] = frozenset()
    never: frozenset[str] = field(default=frozenset(), repr=False)  # "not with" and a mentor's veto
    wishes: tuple[str, ...] = field(default=(), repr=False)  # mentors, the dearest first
    group: str = field(default="", repr=False)  # read by the parity report alone
    ends: tuple[date, ...] = ()  # when a place of this mentor is planned to become free


@dataclass(frozen=True)
class Rules:
    first: date  # hours in common are counted over the year from here
    sites: Sites = Sites.ANY
    format: Format = Format.ONE_TO_ONE
    least_minutes: int = 0  # a week in common


class Clash(StrEnum):
    UNKNOWN = "unknown"  # one of the two is not there, or not in this role
    TWICE = "twice"  # the mentee is locked with two mentors
    FULL = "full"
    BARRED = "barred"


class Conflict(ValueError):
    """What was locked cannot all be. The coordinator is told which pair, and why."""

    def __init__(self, mentee: str, mentor: str, why: Clash) -> None:
        super().__init__(f"{mentee} and {mentor} cannot be locked: {why}")
        self.mentee, self.mentor, self.why = mentee, mentor, why
