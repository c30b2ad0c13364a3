"""The tables of the coordinator's desk. None of them holds a word that anybody wrote.

Each says the class of its data, see models.py; P6 is the audit.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models import Base, Pair, Person, Programme, due


class Desk(Base):
    """How somebody who runs programmes works: which one they looked at last, and when their week begins."""

    __tablename__ = "desks"
    data_class = "P4"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    weekly_at: Mapped[datetime | None] = due()  # when the week's digest comes
    wants_weekly: Mapped[bool] = mapped_column(default=True, server_default="1")


class AuditEntry(Base):
    """Who did what to which programme, pair or person. Rows are added and never changed, see audit.py."""

    __tablename__ = "audit"
    data_class = "P6"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who_id: Mapped[int | None] = mapped_column(index=True)  # none: the program itself
    what: Mapped[str]
    programme_id: Mapped[int | None]
    pair_id: Mapped[int | None] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(index=True)
    detail: Mapped[str] = mapped_column(default="")  # numbers, roles and names of settings, never words
    chain: Mapped[str]  # over this row and the one before it


class AuditHead(Base):
    """The newest link of the chain. Whoever adds to it holds this row, so that it has no branches."""

    __tablename__ = "audit_head"
    data_class = "P6"

    id: Mapped[int] = mapped_column(primary_key=True)
    entries: Mapped[int] = mapped_column(default=0)
    chain: Mapped[str] = mapped_column(default="")


class HandState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"  # somebody who runs the programme is on it
    OVER = "over"


class Hand(Base):
    """One of a pair would like whoever runs the programme to lend a hand. Their partner is not told."""

    __tablename__ = "hands"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    what_for: Mapped[str]  # one of a few choices: there is no field for words
    state: Mapped[str] = mapped_column(default=HandState.OPEN)
    asked_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)


class WeeklyNumber(Base):
    """One number of a programme, or of a cohort in it, as it stood in one week and was published."""

    __tablename__ = "weekly_numbers"
    __table_args__ = (UniqueConstraint("programme_id", "cohort", "week", "name"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    cohort: Mapped[str]  # empty: all of them
    week: Mapped[date]  # its Monday
    name: Mapped[str]  # metrics.Metric, or "state." and a health state
    part: Mapped[int]
    whole: Mapped[int]
    people: Mapped[int]  # how many different people it is made of, on the smaller side
    taken_at: Mapped[datetime]


class Recommendations(Base):
    """What people said at their end of recommending a programme, added up: no person, no pair, no score.

    Those of today wait until they may be told. Erasing anybody leaves it as it is: it names nobody.
    """

    __tablename__ = "recommendations"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    answers: Mapped[int] = mapped_column(default=0)
    balance: Mapped[int] = mapped_column(default=0)  # of 9 and 10, less those of 0 to 6
    seen: Mapped[int] = mapped_column(default=0)  # answers, when it was last seen whether it may be told
    told_at: Mapped[datetime | None]  # from then on it is in the score, and nothing is added


class MailingState(StrEnum):
    DRAFT = "draft"  # somebody is looking at it
    SENT = "sent"  # into the outbox; each waits for its own decent hour
    CANCELLED = "cancelled"


class Mailing(Base):
    """A message of the desk to one or several people, which may be called off until each has it."""

    __tablename__ = "mailings"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    what: Mapped[str]  # the name of the message in prompts/
    state: Mapped[str] = mapped_column(default=MailingState.DRAFT)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship()
    recipients: Mapped[list["MailingRecipient"]] = relationship(order_by="MailingRecipient.id")


class MailingRecipient(Base):
    __tablename__ = "mailing_recipients"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailings.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    pair_id: Mapped[int | None] = mapped_column(ForeignKey("pairs.id"))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Decision(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class EnrolmentRequest(Base):
    """Somebody would like to join a programme whose requests are looked at first.

    What was decided can be taken back until they hear of it; only then does it come true.
    """

    __tablename__ = "enrolment_requests"
    data_class = "P4"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]  # mentor, mentee, or peer, who is both
    state: Mapped[str] = mapped_column(default=Decision.WAITING)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    tell_at: Mapped[datetime | None] = due()  # when they hear of it
    forget_at: Mapped[datetime | None] = due()  # when who came by themselves, and was declined, is forgotten

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)


class Removal(Base):
    """Somebody is to be taken out of a programme, in which their pairs end. Until then it can be undone."""

    __tablename__ = "removals"
    __table_args__ = (UniqueConstraint("programme_id", "person_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    happen_at: Mapped[datetime | None] = due()

    programme: Mapped[Programme] = relationship()
    person: Mapped[Person] = relationship()


class PairEnding(Base):
    """A pair is to end, as whoever runs the programme has decided. Until then it can be undone."""

    __tablename__ = "pair_endings"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), unique=True)
    happen_at: Mapped[datetime | None] = due()

    pair: Mapped[Pair] = relationship()


_hands = Hand.__table__.c
_open = _hands.state != HandState.OVER
_whose = (_hands.pair_id, _hands.person_id)
Index("one_hand_each", *_whose, unique=True, sqlite_where=_open, postgresql_where=_open)
_sums = Recommendations.__table__.c
_adds_up = _sums.told_at.is_(None)
Index("one_sum_each", _sums.programme_id, unique=True, sqlite_where=_adds_up, postgresql_where=_adds_up)
_requests = EnrolmentRequest.__table__.c
_waits = _requests.state == Decision.WAITING
_what = (_requests.programme_id, _requests.person_id, _requests.role)
Index("one_request_each", *_what, unique=True, sqlite_where=_waits, postgresql_where=_waits)
