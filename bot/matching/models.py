"""The tables of matching: what people give for it, what was proposed, and who waits for a partner.

Who would rather not be with whom, and who wished for whom, is as private as what people write: P1.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models import Base, Pair, Person, Programme, due
from bot.vault import HoldsWords, Words


class Profile(HoldsWords, Base):
    """What somebody gives for matching, beside what they want and offer (`Person.goals`, `Person.skills`)."""

    __tablename__ = "profiles"
    data_class = "P4"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    languages: Mapped[str] = mapped_column(default="")  # codes, joined by commas, as are the next two
    style: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    site_sealed: Mapped[bytes | None]
    group_sealed: Mapped[bytes | None]
    changed_at: Mapped[datetime | None]  # by themselves

    site = Words("site_sealed")
    group = Words("group_sealed")  # out of a roster, and only for the report on whether groups fare alike


class Apart(StrEnum):
    """Why two are not put together."""

    NOT_WITH = "not_with"  # one of them said so, and nobody is told
    LINE = "line"  # the other is their manager
    PAST = "past"  # they were a pair before anybody used this


class Exclusion(Base):
    """Two people who are not put together."""

    __tablename__ = "exclusions"
    __table_args__ = (UniqueConstraint("person_id", "other_id", "kind"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]

    other: Mapped[Person] = relationship(foreign_keys=other_id, lazy="joined", innerjoin=True)


class Wish(Base):
    """A mentor whom a mentee would like to have. No other mentee learns of it."""

    __tablename__ = "wishes"
    __table_args__ = (UniqueConstraint("programme_id", "mentee_id", "mentor_id"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    mentee_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int]  # from 1, the dearest

    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id, lazy="joined", innerjoin=True)
    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id, lazy="joined", innerjoin=True)


class Veto(Base):
    """A mentor who would rather not be with a mentee who wished for them. Nobody is told."""

    __tablename__ = "vetoes"
    data_class = "P1"

    mentor_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    mentee_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class MatchRules(Base):
    """What holds for every proposal of a programme."""

    __tablename__ = "match_rules"
    data_class = "P4"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    sites: Mapped[str] = mapped_column(default="any")  # people.Sites
    hours: Mapped[int] = mapped_column(default=0)  # a week, that two have to share
    line: Mapped[bool] = mapped_column(default=False)  # whether somebody may have a manager of theirs


class RunState(StrEnum):
    WORKING = "working"  # there are so many that it takes a while
    DRAFT = "draft"
    ACCEPTED = "accepted"
    CALLED_OFF = "called_off"  # what could still be
    DISCARDED = "discarded"


class Run(Base):
    """One proposal for a programme, from its making to its introductions. Nothing goes out with a draft."""

    __tablename__ = "match_runs"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    state: Mapped[str]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("match_runs.id"))  # whose locks it keeps
    seed: Mapped[int]
    rules: Mapped[str] = mapped_column(Text)  # JSON, as they were then
    input_hash: Mapped[str] = mapped_column(default="")  # over everything that was compared
    waiting_only: Mapped[bool] = mapped_column(default=False)  # for those who wait for somebody new
    report: Mapped[str] = mapped_column(Text, default="{}")  # JSON: numbers, and ids of pairs
    work_at: Mapped[datetime | None] = due()
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)


class Standing(StrEnum):
    PROPOSED = "proposed"
    LOCKED = "locked"  # by the coordinator: it is kept in the next run
    LEFT_OUT = "left_out"  # "not these two"
    MADE = "made"  # into a pair
    FELL_AWAY = "fell_away"  # until it was accepted something had changed
    CALLED_OFF = "called_off"


class Proposed(HoldsWords, Base):
    """Two people who could be a pair, and why. Of what they wrote it holds the words they share alone."""

    __tablename__ = "proposed"
    __table_args__ = (UniqueConstraint("run_id", "mentee_id", "mentor_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id"))
    mentee_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    pair_id: Mapped[int | None] = mapped_column(ForeignKey("pairs.id"), index=True)
    state: Mapped[str] = mapped_column(default=Standing.PROPOSED)
    score: Mapped[int] = mapped_column(default=0)  # of 1000
    reasons: Mapped[str] = mapped_column(Text, default="{}")  # JSON: codes and numbers
    shared_sealed: Mapped[bytes | None]

    shared = Words("shared_sealed")  # line by line: what one wants to learn and the other offers
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id, lazy="joined", innerjoin=True)
    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id, lazy="joined", innerjoin=True)
    pair: Mapped[Pair | None] = relationship()


class LeftOver(Base):
    """Somebody for whom a run found nobody, and why."""

    __tablename__ = "left_over"
    __table_args__ = (UniqueConstraint("run_id", "person_id", "is_mentor"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    is_mentor: Mapped[bool]
    why: Mapped[str]  # explaining.WhyNot
    until: Mapped[date | None]  # when a place is planned to become free

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Wanting(StrEnum):
    """Whether somebody would like a partner, once they have had one or have waited for one."""

    NOT_ASKED = "not_asked"  # their pair has just ended
    FIRST = "first"  # before those who have had nobody yet
    QUEUE = "queue"
    RESTS = "rests"


class Seeking(Base):
    """Where somebody stands between two partners. It never says who wanted the last pair to end."""

    __tablename__ = "seeking"
    __table_args__ = (UniqueConstraint("programme_id", "person_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    since: Mapped[datetime]
    circle: Mapped[bool] = mapped_column(default=False)  # they would join one
    tell_at: Mapped[datetime | None] = due()

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)


_runs = Run.__table__.c
_is_open = _runs.state.in_((RunState.DRAFT, RunState.WORKING))
Index(
    "one_draft_a_programme",
    _runs.programme_id,
    unique=True,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
