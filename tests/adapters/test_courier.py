"""The courier: everything that was posted arrives, and a crash at any line loses nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from world import PLATFORM, Someone, World

from adapters.courier import Courier
from adapters.desk import Desk
from bot import outbox
from bot.adapter import NotNow, TryLater, Undeliverable
from bot.bot import Bot
from bot.courtesy import Kind
from bot.database import connect, sessions
from bot.events import Account
from bot.messages import Message, Run, plain
from bot.models import Pace, Post
from bot.outbox import PATIENCE, NewPost, Parcel, State

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class FakeAdapter:
    """A platform that remembers what it was given, after the troubles it has in store."""

    gap = timedelta()

    def __init__(self, *troubles: Exception | None) -> None:
        self.troubles = list(troubles)
        self.sent: list[tuple[str, str]] = []
        self.takes = timedelta()
        self.knocked = 0

    async def deliver(self, to: Account, address: str, message: Message) -> str:
        self.knocked += 1
        await asyncio.sleep(self.takes.total_seconds())
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            raise trouble
        self.sent.append((to.user.partition("@")[0], plain(message.text)))
        return f"message {len(self.sent)}"


def post(world: World, to: Someone, text: str, kind: Kind = Kind.APPOINTMENT) -> None:
    message = Message(name="test.note", text=(Run(text),))
    with world.bot.open_transaction.begin() as db:
        outbox.post(db, [NewPost(to.row.id, message, kind, text, world.clock())])


def states(world: World) -> dict[str, State]:
    with world.bot.open_transaction.begin() as db:
        found = db.execute(select(Post.once, Post.state).order_by(Post.id))
        return {once.partition(":")[2]: State(state) for once, state in found}


def claim(world: World) -> list[Parcel]:
    """As a courier that dies right afterwards."""
    with world.bot.open_transaction.begin() as db:
        return outbox.claim(db.connection(), world.clock(), "dead", {PLATFORM}, world.bot.prompts)


def all_leases_run_out(world: World) -> None:
    """And every gap is over: both run on the database's own clock, which a test cannot move."""
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Post).where(Post.lease_until.is_not(None)).values(lease_until=1.0))
        db.execute(update(Pace).values(free_at=0.0))


def courier(world: World, desk: Desk, adapter: FakeAdapter) -> Courier:
    return Courier(world.bot, desk, {PLATFORM: adapter})


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with Desk(world.bot) as desk:
        yield desk


async def test_brings_what_was_posted(world: World, desk: Desk, ben: Someone, ana: Someone) -> None:
    slack = FakeAdapter()
    post(world, ben, "brief for Ben")
    post(world, ana, "brief for Ana")

    count = await courier(world, desk, slack).deliver_once()

    assert count == 2
    assert sorted(slack.sent) == [("ana", "brief for Ana"), ("ben", "brief for Ben")]
    assert set(states(world).values()) == {State.SENT}


async def test_brings_one_person_their_messages_in_order(world: World, desk: Desk, ben: Someone) -> None:
    slack = FakeAdapter()
    for n in range(3):
        post(world, ben, f"note {n}")
    porter = courier(world, desk, slack)

    counts = [await porter.deliver_once() for _ in range(4)]

    assert counts == [1, 1, 1, 0]
    assert [text for _, text in slack.sent] == ["note 0", "note 1", "note 2"]


async def test_keeps_the_gap_a_platform_asks_for(world: World, desk: Desk, ben: Someone) -> None:
    slack = FakeAdapter()
    slack.gap = HOUR
    post(world, ben, "first")
    post(world, ben, "second")
    porter = courier(world, desk, slack)

    at_once = [await porter.deliver_once(), await porter.deliver_once()]
    all_leases_run_out(world)
    later = await porter.deliver_once()

    assert (at_once, later) == ([1, 0], 1)


async def test_knocks_again_when_the_platform_says_so_and_not_before(
    world: World, desk: Desk, ben: Someone
) -> None:
    slack = FakeAdapter(TryLater("rate limited", after=HOUR))
    post(world, ben, "brief")
    porter = courier(world, desk, slack)

    await porter.deliver_once()
    assert states(world) == {"brief": State.PENDING}
    all_leases_run_out(world)
    too_early = await porter.deliver_once()
    world.clock.move_to(world.clock() + HOUR)
    await porter.deliver_once()

    assert too_early == 0
    assert slack.sent == [("ben", "brief")]


async def test_the_whole_way_to_a_person_waits_when_the_platform_is_busy(
    world: World, desk: Desk, ben: Someone, ana: Someone
) -> None:
    slack = FakeAdapter(TryLater("rate limited", after=HOUR))
    post(world, ben, "first")
    porter = courier(world, desk, slack)
    await porter.deliver_once()

    post(world, ben, "second")
    post(world, ana, "hers")
    await porter.deliver_once()

    assert slack.sent == [("ana", "hers")]


async def test_keeps_what_somebody_who_cannot_be_reached_was_to_get(
    world: World, desk: Desk, ben: Someone
) -> None:
    """C10."""
    slack = FakeAdapter(Undeliverable())
    post(world, ben, "brief")
    porter = courier(world, desk, slack)

    await porter.deliver_once()
    again = await porter.deliver_once()

    assert states(world) == {"brief": State.PENDING}
    assert (again, slack.sent) == (0, [])


async def test_a_crash_between_claim_and_sent_loses_no_appointment_and_repeats_no_nudge(
    world: World, desk: Desk, ben: Someone, ana: Someone
) -> None:
    """E13, E14"""
    slack = FakeAdapter()
    post(world, ben, "brief")
    post(world, ana, "whose turn it is", Kind.NUDGE)

    claim(world)
    porter = courier(world, desk, slack)
    meanwhile = await porter.deliver_once()
    all_leases_run_out(world)
    await porter.deliver_once()

    assert meanwhile == 0
    assert slack.sent == [("ben", "brief")]
    assert states(world) == {"brief": State.SENT, "whose turn it is": State.UNKNOWN}


@pytest.mark.parametrize(
    ("kind", "ends_as", "arrives"),
    [(Kind.APPOINTMENT, State.SENT, [("ben", "brief")]), (Kind.NUDGE, State.UNKNOWN, [])],
)
async def test_where_nobody_knows_how_it_went_the_kind_of_message_decides(
    world: World, desk: Desk, ben: Someone, kind: Kind, ends_as: State, arrives: list[tuple[str, str]]
) -> None:
    slack = FakeAdapter(ConnectionResetError("the answer got lost"))
    post(world, ben, "brief", kind)
    porter = courier(world, desk, slack)

    await porter.deliver_once()
    assert states(world) == {"brief": State.LEASED}
    all_leases_run_out(world)
    await porter.deliver_once()

    assert states(world) == {"brief": ends_as}
    assert slack.sent == arrives


async def test_does_not_wait_for_a_platform_longer_than_its_lease(
    world: World, desk: Desk, ben: Someone
) -> None:
    slack = FakeAdapter()
    slack.takes = HOUR
    post(world, ben, "brief")

    await Courier(world.bot, desk, {PLATFORM: slack}, lease=timedelta(milliseconds=50)).deliver_once()

    assert states(world) == {"brief": State.LEASED}


async def test_what_a_courier_says_after_its_lease_ran_out_and_another_took_over_is_not_heard(
    world: World, desk: Desk, ben: Someone
) -> None:
    post(world, ben, "brief")
    [slow] = claim(world)
    all_leases_run_out(world)
    [taken_over] = claim(world)

    with world.bot.open_transaction.begin() as db:
        outbox.put_off(db.connection(), slow, world.clock(), after=None)

    assert taken_over.id == slow.id
    assert states(world) == {"brief": State.LEASED}


async def test_a_courier_that_comes_back_late_is_believed_while_nobody_else_has_tried(
    world: World, desk: Desk, ben: Someone
) -> None:
    slack = FakeAdapter()
    post(world, ben, "brief")
    [parcel] = claim(world)
    all_leases_run_out(world)

    with world.bot.open_transaction.begin() as db:
        outbox.sent(db, parcel, world.clock(), "message 1")
    await courier(world, desk, slack).deliver_once()

    assert states(world) == {"brief": State.SENT}
    assert slack.sent == []


async def test_a_message_that_cannot_be_opened_holds_up_nobody(
    world: World, desk: Desk, ben: Someone, ana: Someone
) -> None:
    slack = FakeAdapter()
    post(world, ben, "brief")
    post(world, ana, "hers")
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Post).where(Post.person_id == ben.row.id).values(seal=b"another seal...."))

    await courier(world, desk, slack).deliver_once()

    assert slack.sent == [("ana", "hers")]
    assert states(world) == {"brief": State.UNDELIVERABLE, "hers": State.SENT}


async def test_two_couriers_over_one_database_double_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.courier.LOOK_EVERY", timedelta(milliseconds=10))
    people = [world.add(f"Person{n} Okafor", "America/Denver") for n in range(8)]
    for n in range(3):
        for person in people:
            post(world, person, f"note {n} for {person.email}")
    slack = FakeAdapter()
    slack.takes = timedelta(milliseconds=2)
    engine = connect(_address(world))
    other = Bot(sessions(engine), world.bot.prompts, world.bot.story, world.clock)

    async with Desk(world.bot) as one_desk, Desk(other) as other_desk:
        one = Courier(world.bot, one_desk, {PLATFORM: slack})
        two = Courier(other, other_desk, {PLATFORM: slack})
        async with one, two:
            await until(lambda: len(slack.sent) >= 24)
    engine.dispose()

    assert len(slack.sent) == len(set(slack.sent)) == 24
    assert set(states(world).values()) == {State.SENT}
    for person in people:
        name = person.email.partition("@")[0]
        assert [text[:6] for who, text in slack.sent if who == name] == ["note 0", "note 1", "note 2"]


def _address(world: World) -> str:
    engine = world.bot.open_transaction.kw["bind"]
    assert isinstance(engine, Engine)
    return engine.url.render_as_string(hide_password=False)


async def test_looks_again_from_time_to_time(
    world: World, desk: Desk, ben: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.courier.LOOK_EVERY", timedelta(milliseconds=10))
    slack = FakeAdapter()

    async with courier(world, desk, slack):
        await asyncio.sleep(0.05)
        post(world, ben, "brief")
        await until(lambda: slack.sent)

    assert states(world) == {"brief": State.SENT}


async def test_comes_at_once_when_called(
    world: World, desk: Desk, ben: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.courier.LOOK_EVERY", HOUR)
    slack = FakeAdapter()

    async with courier(world, desk, slack) as porter:
        await asyncio.sleep(0.05)
        post(world, ben, "brief")
        porter.wake()
        await until(lambda: slack.sent)

    assert states(world) == {"brief": State.SENT}


async def test_sees_to_the_end_what_is_under_way_when_it_stops(
    world: World, desk: Desk, ben: Someone
) -> None:
    slack = FakeAdapter()
    slack.takes = timedelta(milliseconds=80)
    post(world, ben, "a nudge", Kind.NUDGE)

    async with courier(world, desk, slack):
        await until(lambda: slack.knocked)

    assert states(world) == {"a nudge": State.SENT}


async def test_a_database_that_is_away_for_a_while_stops_no_courier(
    world: World, desk: Desk, ben: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack = FakeAdapter()
    post(world, ben, "brief")
    claiming = outbox.claim
    failures = [ConnectionError(), ConnectionError()]

    def claim_badly(*args: object) -> list[Parcel]:
        if failures:
            raise failures.pop()
        return claiming(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "claim", claim_badly)
    monkeypatch.setattr("adapters.courier.LOOK_EVERY", timedelta(milliseconds=10))
    async with courier(world, desk, slack):
        await until(lambda: slack.sent)

    assert slack.sent == [("ben", "brief")]


async def test_a_nudge_waits_for_the_end_of_do_not_disturb_and_that_is_no_failed_attempt(
    world: World, desk: Desk, ben: Someone
) -> None:
    often = PATIENCE + 1
    slack = FakeAdapter(*[NotNow(world.clock() + MINUTE * n) for n in range(1, often + 1)])
    post(world, ben, "whenever you like", Kind.NUDGE)
    porter = courier(world, desk, slack)

    for _ in range(often):
        await porter.deliver_once()
        assert states(world) == {"whenever you like": State.PENDING}
        world.clock.move_to(world.clock() + MINUTE)
    await porter.deliver_once()

    assert states(world) == {"whenever you like": State.SENT}
