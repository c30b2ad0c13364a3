"""The ledger: whatever people do, in any order and however often, it is one person's turn or nobody's.

A simple book beside the bot says whose turn it must be; Hypothesis looks for a way to make them disagree.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from databases import SQLite
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction
from world import Someone, World

from bot import letters
from bot.actions import Action
from bot.database import connect
from bot.models import Letter, Pair, Thread, Wait
from bot.prompts import read_prompts
from bot.stories.turns import Promise

PROMPTS = read_prompts(Path(__file__).parent.parent.parent / "prompts")


WITHOUT_WORDS = ("tap", "field", "smaller", "back")


@dataclass
class Book:
    """One thread, as anybody would keep it on paper: what was written, and who owes an answer since when."""

    number: int
    owed_by: list[str] = field(default_factory=list)  # nobody, or one


class TurnsOfAPair(RuleBasedStateMachine):
    folder: Path
    template: SQLite

    @initialize()
    def begin(self) -> None:
        self.world = World(connect(self.template.fresh(self.folder)), PROMPTS)
        self.ben = self.world.add("Ben Okafor", "America/Denver")
        self.ana = self.world.add("Ana Byrne", "Europe/Dublin")
        self.pair: Pair = self.world.meet(self.ben, self.ana, plan_at=None)
        self.books: list[Book] = []
        self.pressed: list[tuple[Someone, Action]] = []

    def teardown(self) -> None:
        if hasattr(self, "world"):
            engine = self.world.bot.open_transaction.kw["bind"]
            engine.dispose()

    def both(self) -> tuple[Someone, Someone]:
        return self.ben, self.ana

    def partner(self, who: Someone) -> Someone:
        return self.ana if who is self.ben else self.ben

    @rule(mentee=st.booleans())
    def ask(self, mentee: bool) -> None:
        asker = self.ben if mentee else self.ana
        asker.says("ask: How do you begin?")
        with self.db() as db:
            newest = db.scalars(select(Thread.id).order_by(Thread.id.desc())).first()
        self.books.append(Book(newest or 0, [self.partner(asker).email]))

    @precondition(lambda self: self.books)
    @rule(mentee=st.booleans(), which=st.integers(0, 5))
    def write(self, mentee: bool, which: int) -> None:
        who, book = self.ben if mentee else self.ana, self.books[which % len(self.books)]
        who.presses(letters.Reply(book.number))
        who.says("With the smallest part.")
        if book.owed_by == [who.email]:
            book.owed_by = []
        elif not book.owed_by:
            book.owed_by = [self.partner(who).email]

    @precondition(lambda self: self.books)
    @rule(mentee=st.booleans(), which=st.integers(0, 5), how=st.sampled_from(["tap", "field", "smaller"]))
    def press(self, mentee: bool, which: int, how: str) -> None:
        who, book = self.ben if mentee else self.ana, self.books[which % len(self.books)]
        owes = book.owed_by == [who.email]
        action: Action = {
            "tap": letters.OneTap(book.number, "yes"),
            "field": letters.NotMyField(book.number),
            "smaller": letters.AskForSmaller(book.number),
        }[how]
        who.presses(action)
        if owes:
            book.owed_by = [self.partner(who).email] if how == "smaller" else []

    @precondition(lambda self: self.books)
    @rule(mentee=st.booleans(), which=st.integers(0, 5))
    def ask_back(self, mentee: bool, which: int) -> None:
        """Of the newest letter its author may say that it asks something back."""
        who, book = self.ben if mentee else self.ana, self.books[which % len(self.books)]
        with self.db() as db:
            newest = select(Letter).where(Letter.thread_id == book.number).order_by(Letter.id.desc())
            letter = db.scalars(newest).first()
            author = letter.author.email if letter else ""
        if letter is None:
            return
        who.presses(letters.AskedBack(letter.id))
        if author == who.email and not book.owed_by:
            book.owed_by = [self.partner(who).email]

    @precondition(lambda self: self.books)
    @rule(mentee=st.booleans(), which=st.integers(0, 5), days=st.integers(0, 9))
    def promise(self, mentee: bool, which: int, days: int) -> None:
        who, book = self.ben if mentee else self.ana, self.books[which % len(self.books)]
        day = self.world.clock().date().fromordinal(self.world.clock().date().toordinal() + days)
        who.presses(Promise(book.number, day.isoformat()))

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.world.forward(hours=hours)

    @rule(mentee=st.booleans(), words=st.sampled_from(["pause", "back", "pause until tomorrow"]))
    def go_away(self, mentee: bool, words: str) -> None:
        (self.ben if mentee else self.ana).says(words)

    @rule()
    def tick_twice(self) -> None:
        self.world.bot.tick()
        self.world.bot.tick()

    @invariant()
    def the_book_is_right(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.db() as db:
            waits = db.scalars(
                select(Wait).where(Wait.ended_at.is_(None)).order_by(Wait.since, Wait.id)
            ).all()
            owed = {wait.thread_id: wait.person.email for wait in waits}
        assert owed == {book.number: book.owed_by[0] for book in self.books if book.owed_by}

    @invariant()
    def it_is_one_turn_or_nobodys(self) -> None:
        """The first line that each of them sees, and the two are the same seen from two sides."""
        if not hasattr(self, "world"):
            return
        seen = []
        for who in self.both():
            who.says("whose turn")
            seen.append(who.sees.facts[0].label)
        assert set(seen) in ({"Nobody’s turn"}, {"Your turn", "Their turn"})

    def db(self) -> Transaction:
        return self.world.bot.open_transaction()


def test_it_is_always_exactly_one_persons_turn_or_nobodys(
    tmp_path: Path, sqlite_template: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    TurnsOfAPair.folder, TurnsOfAPair.template = tmp_path, sqlite_template
    machine = TurnsOfAPair.TestCase
    machine.settings = settings(
        max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine().runTest()
