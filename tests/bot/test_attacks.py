"""Bad luck and bad timing across stories, one sentence for each; the ids are those of the list of attacks."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select, update
from world import PLATFORM, Someone, World, as_text, at

from bot import nudging, outbox
from bot.actions import decode
from bot.calendar import local
from bot.courtesy import Kind
from bot.events import Changed
from bot.goalcard import ChangeGoal
from bot.messages import Message, Run
from bot.models import Goal, Pace, Pair, Person, Post, Wait
from bot.outbox import NewPost, State
from bot.stories.goals import AddGoal
from bot.stories.turns import Promise

CLIP = "https://clips.example/7"


@pytest.fixture(autouse=True)
def _nobody_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudging.is_held_out, "__defaults__", (0.0,))


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """They meet in ten weeks, so that nothing else is said meanwhile."""
    return world.meet(ben, ana, plan_at=None)


def again(someone: Someone) -> Someone:
    """The same person on a second device."""
    return Someone(someone.world, someone.email)


def nudge(world: World, to: Someone, number: int, stale_after: datetime | None = None) -> None:
    message = Message(name="turns.nudge", text=(Run(f"Nudge {number}."),))
    with world.bot.open_transaction.begin() as db:
        new = NewPost(
            to.row.id, message, Kind.NUDGE, f"test:{number}", world.clock(), stale_after=stale_after
        )
        outbox.post(db, [new])


def nudges(world: World, to: Someone) -> list[Post]:
    with world.bot.open_transaction() as db:
        theirs = (Post.person_id == to.row.id) & (Post.kind == Kind.NUDGE)
        return list(db.scalars(select(Post).where(theirs).order_by(Post.id)))


# E6: two devices, one text


@pytest.mark.usefixtures("pair")
def test_a_letter_changed_on_two_devices_is_not_overwritten(world: World, ben: Someone, ana: Someone) -> None:
    """E6: the later one sees both texts, and may still choose."""
    ben.says("ask How do you begn?")
    phone, change = again(ben), ben.button("Edit").action
    phone.presses(change)
    ben.presses(change)
    ben.fills(text="How do you begin a talk?")

    phone.fills(text="How do you end a talk?")

    assert phone.sees.name == "asks.changed_meanwhile"
    assert "What stands: How do you begin a talk?" in phone.reads
    assert "You typed here: How do you end a talk?" in phone.reads
    world.forward(minutes=1)
    assert "Ben: How do you begin a talk?" in ana.reads
    phone.presses("Edit")
    phone.fills(text="How do you end a talk?")
    world.forward(minutes=1)
    assert "Ben: How do you end a talk?" in ana.reads


@pytest.mark.usefixtures("pair")
def test_a_form_that_is_sent_twice_is_no_quarrel_with_oneself(ben: Someone) -> None:
    """E3, E6: the answer to the first was lost on the way."""
    ben.says("ask How do you begn?")
    ben.presses("Edit")
    form = ben.form
    ben.fills(text="How do you begin?")
    ben.form = form

    ben.fills(text="How do you begin?")

    assert ben.sees.name == "asks.change_kept"


def test_a_goal_changed_by_both_is_not_overwritten(ben: Someone, ana: Someone, pair: Pair) -> None:
    """E6"""
    ben.presses(AddGoal(pair.id))
    ben.fills(can="Run a meeting", check="")
    ben.presses("Edit")
    ana.presses(ChangeGoal(1))
    ben.fills(can="Run a meeting where all speak")

    ana.fills(can="Run a short meeting", why="It matters")

    assert ana.sees.name == "goals.changed_meanwhile"
    assert "To be able to: Run a meeting where all speak" in ana.reads
    assert "You typed: Run a short meeting\n\nIt matters" in ana.reads
    with ben.world.bot.open_transaction() as db:
        assert db.get_one(Goal, 1).can == "Run a meeting where all speak"


@pytest.mark.usefixtures("pair")
def test_a_draft_changed_on_two_devices_is_not_overwritten(world: World, ben: Someone, ana: Someone) -> None:
    """E6"""
    ben.says("draft")
    ben.fills(text="First lines")
    phone, change = again(ben), ben.button("Change it|Edit").action
    phone.presses(change)
    ben.presses(change)
    ben.fills(text="Second lines")

    phone.fills(text="Other lines")

    assert phone.sees.name == "drafts.changed_meanwhile"
    assert "The thing itself: Second lines" in phone.reads
    assert "You typed here: Other lines" in phone.reads
    world.forward(minutes=1)
    assert "Second lines" in ana.reads


def test_a_journal_entry_changed_on_two_devices_keeps_both(ben: Someone) -> None:
    """E6: nothing is written over, as every change is a version of its own."""
    ben.says("journal")
    ben.presses("Write")
    ben.fills(choice="Stay")
    phone, change = again(ben), ben.button("Change|Edit").action
    phone.presses(change)
    ben.presses(change)
    ben.fills(choice="Stay a year")

    phone.fills(choice="Go")

    assert "Go" in phone.reads
    phone.presses("arlier")
    assert "Stay a year" in phone.reads


# E8, E9: events out of order, and words that are changed later


@pytest.mark.usefixtures("pair")
def test_deleted_before_it_was_ever_said(world: World, ben: Someone, ana: Someone) -> None:
    """E8: and what comes late is heard all the same."""
    world.bot.handle(Changed(id=world.new_id(), who=ben.account, said_in="m9", text=None))
    ben.says("ask How do you begin?", said_in="m9")

    world.forward(minutes=1)
    assert "Ben: How do you begin?" in ana.reads


# E16, E17: clocks and outages


@pytest.mark.usefixtures("pair")
def test_a_clock_that_goes_back_repeats_nothing(world: World, ben: Someone, ana: Someone) -> None:
    """E16"""
    ben.says("ask How do you begin?")
    world.forward(days=7)
    before = len(world.deliveries)

    world.clock._now -= timedelta(hours=1)
    world.until(world.clock() + timedelta(hours=2))

    assert len(world.deliveries) == before
    assert len(ana.received("turns.nudge")) == 1


@pytest.mark.usefixtures("pair")
def test_after_two_days_without_a_sender_old_nudges_are_gone_and_the_rest_is_one_message(
    world: World, ana: Someone
) -> None:
    """E17"""
    now = world.clock()
    for number in range(6):
        nudge(world, ana, number, stale_after=now + timedelta(days=1 if number < 3 else 9))
    world.clock.move_to(now + timedelta(days=2))

    world.forward(hours=3)

    assert [post.state for post in nudges(world, ana)] == [State.DROPPED] * 3 + [State.MERGED] * 3 + [
        State.SENT
    ]
    assert len(ana.received("digest.nudges")) == 1


# E20: days that cannot be


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("day", ["31 February", "9999-12-31", "2020-01-01", "0000-00-00", "soon", "1e9", "٣"])
def test_a_day_that_cannot_be_is_said_at_its_field(ben: Someone, ana: Someone, pair: Pair, day: str) -> None:
    """E20: with every form that asks for one, and nothing typed is lost."""
    ben.presses(AddGoal(pair.id))
    ben.fills(can="Run a meeting", check=day)
    assert ben.mistakes.keys() == {"check"}
    ben.fills(can="Run a meeting", check="tomorrow")
    ben.presses("More")
    ben.presses("Next small step")
    ben.says("journal")
    ben.presses("Write")
    ben.fills(choice="Stay", again=day)
    assert ben.mistakes.keys() == {"again"}

    ana.says("ask How was it?")
    ben.world.forward(minutes=1)
    ben.presses("I answer by")
    ben.presses("Another day")
    ben.fills(day=day)
    assert ben.mistakes.keys() == {"day"}


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-02", "2027-02-03", "x", ""])
def test_a_promise_for_a_day_nobody_offered_is_asked_again(
    world: World, ben: Someone, ana: Someone, day: str
) -> None:
    """E20: in a button that somebody made up."""
    ben.says("ask How do you begin?")
    world.forward(minutes=1)

    ana.presses(Promise(1, day))

    assert ana.sees.name in {"turns.by_when", "turns.not_yours"}
    with world.bot.open_transaction() as db:
        assert db.scalar(select(Wait.promises)) == 0


def test_an_id_that_no_database_can_hold_is_an_old_button(ben: Someone) -> None:
    """B14, E4"""
    ben.presses(decode(f'{{"do":"goals.show","goal":{10**30}}}'))

    assert ben.sees.name == "helping.outdated"


# E23: somebody else from now on


def test_a_new_mentor_sees_nothing_of_what_was_before(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """E23: the history stays with the old pair, also while something is open in it."""
    ben.presses(AddGoal(pair.id))
    ben.fills(can="An old goal", check="")
    ben.says("ask An old question?")
    ben.says("draft")
    ben.fills(text="An old draft")
    world.forward(minutes=1)
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Pair).values(end_at=world.clock()))
    world.forward(minutes=1)
    cleo = world.add("Cleo Test", "Europe/Dublin")
    world.meet(ben, cleo, plan_at=None)

    for word in ("turn", "goals", "drafts", "journal", "actions", "sessions", "prep", "review", "mydata"):
        for someone in (ben, cleo):
            someone.says(word)
            assert "old" not in someone.reads, word
    for thing in range(1, 4):
        cleo.presses(ChangeGoal(thing))
        assert "old" not in cleo.reads
    ana.says("drafts")
    assert "old" not in ana.reads


# E24, F4: settings that change while something waits


@pytest.mark.usefixtures("pair")
def test_whoever_wants_none_by_then_gets_none(world: World, ana: Someone) -> None:
    """E24: it waited for the morning."""
    world.until(at("2026-02-03", "20:00", "Europe/Dublin"))
    nudge(world, ana, 1)
    world.forward(minutes=1)

    ana.says("nudges")
    ana.presses("Edit")
    ana.fills(a_week="0")
    world.forward(days=3)

    assert [post.state for post in nudges(world, ana)] == [State.DROPPED]


@pytest.mark.usefixtures("pair")
def test_whoever_has_moved_hears_by_their_new_clock(world: World, ana: Someone) -> None:
    """F4: what waited for the morning of Dublin finds the afternoon of Denver, and comes at once."""
    world.until(at("2026-02-03", "20:00", "Europe/Dublin"))
    nudge(world, ana, 1)
    world.forward(minutes=1)
    assert not ana.received("turns.nudge")

    ana.says("settings")
    ana.fills(zone="America/Denver")
    world.forward(minutes=1)

    assert ana.received("turns.nudge")


@pytest.mark.usefixtures("pair")
def test_the_hour_of_the_digest_moves_with_whoever_moves(world: World, ana: Someone) -> None:
    """F4: set to noon in Dublin, it is noon in Honolulu."""
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Person).where(Person.id == ana.row.id).values(digest_at=time(12)))
    for number in range(3):
        nudge(world, ana, number)
        world.forward(minutes=1)

    ana.says("settings")
    ana.fills(zone="Pacific/Honolulu")
    world.forward(days=10)

    digests = [one.at for one in world.deliveries if one.parcel.name == "digest.nudges"]
    assert [f"{local(one, 'Pacific/Honolulu'):%H:%M}" for one in digests] == ["12:00"]


# What is on its way counts


@pytest.mark.usefixtures("pair")
def test_a_nudge_that_is_on_its_way_counts_before_it_has_arrived(world: World, ana: Someone) -> None:
    """E13: its sender is slow or dead, and another one looks for what is due."""
    nudge(world, ana, 1)
    assert len(claim(world)) == 1
    nudge(world, ana, 2)
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Pace).values(free_at=0.0))

    assert claim(world) == []
    assert [post.state for post in nudges(world, ana)] == [State.LEASED, State.PENDING]


@pytest.mark.usefixtures("pair")
def test_a_nudge_that_was_recalled_on_its_way_counts(world: World, ana: Someone) -> None:
    """It may have been read: the next one waits for its day."""
    nudge(world, ana, 1)
    [parcel] = claim(world)
    with world.bot.open_transaction.begin() as db:
        assert not outbox.recall(db, ana.row.id, "test:1", world.clock())
    with world.bot.open_transaction.begin() as db:
        outbox.sent(db, parcel, world.clock(), "reference")
        db.execute(update(Pace).values(free_at=0.0))

    nudge(world, ana, 2)

    assert claim(world) == []
    assert [post.state for post in nudges(world, ana)] == [State.UNKNOWN, State.PENDING]


def claim(world: World) -> list[outbox.Parcel]:
    with world.bot.open_transaction.begin() as db:
        return outbox.claim(db.connection(), world.clock(), "one", {PLATFORM}, world.bot.prompts)


# Sheets that both have read


def test_what_is_typed_after_both_have_read_is_given_back(world: World, ben: Someone, ana: Someone) -> None:
    """E5, E6: the form of a look back lay open on another device."""
    world.meet(ben, ana, review_at=world.clock())
    world.forward(minutes=1)
    phone = again(ben)
    phone.presses(ben.button("ook back|Write|ill").action)
    form = phone.form
    phone.fills(keep="The questions")
    ana.presses("ook back|Write|ill")
    ana.fills(keep="The quiet")
    world.forward(days=1)
    phone.form = form

    phone.fills(keep="Something else")

    assert phone.sees.name == "review.too_late"
    assert "You wrote: Something else" in as_text(phone.sees)


# D16: a form whose sender holds nobody to its limits


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("length", [3001, 40_001])
def test_an_answer_that_is_longer_than_any_field_is_a_mistake_at_its_field(ben: Someone, length: int) -> None:
    ben.says("journal")
    ben.presses("Write one")
    ben.fills(choice="x" * length)

    assert ben.mistakes.keys() == {"choice"}
    assert "3000 characters" in ben.mistakes["choice"]
