"""Somebody who cannot be reached: away without blame, and whoever runs the programme hears it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from world import Someone, World, as_text, at

from bot import outbox
from bot.courtesy import Kind
from bot.messages import Message, Run
from bot.models import AccountRow, Pair, Post, Role, Session, State
from bot.outbox import UNREACHABLE, NewPost
from bot.stories.delivery import TryAgain

BLAME = ("deactivated", "left the company", "removed", "blocked", "no reply")


def sessions(world: World, pair: Pair) -> list[str]:
    with world.bot.open_transaction() as db:
        found = select(Session).where(Session.pair_id == pair.id).order_by(Session.starts_at)
        return [session.state for session in db.scalars(found)]


def post(world: World, to: Someone, text: str, kind: Kind = Kind.APPOINTMENT) -> None:
    message = Message(name="test.note", text=(Run(text),))
    with world.bot.open_transaction.begin() as db:
        outbox.post(db, [NewPost(to.row.id, message, kind, text, world.clock())])


def fails(world: World, *reasons: str) -> None:
    """What is due cannot be brought, for these reasons one after the other."""
    for reason in reasons:
        with world.bot.open_transaction.begin() as db:
            [parcel] = outbox.claim(db.connection(), world.clock(), "me", {"test"}, world.bot.prompts)
        with world.bot.open_transaction.begin() as db:
            outbox.give_up(db.connection(), parcel, world.clock(), reason)


# Gone


def test_the_partner_hears_one_calm_sentence_and_no_reason(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    ana.goes()
    world.bot.tick()
    world.bot.tick()
    world.forward(days=10)

    heard = ben.received("pause.partner_unreachable")
    assert len(heard) == 1
    assert "Ana cannot be reached here at the moment. Nothing is expected of you" in as_text(heard[0])
    assert not any(word in as_text(message) for word in BLAME for message in ben.chat)
    assert sessions(world, pair) == [State.AWAY, State.AWAY]


def test_at_night_the_partner_hears_it_in_the_morning(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    world.until(at("2026-02-03", "22:00", "America/Denver"))
    ana.goes()

    brought = world.forward(days=1)

    [heard] = [one for one in brought if one.parcel.name == "pause.partner_unreachable"]
    assert heard.at == at("2026-02-04", "09:00", "America/Denver")


def test_the_clock_of_what_she_owes_stands_still_and_nobody_is_nudged(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("ask How do you begin?")
    ana.goes()
    before = len(ben.chat)

    world.forward(days=20)
    ana.arrives()
    world.forward(hours=20)

    assert {message.name for message in ben.chat[before:]} <= {
        "pause.partner_unreachable",
        "pause.partner_back",
    }
    assert ana.received("turns.nudge") == []
    assert "How do you begin?" in "".join(as_text(message) for message in [*ana.chat, *ana.merged])


def test_whoever_has_another_account_is_simply_written_to_there(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    there = ana.elsewhere()
    ana.goes()

    ben.says("ask How do you begin?")
    brought = world.forward(days=1)

    assert [one.parcel.to for one in brought if one.to == ana.email] == [there.account]
    assert ana.row.unreachable_since is None
    assert ben.received("pause.partner_unreachable") == []


def test_gone_twice_is_gone_once(world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone) -> None:
    ana.goes()
    world.forward(days=1)
    ana.goes()
    world.forward(days=2)

    assert len(ben.received("pause.partner_unreachable")) == 1
    assert len(cora.received("delivery.unreachable")) == 1


def test_the_account_that_is_written_to_is_never_one_that_is_gone(
    world: World, ana: Someone, pair: Pair
) -> None:
    there = ana.elsewhere()
    there.says("help")

    there.goes()

    with world.bot.open_transaction() as db:
        written_to = db.get_one(AccountRow, ana.row.account_id)
        assert (written_to.workspace, written_to.gone_at) == ("here", None)


# Back


def test_they_are_back_as_after_a_pause(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ana.goes()
    world.forward(days=1)
    ben.says("ask How do you begin?")
    ben.says("ask And how do you end?")
    world.forward(days=1)

    ana.arrives()
    world.bot.tick()
    world.bot.tick()
    world.forward(days=1)

    assert len(ben.received("pause.partner_back")) == 1
    assert sessions(world, pair) == [State.PLANNED, State.PLANNED]
    assert ana.sees.name == "digest.landing"
    assert "Welcome back" in ana.reads
    assert {"How do you begin?", "And how do you end?"} <= {
        fact.value for message in ana.merged for fact in message.facts
    }
    assert (ana.row.paused_at, ana.row.unreachable_since) == (None, None)


def test_their_own_pause_stays_theirs(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ana.says("pause")
    world.forward(hours=1)
    ana.goes()
    world.forward(days=3)

    ana.arrives()
    world.forward(days=3)

    assert ana.row.paused_at
    assert ana.sees.name == "pause.for_now"
    assert ben.received("pause.partner_unreachable") == []
    assert ben.received("pause.partner_back") == []


def test_a_pause_that_ends_meanwhile_goes_on_until_they_can_be_reached(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ana.says("pause until 12 February")
    ana.goes()

    world.until(at("2026-02-20", "12:00", "Europe/Dublin"))
    assert sessions(world, pair) == [State.AWAY, State.AWAY]
    assert len(ben.received("pause.partner_unreachable")) == 1
    ana.arrives()
    world.forward(days=4)

    assert ana.row.paused_at is None
    assert len(ana.received("pause.welcome_back")) == 1


def test_a_moment_without_them_goes_unnoticed(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ana.goes()
    world.forward(minutes=2)

    ana.arrives()
    world.forward(days=1)

    assert ana.row.paused_at is None
    assert sessions(world, pair) == [State.PLANNED, State.PLANNED]
    assert ana.received("pause.welcome_back") == []
    assert ben.received("pause.partner_unreachable") == ben.received("pause.partner_back") == []


def test_whoever_does_something_can_be_reached(world: World, ana: Someone, pair: Pair) -> None:
    ana.goes()
    world.forward(hours=1)

    ana.says("back")
    world.forward(hours=1)

    assert (ana.row.paused_at, ana.row.unreachable_since) == (None, None)


def test_what_they_say_first_holds(world: World, ana: Someone, pair: Pair) -> None:
    ana.goes()
    world.forward(hours=1)

    ana.says("pause until 1 March")
    world.forward(days=1)

    assert ana.row.paused_until == at("2026-03-01", "00:00", "Europe/Dublin")


def test_to_leave_is_their_first_word_and_they_may_undo_it(world: World, ana: Someone, pair: Pair) -> None:
    ana.goes()
    world.forward(hours=1)
    ana.says("leave")
    ana.presses("Leave")
    world.forward(minutes=2)

    ana.presses("Undo")
    world.forward(days=1)

    assert ana.row.left_at is None
    assert ana.row.leave_at is None


def test_whoever_has_left_is_nobody_to_look_for(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    ana.says("leave")
    ana.presses("Leave")
    world.forward(minutes=11)

    ana.goes()
    world.forward(days=1)
    cora.says("delivery")

    assert "All is well" in cora.reads


def test_an_invitation_waits_for_whoever_cannot_be_reached(world: World) -> None:
    mia = world.add("Mia Sousa", "Europe/Lisbon")
    mia.goes()

    world.forward(days=10)
    mia.arrives()
    world.forward(days=2)

    assert len(mia.received("welcome.hello_without_host")) == 1
    assert mia.row.paused_at is None


# What could not be brought


def test_what_could_not_be_brought_is_brought_when_they_are_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """C10: no retry loop, no blame, and nothing is lost."""
    post(world, ana, "your brief")
    fails(world, UNREACHABLE)
    assert world.forward(days=1, hours=1)[0].parcel.name == "pause.partner_unreachable"
    assert ana.received("test.note") == []
    assert sessions(world, pair) == [State.AWAY, State.AWAY]

    ana.arrives()
    world.forward(days=1)

    assert "your brief" in ana.reads
    assert "Welcome back" in ana.reads


def test_it_goes_to_their_other_account_at_once(world: World, ana: Someone, pair: Pair) -> None:
    there = ana.elsewhere()
    post(world, ana, "your brief")
    fails(world, UNREACHABLE)

    [brought] = world.forward(hours=1)

    assert (brought.parcel.to, brought.parcel.name) == (there.account, "test.note")
    assert ana.row.paused_at is None


def test_a_nudge_of_that_time_is_not_brought_later(world: World, ana: Someone, pair: Pair) -> None:
    post(world, ana, "a nudge", Kind.NUDGE)
    fails(world, UNREACHABLE)
    world.forward(days=1)

    ana.arrives()
    world.forward(days=1)

    assert ana.received("test.note") == []


def test_what_fails_again_and_again_is_given_up(world: World, ana: Someone, pair: Pair) -> None:
    post(world, ana, "your brief")
    for _ in range(outbox.PATIENCE):
        fails(world, UNREACHABLE)
        ana.arrives()

    with world.bot.open_transaction() as db:
        row = db.scalars(select(Post).where(Post.name == "test.note")).one()
        assert (row.state, row.reason) == (outbox.State.UNDELIVERABLE, UNREACHABLE)


def test_who_says_too_late_that_it_failed_changes_nothing(world: World, ana: Someone) -> None:
    post(world, ana, "your brief")
    with world.bot.open_transaction.begin() as db:
        [parcel] = outbox.claim(db.connection(), world.clock(), "slow", {"test"}, world.bot.prompts)
    with world.bot.open_transaction.begin() as db:
        outbox.sent(db, parcel, world.clock(), "it was")

    with world.bot.open_transaction.begin() as db:
        outbox.give_up(db.connection(), parcel, world.clock(), UNREACHABLE)
    world.bot.tick()

    assert ana.row.unreachable_since is None


# Whoever runs the programme


def test_they_hear_once_who_and_since_when_and_never_what(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    post(world, ana, "xylotheque")
    fails(world, UNREACHABLE)
    world.forward(days=5)

    [heard] = cora.received("delivery.unreachable")
    assert "Ana Byrne cannot be reached here since Tuesday 3 February" in as_text(heard)
    assert "xylotheque" not in as_text(heard)
    assert "test.note" not in as_text(heard)
    assert "[Who cannot be reached?]" in as_text(heard)


def test_they_hear_nothing_of_what_has_passed_before_their_morning(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    world.until(at("2026-02-03", "22:00", "Europe/Dublin"))
    ana.goes()
    world.forward(hours=1)
    ana.arrives()

    world.forward(days=1)

    assert cora.received("delivery.unreachable") == []


def test_the_next_stretch_is_told_anew(world: World, ana: Someone, pair: Pair, cora: Someone) -> None:
    for _ in range(2):
        ana.goes()
        world.forward(days=4)
        ana.arrives()
        world.forward(days=4)

    assert len(cora.received("delivery.unreachable")) == 2


def test_the_list_says_who_and_how_much(world: World, ana: Someone, pair: Pair, cora: Someone) -> None:
    mia = world.add("Mia Sousa", "Europe/Lisbon", arrives=False)
    world.enrol(Role.MENTEE, mia)
    post(world, ana, "xylotheque")
    fails(world, UNREACHABLE)
    world.forward(minutes=1)

    cora.says("delivery")

    assert "Cannot be reached at present: Ana Byrne, since Tuesday 3 February" in cora.reads
    assert "or have not added me: Mia Sousa, since Tuesday 3 February" in cora.reads
    assert "Messages that wait for these people: 1" in cora.reads
    assert "xylotheque" not in cora.reads
    assert "test.note" not in cora.reads


def test_what_was_given_up_is_counted_by_kind_for_four_weeks(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    for kind in Kind:
        post(world, ana, f"a {kind}", kind)
        fails(world, "busy")

    cora.says("delivery")
    assert "from partners, given up in the last four weeks: 1" in cora.reads
    assert "Nudges, given up in the last four weeks: 1" in cora.reads

    world.forward(days=29)
    cora.says("delivery")
    assert "All is well" in cora.reads


def test_the_list_empties_when_they_are_back(world: World, ana: Someone, pair: Pair, cora: Someone) -> None:
    ana.goes()
    world.forward(days=1)
    cora.presses("Who cannot be reached")
    assert "Ana Byrne" in cora.reads

    ana.arrives()
    world.forward(minutes=1)
    cora.says("delivery")

    assert "All is well" in cora.reads


def test_a_long_list_is_cut_short(world: World, cora: Someone) -> None:
    world.enrol(
        Role.MENTEE,
        *(world.add(f"P{n:02} Test", "Europe/Dublin", arrives=False) for n in range(33)),
    )

    cora.says("delivery")

    assert "P29 Test" in cora.reads
    assert "P30 Test" not in cora.reads
    assert "and 3 more" in cora.reads


def test_nobody_else_gets_to_see_it(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ana.goes()
    world.forward(hours=1)

    for word in ("delivery", "zustellung"):
        ben.says(word)

        assert "That is for those who run the programme" in ben.reads
        assert "Ana Byrne" not in ben.reads


def test_another_programme_is_none_of_their_business(world: World, ana: Someone, cora: Someone) -> None:
    """Ana takes part in nothing that Cora runs."""
    world.start(ana)
    ana.goes()
    world.forward(days=2)

    cora.says("delivery")

    assert "All is well" in cora.reads
    assert cora.received("delivery.unreachable") == []


def test_a_coordinator_who_left_sees_nothing_more(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    world.enrol(Role.OWNER, world.add("Dan Roe", "Europe/Dublin"))
    cora.says("leave")
    cora.presses("Leave")
    world.forward(minutes=11)
    ana.goes()
    world.forward(days=1)

    cora.says("delivery")

    assert "That is for those who run the programme" in cora.reads
    assert cora.received("delivery.unreachable") == []


def test_why_says_what_it_was(world: World, ana: Someone, pair: Pair, cora: Someone) -> None:
    ana.goes()
    world.forward(days=1)

    cora.presses("Why did I get this")

    assert "You run the programme, and somebody in it cannot be reached" in cora.reads


def test_the_person_themselves_can_see_it_afterwards(world: World, ana: Someone, pair: Pair) -> None:
    ana.elsewhere()
    post(world, ana, "your brief")
    fails(world, UNREACHABLE)
    world.forward(hours=2)

    ana.says("why")

    assert "sent, later than planned because of no way to reach you where you were" in ana.reads


# The watchdog: what has become of every message


@pytest.fixture
def many(world: World, cora: Someone) -> list[Someone]:
    """Six who can be reached."""
    many = [world.add(f"P{n} Test", "Europe/Dublin") for n in range(6)]
    world.start(*many)
    world.enrol(Role.MENTEE, *many)
    return many


def test_undelivered_is_another_word_for_it(world: World, cora: Someone) -> None:
    for word in ("undelivered", "delivery", "nicht zugestellt", "zustellung"):
        cora.says(word)
        assert "All is well" in cora.reads


def test_all_is_well_with_numbers(world: World, many: list[Someone], cora: Someone) -> None:
    for someone in many:
        post(world, someone, f"to {someone.email}")
    cora.says("undelivered")
    assert "Waiting for a good hour: messages: 6" in cora.reads
    assert "The oldest has waited since Tuesday 3 February, 16:00" in cora.reads
    assert "Some are due now, and nothing has left in the last ten minutes" in cora.reads
    world.forward(minutes=1)

    cora.says("undelivered")

    assert "All is well" in cora.reads
    assert "Brought in the last four weeks: about sessions and from partners: 6" in cora.reads
    assert "Waiting for a good hour" not in cora.reads


def test_few_people_are_not_counted_out_where_nothing_is_wrong(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    """H1: how many nudges one pair got would tell who was slow."""
    post(world, ana, "a nudge", Kind.NUDGE)
    world.forward(minutes=1)

    cora.says("undelivered")

    assert "nudges: to fewer than 5 people" in cora.reads


def test_nobody_learns_from_it_that_somebody_is_away(
    world: World, many: list[Someone], ana: Someone, pair: Pair, cora: Someone
) -> None:
    """What waits for the end of a pause is in the number, and since when it waits is not told."""
    many[0].says("pause")
    post(world, many[0], "later")
    world.forward(days=9)
    for someone in many[1:]:
        post(world, someone, f"to {someone.email}")

    cora.says("undelivered")

    assert "Waiting for a good hour: messages: 6" in cora.reads
    assert "has waited since Thursday 12 February" in cora.reads
    assert "3 February" not in cora.reads
    assert "pause" not in cora.reads


def test_what_was_given_up_is_told_with_what_helps_and_sent_again(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    post(world, ana, "your brief")
    fails(world, "busy")

    cora.says("undelivered")
    assert "given up in the last four weeks: 1" in cora.reads
    assert "The platform took nothing for about four hours" in cora.reads
    assert "One message can still be sent: press Try again" in cora.reads
    assert "your brief" not in cora.reads
    cora.presses("Try again")
    assert "One message is on its way again" in cora.reads
    cora.says("undelivered")
    assert "Try again" not in cora.reads
    world.forward(minutes=1)

    assert "test.note" in {message.name for message in ana.chat}
    cora.says("undelivered")
    assert "All is well" in cora.reads


def test_a_second_press_sends_nothing_twice(world: World, ana: Someone, pair: Pair, cora: Someone) -> None:
    post(world, ana, "your brief")
    fails(world, "busy")
    cora.says("undelivered")
    again = cora.button("Try again").action
    cora.presses(again)
    cora.presses(again)
    assert "Nothing is left that could be sent again" in cora.reads
    world.forward(minutes=1)
    cora.presses(again)
    world.forward(minutes=1)

    assert len(ana.received("test.note")) == 1


def test_what_is_not_worth_it_any_more_is_said_honestly(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    """A nudge, what is about an ended pair, what has passed, and what was given up a week ago."""
    post(world, ana, "a nudge", Kind.NUDGE)
    fails(world, "busy")
    message = Message(name="test.note", text=(Run("prep"),))
    with world.bot.open_transaction.begin() as db:
        now = world.clock()
        soon, ended = now + timedelta(hours=1), Pair(id=pair.id)
        outbox.post(
            db,
            [
                NewPost(ana.row.id, message, Kind.APPOINTMENT, "by", now, needed_by=soon),
                NewPost(ana.row.id, message, Kind.APPOINTMENT, "stale", now, stale_after=soon),
                NewPost(ana.row.id, message, Kind.APPOINTMENT, "pair", now, about=ended),
            ],
        )
    fails(world, "busy", "busy", "busy")
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Pair).where(Pair.id == pair.id).values(ended_at=world.clock()))
    world.clock.move_to(world.clock() + timedelta(hours=2))

    cora.says("undelivered")

    assert "They cannot be sent again" in cora.reads
    assert "Try again" not in cora.reads


def test_what_was_given_up_is_kept_for_a_week_and_no_longer(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    def is_kept() -> bool:
        with world.bot.open_transaction() as db:
            row = db.scalars(select(Post).where(Post.name == "test.note")).one()
            return row.message_sealed is not None

    post(world, ana, "your brief")
    fails(world, "busy")
    world.forward(days=6)
    assert is_kept()
    world.forward(days=2)
    post(world, cora, "another")
    with world.bot.open_transaction.begin() as db:
        outbox.claim(db.connection(), world.clock(), "me", {"test"}, world.bot.prompts)
        first = db.scalars(select(Post).where(Post.name == "test.note").order_by(Post.id)).first()
        assert first
        assert first.message_sealed is None
    cora.says("undelivered")
    assert "They cannot be sent again" in cora.reads


def test_words_that_are_erased_are_not_sent_again(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    ben.says("ask: What is a xylotheque?")
    fails(world, "busy")
    ben.says("my data")
    ben.presses("Erase")
    ben.presses("Erase what I wrote")
    world.forward(hours=1)

    cora.says("undelivered")
    assert "Try again" not in cora.reads
    assert "given up in the last four weeks: 1" in cora.reads


def test_a_closed_workspace_is_told_apart_from_a_busy_platform(
    world: World, many: list[Someone], cora: Someone
) -> None:
    for number, reason in enumerate((outbox.BUSY, outbox.CLOSED, outbox.CLOSED)):
        post(world, many[number], f"{number}")
        with world.bot.open_transaction.begin() as db:
            [parcel] = outbox.claim(db.connection(), world.clock(), "me", {"test"}, world.bot.prompts)
            until = world.clock() + timedelta(minutes=10)
            outbox.wait(db.connection(), parcel, until, reason)

    cora.says("undelivered")

    assert "Held up: the platform is busy: 1, which I try again by myself" in cora.reads
    assert "takes nothing from me: 2, which I try again by myself" in cora.reads
    assert "docs/slack.md" in cora.reads
    cora.presses("Try again")
    assert "3 messages are on their way again" in cora.reads
    world.bot.tick()
    assert world.forward(seconds=1)


def test_nudges_that_nobody_knows_of_are_said_and_not_repeated(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    post(world, ana, "a nudge", Kind.NUDGE)
    with world.bot.open_transaction.begin() as db:
        gone = timedelta(seconds=-1)
        outbox.claim(db.connection(), world.clock(), "me", {"test"}, world.bot.prompts, lease=gone)
    world.forward(minutes=1)

    cora.says("undelivered")

    assert "Nudges of which nobody knows whether they arrived: 1. They are not said twice." in cora.reads


def test_who_may_not_act_has_nothing_sent(world: World, ben: Someone, pair: Pair, cora: Someone) -> None:
    """C1."""
    ben.presses(TryAgain(pair.programme_id))

    assert "That is for those who run the programme" in ben.reads


def test_an_analyst_sees_no_names(world: World, ana: Someone, pair: Pair) -> None:
    nora = world.add("Nora Hahn", "Europe/Berlin")
    world.enrol(Role.ANALYST, nora)
    ana.goes()
    world.forward(hours=1)

    nora.says("undelivered")

    assert "Ana" not in nora.reads


def test_in_german(world: World, ana: Someone, pair: Pair) -> None:
    dora = world.add("Dora Vogt", "Europe/Berlin", language="de")
    world.enrol(Role.OWNER, dora)
    post(world, ana, "your brief")
    fails(world, "busy")

    dora.says("nicht zugestellt")
    assert "Eine Nachricht lässt sich noch schicken" in dora.reads
    dora.presses("Noch einmal versuchen")
    assert "Eine Nachricht ist wieder unterwegs" in dora.reads
