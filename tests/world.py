"""The world in a test: a real bot on a real database, people who read and type, and a clock that is moved.

Everything goes through the front door: what people do is handled as events, what is due is found by the
tick, what was posted is brought as it would be by a platform.
"""

import itertools
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import selectinload

from adapters.virtual_time import VirtualClock, live
from bot import conversation, outbox, vault
from bot.actions import Action
from bot.bot import Bot
from bot.calendar import moment
from bot.database import sessions
from bot.digest import OpenPart
from bot.events import (
    Account,
    Arrived,
    Changed,
    Commanded,
    Event,
    Gone,
    HomeOpened,
    Pointed,
    Pressed,
    Profile,
    Said,
    Submitted,
    Unsent,
)
from bot.messages import Button, Form, Home, Message, Mistakes, Reply, in_words, plain
from bot.models import Enrolment, Pair, Person, Programme, Role, Session
from bot.outbox import Parcel
from bot.prompts import Prompts
from bot.stories import STORIES
from bot.story import Story, together
from bot.text import key

PLATFORM = "test"
START = datetime(
    2026, 2, 3, 16, 0, tzinfo=UTC
)  # a Tuesday: nine in the morning in Denver, four in the afternoon in Dublin


@dataclass
class Someone:
    """A person with a chat window."""

    world: "World"
    email: str
    chat: list[Message] = field(default_factory=list)  # everything that reached them, in order
    merged: list[Message] = field(default_factory=list)  # what came within a digest, as it opens
    form: Form | None = None
    mistakes: dict[str, str] = field(default_factory=dict)
    platform: str = PLATFORM
    workspace: str = "here"

    @property
    def account(self) -> Account:
        return Account(self.platform, self.workspace, self.email)

    @property
    def sees(self) -> Message:
        return self.chat[-1]

    @property
    def reads(self) -> str:
        return as_text(self.sees)

    def arrives(self, profile: Profile | None = None, email: str = "") -> "Someone":
        self._do(
            Arrived(
                id=self.world.new_id(),
                who=self.account,
                address=self.email,
                email=email or self.email,
                profile=profile or Profile(),
            )
        )
        return self

    def goes(self) -> None:
        """Their account is deactivated."""
        self._do(Gone(id=self.world.new_id(), who=self.account))

    def elsewhere(self, workspace: str = "there") -> "Someone":
        """The same person with another account."""
        return Someone(self.world, self.email, workspace=workspace).arrives()

    def says(self, text: str, said_in: str = "") -> Reply:
        return self._do(Said(id=self.world.new_id(), who=self.account, text=text, said_in=said_in))

    def edits(self, said_in: str, text: str | None) -> Reply:
        """What they have said before; with none, they delete it."""
        return self._do(Changed(id=self.world.new_id(), who=self.account, said_in=said_in, text=text))

    def hears(self, message: Message) -> None:
        """This is what they see last."""
        with self.world.bot.open_transaction.begin() as db:
            conversation.remember(db, self.row.id, message, self.world.clock())

    def commands(self, text: str) -> Reply:
        return self._do(Commanded(id=self.world.new_id(), who=self.account, text=text))

    def presses(self, label: str | Action) -> Reply:
        """Press a button by its label, on the newest message that has it."""
        action = label if isinstance(label, Action) else self.button(label).action
        return self._do(Pressed(id=self.world.new_id(), who=self.account, action=action))

    def button(self, label: str) -> Button:
        for message in [*reversed(self.chat), *reversed(self.merged)]:
            for button in message.buttons:
                if re.search(label, button.label):
                    return button
        raise AssertionError(
            f"no button {label!r}; the last message was: {self.reads if self.chat else None}"
        )

    def fills(self, **answers: str) -> Reply:
        """Send the open form: what it held, and these answers."""
        assert self.form is not None, f"no form is open; the last message was: {self.reads}"
        held = {field.name: field.value for field in self.form.fields}
        assert answers.keys() <= held.keys(), f"the form has {sorted(held)}"
        sent = Submitted(
            id=self.world.new_id(), who=self.account, action=self.form.action, answers=held | answers
        )
        return self._do(sent)

    def types_in_form(self, **answers: str) -> None:
        """Into the open form, without sending it."""
        assert self.form is not None, f"no form is open; the last message was: {self.reads}"
        held = {field.name: field.value for field in self.form.fields}
        typed = Unsent(
            id=self.world.new_id(), who=self.account, action=self.form.action, answers=held | answers
        )
        assert self.world.bot.handle(typed) is None

    def opens_home(self) -> Home:
        home = self.world.bot.handle(HomeOpened(id=self.world.new_id(), who=self.account))
        assert isinstance(home, Home), home
        return home

    def points_at(self, command: str, text: str) -> Reply:
        pointed = Pointed(id=self.world.new_id(), who=self.account, command=command, text=text)
        return self._do(pointed)

    def _do(self, event: Event) -> Reply:
        reply = self.world.bot.handle(event)
        self.form, self.mistakes = None if not isinstance(reply, Mistakes) else self.form, {}
        match reply:
            case Message():
                self.chat.append(reply)
            case Form():
                self.form = reply
            case Mistakes():
                self.mistakes = dict(reply.at)
        return reply

    @property
    def row(self) -> Person:
        with self.world.bot.open_transaction() as db:
            return db.scalars(
                select(Person).where(Person.email_print == vault.key().fingerprint(key(self.email)))
            ).one()

    def received(self, name: str) -> list[Message]:
        """By itself or within a digest."""
        return [message for message in (*self.chat, *self.merged) if message.name == name]


@dataclass
class Delivery:
    """A message the bot started, as it arrived."""

    at: datetime
    to: str
    parcel: Parcel


class World:
    def __init__(
        self, engine: Engine, prompts: Prompts, start: datetime = START, story: Story | None = None
    ) -> None:
        self.clock = VirtualClock(start)
        self.bot = Bot(sessions(engine), prompts, story or together(STORIES), self.clock)
        self.people: dict[str, Someone] = {}
        self.deliveries: list[Delivery] = []
        self._ids = map(str, itertools.count(1))

    def new_id(self) -> str:
        return next(self._ids)

    def add(
        self, name: str, timezone: str, *, language: str = "en", arrives: bool = True, **values: object
    ) -> Someone:
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        with self.bot.open_transaction.begin() as db:
            db.add(
                Person(
                    name=name,
                    email=email,
                    email_print=vault.key().fingerprint(key(email)),
                    timezone=timezone,
                    language=language,
                    **values,
                )
            )
        someone = self.people[email] = Someone(self, email)
        return someone.arrives() if arrives else someone

    def pair(self, mentee: Someone, mentor: Someone, **values: object) -> Pair:
        mentor_id, mentee_id = mentor.row.id, mentee.row.id
        with self.bot.open_transaction.begin() as db:
            programme = self._programme(db)
            pair = Pair(
                programme_id=programme.id,
                mentor_id=mentor_id,
                mentee_id=mentee_id,
                made_at=self.clock(),
                **values,
            )
            db.add(pair)
        return pair

    def enrol(self, role: Role, *people: Someone) -> None:
        ids = [someone.row.id for someone in people]
        with self.bot.open_transaction.begin() as db:
            programme = self._programme(db)
            db.add_all(
                Enrolment(programme_id=programme.id, person_id=id_, role=role, made_at=self.clock())
                for id_ in ids
            )

    def _programme(self, db: Transaction) -> Programme:
        programme = db.scalar(select(Programme)) or Programme(name="Mentoring", made_at=self.clock())
        db.add(programme)
        db.flush()
        return programme

    def meet(
        self,
        mentee: Someone,
        mentor: Someone,
        weekday: int = 1,
        at: str = "16:00",
        zone: str = "Europe/Dublin",
        **values: object,
    ) -> Pair:
        """Two who know each other and have agreed on a time: their first sessions are laid down at once."""
        self.start(mentee, mentor)
        now = self.clock()
        agreed = {"introduced_at": now, "settled_at": now, "first_on": now.date() + timedelta(days=7)}
        rhythm = {"weekday": weekday, "at": time.fromisoformat(at), "zone": zone, "plan_at": now}
        pair = self.pair(mentee, mentor, **agreed | rhythm | values)
        self.until(self.clock())
        return pair

    def start(self, *people: Someone) -> None:
        """They have been through the welcome."""
        ids = [someone.row.id for someone in people]
        with self.bot.open_transaction.begin() as db:
            for id_ in ids:
                person = db.get_one(Person, id_)
                person.started_at, person.welcome_at = self.clock(), None

    def session(self, pair: Pair, number: int = 1) -> Session:
        with self.bot.open_transaction() as db:
            found = select(Session).where(Session.pair_id == pair.id, Session.number == number)
            return db.scalars(found.options(selectinload(Session.seats))).one()

    def forward(self, **span: float) -> list[Delivery]:
        """Let time go on by `days=…, hours=…`; returns what was delivered meanwhile."""
        return self.until(self.clock() + timedelta(**span))

    def until(self, then: datetime) -> list[Delivery]:
        before = len(self.deliveries)
        for _ in live(self.bot, self.clock, then, {PLATFORM}, self._bring):
            pass
        return self.deliveries[before:]

    def _bring(self, parcel: Parcel) -> str:
        someone = self.people[parcel.to.user]
        someone.chat.append(parcel.message)
        someone.merged += self._opened(parcel)
        self.deliveries.append(Delivery(self.clock(), parcel.to.user, parcel))
        return self.new_id()

    def _opened(self, parcel: Parcel) -> list[Message]:
        """What a press on each number of a digest brings."""
        parts = [button.action for button in parcel.message.buttons if isinstance(button.action, OpenPart)]
        with self.bot.open_transaction() as db:
            opened = [outbox.part_of_digest(db, parcel.person_id, part.post) for part in parts]
        return [message for message in opened if message]


def at(day: str, clock: str, zone: str) -> datetime:
    """`at("2026-03-10", "08:00", "America/Denver")` on the world's clock."""
    return moment(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock)), zone)


def as_text(message: Message) -> str:
    """A message as a screen reader would read it."""
    facts = [f"{fact.label}: {fact.value}" for fact in message.facts]
    pictures = [plain(in_words(picture)) for picture in message.pictures]
    buttons = [f"[{button.label}]" for button in message.buttons]
    return "\n".join([plain(message.text), *facts, *pictures, " ".join(buttons)])
