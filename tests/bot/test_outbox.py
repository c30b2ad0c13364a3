"""The outbox: whatever happens in whatever order, nobody is nudged too often and nothing accepted is lost.

Several stories of several programmes post, people change their minds, time goes on, and two senders take
turns, of which either may die at any moment. Hypothesis looks for an order in which a promise is broken.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from databases import PostgreSQL, SQLite
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session as Transaction
from world import PLATFORM, START, World

from bot import outbox
from bot.calendar import WEEK, local
from bot.courtesy import NUDGES_A_WEEK, Kind, Reason
from bot.database import connect
from bot.messages import Message, Run, plain
from bot.models import AccountRow, Pace, Person, Post
from bot.outbox import UNREACHABLE, NewPost, Parcel, State
from bot.prompts import read_prompts

PROMPTS = read_prompts(Path(__file__).parent.parent.parent / "prompts")
NUDGES = ("turns.nudge", "goals.check", "quiet.ask", "pulse.ask")
ZONES = ("America/Denver", "Europe/Dublin", "Pacific/Auckland", "Pacific/Honolulu")
FINAL = (State.SENT, State.UNKNOWN, State.DROPPED)


@dataclass
class Arrival:
    post: int
    person: int
    kind: Kind
    at: datetime


class TwoSenders(RuleBasedStateMachine):
    fresh: Callable[[], Engine]

    @initialize()
    def begin(self) -> None:
        self.engine = type(self).fresh()
        self.world = World(self.engine, PROMPTS, START)
        ben = self.world.add("Ben Okafor", "America/Denver")
        ana = self.world.add("Ana Byrne", "Europe/Dublin")
        self.people = [ben.row.id, ana.row.id]
        with self.db() as db:
            db.execute(update(Post).values(state=State.DROPPED, reason="not about these"))
        self.held: dict[str, list[Parcel]] = {"one": [], "other": []}
        self.arrived: list[Arrival] = []
        self.posted = 0

    @contextmanager
    def db(self) -> Iterator[Transaction]:
        with self.world.bot.open_transaction.begin() as db:
            yield db

    # Stories

    @rule(
        who=st.integers(0, 1),
        name=st.sampled_from(NUDGES),
        days=st.one_of(st.none(), st.integers(0, 12)),
        count=st.integers(1, 3),
    )
    def nudge(self, who: int, name: str, days: int | None, count: int) -> None:
        stale = None if days is None else self.world.clock() + timedelta(days=days)
        self.post(who, name, Kind.NUDGE, count, stale)

    @rule(who=st.integers(0, 1), count=st.integers(1, 2))
    def appoint(self, who: int, count: int) -> None:
        self.post(who, "asks.asked", Kind.APPOINTMENT, count)

    def post(self, who: int, name: str, kind: Kind, count: int, stale: datetime | None = None) -> None:
        person, now = self.people[who], self.world.clock()
        with self.db() as db:
            for _ in range(count):
                self.posted += 1
                message = Message(name=name, text=(Run(f"number {self.posted}."),))
                new = NewPost(person, message, kind, f"post:{self.posted}", now, stale_after=stale)
                outbox.post(db, [new])

    @precondition(lambda self: self.posted)
    @rule(which=st.integers(0, 200))
    def recall(self, which: int) -> None:
        with self.db() as db:
            for id_ in self.people:
                outbox.recall(db, id_, f"post:{which % self.posted + 1}", self.world.clock())

    # People, while nothing is on its way to them

    @precondition(lambda self: self.nothing_is_under_way())
    @rule(who=st.integers(0, 1), a_week=st.integers(0, 3), zone=st.sampled_from(ZONES))
    def change_settings(self, who: int, a_week: int, zone: str) -> None:
        with self.db() as db:
            person = db.get_one(Person, self.people[who])
            person.nudges_a_week, person.timezone = a_week, zone
            outbox.look_again(db, person.id, self.world.clock())

    @precondition(lambda self: self.nothing_is_under_way())
    @rule(who=st.integers(0, 1), days=st.one_of(st.none(), st.integers(1, 9)))
    def go_away_or_come_back(self, who: int, days: int | None) -> None:
        now = self.world.clock()
        with self.db() as db:
            person = db.get_one(Person, self.people[who])
            if person.paused_at:
                person.paused_at = person.paused_until = None
                outbox.bring_after_pause(db, person.id, now)
            else:
                person.paused_at = now
                person.paused_until = now + timedelta(days=days) if days else None

    @precondition(lambda self: self.nothing_is_under_way())
    @rule(hours=st.integers(1, 60))
    def time_goes_on(self, hours: int) -> None:
        self.world.clock.move_to(self.world.clock() + timedelta(hours=hours))

    def nothing_is_under_way(self) -> bool:
        return not any(self.held.values())

    # Senders

    @rule(sender=st.sampled_from(["one", "other"]))
    def claim(self, sender: str) -> None:
        with self.db() as db:
            self.held[sender] += outbox.claim(
                db.connection(), self.world.clock(), sender, {PLATFORM}, PROMPTS
            )

    @rule(sender=st.sampled_from(["one", "other"]))
    def deliver(self, sender: str) -> None:
        for parcel in self.held[sender]:
            self.arrives(parcel)
            with self.db() as db:
                outbox.sent(db, parcel, self.world.clock(), "reference")
        self.held[sender] = []

    @rule(sender=st.sampled_from(["one", "other"]), delivered=st.booleans())
    def die(self, sender: str, delivered: bool) -> None:
        """Before or after it has delivered, and its leases run out."""
        ids = [parcel.id for parcel in self.held[sender]]
        for parcel in self.held[sender] if delivered else []:
            self.arrives(parcel)
        self.held[sender] = []
        with self.db() as db:
            db.execute(
                update(Post).where(Post.id.in_(ids), Post.lease_until.is_not(None)).values(lease_until=1)
            )
        self.everybody_may_be_written_to()

    @rule()
    def everybody_may_be_written_to(self) -> None:
        """A person's turn runs out a moment before the lease of what is on its way to them."""
        with self.db() as db:
            db.execute(update(Pace).values(free_at=0.0))

    @rule(sender=st.sampled_from(["one", "other"]), minutes=st.integers(1, 600))
    def platform_is_busy(self, sender: str, minutes: int) -> None:
        for parcel in self.held[sender]:
            with self.db() as db:
                wait = timedelta(minutes=minutes)
                outbox.put_off(db.connection(), parcel, self.world.clock(), wait)
        self.held[sender] = []
        self.everybody_may_be_written_to()

    @rule(sender=st.sampled_from(["one", "other"]))
    def somebody_is_out_of_reach(self, sender: str) -> None:
        """What could not be brought is not lost, and nothing more is tried."""
        for parcel in self.held[sender]:
            with self.db() as db:
                outbox.give_up(db.connection(), parcel, self.world.clock(), UNREACHABLE)
        self.held[sender] = []

    @precondition(lambda self: self.nothing_is_under_way())
    @rule(who=st.integers(0, 1))
    def somebody_can_be_reached_again(self, who: int) -> None:
        with self.db() as db:
            gone = AccountRow.gone_at.is_not(None) & (AccountRow.person_id == self.people[who])
            if db.execute(update(AccountRow).where(gone).values(gone_at=None)).rowcount:  # type: ignore[attr-defined]
                outbox.land_softly(db, self.people[who], self.world.clock())

    def arrives(self, parcel: Parcel) -> None:
        self.arrived.append(Arrival(parcel.id, parcel.person_id, parcel.kind, self.world.clock()))
        if parcel.kind is Kind.NUDGE:
            self.is_within_the_budget(parcel.person_id)

    # Promises

    def is_within_the_budget(self, person_id: int) -> None:
        """As they wish, on their own clock, a digest counted once."""
        with self.db() as db:
            person = db.get_one(Person, person_id)
        nudges = [one.at for one in self.arrived if one.person == person_id and one.kind is Kind.NUDGE]
        now = self.world.clock()
        today = local(now, person.timezone).date()
        assert sum(local(at, person.timezone).date() == today for at in nudges) <= 1, nudges
        assert sum(now - at < WEEK for at in nudges) <= min(person.nudges_a_week, NUDGES_A_WEEK), nudges

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "world"):
            return
        posts = self.posts()
        arrived = {one.post for one in self.arrived}
        for post in posts.values():
            ends_well = {
                State.PENDING: post.message_sealed is not None,
                State.LEASED: post.message_sealed is not None,
                State.SENT: post.id in arrived,
                State.UNKNOWN: post.kind == Kind.NUDGE or post.reason == Reason.RECALLED,
                State.DROPPED: bool(post.reason),
                State.UNDELIVERABLE: post.reason in {"busy", UNREACHABLE},
                State.MERGED: post.within_id in posts,
            }
            assert ends_well[State(post.state)], (post.id, State(post.state), post.reason)

    @invariant()
    def a_digest_opens_for_whom_it_was(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.db() as db:
            for post in self.posts().values():
                for id_ in self.people if post.state == State.MERGED else []:
                    opened = outbox.part_of_digest(db, id_, post.id)
                    assert (opened is not None) == (id_ == post.person_id)
                    assert opened is None or plain(opened.text).startswith("number")

    def teardown(self) -> None:
        """Once both senders live and everybody is back, all of it comes to its end."""
        if not hasattr(self, "posted"):
            return
        for sender in self.held:
            self.deliver(sender)
        self.everybody_may_be_written_to()
        for who in range(2):
            self.somebody_can_be_reached_again(who)
            with self.db() as db:
                is_away = db.get_one(Person, self.people[who]).paused_at
            if is_away:
                self.go_away_or_come_back(who, None)
        for _ in range(80):
            self.time_goes_on(5)
            self.claim("one")
            self.deliver("one")
        self.nothing_is_lost()
        posts = self.posts()
        whole = [posts[post.within_id] if post.within_id else post for post in posts.values()]
        self.engine.dispose()
        assert {State(post.state) for post in whole} <= {*FINAL, State.UNDELIVERABLE}

    def posts(self) -> dict[int, Post]:
        with self.db() as db:
            return {
                post.id: post for post in db.scalars(select(Post).where(Post.reason != "not about these"))
            }


def test_nobody_is_nudged_too_often_and_nothing_is_lost(tmp_path: Path, sqlite_template: SQLite) -> None:
    def fresh() -> Engine:
        engine = connect(sqlite_template.fresh(tmp_path))
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        return engine

    run(fresh, examples=40)


def test_nor_on_postgresql(postgresql_server: PostgreSQL) -> None:
    def fresh() -> Engine:
        postgresql_server.empty_ours()
        return connect(postgresql_server.ours)

    run(fresh, examples=6)
    postgresql_server.empty_ours()


def run(fresh: Callable[[], Engine], examples: int) -> None:
    TwoSenders.fresh = staticmethod(fresh)
    machine = TwoSenders.TestCase
    machine.settings = settings(
        max_examples=examples,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine().runTest()
