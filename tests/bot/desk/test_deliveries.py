"""Silent loss is zero: whatever happens, every message ever posted is in exactly one state, and they add up.

Hypothesis posts, claims, delivers, fails, lets senders die, recalls, tries again and lets time go by. What
the platform really took is remembered here, and compared with what the watchdog tells.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from databases import SQLite
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import delete, event, select, true, update
from world import PLATFORM, START, World

from bot import digest, outbox
from bot.courtesy import Kind, Reason
from bot.database import connect
from bot.desk import deliveries
from bot.desk.deliveries import Fate
from bot.messages import Message, Run
from bot.models import AccountRow, Enrolment, Pace, Person, Post, Programme, Role
from bot.outbox import BUSY, CLOSED, UNREACHABLE, NewPost, Parcel, State
from bot.prompts import read_prompts
from bot.turn import Turn

PROMPTS = read_prompts(Path(__file__).parents[3] / "prompts")
DIGESTS = {digest.NUDGES, digest.LANDING}


class Watchdog(RuleBasedStateMachine):
    template: SQLite
    folder: Path

    @initialize()
    def begin(self) -> None:
        self.engine = connect(type(self).template.fresh(type(self).folder))
        event.listen(self.engine, "connect", lambda db, _: db.execute("PRAGMA synchronous = OFF"))
        self.world = World(self.engine, PROMPTS, START)
        some = [self.world.add("Ben Okafor", "America/Denver"), self.world.add("Ana Byrne", "Europe/Dublin")]
        self.world.start(*some)
        self.world.enrol(Role.MENTEE, *some)
        self.people = [someone.row.id for someone in some]
        with self.turn() as turn:
            turn.db.execute(delete(Post))
            self.programme = turn.db.scalars(select(Programme)).one()
        self.held: list[Parcel] = []
        self.taken: set[int] = set()  # by the platform, and written down
        self.unheard: set[int] = set()  # taken by the platform, and the sender came too late to say so
        self.posted = 0

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        bot = self.world.bot
        with bot.open_transaction.begin() as db, Turn(db, self.world.clock(), bot.prompts) as turn:
            yield turn

    # What happens

    @rule(
        who=st.integers(0, 1),
        kind=st.sampled_from(list(Kind)),
        hours=st.none() | st.integers(1, 90),
        count=st.integers(1, 3),
    )
    def post(self, who: int, kind: Kind, hours: int | None, count: int) -> None:
        now = self.world.clock()
        late = None if hours is None else now + timedelta(hours=hours)
        with self.turn() as turn:
            for _ in range(count):
                self.posted += 1
                message = Message(name="test.note", text=(Run(f"number {self.posted}"),))
                once = f"post:{self.posted}"
                new = NewPost(self.people[who], message, kind, once, now, stale_after=late)
                outbox.post(turn.db, [new])

    @rule()
    def claim(self) -> None:
        with self.turn() as turn:
            db, now = turn.db.connection(), self.world.clock()
            self.held += outbox.claim(db, now, "me", {PLATFORM}, PROMPTS)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9))
    def it_arrives(self, which: int) -> None:
        parcel = self.held.pop(which % len(self.held))
        with self.turn() as turn:
            outbox.sent(turn.db, parcel, self.world.clock(), "r")
            turn.db.expire_all()
            row = turn.db.get_one(Post, parcel.id)
            is_known = row.state == State.SENT and row.attempts == parcel.attempts
        (self.taken if is_known else self.unheard).add(parcel.id)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9), minutes=st.none() | st.integers(0, 300))
    def the_platform_is_busy(self, which: int, minutes: int | None) -> None:
        parcel = self.held.pop(which % len(self.held))
        after = None if minutes is None else timedelta(minutes=minutes)
        with self.turn() as turn:
            outbox.put_off(turn.db.connection(), parcel, self.world.clock(), after)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9), reason=st.sampled_from([UNREACHABLE, BUSY]))
    def it_is_given_up(self, which: int, reason: str) -> None:
        parcel = self.held.pop(which % len(self.held))
        with self.turn() as turn:
            outbox.give_up(turn.db.connection(), parcel, self.world.clock(), reason)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9), minutes=st.integers(1, 600), reason=st.sampled_from([BUSY, CLOSED]))
    def it_has_to_wait(self, which: int, minutes: int, reason: str) -> None:
        parcel = self.held.pop(which % len(self.held))
        until = self.world.clock() + timedelta(minutes=minutes)
        with self.turn() as turn:
            outbox.wait(turn.db.connection(), parcel, until, reason)

    @rule(forgets=st.booleans())
    def leases_run_out(self, forgets: bool) -> None:
        """The sender is dead, or only slow and will still say how it went."""
        if forgets:
            self.held.clear()
        with self.turn() as turn:
            turn.db.execute(update(Post).where(Post.state == State.LEASED).values(lease_until=0.0))
        self.nobody_waits_for_the_pace()

    @rule()
    def nobody_waits_for_the_pace(self) -> None:
        with self.turn() as turn:
            turn.db.execute(update(Pace).values(free_at=0.0))

    @precondition(lambda self: self.posted)
    @rule(which=st.integers(0, 99), who=st.integers(0, 1))
    def it_settles_itself(self, which: int, who: int) -> None:
        with self.turn() as turn:
            turn.recall(turn.db.get_one(Person, self.people[who]), f"post:{which % self.posted + 1}")

    @rule()
    def whoever_runs_it_has_it_tried_again(self) -> None:
        with self.turn() as turn:
            worth_it = deliveries.to_try_again(turn, self.programme)
            count = deliveries.try_again(turn, self.programme)
            assert count >= worth_it
            assert deliveries.to_try_again(turn, self.programme) == 0

    @rule(who=st.integers(0, 1))
    def somebody_is_gone_or_back(self, who: int) -> None:
        with self.turn() as turn:
            for account in turn.db.scalars(
                select(AccountRow).where(AccountRow.person_id == self.people[who])
            ):
                if account.gone_at:
                    account.gone_at = None
                    outbox.land_softly(turn.db, self.people[who], self.world.clock())
                else:
                    account.gone_at = self.world.clock()

    @rule(who=st.integers(0, 1))
    def somebody_is_away_or_back(self, who: int) -> None:
        with self.turn() as turn:
            person = turn.db.get_one(Person, self.people[who])
            if person.paused_at:
                person.paused_at = None
                outbox.bring_after_pause(turn.db, person.id, self.world.clock())
            else:
                person.paused_at = self.world.clock()

    @rule(hours=st.integers(1, 200))
    def time_goes_on(self, hours: int) -> None:
        self.world.clock.move_to(self.world.clock() + timedelta(hours=hours))

    # What holds

    @invariant()
    def every_message_is_in_one_state_and_they_add_up(self) -> None:
        if not hasattr(self, "posted"):
            return
        with self.turn() as turn:
            posts = {post.id: post for post in turn.db.scalars(select(Post))}
            fates = deliveries.fates(turn, true())
            groups = deliveries.groups(turn, self.programme, START - timedelta(days=1))
            in_use = set(turn.db.scalars(select(AccountRow.person_id).where(AccountRow.gone_at.is_(None))))
        assert fates.keys() == posts.keys()
        themselves = {id_: post for id_, post in posts.items() if post.name not in DIGESTS}
        assert len(themselves) == self.posted
        counted = Counter(dict.fromkeys(Fate, 0))
        for group in groups:
            counted[group.fate] += group.messages
        assert +counted == Counter(fates[id_] for id_ in themselves)
        assert sum(counted.values()) == self.posted
        for id_, post in posts.items():
            self.it_is_so(post, posts[post.within_id] if post.within_id else post, fates[id_], in_use)

    def it_is_so(self, post: Post, carrier: Post, fate: Fate, in_use: set[int]) -> None:
        """What is told of a message is what has become of it, or of the digest in which it was brought."""
        assert carrier.within_id is None
        has_words = carrier.message_sealed is not None
        so = {
            Fate.SENT: carrier.id in self.taken,
            Fate.QUEUED: has_words and post.person_id in in_use and carrier.id not in self.taken,
            Fate.UNREACHABLE: has_words and post.person_id not in in_use and carrier.id not in self.taken,
            Fate.FAILED: carrier.reason in {BUSY, UNREACHABLE},
            Fate.UNKNOWN: carrier.kind == Kind.NUDGE or carrier.reason == Reason.RECALLED,
            Fate.LEFT_OUT: bool(carrier.reason),
        }
        assert so[fate], (post.id, fate, State(carrier.state), carrier.reason)

    @invariant()
    def what_arrived_is_never_told_as_lost(self) -> None:
        if not hasattr(self, "posted"):
            return
        with self.turn() as turn:
            fates = deliveries.fates(turn, Post.id.in_(self.taken))
        assert set(fates.values()) <= {Fate.SENT}

    def teardown(self) -> None:
        """Once everybody can be reached and the platform takes everything, nothing waits any more."""
        if not hasattr(self, "posted"):
            return
        with self.turn() as turn:
            turn.db.execute(update(AccountRow).values(gone_at=None))
            turn.db.execute(update(Person).values(paused_at=None))
            for person in self.people:
                outbox.bring_after_pause(turn.db, person, self.world.clock())
        self.leases_run_out(forgets=True)
        for _ in range(60):
            self.time_goes_on(8)
            self.claim()
            while self.held:
                self.it_arrives(0)
            self.nobody_waits_for_the_pace()
        self.every_message_is_in_one_state_and_they_add_up()
        with self.turn() as turn:
            left = Counter(deliveries.fates(turn, true()).values())
            assert turn.db.scalar(select(Enrolment.id))
        self.engine.dispose()
        assert not left[Fate.QUEUED]
        assert not left[Fate.UNREACHABLE]


def test_silent_loss_is_zero(tmp_path: Path, sqlite_template: SQLite) -> None:
    Watchdog.template, Watchdog.folder = sqlite_template, tmp_path
    machine = Watchdog.TestCase
    machine.settings = settings(
        max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine().runTest()
