"""Every table.

Each says the class of its data: P1 what people wrote, P2 action items, P3 what happened and when,
P4 who somebody is. Columns that end in `_sealed` hold words and open only through the vault; a coordinator's
query can neither read nor search them.

A due column (`due()`) holds the next moment at which something must happen to its row. The tick empties it
and runs the story that declared it; everything else may move or empty it at any time.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column, relationship

from bot.calendar import Cadence, Hours
from bot.database import Moment
from bot.vault import HoldsWords, Words


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        date: Date,
        time: Time,
        str: String,
        bytes: LargeBinary,
    }
    data_class: str

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__tablename__" in vars(cls):
            _index_due_columns(cls)


def due() -> MappedColumn[Any]:
    return mapped_column(Moment, default=None, info={"due": True})


def _index_due_columns(model: type[Base]) -> None:
    """Of a million rows a handful is due: the index holds only those that will be."""
    for column in list(model.__table__.columns):
        if column.info.get("due"):
            waiting = column.is_not(None)
            Index(
                f"due_{model.__tablename__}_{column.name}",
                column,
                sqlite_where=waiting,
                postgresql_where=waiting,
            )


class Role(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"
    OWNER = "owner"  # a coordinator who also says who else is one
    COORDINATOR = "coordinator"
    ANALYST = "analyst"  # sees numbers and no names


class ProgrammeFormat(StrEnum):
    ONE_TO_ONE = "one_to_one"
    REVERSE = "reverse"  # the junior of the two is the mentor
    PEER = "peer"  # each is the other's mentor


class Programme(Base):
    __tablename__ = "programmes"
    data_class = "P4"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    made_at: Mapped[datetime]
    weeks: Mapped[int] = mapped_column(default=26, server_default="26")  # from the introduction to the end
    purpose: Mapped[str] = mapped_column(default="", server_default=text("''"))  # for everybody to read
    format: Mapped[str] = mapped_column(
        default=ProgrammeFormat.ONE_TO_ONE, server_default=ProgrammeFormat.ONE_TO_ONE.value
    )
    cohort: Mapped[str] = mapped_column(default="", server_default=text("''"))  # that newcomers are in
    every_weeks: Mapped[int] = mapped_column(default=2, server_default="2")  # suggested to new pairs, as are
    minutes: Mapped[int] = mapped_column(default=0, server_default="0")  # these; 0: by career stage
    response_days: Mapped[int] = mapped_column(default=2, server_default="2")
    opened_at: Mapped[datetime | None]  # since then, and
    open_until: Mapped[datetime | None] = due()  # until then people may join by themselves, as
    open_to: Mapped[str] = mapped_column(default="both", server_default="both")  # mentor, mentee, or both
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default="0")  # of those who join
    smallest_group: Mapped[int] = mapped_column(default=5, server_default="5")  # people; never less than 5
    numbers_at: Mapped[datetime | None] = due()  # when the week's numbers are taken
    closed_at: Mapped[datetime | None]  # it is over, and nobody joins any more


class Erasure(StrEnum):
    WORDS = "words"
    EVERYTHING = "everything"  # and they leave


class Person(HoldsWords, Base):
    """Somebody who takes part. They may have several accounts and are written to where they spoke last."""

    __tablename__ = "people"
    data_class = "P4"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email_sealed: Mapped[bytes | None]
    email_print: Mapped[str | None] = mapped_column(unique=True)  # Key.fingerprint, for look-up
    timezone: Mapped[str]
    country: Mapped[str] = mapped_column(default="")  # for public holidays; empty: the country of the zone
    language: Mapped[str] = mapped_column(default="en")
    day_starts: Mapped[time] = mapped_column(default=time(9))
    day_ends: Mapped[time] = mapped_column(default=time(18))
    workdays: Mapped[str] = mapped_column(default="01234")  # Monday is 0
    career_stage: Mapped[str] = mapped_column(default="")
    goals_sealed: Mapped[bytes | None]
    skills_sealed: Mapped[bytes | None]
    nudges_a_week: Mapped[int] = mapped_column(default=2, server_default="2")  # fewer if they like
    digest_at: Mapped[time | None]  # when what was too much comes all at once; none: when their day starts
    follows_status: Mapped[bool] = mapped_column(default=False, server_default="0")  # on the platform

    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id", use_alter=True, name="writes_to")
    )
    wish_sealed: Mapped[bytes | None]  # their first answer; becomes the draft of their hopes
    welcome_at: Mapped[datetime | None] = due()
    welcomes: Mapped[int] = mapped_column(default=0)  # how often they were invited
    started_at: Mapped[datetime | None]  # they pressed Start
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]  # none while paused: until they come back
    tell_partner_at: Mapped[datetime | None] = due()
    told_partner_at: Mapped[datetime | None]  # their partners know of this pause
    paused_by_status: Mapped[bool] = mapped_column(default=False, server_default="0")  # and not by them
    resume_at: Mapped[datetime | None] = due()
    check_reach_at: Mapped[datetime | None] = due()  # an account of theirs has gone or come back
    unreachable_since: Mapped[datetime | None]  # all their accounts have gone
    paused_as_unreachable: Mapped[bool] = mapped_column(default=False, server_default="0")  # and not by them
    leave_at: Mapped[datetime | None] = due()
    left_at: Mapped[datetime | None]
    erase_at: Mapped[datetime | None] = due()
    erasure: Mapped[str] = mapped_column(default="")  # what is erased then

    email = Words("email_sealed")
    goals = Words("goals_sealed")  # separated by "; "
    skills = Words("skills_sealed")
    wish = Words("wish_sealed")

    @property
    def hours(self) -> Hours:
        return hours_of(self)

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


def hours_of(person: Any) -> Hours:
    """The hours of a `Person`, or of a row with the same columns."""
    return Hours(
        timezone=person.timezone,
        start=person.day_starts,
        end=person.day_ends,
        days=frozenset(map(int, person.workdays)),
        country=person.country,
    )


class Absence(Base):
    """A stretch in which somebody was away, and the time they have to answer stood still."""

    __tablename__ = "absences"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]  # none: until they come back


class AccountRow(Base):
    """Where a person is on a platform, see `events.Account`."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "workspace", "user"),)
    data_class = "P4"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    user: Mapped[str]
    address: Mapped[str] = mapped_column(Text, default="")
    gone_at: Mapped[datetime | None]  # nobody can be reached there; it may arrive again
    timezone: Mapped[str | None]  # what the platform said last
    moved_at: Mapped[datetime | None] = due()  # it says another one than before

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)


class Workspace(Base):
    """One that the bot was taken out of. After some weeks nobody is kept who was only there."""

    __tablename__ = "workspaces"
    __table_args__ = (UniqueConstraint("platform", "workspace"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    gone_at: Mapped[datetime | None]  # none: the bot is back
    tell_at: Mapped[datetime | None] = due()
    erase_at: Mapped[datetime | None] = due()


class Enrolment(Base):
    """A person in a programme, in one role."""

    __tablename__ = "enrolments"
    __table_args__ = (UniqueConstraint("programme_id", "person_id", "role"),)
    data_class = "P4"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    capacity: Mapped[int] = mapped_column(default=1)  # mentees that a mentor takes
    made_at: Mapped[datetime | None]
    cohort: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Conversation(HoldsWords, Base):
    """What a person's next typed words mean: the buttons they saw last and the question that is open."""

    __tablename__ = "conversations"
    data_class = "P1"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    buttons_sealed: Mapped[bytes | None]  # JSON: [[word, label, action], …]
    listens: Mapped[str | None] = mapped_column(Text)  # an encoded action
    asked_at: Mapped[datetime | None]  # when this question was put to them
    unplaced_sealed: Mapped[bytes | None]  # the last words that no question waited for

    buttons = Words("buttons_sealed")
    unplaced = Words("unplaced_sealed")


class UnsentForm(HoldsWords, Base):
    """What somebody has typed in a form and not sent. Emptied for a moment when they send it."""

    __tablename__ = "unsent_forms"
    __table_args__ = (UniqueConstraint("person_id", "action"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    action: Mapped[str]  # what sending it means, encoded
    answers_sealed: Mapped[bytes | None]  # JSON: field name to what was typed
    typed_at: Mapped[datetime]
    forget_at: Mapped[datetime | None] = due()

    answers = Words("answers_sealed")


QUIET_AFTER = timedelta(days=28)
ROUGHLY = timedelta(hours=1)  # is near enough for what is counted in days, and spares a write for each answer
ROOM_FOR_ONE = timedelta(days=14)  # a session that was moved, or that nobody has closed yet


class Format(StrEnum):
    LIVE = "live"
    ASYNC = "async"


class Pair(Base):
    __tablename__ = "pairs"
    __table_args__ = (UniqueConstraint("programme_id", "mentor_id", "mentee_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]
    cohort: Mapped[str] = mapped_column(default="", server_default=text("''"))
    introduce_at: Mapped[datetime | None] = due()
    introduced_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    remind_agreement_at: Mapped[datetime | None] = due()
    agreement_reminders: Mapped[int] = mapped_column(default=0)
    suggest_at: Mapped[datetime | None] = due()  # when both are offered times
    suggestions: Mapped[int] = mapped_column(default=0)  # how often they were

    # How it goes on, and how it comes to an end
    active_at: Mapped[datetime | None]  # when either of the two last did something of their own in it
    mentee_active_at: Mapped[datetime | None]  # when that one did; for whoever runs the programme never apart
    mentor_active_at: Mapped[datetime | None]
    quiet_at: Mapped[datetime | None] = due()  # when it may have been quiet for long
    asked_quiet_at: Mapped[datetime | None]  # both were asked about that, and neither has answered
    quiet_questions: Mapped[int] = mapped_column(default=0, server_default="0")  # so often
    review_at: Mapped[datetime | None] = due()  # when both are asked to look back at half-time
    planned_end: Mapped[datetime | None]
    wind_down_at: Mapped[datetime | None] = due()  # when both are told that the planned end is near
    extend_by: Mapped[int | None]  # id of the person who would like to go on
    finish_at: Mapped[datetime | None] = due()  # somebody, and nothing says who, has asked for an end
    end_at: Mapped[datetime | None] = due()

    # What the two agreed on. The cadence is wall-clock time in the zone of whoever chose it.
    settled_at: Mapped[datetime | None]
    every_weeks: Mapped[int] = mapped_column(default=2)
    minutes: Mapped[int] = mapped_column(default=60)
    response_days: Mapped[int] = mapped_column(default=2)  # working days of whoever answers
    format: Mapped[str] = mapped_column(default=Format.LIVE)
    weekday: Mapped[int | None]
    at: Mapped[time | None]
    zone: Mapped[str | None]
    first_on: Mapped[date | None]  # the cadence counts its weeks from here
    plan_at: Mapped[datetime | None] = due()  # when the next sessions have to be laid down
    suggest_draft_at: Mapped[datetime | None] = due()  # when one of the two may be invited to show a draft
    draft_suggestions: Mapped[int] = mapped_column(default=0, server_default="0")
    tell_goals_at: Mapped[datetime | None] = due()  # when each hears what the other changed in their goals

    # A weekly time that one has suggested and the other has not yet answered; no time: to meet in writing.
    suggested_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    suggested_weekday: Mapped[int | None]
    suggested_time: Mapped[time | None]

    programme: Mapped[Programme] = relationship()
    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id, lazy="joined", innerjoin=True)
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id, lazy="joined", innerjoin=True)

    @property
    def people(self) -> tuple[Person, Person]:
        return self.mentee, self.mentor

    def partner_of(self, person: Person) -> Person:
        return self.mentor if person.id == self.mentee_id else self.mentee

    @property
    def has_begun(self) -> bool:
        """They know each other: by an introduction, or because they have agreed on something before it."""
        return bool(self.introduced_at or self.settled_at)

    def touch(self, person: Person, now: datetime) -> None:
        """This one of the two did something of their own in it: it is not quiet."""
        theirs = "mentee_active_at" if person.id == self.mentee_id else "mentor_active_at"
        before = getattr(self, theirs)
        known = before and now - before < ROUGHLY and self.asked_quiet_at is None
        if self.ended_at is None and not known:
            setattr(self, theirs, now)
            self.active_at, self.asked_quiet_at = now, None
            self.quiet_at = now + self.quiet_after

    def touch_for_both(self, now: datetime) -> None:
        """One of the two says of both that all is well."""
        for person in self.people:
            self.touch(person, now)

    @property
    def quiet_after(self) -> timedelta:
        """How long nothing has to happen. Those who meet every four weeks may miss one session."""
        return max(QUIET_AFTER, timedelta(weeks=self.every_weeks) + ROOM_FOR_ONE)

    @property
    def suggested(self) -> tuple[int, time] | None:
        """The weekly time that one has suggested, on their own clock."""
        if self.suggested_weekday is None or self.suggested_time is None:
            return None
        return self.suggested_weekday, self.suggested_time

    @property
    def cadence(self) -> Cadence | None:
        if self.weekday is None or self.at is None or self.zone is None:
            return None
        return Cadence(self.every_weeks, self.weekday, self.at, self.zone)


class Terms(HoldsWords, Base):
    """One person's half of the agreement, filled in alone."""

    __tablename__ = "terms"
    data_class = "P1"

    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    every_weeks: Mapped[int]
    minutes: Mapped[int]
    response_days: Mapped[int]
    hopes_sealed: Mapped[bytes | None]
    not_times_sealed: Mapped[bytes | None]
    between_us_sealed: Mapped[bytes | None]
    ending_sealed: Mapped[bytes | None]
    sent_at: Mapped[datetime]

    hopes = Words("hopes_sealed")
    not_times = Words("not_times_sealed")
    between_us = Words("between_us_sealed")
    ending = Words("ending_sealed")


class State(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"  # somebody skipped it
    AWAY = "away"  # somebody is away; it comes back if they do


class Session(HoldsWords, Base):
    """One meeting, or one written exchange of five working days."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("pair_id", "number"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    number: Mapped[int]  # within the pair, from 1
    wall: Mapped[datetime] = mapped_column(DateTime)  # the promise: this wall-clock time in this zone
    zone: Mapped[str]
    starts_at: Mapped[datetime]  # what the promise comes to by today's rules of that zone
    ends_at: Mapped[datetime]
    slot: Mapped[date | None]  # the day of the cadence it stands for, wherever it was moved to
    minutes: Mapped[int]
    format: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.PLANNED)
    version: Mapped[int] = mapped_column(default=0)  # of the invitation, see RFC 5545 SEQUENCE
    close_at: Mapped[datetime | None] = due()  # when it counts as missed if nobody closed it
    closed_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)
    seats: Mapped[list["Seat"]] = relationship(back_populates="session", order_by="Seat.id", lazy="selectin")

    @property
    def decided(self) -> str:
        """What either wrote down, each in their own words."""
        return "\n\n".join(seat.decided for seat in self.seats if seat.decided)

    def seat_of(self, person: Person) -> "Seat":
        return next(seat for seat in self.seats if seat.person_id == person.id)


class Seat(HoldsWords, Base):
    """One person's place in one session: when they are asked, briefed, and asked how it went."""

    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)

    ask_at: Mapped[datetime | None] = due()
    remind_at: Mapped[datetime | None] = due()
    brief_at: Mapped[datetime | None] = due()
    midway_at: Mapped[datetime | None] = due()  # of a written exchange
    closing_at: Mapped[datetime | None] = due()
    closings: Mapped[int] = mapped_column(default=0)  # how often they were asked how it went
    asked_at: Mapped[datetime | None]
    prepared_at: Mapped[datetime | None]  # all answered, or the rest left out
    skipped_at: Mapped[datetime | None]
    briefed_at: Mapped[datetime | None]
    decided_sealed: Mapped[bytes | None]
    pulse_sealed: Mapped[bytes | None]  # not asked any more, see Pulse; goes with a later release

    decided = Words("decided_sealed")
    pulse = Words("pulse_sealed")
    session: Mapped[Session] = relationship(back_populates="seats", lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    answers: Mapped[list["Answer"]] = relationship(order_by="Answer.id", lazy="selectin")


class Answer(HoldsWords, Base):
    """What one person wrote for one prep question, or in a written exchange."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("seat_id", "question"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    question: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=True)
    text_sealed: Mapped[bytes | None]
    written_at: Mapped[datetime]
    said_in: Mapped[str | None] = mapped_column(index=True)  # the platform's name for it, if it was typed

    text = Words("text_sealed")


class About(StrEnum):
    QUESTION = "question"
    EXCHANGE = "exchange"
    DRAFT = "draft"


class Thread(Base):
    """One thing that two people write to each other about: a question and what follows, or an exchange."""

    __tablename__ = "threads"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"), unique=True)  # of an exchange
    about: Mapped[str]
    opened_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]

    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)


class Letter(HoldsWords, Base):
    """What one wrote to the other: a question, a reply, or their part of a written exchange."""

    __tablename__ = "letters"
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id", name="in_thread"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    text_sealed: Mapped[bytes | None]
    link_sealed: Mapped[bytes | None]  # to a voice note or a clip; never fetched
    points_sealed: Mapped[bytes | None]  # what is in it, in up to three lines
    said_in: Mapped[str | None] = mapped_column(index=True)  # the platform's name for it, if it was typed
    written_at: Mapped[datetime]
    asks: Mapped[bool] = mapped_column(default=True, server_default="1")  # or is thanks, and wants nothing
    edits: Mapped[int] = mapped_column(default=0, server_default="0")
    reached_at: Mapped[datetime | None]  # by then its reader had it, in these words or in earlier ones
    taken_back_at: Mapped[datetime | None]

    text = Words("text_sealed")
    link = Words("link_sealed")
    points = Words("points_sealed")
    thread: Mapped[Thread] = relationship(lazy="joined")
    author: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @property
    def reader(self) -> Person:
        return self.thread.pair.partner_of(self.author)


class Ending(StrEnum):
    """How it stopped being somebody's turn."""

    REPLIED = "replied"
    NOT_MINE = "not_mine"  # "not my field": an answer like any other
    PASSED = "passed"  # it is the other's turn
    SETTLED = "settled"  # nothing is left to say
    TAKEN_BACK = "taken_back"  # by whoever asked
    PARTED = "parted"  # the pair has come to an end


class Wait(Base):
    """A stretch in which it was one person's turn to answer in one thread: what the ledger is made of."""

    __tablename__ = "waits"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)  # whose turn it is
    since: Mapped[datetime]
    days: Mapped[int]  # working days that the two had agreed on
    opened_with: Mapped[int | None] = mapped_column(ForeignKey("letters.id"))
    answered_with: Mapped[int | None] = mapped_column(ForeignKey("letters.id"))
    promised_at: Mapped[datetime | None]  # the clock stands still from here
    promised_for: Mapped[datetime | None]  # the end of that day
    promises: Mapped[int] = mapped_column(default=0)
    check_at: Mapped[datetime | None] = due()
    nudge_at: Mapped[datetime | None] = due()
    nudges: Mapped[int] = mapped_column(default=0)  # rungs of the ladder, held out or not
    ended_at: Mapped[datetime | None]
    ending: Mapped[str] = mapped_column(default="")

    thread: Mapped[Thread] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Nudge(Base):
    """A moment at which somebody was to be nudged, and was; or was not, to see what nudges change."""

    __tablename__ = "nudges"
    __table_args__ = (UniqueConstraint("rule", "about_id", "number"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str]  # "turn" or "action"
    about_id: Mapped[int]  # the Wait or the ActionItem
    number: Mapped[int]  # the first, the second … about the same
    at: Mapped[datetime] = mapped_column(index=True)
    held_out: Mapped[bool]


class ItemState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class ActionItem(HoldsWords, Base):
    """A small promise: who does what by when, and after what it happens."""

    __tablename__ = "action_items"
    data_class = "P2"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    what_sealed: Mapped[bytes | None]
    where_sealed: Mapped[bytes | None]  # "after stand-up, at my desk": the if-then part
    because_sealed: Mapped[bytes | None]  # why it was dropped
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default=ItemState.OPEN)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None] = due()

    what = Words("what_sealed")
    where = Words("where_sealed")
    because = Words("because_sealed")
    owner: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)


class JournalEntry(Base):
    """A decision that somebody wrote down for themselves. What they wrote is in its versions."""

    __tablename__ = "journal_entries"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)  # the newest
    look_on: Mapped[date | None]  # the day they chose, while it is ahead
    look_at: Mapped[datetime | None] = due()
    looks: Mapped[int] = mapped_column(default=0)  # how often it was brought back
    delete_at: Mapped[datetime | None] = due()

    pair_id: Mapped[int | None] = mapped_column(ForeignKey("pairs.id"), index=True)  # while it is shared
    shared_version: Mapped[int | None]  # later ones stay with whoever wrote them
    shared_at: Mapped[datetime | None]
    shares: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    pair: Mapped[Pair | None] = relationship()
    versions: Mapped[list["JournalVersion"]] = relationship(
        order_by="JournalVersion.number", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def newest(self) -> "JournalVersion":
        return self.versions[-1]


class JournalVersion(HoldsWords, Base):
    """An entry as it stood at one time: nothing that somebody thought then is written over."""

    __tablename__ = "journal_versions"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    number: Mapped[int]  # within the entry, from 1
    choice_sealed: Mapped[bytes | None]
    expect_sealed: Mapped[bytes | None]
    sure_sealed: Mapped[bytes | None]  # per cent
    know_sealed: Mapped[bytes | None]
    change_sealed: Mapped[bytes | None]
    happened_sealed: Mapped[bytes | None]
    tell_sealed: Mapped[bytes | None]
    written_at: Mapped[datetime]

    choice = Words("choice_sealed")
    expect = Words("expect_sealed")
    sure = Words("sure_sealed")
    know = Words("know_sealed")
    change = Words("change_sealed")  # what would change their mind
    happened = Words("happened_sealed")
    tell = Words("tell_sealed")  # what they would tell themselves


class Draft(HoldsWords, Base):
    """Something unfinished that one shows the other: a link, or the thing itself."""

    __tablename__ = "drafts"
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))  # in which its answer is owed
    version: Mapped[int] = mapped_column(default=1)  # counts what was sent to the partner
    percent: Mapped[int]  # how far it is
    minutes: Mapped[int]  # that reading it takes
    link_sealed: Mapped[bytes | None]
    text_sealed: Mapped[bytes | None]
    unsure_sealed: Mapped[bytes | None]
    thrown_sealed: Mapped[bytes | None]
    wanted_sealed: Mapped[bytes | None]
    sent_at: Mapped[datetime]
    reached_at: Mapped[datetime | None]  # by then an earlier version had reached the reader
    seen_at: Mapped[datetime | None]  # "Seen, thank you; more later"
    answered_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]

    link = Words("link_sealed")
    text = Words("text_sealed")
    unsure = Words("unsure_sealed")
    thrown = Words("thrown_sealed")  # what was thrown away, and why
    wanted = Words("wanted_sealed")  # which feedback helps
    author: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)
    thread: Mapped[Thread | None] = relationship()
    replies: Mapped[list["DraftReply"]] = relationship(
        order_by="DraftReply.id", lazy="selectin", back_populates="draft"
    )

    @property
    def reader(self) -> Person:
        return self.pair.partner_of(self.author)


class DraftReply(HoldsWords, Base):
    """What the reader of a draft noticed, would try and would leave as it is."""

    __tablename__ = "draft_replies"
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    notice_sealed: Mapped[bytes | None]
    attempt_sealed: Mapped[bytes | None]
    leave_sealed: Mapped[bytes | None]
    written_at: Mapped[datetime]

    notice = Words("notice_sealed")
    attempt = Words("attempt_sealed")  # what they would try
    leave = Words("leave_sealed")
    draft: Mapped[Draft] = relationship(back_populates="replies")


class GoalState(StrEnum):
    OPEN = "open"
    REACHED = "reached"
    LET_GO = "let_go"


class Standing(StrEnum):
    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    NEARLY = "nearly"
    THERE = "there"


class Goal(HoldsWords, Base):
    """What one of a pair wants to be able to do. Both see it, both may change it."""

    __tablename__ = "goals"
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)  # who works towards it
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # who noted it down
    can_sealed: Mapped[bytes | None]
    sign_sealed: Mapped[bytes | None]
    why_sealed: Mapped[bytes | None]
    because_sealed: Mapped[bytes | None]  # why it was let go
    state: Mapped[str] = mapped_column(default=GoalState.OPEN)
    standing: Mapped[str] = mapped_column(default=Standing.NOT_STARTED)  # as last said by either
    check_on: Mapped[date | None]
    check_at: Mapped[datetime | None] = due()
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    edits: Mapped[int] = mapped_column(default=0, server_default="0")
    news: Mapped[str] = mapped_column(default="")  # what the partner of `news_from_id` has not heard of
    news_from_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    can = Words("can_sealed")
    sign = Words("sign_sealed")
    why = Words("why_sealed")
    because = Words("because_sealed")
    owner: Mapped[Person] = relationship(foreign_keys=owner_id, lazy="joined", innerjoin=True)
    author: Mapped[Person] = relationship(foreign_keys=author_id, lazy="joined", innerjoin=True)
    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)
    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="goal", order_by="Milestone.id", lazy="selectin"
    )
    progress: Mapped[list["Progress"]] = relationship(
        back_populates="goal", order_by="Progress.id", lazy="selectin"
    )


class Milestone(HoldsWords, Base):
    """One small step towards a goal. The first takes less than half an hour."""

    __tablename__ = "milestones"
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    what_sealed: Mapped[bytes | None]
    made_at: Mapped[datetime]
    reached_at: Mapped[datetime | None]
    reached_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # who said so
    news_from_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # see Goal

    what = Words("what_sealed")
    goal: Mapped[Goal] = relationship(back_populates="milestones", lazy="joined", innerjoin=True)
    author: Mapped[Person] = relationship(foreign_keys=author_id, lazy="joined", innerjoin=True)


class Progress(HoldsWords, Base):
    """How a goal stood when one of the two said so, with a line of theirs or without."""

    __tablename__ = "progress"
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    standing: Mapped[str]
    line_sealed: Mapped[bytes | None]
    said_at: Mapped[datetime]

    line = Words("line_sealed")
    goal: Mapped[Goal] = relationship(back_populates="progress", lazy="joined", innerjoin=True)
    author: Mapped[Person] = relationship(foreign_keys=author_id, lazy="joined", innerjoin=True)


class Pulse(HoldsWords, Base):
    """Three questions to one person about one pair. Nobody else ever sees the answers."""

    __tablename__ = "pulses"
    __table_args__ = (UniqueConstraint("pair_id", "person_id", "number"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[int]  # within the pair, from 1
    ask_at: Mapped[datetime | None] = due()
    asks: Mapped[int] = mapped_column(default=0)  # how often they were asked
    asked_at: Mapped[datetime | None]
    skipped_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    wording: Mapped[str] = mapped_column(default="")  # of the questions that were answered, with its language
    moved_sealed: Mapped[bytes | None]
    raised_sealed: Mapped[bytes | None]
    rhythm_sealed: Mapped[bytes | None]

    moved = Words("moved_sealed")
    raised = Words("raised_sealed")
    rhythm = Words("rhythm_sealed")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)


class Review(HoldsWords, Base):
    """One person's look back at half-time, filled in alone, before both see both."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("pair_id", "person_id"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    keep_sealed: Mapped[bytes | None]
    change_sealed: Mapped[bytes | None]
    drop_sealed: Mapped[bytes | None]
    rhythm_sealed: Mapped[bytes | None]  # the name of a choice
    unsaid_sealed: Mapped[bytes | None]  # what they have not dared to bring
    unsaid_shared: Mapped[bool] = mapped_column(default=False)
    remind_at: Mapped[datetime | None] = due()
    show_at: Mapped[datetime | None] = due()  # when they see what is there
    sent_at: Mapped[datetime | None]
    skipped_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]

    keep = Words("keep_sealed")
    change = Words("change_sealed")
    drop = Words("drop_sealed")
    rhythm = Words("rhythm_sealed")
    unsaid = Words("unsaid_sealed")
    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Farewell(HoldsWords, Base):
    """One person's last words of a pair, filled in alone after it has ended, before both see both."""

    __tablename__ = "farewells"
    __table_args__ = (UniqueConstraint("pair_id", "person_id"),)
    data_class = "P1"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    changed_sealed: Mapped[bytes | None]
    thanks_sealed: Mapped[bytes | None]
    going_on_sealed: Mapped[bytes | None]
    in_touch_sealed: Mapped[bytes | None]  # "yes" or "no"; nobody learns of a "no"
    recommends_sealed: Mapped[bytes | None]  # 0 to 10; their partner is not told, see desk/recommended.py
    show_at: Mapped[datetime | None] = due()  # when they see what is there
    sent_at: Mapped[datetime | None]
    skipped_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    counted_in: Mapped[int | None]  # the sum of its programme to which it was added, see Recommendations

    changed = Words("changed_sealed")
    thanks = Words("thanks_sealed")
    going_on = Words("going_on_sealed")
    in_touch = Words("in_touch_sealed")
    recommends = Words("recommends_sealed")
    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Happening(Base):
    """What happened and when, without a word of what was said: for the coordinator and for rehearsals."""

    __tablename__ = "happenings"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    what: Mapped[str]
    pair_id: Mapped[int | None] = mapped_column(index=True)
    session_id: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(index=True)
    until: Mapped[datetime | None]  # of a pause; of a session: when it starts


class SeenEvent(Base):
    """An event that was taken, written in the transaction of everything it caused."""

    __tablename__ = "seen_events"
    data_class = "P3"

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class Post(Base):
    """A message that waits, is on its way, or has arrived: the outbox. Written and read by outbox.py."""

    __tablename__ = "outbox"
    data_class = "P1"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    once: Mapped[str] = mapped_column(unique=True)  # the same thing is posted once, however often it is tried
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    pair_id: Mapped[int | None]
    session_id: Mapped[int | None]
    name: Mapped[str]
    kind: Mapped[str]
    wording: Mapped[str]
    seal: Mapped[bytes]
    message_sealed: Mapped[bytes | None]  # emptied once it was delivered: the platform keeps it now
    posted_at: Mapped[datetime]
    due: Mapped[datetime]
    needed_by: Mapped[datetime | None]
    stale_after: Mapped[datetime | None]
    state: Mapped[int] = mapped_column(default=0)  # outbox.State
    reason: Mapped[str] = mapped_column(default="")  # why it was put off or left out; the person may see it
    within_id: Mapped[int | None] = mapped_column(BigInteger)  # the digest in which it was brought
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[float | None] = mapped_column(Float)  # seconds since 1970, database clock
    ended_at: Mapped[datetime | None]
    reference: Mapped[str] = mapped_column(default="")  # the platform's name for it


class Pace(Base):
    """When the next message to a person may leave. Only senders write it: stories that did would deadlock."""

    __tablename__ = "pace"
    data_class = "P3"

    person_id: Mapped[int] = mapped_column(primary_key=True)
    free_at: Mapped[float] = mapped_column(Float, default=0.0)  # seconds since 1970, database clock


class Canary(HoldsWords, Base):
    """A text that everybody knows, sealed once: a process that cannot open it has the wrong key."""

    __tablename__ = "canary"
    data_class = "P7"

    id: Mapped[int] = mapped_column(primary_key=True)
    text_sealed: Mapped[bytes | None]

    text = Words("text_sealed")


PENDING, LEASED, UNDELIVERABLE = 0, 1, 3
_outbox = Post.__table__.c
_waits = Wait.__table__.c
_open = _waits.ended_at.is_(None)
Index("one_turn_in_a_thread", _waits.thread_id, unique=True, sqlite_where=_open, postgresql_where=_open)
Index(
    "due_outbox",
    _outbox.due,
    _outbox.id,
    sqlite_where=_outbox.state == PENDING,
    postgresql_where=_outbox.state == PENDING,
)
Index(
    "leased_outbox",
    _outbox.lease_until,
    sqlite_where=_outbox.state == LEASED,
    postgresql_where=_outbox.state == LEASED,
)
Index(
    "undeliverable_outbox",
    _outbox.ended_at,
    sqlite_where=_outbox.state == UNDELIVERABLE,
    postgresql_where=_outbox.state == UNDELIVERABLE,
)
