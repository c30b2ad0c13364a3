"""Prep, through the front door."""

from datetime import timedelta

import pytest
from world import Someone, World, as_text, at

from bot.messages import plain
from bot.stories.prep import KeepToMyself, SendPrep, ShowBrief, WritePrep


@pytest.fixture
def asked(world: World, ben: Someone, ana: Someone) -> int:
    """Ben and Ana meet tomorrow at four in Dublin, and both have been asked; the id of the session."""
    pair = world.meet(ben, ana)
    world.until(world.session(pair).starts_at - timedelta(hours=23))
    return world.session(pair).id


@pytest.mark.usefixtures("asked")
def test_asks_both_a_day_ahead(ben: Someone, ana: Someone) -> None:
    assert "You meet Ana on Tuesday 10 February, 09:00" in ben.reads
    assert "You meet Ben on Tuesday 10 February, 16:00" in ana.reads
    assert "1 of 3" in ben.reads


@pytest.mark.usefixtures("asked")
def test_one_question_after_the_other_by_typing(ben: Someone) -> None:
    ben.says("I gave my first demo.")
    assert "2 of 3" in ben.reads
    ben.says("Nobody asked anything.")
    assert "3 of 3" in ben.reads
    ben.says("Ask me questions.")

    assert "Saved, that is all" in ben.reads


@pytest.mark.usefixtures("asked")
def test_an_answer_that_is_edited_where_it_was_typed_is_read_as_it_is_now(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("I gave my first demmo.", said_in="171.1")
    ben.edits("171.1", "I gave my first demo.")
    assert "reads it as it is now" in ben.reads
    ben.says("Nobody asked anything.", said_in="171.2")
    ben.edits("171.2", None)
    assert "Ana does not see it" in ben.reads
    ben.says("skip")

    world.forward(days=1)

    [brief] = ana.received("prep.brief")
    assert "I gave my first demo." in as_text(brief)
    assert "Nobody asked anything." not in as_text(brief)


@pytest.mark.usefixtures("asked")
def test_an_answer_that_is_edited_after_the_brief_is_shown_with_the_latest(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("A demmo", said_in="171.1")
    world.forward(hours=22, minutes=30)

    ben.edits("171.1", "A demo")

    assert "has their brief already" in ben.reads
    ana.hears(ana.received("prep.brief")[-1])
    ana.presses("Show the latest")
    assert "A demo" in ana.reads


@pytest.mark.usefixtures("asked")
def test_what_was_edited_in_the_form_since_is_not_overwritten(ben: Someone) -> None:
    ben.says("A demmo", said_in="171.1")
    ben.presses("Edit")
    ben.fills(win="My first demo")

    assert ben.edits("171.1", "A demo") is None


@pytest.mark.usefixtures("asked")
def test_where_a_card_has_fields_all_the_questions_stand_in_it(ben: Someone) -> None:
    asked = ben.sees.form

    assert asked is not None
    assert [field.name for field in asked.fields] == ["win", "knot", "want", "private"]
    assert "1 of 3" not in plain(asked.intro)
    assert asked.again in [button.action for button in ben.sees.buttons]


@pytest.mark.usefixtures("asked")
def test_all_at_once_in_a_form(ben: Someone) -> None:
    ben.presses("All at once")
    ben.fills(win="A demo", knot="Silence", want="Questions")

    assert "Saved, that is all" in ben.reads


@pytest.mark.usefixtures("asked")
def test_what_was_typed_is_in_the_form(ben: Someone) -> None:
    ben.says("I gave my first demo.")

    ben.presses("Edit")

    assert ben.form is not None
    assert ben.form.fields[0].value == "I gave my first demo."


@pytest.mark.usefixtures("asked")
def test_one_brief_reaches_both_when_both_are_in(world: World, ben: Someone, ana: Someone) -> None:
    for someone, words in ((ben, "demo"), (ana, "silence")):
        for number in range(3):
            someone.says(f"{words} {number}")
    world.forward(minutes=1)

    for reader in (ben, ana):
        [brief] = reader.received("prep.brief")
        assert "demo 2" in as_text(brief)
        assert "silence 0" in as_text(brief)


@pytest.mark.usefixtures("asked")
def test_the_brief_comes_at_the_latest_before_the_session(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("I gave my first demo.")

    world.forward(days=1)

    [to_ana] = ana.received("prep.brief")
    assert "I gave my first demo." in as_text(to_ana)
    assert "Ana has not written yet" in as_text(ben.received("prep.brief")[0])


@pytest.mark.usefixtures("asked")
def test_each_answer_goes_only_where_its_author_allowed(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("I am thinking of leaving.")
    ben.presses("Keep that one to myself")
    ben.says("skip")
    ben.says("Ask me questions.")
    ana.says("skip")
    world.forward(days=1)

    to_ana, to_ben = ana.received("prep.brief")[0], ben.received("prep.brief")[0]
    assert "leaving" not in as_text(to_ana)
    assert "Ask me questions." in as_text(to_ana)
    assert "only you see this): I am thinking of leaving." in as_text(to_ben)


@pytest.mark.usefixtures("asked")
def test_private_ones_can_be_chosen_in_the_form(world: World, ben: Someone, ana: Someone) -> None:
    ben.presses("All at once")
    ben.fills(win="A demo", knot="I am thinking of leaving.", private="knot")
    ana.says("skip")
    world.forward(minutes=1)

    [brief] = ana.received("prep.brief")
    assert "A demo" in as_text(brief)
    assert "leaving" not in as_text(brief)


def test_a_private_answer_cannot_be_had_by_pressing(
    world: World, ben: Someone, ana: Someone, asked: int
) -> None:
    """C12."""
    ben.says("I am thinking of leaving.")
    ben.presses("Keep that one to myself")

    ana.presses(ShowBrief(asked))
    assert "leaving" not in ana.reads
    ana.presses(WritePrep(asked))
    assert ana.form is not None
    assert all("leaving" not in field.value for field in ana.form.fields)


@pytest.mark.usefixtures("asked")
def test_skip_is_one_word_and_the_partner_reads_no_reason(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("skip")
    assert "that is fine" in ben.reads

    world.forward(days=1)

    assert "Ben did not write this time" in as_text(ana.received("prep.brief")[0])
    assert ben.received("prep.remind") == []


@pytest.mark.usefixtures("asked")
def test_later_asks_again_at_a_decent_hour(world: World, ana: Someone) -> None:
    ana.says("later")
    assert "I ask again on Tuesday 10 February, 09:00" in ana.reads

    world.forward(hours=17)

    assert len(ana.received("prep.ask")) == 2


@pytest.mark.usefixtures("asked")
def test_reminds_once_and_only_who_has_written_nothing(world: World, ben: Someone, ana: Someone) -> None:
    world.until(at("2026-02-10", "15:50", "Europe/Dublin"))

    assert len(ana.received("prep.remind")) == 1
    assert ben.received("prep.remind") == [], "two hours before is seven in the morning in Denver"


@pytest.mark.usefixtures("asked")
def test_a_typed_answer_is_kept_when_it_comes_after_the_session(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.forward(days=1, hours=3)

    ben.says("Sorry, I was on a train. I gave my first demo.")
    world.forward(days=1)

    [late] = ana.received("prep.late")
    assert "I gave my first demo." in as_text(late)


@pytest.mark.usefixtures("asked")
def test_words_typed_after_the_session_was_called_off_can_be_kept(ben: Someone, ana: Someone) -> None:
    ana.says("sessions")
    ana.presses("Skip this one")

    ben.says("I gave my first demo.")
    assert "not sure where this belongs" in ben.reads
    ben.presses("Keep it for my next prep")

    assert "Kept for your session with Ana on Tuesday 24 February" in ben.reads


def test_words_for_a_pair_that_has_ended_are_given_back(world: World, ben: Someone, asked: int) -> None:
    """E5."""
    eve = world.add("Eve Stone", "Europe/London")
    eve.form = world.bot.prompts.ask(
        "en", "prep.form", SendPrep(asked, ""), given={}, choices={}, only=["win"], partner=""
    )

    eve.fills(win="An hour of typing")

    assert "An hour of typing" in eve.reads


def test_nobody_else_reads_or_hides_anything(world: World, ben: Someone, asked: int) -> None:
    """C2, C3, C12."""
    ben.says("I gave my first demo.")
    eve = world.add("Eve Stone", "Europe/London")

    for action in (ShowBrief(asked), WritePrep(asked), KeepToMyself(asked, "win")):
        eve.presses(action)
        assert "nothing to prepare" in eve.reads


@pytest.mark.usefixtures("asked")
def test_ticking_twice_asks_once(world: World, ben: Someone) -> None:
    world.bot.tick()
    world.bot.tick()
    world.forward(minutes=5)

    assert len(ben.received("prep.ask")) == 1


@pytest.mark.usefixtures("asked")
def test_words_with_no_place_can_be_kept_for_the_next_session(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("skip")
    ben.says("What about that conference in May?")
    assert "not sure where this belongs" in ben.reads

    ben.presses("Keep it for my next prep")
    world.forward(days=1)

    assert "What about that conference in May?" in as_text(ana.received("prep.brief")[0])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 40_000, id="D16 40,000 characters"),
        pytest.param("<!channel> <@U123> *bold* {partner} ${x} {% %}", id="D1 D3 D18 markup"),
        pytest.param("'); DROP TABLE answers; --", id="G6 SQL"),
        pytest.param('"}],"actions":[', id="D19 JSON"),
        pytest.param("שלום, מה שלומך?", id="right to left"),
        pytest.param("🎉👩‍💻", id="D17 only emoji"),
    ],
)
@pytest.mark.usefixtures("asked")
def test_any_words_arrive_as_they_were_written(world: World, ben: Someone, ana: Someone, text: str) -> None:
    ben.says(text)
    world.forward(days=1)

    [brief] = ana.received("prep.brief")
    assert [fact.value for fact in brief.facts if "Ben" in fact.label] == [text]


@pytest.mark.usefixtures("asked")
def test_a_text_that_is_too_long_is_refused_and_stays_in_the_chat(ben: Someone) -> None:
    """D16."""
    ben.says("x" * 40_001)

    assert "send it in two parts" in ben.reads
    ben.says("In two parts.")
    assert "2 of 3" in ben.reads


@pytest.mark.parametrize("text", ["   ", "\u200b\u200b", "\x00\x01", "\u202e"])
@pytest.mark.usefixtures("asked")
def test_nothing_but_blanks_is_no_answer(ben: Someone, text: str) -> None:
    """D10, D11, D15, D17."""
    ben.says(text)

    assert "Saved" not in ben.reads


@pytest.mark.usefixtures("asked")
def test_prep_is_there_before_it_is_asked_for(world: World) -> None:
    eve, sam = world.add("Eve Stone", "Europe/London"), world.add("Sam Reed", "Europe/London")
    world.meet(eve, sam, weekday=3)

    eve.says("prep")
    eve.says("Early bird")

    assert "2 of 3" in eve.reads


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    "text", ["Stop avoiding hard talks.", "When I met Kim, I froze.", "Next step: a demo"]
)
def test_an_answer_may_begin_like_a_command(ben: Someone, text: str) -> None:
    ben.says(text)

    assert "2 of 3" in ben.reads


@pytest.mark.usefixtures("asked")
def test_skip_still_skips_after_an_answer_was_private(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("I am thinking of leaving.")
    ben.presses("Keep that one to myself")
    assert "2 of 3" in ben.reads
    ben.says("skip")
    assert "3 of 3" in ben.reads
    world.forward(days=1)

    assert not any(fact.value == "skip" for fact in ana.received("prep.brief")[0].facts)


@pytest.mark.usefixtures("asked")
def test_words_a_week_after_the_session_wait_for_the_next_one(world: World, ben: Someone) -> None:
    """The question of that session is over by then, so they are asked where the words belong."""
    world.forward(days=8)

    ben.says("By the way, the demo went well.")
    assert "not sure where this belongs" in ben.reads
    ben.presses("Keep it for my next prep")

    assert "Kept for your session with Ana on Tuesday 24 February" in ben.reads


def test_what_is_kept_later_does_not_open_what_was_kept_private(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    ben.says("I am worried about the new team")
    ben.presses("Keep it for my next prep")
    ben.presses("Keep it to myself")
    ben.says("There was one more thing about last week")
    ben.presses("Keep it for my next prep")

    world.until(world.session(pair).starts_at)

    assert "worried" in as_text(ben.received("prep.brief")[-1])
    assert not any("worried" in as_text(message) for message in ana.chat)


def test_what_is_kept_goes_to_whom_it_was_meant_for(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana)
    cleo = world.add("Cleo Marin", "Europe/Paris")
    world.meet(cleo, ana, weekday=3)
    world.until(world.session(pair).starts_at - timedelta(hours=20))
    ben.says("sessions")
    ben.presses("Skip this one")

    ana.says("Ben seems tired of his project")
    ana.presses("Keep it for my next prep")
    assert "with whom" in ana.reads
    ana.presses("Ben Okafor")
    world.until(world.session(pair, 2).starts_at)

    assert "tired" in as_text(ben.received("prep.brief")[-1])
    assert not any("tired" in as_text(message) for message in cleo.chat)


def test_a_form_of_a_session_that_was_called_off_goes_with_the_next(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    world.until(world.session(pair).starts_at - timedelta(hours=20))
    ben.presses("All at once")
    ana.says("sessions")
    ana.presses("Skip this one")

    ben.fills(win="A demo")
    assert ben.sees.name == "prep.kept"
    world.until(world.session(pair, 2).starts_at)

    assert "A demo" in as_text(ana.received("prep.brief")[-1])


def test_what_is_made_private_before_the_brief_leaves_is_not_in_it(
    world: World, ben: Someone, ana: Someone
) -> None:
    """In Dublin it is night when both are in."""
    pair = world.meet(ben, ana)
    world.until(world.session(pair).starts_at - timedelta(hours=23))
    ana.says("skip")
    world.until(at("2026-02-09", "14:00", "America/Denver"))
    ben.presses("All at once")
    ben.fills(knot="A secret")

    ben.presses("Edit")
    ben.fills(private="knot")
    world.until(world.session(pair).starts_at)

    assert ana.received("prep.brief")
    assert not any("secret" in as_text(message) for message in ana.chat)


def test_the_buttons_of_a_brief_are_about_its_session(world: World, ben: Someone, ana: Someone) -> None:
    cleo = world.add("Cleo Marin", "Europe/Paris")
    for mentee, clock in ((ben, "16:00"), (cleo, "16:30")):
        pair = world.meet(mentee, ana, at=clock, format="async")
    world.until(world.session(pair).starts_at + timedelta(hours=20))

    for brief, name in zip(ana.received("prep.brief_in_writing"), ("Ben", "Cleo"), strict=True):
        write, close = (next(b for b in brief.buttons if b.word == word) for word in ("write", "close"))
        ana.presses(write.action)
        assert f"goes to {name}" in ana.reads
        ana.presses(close.action)
        assert f"in writing with {name}" in ana.reads


@pytest.mark.usefixtures("asked")
def test_mending_an_answer_goes_on_with_the_open_question(ben: Someone) -> None:
    ben.says("I gave my first dmeo.")
    ben.presses("Edit")
    ben.fills(win="I gave my first demo.")

    assert "2 of 3" in ben.reads
    ben.says("Nobody asked anything.")
    assert "3 of 3" in ben.reads


@pytest.mark.usefixtures("asked")
def test_does_not_say_that_something_goes_out_when_nothing_does(ben: Someone) -> None:
    ben.presses("All at once")
    ben.fills(knot="I am thinking of leaving.", private="knot")

    assert "Nothing of it goes to Ana" in ben.reads


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("word", ["undo", "later"])
def test_a_word_for_a_button_that_is_not_there_is_never_an_answer(ben: Someone, word: str) -> None:
    ben.says("I gave my first demo.")

    ben.says(word)

    assert "not sure where this belongs" in ben.reads


# Kept for the next session


@pytest.mark.usefixtures("asked")
def test_what_was_shared_goes_with_the_next_session_when_this_one_is_called_off(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("I gave my first demo.")
    ben.says("I am thinking of leaving.")
    ben.presses("Keep that one to myself")
    ben.says("pause")
    world.forward(days=3)
    ben.says("back")

    world.until(at("2026-02-23", "17:00", "Europe/Dublin"))
    [*_, asked_again] = ben.received("prep.ask")
    assert "Kept for this session" in as_text(asked_again)
    assert "I gave my first demo." in as_text(asked_again)
    world.forward(days=1)

    to_ana, to_ben = as_text(ana.received("prep.brief")[-1]), as_text(ben.received("prep.brief")[-1])
    assert "Ben: Kept for today: I gave my first demo." in to_ana
    assert "leaving" not in to_ana
    assert "(only you see this): I am thinking of leaving." in to_ben


def test_what_was_written_stays_with_a_session_that_comes_back(
    world: World, ben: Someone, ana: Someone, asked: int
) -> None:
    ben.says("I gave my first demo.")
    ben.says("sessions")
    ben.presses("Skip this one")
    ben.presses("Undo")
    world.forward(days=1)

    assert "Moved forward: I gave my first demo." in as_text(ana.received("prep.brief")[-1])


@pytest.mark.usefixtures("asked")
def test_what_was_kept_comes_once(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("I gave my first demo.")
    ben.says("sessions")
    ben.presses("Skip this one")
    world.forward(days=15)
    ana.says("close")
    ana.presses("Yes")
    ana.fills(decided="Go on")
    world.forward(days=14)

    briefs = ana.received("prep.brief")
    assert ["demo" in as_text(brief) for brief in briefs] == [True, False]


@pytest.mark.parametrize("words", ["note Ask about May", "Notiz: Ask about May", "note\nAsk about May"])
def test_a_note_is_in_the_next_brief_of_both(world: World, ben: Someone, ana: Someone, words: str) -> None:
    pair = world.meet(ben, ana)

    ben.says(words)
    assert "Kept for your session with Ana" in ben.reads
    world.until(world.session(pair).starts_at)

    assert "Ask about May" in as_text(ana.received("prep.brief")[-1])
    assert "Ask about May" in as_text(ben.received("prep.brief")[-1])


def test_a_note_can_be_typed_after_the_word_and_kept_to_oneself(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    ben.says("note")
    assert "Type it here" in ben.reads
    ben.says("I worry about the new team")
    ben.presses("Keep it to myself")
    ben.says("note And about the talk")
    world.until(world.session(pair).starts_at)

    assert "worry" in as_text(ben.received("prep.brief")[-1])
    to_ana = as_text(ana.received("prep.brief")[-1])
    assert "worry" not in to_ana
    assert "And about the talk" in to_ana


def test_a_note_needs_a_session_and_is_given_back_without_one(ben: Someone) -> None:
    ben.says("note Ask about May")

    assert "Ask about May" in ben.reads
    assert "nothing is kept" in ben.reads


def test_rather_no_note_after_all(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    ben.says("note")
    ben.presses("Rather not")
    ben.says("What about that conference?")

    assert "not sure where this belongs" in ben.reads


def test_a_note_after_the_brief_reaches_the_partner_on_its_own(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    ben.says("note Ask about May")
    world.until(world.session(pair).starts_at - timedelta(minutes=20))

    ben.says("note: And about June")
    world.forward(minutes=5)

    [late] = ana.received("prep.late")
    assert [fact.value for fact in late.facts] == ["And about June"]


def test_a_note_for_a_pair_that_ended_is_given_back(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    ben.says("note")
    ana.says("finish")
    ana.presses("End our pair")
    world.forward(days=2)

    ben.says("Ask about May")

    assert "Ask about May" in ben.reads


def test_words_typed_after_the_pair_has_ended_are_no_answer_any_more(
    world: World, ben: Someone, ana: Someone
) -> None:
    """The last session was two days ago, and its question was still open."""
    pair = world.meet(ben, ana)
    world.until(world.session(pair).starts_at - timedelta(hours=20))
    ana.says("finish")
    ana.presses("End our pair")
    world.forward(days=4)
    assert ben.received("ending.ended")

    ben.says("By the way, the demo went well.")

    assert ben.sees.name == "helping.no_place"


@pytest.mark.usefixtures("asked")
def test_a_form_that_was_left_empty_is_told_as_that(ben: Someone) -> None:
    ben.presses("All at once")
    ben.fills()

    assert ben.sees.name == "prep.done_empty"
    assert "everything empty" in ben.reads


@pytest.mark.usefixtures("asked")
def test_a_word_that_is_a_command_is_an_answer_only_while_the_question_is_fresh(
    world: World, ben: Someone
) -> None:
    ben.says("A demo")
    ben.says("goals")
    assert "3 of 3" in ben.reads

    world.forward(hours=2)
    ben.says("goals")

    assert "goal" in ben.reads
    assert "Saved" not in ben.reads


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    "word", ["coffee", "A hand", "profile", "somebody new", "people", "Next", "health", "pairs"]
)
def test_a_word_of_the_desk_or_for_a_partner_is_an_answer_to_a_fresh_question(
    world: World, ben: Someone, ana: Someone, word: str
) -> None:
    ben.says("A demo")
    ben.says(word)

    assert "3 of 3" in ben.reads
    world.forward(days=1)
    assert word in as_text(ana.received("prep.brief")[0])
