"""The tables of coffee rounds. None of them holds a word that anybody wrote.

Each says the class of its data, see bot/models.py.
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models import Base, Person, Programme, due


class Rhythm(Base):
    """How often a programme has coffee rounds, and on which day they begin."""

    __tablename__ = "coffee_rhythms"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), unique=True)
    every_weeks: Mapped[int]
    weekday: Mapped[int]  # Monday is 0
    at: Mapped[time]  # on each person's own clock
    seed: Mapped[int]  # all drawings of the programme follow from it and from who says yes
    begun_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)

    @property
    def goes_on(self) -> bool:
        return self.paused_at is None and self.stopped_at is None


class Round(Base):
    """Once through: people are asked, put together if they would like to, and asked whether they met."""

    __tablename__ = "coffee_rounds"
    __table_args__ = (UniqueConstraint("rhythm_id", "number"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    rhythm_id: Mapped[int] = mapped_column(ForeignKey("coffee_rhythms.id"))
    number: Mapped[int]  # within the programme, from 1
    day: Mapped[date]  # on which people are asked
    ask_at: Mapped[datetime | None] = due()
    asked_at: Mapped[datetime | None]
    draw_at: Mapped[datetime | None] = due()
    drawn_at: Mapped[datetime | None]
    end_at: Mapped[datetime | None] = due()
    ended_at: Mapped[datetime | None]
    missed: Mapped[int] = mapped_column(default=0)  # people who joined while it was under way

    rhythm: Mapped[Rhythm] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_open(self) -> bool:
        """People may still say yes or no."""
        return self.asked_at is not None and self.drawn_at is None and self.ended_at is None


class Answer(StrEnum):
    NONE = ""
    YES = "yes"
    NO = "no"


class Outcome(StrEnum):
    OPEN = ""
    GROUPED = "grouped"
    NO = "no"
    SILENT = "silent"  # was asked, and nothing is a no
    RESTING = "resting"  # does not want to be asked for a while
    AWAY = "away"
    NOBODY = "nobody"  # was left for them
    ELSEWHERE = "elsewhere"  # has a coffee in another programme


class Cup(Base):
    """One person in one round."""

    __tablename__ = "coffee_cups"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("coffee_rounds.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    ask_at: Mapped[datetime | None] = due()
    asked_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default=Answer.NONE)
    outcome: Mapped[str] = mapped_column(default=Outcome.OPEN)
    table_number: Mapped[int | None]  # those with the same number in a round have coffee together
    begins: Mapped[bool] = mapped_column(default=False)  # was asked to write first
    check_at: Mapped[datetime | None] = due()
    met: Mapped[str] = mapped_column(default=Answer.NONE)

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class CoffeeHabit(Base):
    """What somebody has said about coffee once and for all, until they say otherwise."""

    __tablename__ = "coffee_habits"
    data_class = "P3"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    always: Mapped[bool] = mapped_column(default=False)  # takes part without being asked
    next_time: Mapped[bool] = mapped_column(default=False)  # said yes too late, or ahead of time
    silent: Mapped[int] = mapped_column(default=0)  # questions in a row that reached them unanswered
    rests_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]  # none while resting: until they say so

    def rests(self, at: datetime) -> bool:
        return self.rests_since is not None and (self.rests_until is None or at < self.rests_until)


class NeverAgain(Base):
    """Somebody would rather not have coffee with somebody. Nobody but they can see it."""

    __tablename__ = "coffee_nevers"
    __table_args__ = (UniqueConstraint("person_id", "other_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]

    other: Mapped[Person] = relationship(foreign_keys=other_id, lazy="joined", innerjoin=True)
