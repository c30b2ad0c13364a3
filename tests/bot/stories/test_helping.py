"""Help and the unknown: there is always an answer with a next step."""

import pytest
from world import Someone, World

from bot.actions import Outdated, decode
from bot.events import Account, Said
from bot.messages import Message


@pytest.mark.parametrize("text", ["help", "HELP", "hi", "Hello!", "?", " help ", "/help", "Hilfe", "“help”"])
def test_help_in_any_form(world: World, ben: Someone, text: str) -> None:
    world.start(ben)

    ben.says(text)

    assert "Type one of these" in ben.reads


@pytest.mark.parametrize(
    ("typo", "meant"), [("helpp", "help"), ("agrement", "agreement"), ("sesions", "sessions")]
)
def test_a_typo_gets_the_nearest_guess_and_two_buttons(ben: Someone, typo: str, meant: str) -> None:
    ben.says(typo)

    assert f"Was it {meant}?" in ben.reads
    assert len(ben.sees.buttons) == 2
    ben.says("yes")
    assert "Was it" not in ben.reads


@pytest.mark.parametrize("text", ["🎉", "What about that conference?", "a" * 4000, "=cmd|'/C calc'!A0", "1"])
def test_anything_else_is_answered_too(ben: Someone, text: str) -> None:
    """E1."""
    reply = ben.says(text)

    assert isinstance(reply, Message)
    assert reply.buttons


@pytest.mark.parametrize("text", ["", "help", "xyz", "x" * 4000, "🎉", "“pause”", "pause\u00a02 weeks"])
def test_the_slash_command_is_never_silent(ben: Someone, text: str) -> None:
    """E1, E2."""
    reply = ben.commands(text)

    assert isinstance(reply, Message)


@pytest.mark.parametrize(
    "wire",
    [
        '{"do":"prep.gone_with_last_release","session":1}',
        "null",
        "[]",
        "1",
        "{",
        "[" * 100_000,
        '{"do":["x"]}',
        "",
    ],
)
def test_a_button_nobody_knows_any_more_is_answered_politely(ben: Someone, wire: str) -> None:
    """E4."""
    action = decode(wire)

    ben.presses(action)

    assert action == Outdated()
    assert "from a while ago" in ben.reads


def test_a_stranger_is_told_kindly_and_learns_no_names(world: World, ben: Someone) -> None:
    """C7."""
    stranger = Account("test", "here", "stranger")

    reply = world.bot.handle(Said(id="x", who=stranger, text="help"))

    assert isinstance(reply, Message)
    assert "only talk with people who take part" in reply.text[0].text
    assert "Ben" not in reply.text[0].text


def test_the_same_user_of_another_workspace_is_somebody_else(world: World, ben: Someone) -> None:
    """C6."""
    namesake = Account("test", "elsewhere", ben.email)

    reply = world.bot.handle(Said(id="x", who=namesake, text="my data"))

    assert isinstance(reply, Message)
    assert reply.name == "helping.stranger"


def test_help_before_the_start_leads_to_it(ben: Someone) -> None:
    ben.says("help")
    ben.presses("Start")

    assert ben.sees.name == "welcome.clock"


def test_help_while_away_says_until_when_and_offers_the_way_back(world: World, ben: Someone) -> None:
    world.start(ben)
    ben.says("pause until 20 February")

    ben.says("help")
    assert "until Friday 20 February" in ben.reads or "until Saturday 21 February" in ben.reads
    ben.presses("I am back")

    assert ben.sees.name.startswith("pause.")


def test_help_names_the_rarer_words_too(world: World, ben: Someone) -> None:
    world.start(ben)
    ben.says("help")

    assert all(word in ben.reads for word in ("pulse", "nudges", "status", "leave", "note"))


def test_words_without_a_place_may_go_to_the_partner_or_wait_for_a_session(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)
    ben.says("What about that conference?")

    assert [button.label for button in ben.sees.buttons][:2] == [
        "Keep it for my next prep",
        "Send it to Ana",
    ]


def test_nothing_is_kept_for_a_session_that_is_not_planned(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    world.pair(ben, ana, introduced_at=world.clock())
    ben.says("What about that conference?")

    assert "Keep it" not in ben.reads
    assert "Send it to Ana" in ben.reads


def test_words_of_somebody_without_a_partner_have_no_place(world: World, ben: Someone) -> None:
    ben.says("What about that conference?")

    assert [button.word for button in ben.sees.buttons] == ["help"]
