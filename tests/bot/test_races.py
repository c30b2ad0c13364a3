"""Two at the same moment, on two connections: nothing is said twice, nothing is lost, nobody waits for ever.

On PostgreSQL, where two transactions really go on side by side; on SQLite one waits for the other.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from world import PLATFORM, Someone, World

from bot import accounts, nudging, outbox
from bot.actions import Action
from bot.courtesy import Kind
from bot.events import Account, WorkspaceGone
from bot.letters import NotMyField, OneTap, TakeBack
from bot.messages import Message, Run
from bot.models import Ending, Happening, Letter, Pace, Pair, Person, Post, Wait
from bot.outbox import NewPost, State
from bot.stories.asks import SendAgain
from bot.stories.ending import Finish
from bot.stories.quiet import AllIsWell
from bot.stories.turns import Promise

ROUNDS = 4

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def _nobody_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudging.is_held_out, "__defaults__", (0.0,))


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana, plan_at=None)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """All of them, started together; an error in one is an error here."""
    barrier = Barrier(len(acts))

    def act(which: Callable[[], object]) -> object:
        barrier.wait()
        return which()

    with ThreadPoolExecutor(len(acts)) as workers:
        return list(workers.map(act, acts))


def presses(someone: Someone, *actions: Action) -> list[Callable[[], object]]:
    return [lambda action=action: someone.presses(action) for action in actions]  # type: ignore[misc]


def asked(world: World, ben: Someone) -> int:
    """The thread of a question that has reached Ana."""
    ben.says("ask: How do you begin?")
    world.forward(minutes=1)
    with world.bot.open_transaction() as db:
        return db.scalar(select(func.max(Wait.thread_id))) or 0


def waits(world: World, thread: int) -> list[Wait]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Wait).where(Wait.thread_id == thread).order_by(Wait.id)))


@pytest.mark.usefixtures("pair")
def test_reply_and_not_my_field_are_one_answer(world: World, ben: Someone, ana: Someone) -> None:
    """E3: whichever comes first ends the wait, and the other finds it answered."""
    for _ in range(ROUNDS):
        thread, before = asked(world, ben), len(ben.chat)

        at_once(*presses(ana, OneTap(thread, "yes"), NotMyField(thread)))

        assert [wait.ending for wait in waits(world, thread)] in ([Ending.REPLIED], [Ending.NOT_MINE])
        world.forward(minutes=1)
        assert len(ben.chat) == before + 1
        assert ana.received("asks.answered_already")


@pytest.mark.usefixtures("pair")
def test_one_tap_on_two_devices_is_one_reply(world: World, ben: Someone, ana: Someone) -> None:
    """E3"""
    for _ in range(ROUNDS):
        thread = asked(world, ben)

        at_once(*presses(ana, *[OneTap(thread, "yes")] * 4))

        with world.bot.open_transaction() as db:
            written = select(func.count()).where(Letter.thread_id == thread)
            assert db.scalar(written) == 2


@pytest.mark.usefixtures("pair")
def test_two_promises_at_once_are_one_day_told_in_order(world: World, ben: Someone, ana: Someone) -> None:
    """E3: the same day twice is told once; of two days the later press holds."""
    thread, now = asked(world, ben), world.clock()
    days = [(now + timedelta(days=days)).date().isoformat() for days in (2, 2, 3)]

    at_once(*presses(ana, *[Promise(thread, day) for day in days[:2]]))
    world.forward(minutes=1)
    assert len(ben.received("turns.partner_promises")) == 1

    at_once(*presses(ana, *[Promise(thread, day) for day in days[1:]]))
    world.forward(minutes=1)
    [wait] = waits(world, thread)
    assert wait.promises == 1 + len(ben.received("turns.partner_promises")[1:])
    assert wait.check_at is not None


@pytest.mark.usefixtures("pair")
def test_taken_back_and_sent_again_twice_at_once(world: World, ben: Someone, ana: Someone) -> None:
    """E3: it stands or it does not, and the turn is as it stands."""
    for _ in range(ROUNDS):
        thread = asked(world, ben)
        with world.bot.open_transaction() as db:
            letter = db.scalar(select(Letter.id).where(Letter.thread_id == thread)) or 0

        at_once(*presses(ben, *[TakeBack(letter)] * 2, *[SendAgain(letter)] * 2))

        with world.bot.open_transaction() as db:
            stands = db.get_one(Letter, letter).taken_back_at is None
        assert [wait.ended_at is None for wait in waits(world, thread)].count(True) == int(stands)
        world.forward(minutes=1)


def test_finish_on_two_devices_is_asked_once(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """E3"""
    at_once(*presses(ben, *[Finish(pair.id)] * 3), *presses(ana, Finish(pair.id)))

    world.forward(days=7)
    assert len(ana.received("ending.ended")) == len(ben.received("ending.ended")) == 1


def test_somebody_answers_while_a_quiet_pair_is_ending(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """Whoever is first is heard, and both are told the same."""
    for _ in range(ROUNDS):
        with world.bot.open_transaction.begin() as db:
            db.execute(update(Pair).where(Pair.ended_at.is_(None)).values(end_at=world.clock()))

        at_once(world.bot.tick, lambda: ben.presses(AllIsWell(pair.id)))

        world.forward(minutes=1)
        assert ben.received("quiet.well") or ben.received("quiet.gone")
        assert len(ana.received("ending.ended")) == len(ben.received("ending.ended")) == 1


def test_the_tick_and_a_reply_at_the_same_moment(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """A nudge that is due just when it is answered comes before the answer, or not at all."""
    for _ in range(ROUNDS):
        thread = asked(world, ben)
        with world.bot.open_transaction.begin() as db:
            long_ago = world.clock() - timedelta(days=30)
            db.execute(
                update(Wait).where(Wait.thread_id == thread).values(nudge_at=world.clock(), since=long_ago)
            )

        at_once(world.bot.tick, *presses(ana, OneTap(thread, "yes")))

        with world.bot.open_transaction() as db:
            left = select(func.count()).where(Post.name == "turns.nudge", Post.state == State.PENDING)
            assert db.scalar(left) == 0, "it was recalled"
        assert [wait.nudge_at for wait in waits(world, thread)] == [None]


def test_a_deadlock_is_tried_again(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """Somebody holds what we need and waits for what we hold: the database ends one, and both get through."""
    thread = asked(world, ben)
    [wait] = waits(world, thread)
    holds = Event()

    def somebody_else() -> None:
        """The other way round: first the turn, then the pair."""
        with suppress(OperationalError), world.bot.open_transaction.begin() as db:
            db.execute(select(Wait.id).where(Wait.id == wait.id).with_for_update())
            holds.set()
            db.execute(text("SELECT pg_sleep(0.3)"))
            db.execute(update(Pair).where(Pair.id == pair.id).values(active_at=world.clock()))

    with ThreadPoolExecutor(1) as worker:
        other = worker.submit(somebody_else)
        assert holds.wait(5)
        ana.presses(OneTap(thread, "yes"))
        other.result(30)

    assert ana.sees.name == "asks.replied"
    assert [found.ending for found in waits(world, thread)] == [Ending.REPLIED]
    with world.bot.open_transaction() as db:
        letters = select(func.count()).where(Happening.what == "letter")
        assert db.scalar(letters) == 2, "one question, one answer"


def test_whoever_is_held_for_a_moment_is_erased_with_their_workspace(world: World, ben: Someone) -> None:
    world.bot.handle(WorkspaceGone(id="gone", who=Account(PLATFORM, ben.account.workspace, "")))
    world.clock.move_to(world.clock() + accounts.KEPT_FOR + timedelta(days=1))
    holds, id_ = Event(), ben.row.id

    def somebody_else() -> None:
        with world.bot.open_transaction.begin() as db:
            db.execute(select(Person.id).where(Person.id == id_).with_for_update())
            holds.set()
            db.execute(text("SELECT pg_sleep(0.3)"))

    with ThreadPoolExecutor(1) as worker:
        other = worker.submit(somebody_else)
        assert holds.wait(5)
        world.bot.tick()
        other.result(30)
    while world.bot.tick():
        pass

    with world.bot.open_transaction() as db:
        assert db.scalar(select(Person.id).where(Person.id == id_, Person.email_print != "")) is None


# A digest that is being made, and a story that recalls what would be in it


def post_nudges(world: World, to: Someone, count: int) -> None:
    with world.bot.open_transaction.begin() as db:
        for number in range(count):
            message = Message(name="turns.nudge", text=(Run(f"number {number}."),))
            outbox.post(db, [NewPost(to.row.id, message, Kind.NUDGE, f"turn:{number}", world.clock())])


def claim(world: World) -> list[outbox.Parcel]:
    with world.bot.open_transaction.begin() as db:
        db.execute(text("SET LOCAL lock_timeout = '5s'"))  # a sender that waits for a story is an error
        return outbox.claim(db.connection(), world.clock(), "one", {PLATFORM}, world.bot.prompts)


def states(world: World) -> dict[str, State]:
    with world.bot.open_transaction.begin() as db:
        rows = db.execute(select(Post.once, Post.state).where(Post.name == "turns.nudge"))
        return {once.partition(":")[2]: State(state) for once, state in rows}


def test_what_is_being_recalled_is_left_to_the_story(world: World, ana: Someone) -> None:
    """The story has not committed yet: the sender takes the others, and does not wait."""
    world.start(ana)
    world.forward(minutes=1)
    post_nudges(world, ana, 3)

    with world.bot.open_transaction.begin() as story:
        assert outbox.recall(story, ana.row.id, "turn:0", world.clock())
        assert outbox.recall(story, ana.row.id, "turn:1", world.clock())
        claim(world)

    assert states(world)["turn:0"] == states(world)["turn:1"] == State.DROPPED
    assert states(world)["turn:2"] in {State.PENDING, State.LEASED}


def test_what_was_recalled_in_time_never_arrives(world: World, ana: Someone) -> None:
    """At the same moment, again and again: in time means that it is not brought; too late, that it is."""
    world.start(ana)
    world.forward(minutes=1)
    id_ = ana.row.id
    for _ in range(12):
        with world.bot.open_transaction.begin() as db:
            db.execute(update(Post).where(Post.state == State.LEASED).values(state=State.DROPPED))
            db.execute(update(Pace).values(free_at=0.0))
            db.execute(text("DELETE FROM outbox WHERE name IN ('turns.nudge', 'digest.nudges')"))
        post_nudges(world, ana, 3)

        def recall() -> bool:
            with world.bot.open_transaction.begin() as db:
                return outbox.recall(db, id_, "turn:1", world.clock())

        in_time, parcels = at_once(recall, lambda: claim(world))

        assert len(parcels) <= 1  # type: ignore[arg-type]
        assert states(world)["turn:1"] in ({State.DROPPED} if in_time else {State.DROPPED, State.MERGED})
        assert set(states(world).values()) <= {State.DROPPED, State.MERGED, State.LEASED, State.PENDING}
