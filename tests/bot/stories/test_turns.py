"""Whose turn: both can see it, it is counted in working hours, and the nudges are few and kind."""

import pytest
from sqlalchemy import select
from world import Someone, World, at

from bot import nudging
from bot.models import Nudge, Pair, Wait


@pytest.fixture(autouse=True)
def _nobody_is_held_out(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if not request.node.get_closest_marker("holdout"):
        monkeypatch.setattr(nudging.is_held_out, "__defaults__", (0.0,))


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """They meet in ten weeks, so that nothing else is said meanwhile."""
    return world.meet(ben, ana, plan_at=None)


@pytest.fixture
def asked(world: World, ben: Someone, pair: Pair) -> None:
    """On a Tuesday at four in the afternoon in Dublin."""
    ben.says("ask How do you begin?")
    world.forward(minutes=1)


def the_wait(world: World) -> Wait:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Wait).order_by(Wait.id.desc())).first()  # type: ignore[return-value]


def received(someone: Someone, beginning: str) -> list[str]:
    return [message.name for message in someone.chat if message.name.startswith(beginning)]


# Whose turn


@pytest.mark.usefixtures("pair")
def test_at_first_it_is_nobodys_turn(ben: Someone) -> None:
    ben.says("whose turn")

    assert ben.sees.name == "turns.nobodys"
    assert "Nobody’s turn: Ana Byrne" in ben.reads


@pytest.mark.usefixtures("asked")
def test_both_see_whose_turn_it_is_on_their_own_clock(ben: Someone, ana: Someone) -> None:
    ben.says("whose turn is it?")
    assert ben.sees.name == "turns.theirs"
    assert "Their turn: Ana Byrne: since Tuesday 3 February, 09:00" in ben.reads
    assert "until Thursday 5 February, 09:00" in ben.reads  # two working days in Dublin

    ana.says("whose turn")
    assert ana.sees.name == "turns.yours"
    assert "Your turn: Ben Okafor: since Tuesday 3 February, 16:00" in ana.reads
    assert "[Reply to Ben]" in ana.reads


@pytest.mark.usefixtures("asked")
def test_a_reply_makes_it_nobodys_turn(world: World, ben: Someone, ana: Someone) -> None:
    ana.presses("Reply")
    ana.says("With the smallest part.")

    ben.says("whose turn")
    assert ben.sees.name == "turns.nobodys"


@pytest.mark.usefixtures("asked")
def test_a_question_in_return_makes_it_the_others_turn(world: World, ben: Someone, ana: Someone) -> None:
    ana.presses("Reply")
    ana.says("What have you tried?")
    ana.presses("I asked something back")

    ben.says("whose turn")
    assert ben.sees.name == "turns.yours"


@pytest.mark.usefixtures("asked")
def test_of_two_open_questions_the_older_comes_first(world: World, ben: Someone, ana: Someone) -> None:
    world.forward(hours=1)
    ana.says("ask What have you tried?")

    ben.says("whose turn")

    assert [fact.label for fact in ben.sees.facts] == ["Their turn", "Your turn"]
    assert "[Reply to Ana]" in ben.reads


# A promise


@pytest.mark.usefixtures("asked")
def test_a_promise_tells_the_partner_and_stops_the_nudges(world: World, ben: Someone, ana: Someone) -> None:
    ana.presses("I answer by")
    assert "[Wednesday 4 February] [Thursday 5 February] [Friday 6 February] [Another day]" in ana.reads
    ana.presses("Friday 6 February")

    assert "Ben knows that you answer by Friday 6 February" in ana.reads
    world.forward(minutes=1)
    assert "Ana has read it and answers by Friday 6 February" in ben.reads
    ben.says("whose turn")
    assert "The answer is to come by Friday 6 February." in ben.reads

    world.until(at("2026-02-09", "08:59", "Europe/Dublin"))
    assert received(ana, "turns.nudge") == received(ana, "turns.promised") == []


@pytest.mark.usefixtures("asked")
def test_a_promise_is_checked_once(world: World, ana: Someone) -> None:
    ana.presses("I answer by")
    ana.presses("Friday 6 February")

    world.until(at("2026-02-09", "09:01", "Europe/Dublin"))
    assert ana.sees.name == "turns.promised_day_is_over"
    assert "Ben: How do you begin?" in ana.reads

    world.forward(days=20)
    assert received(ana, "turns.") == ["turns.by_when", "turns.promise_kept", "turns.promised_day_is_over"]


@pytest.mark.usefixtures("asked")
def test_a_promise_that_is_kept_is_never_mentioned_again(world: World, ana: Someone) -> None:
    ana.presses("I answer by")
    ana.presses("Friday 6 February")
    world.forward(days=1)
    ana.presses("Reply")
    ana.says("With the smallest part.")

    world.forward(days=20)

    assert received(ana, "turns.promised") == []


@pytest.mark.usefixtures("asked")
def test_another_day_is_typed_as_people_say_it(world: World, ben: Someone, ana: Someone) -> None:
    ana.presses("I answer by")
    ana.presses("Another day")
    ana.fills(day="in twelve years")
    assert "did not recognise" in ana.mistakes["day"]
    ana.fills(day="in one week")

    assert "Ben knows that you answer by Tuesday 10 February" in ana.reads


# A nudge


@pytest.mark.usefixtures("asked")
def test_the_first_nudge_comes_while_there_is_still_time(world: World, ana: Someone) -> None:
    """Half a working day before the two that they agreed on are over."""
    world.until(at("2026-02-05", "11:29", "Europe/Dublin"))
    assert received(ana, "turns.") == []

    world.forward(minutes=3)

    assert ana.sees.name == "turns.nudge"
    assert "Ben: How do you begin?" in ana.reads
    assert "[Why did I get this?]" in ana.reads


@pytest.mark.usefixtures("asked")
def test_the_second_has_choices_and_is_the_last(world: World, ana: Someone) -> None:
    world.until(at("2026-02-09", "16:02", "Europe/Dublin"))

    assert ana.sees.name == "turns.nudge_with_choices"
    assert "[Ask for a smaller question] [Pause] [Not my field]" in ana.reads
    world.forward(days=14)
    assert received(ana, "turns.nudge") == ["turns.nudge", "turns.nudge_with_choices"]


@pytest.mark.usefixtures("asked")
def test_only_the_side_whose_turn_it_is_is_nudged(world: World, ben: Someone, ana: Someone) -> None:
    world.forward(days=14)

    assert received(ben, "turns.") == []


@pytest.mark.usefixtures("asked")
def test_a_pause_stops_the_clock(world: World, ana: Someone) -> None:
    """F4: what is left of the time goes on when she is back."""
    ana.says("pause until 16 February")
    world.until(at("2026-02-17", "13:28", "Europe/Dublin"))
    assert received(ana, "turns.") == []

    world.forward(minutes=2)
    assert ana.sees.name == "turns.nudge"


@pytest.mark.usefixtures("asked")
def test_an_open_pause_stops_the_clock_until_she_is_back(world: World, ana: Someone) -> None:
    ana.says("pause")
    world.forward(days=20)
    assert received(ana, "turns.") == []

    ana.says("back")
    world.forward(days=1)
    assert received(ana, "turns.") == []
    world.forward(days=1)
    assert received(ana, "turns.") == ["turns.nudge"]


@pytest.mark.usefixtures("asked")
def test_whoever_wants_none_gets_none_and_can_see_that(world: World, ana: Someone) -> None:
    ana.says("nudges")
    ana.presses("Edit")
    ana.fills(a_week="0")
    world.until(at("2026-02-06", "16:05", "Europe/Dublin"))
    assert received(ana, "turns.") == []

    ana.says("why")
    assert "left out because of your wish for none" in ana.reads


@pytest.mark.usefixtures("asked")
def test_why_did_i_get_this(world: World, ana: Someone) -> None:
    world.until(at("2026-02-05", "11:32", "Europe/Dublin"))

    ana.presses("Why did I get this")

    assert "I bring it up shortly before the time that you two agreed on is over" in ana.reads
    assert "so far 1 in the last seven days" in ana.reads


@pytest.mark.usefixtures("asked")
def test_asking_for_a_smaller_question_passes_the_turn(world: World, ben: Someone, ana: Someone) -> None:
    world.until(at("2026-02-09", "16:02", "Europe/Dublin"))

    ana.presses("smaller")

    world.forward(minutes=1)
    assert "a smaller question would make it easier" in ben.reads
    ben.says("turn")
    assert ben.sees.name == "turns.yours"


@pytest.mark.holdout
@pytest.mark.usefixtures("asked")
def test_a_nudge_that_is_held_out_is_written_down_and_shown_to_whom_it_concerns(
    world: World, ana: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudging.is_held_out, "__defaults__", (1.0,))
    world.forward(days=14)

    assert received(ana, "turns.") == []
    with world.bot.open_transaction() as db:
        assert [nudge.held_out for nudge in db.scalars(select(Nudge))] == [True, True]
    ana.says("why")
    assert "deliberately did not send" in ana.reads


def test_ticking_twice_nudges_once(world: World, ben: Someone, ana: Someone, asked: None) -> None:
    world.clock.move_to(at("2026-02-05", "11:35", "Europe/Dublin"))

    world.bot.tick()
    world.bot.tick()
    world.forward(minutes=1)

    assert received(ana, "turns.") == ["turns.nudge"]


@pytest.mark.usefixtures("pair")
def test_after_three_answers_the_two_see_how_long_one_usually_takes(
    world: World, ben: Someone, ana: Someone
) -> None:
    for hours in (1, 30, 24):
        ben.says("ask How do you begin?")
        world.forward(hours=hours)
        ana.presses("^Reply")
        ana.says("With the smallest part.")
        world.forward(hours=1)
    ben.says("ask And then?")

    ben.says("whose turn")

    assert "Usually Ana answers within a working day." in ben.reads


@pytest.mark.usefixtures("asked")
def test_one_open_question_can_be_told_from_another(ben: Someone, ana: Someone) -> None:
    ben.says("ask Which book first?")

    ana.says("whose turn")

    assert [fact.value.splitlines()[-1] for fact in ana.sees.facts] == [
        "How do you begin?",
        "Which book first?",
    ]
