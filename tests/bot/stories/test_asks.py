"""Asks and replies: small questions between two sessions, answered by a reply, a tap or a day."""

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot import outbox
from bot.messages import Message
from bot.models import Conversation, Letter, Pair, UnsentForm


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


@pytest.mark.usefixtures("pair")
def test_a_typed_question_reaches_the_other_as_it_was_typed(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you say No to Maria?")

    assert "on its way to Ana" in ben.reads
    world.forward(minutes=1)
    assert ana.sees.name == "asks.asked"
    assert "Ben: How do you say No to Maria?" in ana.reads


@pytest.mark.usefixtures("pair")
def test_a_reply_reaches_whoever_asked(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you begin?")
    world.forward(minutes=1)

    ana.says("reply")
    assert "Ben: How do you begin?" in ana.reads
    ana.says("With the smallest part.")

    world.forward(minutes=1)
    assert ben.sees.name == "asks.answered"
    assert "Ana: With the smallest part." in ben.reads
    assert ana.received("asks.replied")


@pytest.mark.usefixtures("pair")
def test_a_question_may_be_asked_after_the_word_alone(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask")
    assert "What would you like to ask Ana?" in ben.reads
    ben.says("How do you begin?")

    world.forward(minutes=1)
    assert "Ben: How do you begin?" in ana.reads


@pytest.mark.usefixtures("pair")
def test_nothing_is_sent_by_whoever_changes_their_mind(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask")
    ben.presses("Rather not")
    ben.says("How do you begin?")

    world.forward(days=1)
    assert not ana.received("asks.asked")


def test_words_that_answer_a_question_are_not_taken_for_one(world: World, ben: Someone, ana: Someone) -> None:
    """While a prep question is open, "ask my manager" is an answer; with a colon it is meant."""
    world.meet(ben, ana)
    world.until(at("2026-02-09", "09:05", "America/Denver"))
    ben.says("ask my manager for an afternoon a week")

    assert ben.sees.name == "prep.saved"
    ben.says("ask: How do you begin?")
    assert ben.sees.name == "asks.sent"


@pytest.mark.usefixtures("pair")
def test_a_link_comes_with_what_is_in_it_and_is_never_opened(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("ask")
    ben.presses("voice note")
    ben.fills(text="My first minute", link="https://clips.example/7", points="")
    assert "in a line or more" in ben.mistakes["points"]
    ben.fills(
        text="My first minute",
        link="https://clips.example/7",
        points="Nervous start\nGood middle\nWhat about the end?",
    )

    world.forward(minutes=1)
    assert "Voice note or clip: https://clips.example/7" in ana.reads
    assert "What is in it: Nervous start" in ana.reads
    assert [fact.is_link for fact in ana.sees.facts] == [False, True, False]


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "slack://open",
        "http://a.example",
        "hm",
    ],
)
def test_other_links_are_refused_and_nothing_is_lost(ben: Someone, link: str) -> None:
    """D5"""
    ben.says("ask")
    ben.presses("voice note")

    ben.fills(text="My first minute", link=link, points="It")

    assert "https://" in ben.mistakes["link"]
    assert ben.form is not None


@pytest.mark.usefixtures("pair")
def test_one_tap_is_a_whole_reply(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask Shall I send it half finished?")
    world.forward(minutes=1)

    ana.presses("^Yes")

    world.forward(minutes=1)
    assert ben.sees.name == "asks.answered"
    assert "Ana: Yes." in ben.reads


@pytest.mark.usefixtures("pair")
def test_a_second_press_says_nothing_twice(world: World, ben: Someone, ana: Someone) -> None:
    """E3"""
    ben.says("ask Shall I send it half finished?")
    world.forward(minutes=1)
    yes = ana.button("^Yes").action

    ana.presses(yes)
    ana.presses(yes)

    assert ana.sees.name == "asks.answered_already"
    world.forward(minutes=1)
    assert len(ben.received("asks.answered")) == 1


@pytest.mark.usefixtures("pair")
def test_thanks_are_passed_on_once_and_ask_for_nothing(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask Shall I send it half finished?")
    world.forward(minutes=1)
    ana.presses("^Yes")
    world.forward(minutes=1)
    thanks = ben.button("Thanks").action

    ben.presses(thanks)
    ben.presses(thanks)

    world.forward(minutes=1)
    assert "Ben: Thanks, that helps." in ana.reads
    assert len(ana.received("asks.thanked")) == 1
    ana.says("whose turn")
    assert ana.sees.name == "turns.nobodys"


@pytest.mark.usefixtures("pair")
def test_not_my_field_is_an_answer(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask What is a good lens?")
    world.forward(minutes=1)

    ana.presses("Not my field")

    world.forward(minutes=1)
    assert "Ana says that this is not their field" in ben.reads
    ben.says("whose turn")
    assert ben.sees.name == "turns.nobodys"


def test_a_mentor_with_several_mentees_chooses_whom(world: World, ben: Someone, ana: Someone) -> None:
    cleo = world.add("Cleo Test", "Europe/Dublin")
    world.meet(ben, ana)
    world.meet(cleo, ana)

    ana.says("ask What has changed since Tuesday?")
    assert "[Ben Okafor] [Cleo Test] [Nobody]" in ana.reads
    ana.presses("Cleo")

    world.forward(minutes=1)
    assert "What has changed since Tuesday?" in cleo.reads
    assert not ben.received("asks.asked")


# Changed, or taken back


def test_what_has_not_arrived_is_changed_without_a_trace(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    world.until(at("2026-02-03", "19:00", "Europe/Dublin"))
    ben.says("ask How do you begn?")

    ben.presses("Edit")
    ben.fills(text="How do you begin?")

    world.forward(days=1)
    assert [as_text(message) for message in ana.received("asks.asked")] == [ana.reads]
    assert "Ben: How do you begin?" in ana.reads
    assert not ana.received("asks.changed")


@pytest.mark.usefixtures("pair")
def test_what_has_arrived_is_changed_openly(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you begn?")
    world.forward(minutes=1)

    ben.presses("Edit")
    ben.fills(text="How do you begin?")

    world.forward(minutes=1)
    assert ana.sees.name == "asks.changed"
    assert "Ben: How do you begin?" in ana.reads


def test_what_is_taken_back_in_time_never_arrives(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    world.until(at("2026-02-03", "19:00", "Europe/Dublin"))
    ben.says("ask How do you begin?")

    ben.presses("Take back")

    world.forward(days=1)
    assert not [message for message in ana.chat if message.name.startswith("asks.")]
    ben.says("whose turn")
    assert ben.sees.name == "turns.nobodys"


@pytest.mark.usefixtures("pair")
def test_a_reply_that_is_taken_back_makes_it_her_turn_again(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you begin?")
    world.forward(minutes=1)
    ana.presses("Reply")
    ana.says("With the end.")
    world.forward(minutes=1)

    ana.presses("Take back")

    world.forward(minutes=1)
    assert ben.sees.name == "asks.partner_took_back"
    assert "With the end" not in ben.reads
    ben.says("whose turn")
    assert ben.sees.name == "turns.theirs"


@pytest.mark.usefixtures("pair")
def test_what_was_taken_back_can_be_sent_after_all_once(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you begin?")
    ben.presses("Take back")
    again = ben.button("after all").action

    ben.presses(again)
    ben.presses(again)

    world.forward(minutes=1)
    assert len(ana.received("asks.asked")) == 1


@pytest.mark.usefixtures("pair")
def test_editing_the_message_itself_changes_what_was_sent(world: World, ben: Someone, ana: Someone) -> None:
    """E9: on the platform, where people correct what they typed."""
    ben.says("ask How do you begn?", said_in="m1")
    world.forward(minutes=1)

    ben.edits("m1", "ask How do you begin?")

    world.forward(minutes=1)
    assert ana.sees.name == "asks.changed"
    assert "Ben: How do you begin?" in ana.reads


@pytest.mark.usefixtures("pair")
def test_deleting_the_message_itself_takes_back_what_was_sent(
    world: World, ben: Someone, ana: Someone
) -> None:
    """E9"""
    ben.says("ask How do you begin?", said_in="m1")
    world.forward(minutes=1)

    ben.edits("m1", None)
    ben.edits("m1", None)

    world.forward(minutes=1)
    assert len(ana.received("asks.partner_took_back")) == 1


@pytest.mark.usefixtures("pair")
def test_nobody_changes_what_somebody_else_wrote(world: World, ben: Someone, ana: Someone) -> None:
    """C3: the name of the message is guessed, or the button copied."""
    ben.says("ask How do you begin?", said_in="m1")
    change, take_back = ben.button("Edit").action, ben.button("Take back").action
    world.forward(minutes=1)

    ana.edits("m1", "ask Something else?")
    ana.presses(change)
    ana.presses(take_back)

    assert ana.sees.name == "asks.nobody_there"
    world.forward(minutes=1)
    assert not ana.received("asks.changed")


def test_an_edit_that_comes_before_its_message_does_nothing(world: World, ben: Someone) -> None:
    """E8"""
    ben.edits("m1", "ask How do you begin?")

    assert ben.chat == []


# Who may


@pytest.mark.usefixtures("pair")
def test_words_for_a_pair_that_has_ended_are_given_back(world: World, ben: Someone, ana: Someone) -> None:
    """E5"""
    ben.says("ask How do you begin?")
    world.forward(minutes=1)
    ana.presses("Reply")
    ben.says("leave")
    ben.presses("^Leave")
    world.forward(minutes=15)
    assert ana.sees.name == "pause.partner_left"

    ana.says("With the smallest part.")

    assert ana.sees.name == "asks.nobody_there"
    assert "You wrote: With the smallest part." in ana.reads


def test_whoever_has_nobody_to_ask_keeps_their_words(ben: Someone) -> None:
    ben.says("ask How do you begin?")

    assert "You wrote: How do you begin?" in ben.reads


@pytest.mark.usefixtures("pair")
def test_shows_what_was_written_in_order(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you begin?")
    world.forward(minutes=1)
    ana.presses("Reply")
    ana.says("What have you tried?")
    ana.presses("I asked something back")

    ana.presses("Show what we wrote")

    assert ana.reads.index("How do you begin?") < ana.reads.index("What have you tried?")
    assert "Ben, Tuesday 3 February, 16:00: How do you begin?" in ana.reads


def test_works_between_two_platforms(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """Ben writes on one, Ana on another; each is written to where they spoke last."""
    elsewhere = Someone(world, ana.email, platform="elsewhere").arrives()
    elsewhere.says("whose turn")
    ben.says("ask How do you begin?")

    world.forward(minutes=1)

    assert not ana.received("asks.asked")
    with world.bot.open_transaction.begin() as db:
        parcels = outbox.claim(db.connection(), world.clock(), "other", {"elsewhere"}, world.bot.prompts)
    assert [parcel.name for parcel in parcels] == ["asks.asked"]
    elsewhere.chat.append(parcels[0].message)
    elsewhere.presses("^Yes")
    world.forward(minutes=1)
    assert "Ana: Yes." in ben.reads


def test_what_is_put_off_to_the_next_session_stands_in_its_brief(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)
    ben.says("ask Can you look at my talk?")
    world.forward(minutes=1)

    ana.presses("In our next session")
    world.until(at("2026-02-10", "15:30", "Europe/Dublin"))

    assert "Can you look at my talk?" in as_text(ana.received("prep.brief")[0])
    assert "Can you look at my talk?" in as_text(ben.received("prep.brief")[0])


# About a message elsewhere


def in_form(someone: Someone) -> dict[str, str]:
    assert someone.form, someone.reads
    return {field.name: field.value for field in someone.form.fields}


def test_a_message_elsewhere_is_quoted_and_asked_about(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.points_at("ask", "Ship it on Friday.\nNo tests needed.")

    assert in_form(ben)["text"] == "> Ship it on Friday.\n> No tests needed.\n\n"
    ben.fills(text=f"{in_form(ben)['text']}Would you?")
    world.forward(minutes=1)
    assert "> No tests needed.\n\nWould you?" in ana.reads


def test_a_mentor_asks_their_mentee_in_the_same_way(ana: Someone, pair: Pair) -> None:
    ana.points_at("ask", "A fine talk by Ben")

    assert ana.form
    assert "This goes to Ben" in as_text(Message(name="", text=ana.form.intro))


def test_nothing_of_it_is_kept_before_it_is_sent(world: World, ben: Someone, pair: Pair) -> None:
    ben.points_at("ask", "Ship it on Friday.")

    with world.bot.open_transaction() as db:
        assert db.scalars(select(Letter)).all() == []
        assert db.scalars(select(UnsentForm)).all() == []
        assert all(kept.unplaced == "" for kept in db.scalars(select(Conversation)))


def test_a_long_one_is_cut_and_leaves_room_for_the_question(ben: Someone, pair: Pair) -> None:
    ben.points_at("ask", "word " * 8000)

    assert len(in_form(ben)["text"]) < 2100
    ben.fills(text=f"{in_form(ben)['text']}What do you make of it?")
    assert ben.sees.name == "asks.sent"


@pytest.mark.parametrize("text", ["", " \n", "\u2063"])
def test_one_without_words_opens_an_empty_form(ben: Someone, pair: Pair, text: str) -> None:
    ben.points_at("ask", text)

    assert in_form(ben)["text"] == ""


def test_with_several_partners_they_say_whom(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    cleo = world.add("Cleo Test", "Europe/Dublin")
    other = world.meet(cleo, ana)
    ana.points_at("ask", "Ship it on Friday.")
    assert "whom" in in_form(ana)

    ana.fills(whom=str(other.id))
    world.forward(minutes=1)

    assert "> Ship it on Friday." in cleo.reads
    assert "Ship it" not in ben.reads


@pytest.mark.parametrize("whom", ["", "4711", "²", "9" * 40, "-1", "me"])
def test_whom_cannot_be_made_up(world: World, ana: Someone, pair: Pair, whom: str) -> None:
    world.meet(world.add("Cleo Test", "Europe/Dublin"), ana)
    ana.points_at("ask", "Ship it on Friday.")

    ana.fills(whom=whom)

    assert ana.sees.name == "asks.nobody_there"
    assert "You wrote: > Ship it on Friday." in ana.reads


def test_somebody_elses_partner_is_not_asked(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    cleo, dara = world.add("Cleo Test", "Europe/Dublin"), world.add("Dara Test", "Europe/Dublin")
    world.meet(cleo, ana)
    strangers = world.meet(world.add("Eve Test", "Europe/Dublin"), dara)
    ana.points_at("ask", "Ship it on Friday.")

    ana.fills(whom=str(strangers.id))

    assert ana.sees.name == "asks.nobody_there"


def test_without_a_partner_nothing_is_sent_or_kept(world: World, ben: Someone) -> None:
    world.start(ben)

    ben.points_at("ask", "Ship it on Friday.")

    assert ben.sees.name == "asks.nobody_to_ask"


def test_whoever_has_not_started_learns_what_this_is(ben: Someone) -> None:
    ben.points_at("ask", "Ship it on Friday.")

    assert ben.sees.name == "helping.before_start"


def test_a_stranger_who_points_at_something_reads_whom_to_ask(world: World) -> None:
    nobody = Someone(world, "nobody@example.org")

    nobody.points_at("ask", "Ship it on Friday.")

    assert nobody.sees.name == "helping.stranger"


def test_whoever_is_away_may_still_ask(ben: Someone, pair: Pair) -> None:
    ben.says("pause")

    ben.points_at("ask", "Ship it on Friday.")

    assert in_form(ben)["text"].startswith("> Ship it")


def test_a_way_to_point_that_no_release_knows_is_answered(ben: Someone, pair: Pair) -> None:
    ben.points_at("translate", "Ship it on Friday.")

    assert ben.sees.name == "helping.outdated"


def test_what_was_typed_before_does_not_take_the_place_of_the_quote(ben: Someone, pair: Pair) -> None:
    ben.points_at("ask", "The first")
    ben.types_in_form(text="> The first\n\nWhy?")

    ben.points_at("ask", "The second")

    assert in_form(ben)["text"] == "> The second\n\n"
