"""What typed words mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Typing
from bot.understand import Command, Seen, SeenButton, button_for, command_for, guess

WORDS = {
    "skip": frozenset({"skip", "überspringen"}),
    "pause": frozenset({"pause", "away", "stop"}),
    "help": frozenset({"help", "hi"}),
    "mydata": frozenset({"my data"}),
}
COMMANDS = ("help", "mydata", "pause")
SEEN = Seen((SeenButton("write", "Answer", Typing("a")), SeenButton("skip", "Skip this time", Typing("b"))))


@pytest.mark.parametrize("typed", ["skip", " SKIP ", "Überspringen", "skip this time", "Skip\u00a0this time"])
def test_a_button_can_be_typed(typed: str) -> None:
    """E2."""
    assert button_for(typed, SEEN, WORDS) == Typing("b")


@pytest.mark.parametrize("typed", ["", "skip it please", "2", "0", "-1", "skipp"])
def test_only_a_whole_message_is_a_button(typed: str) -> None:
    assert button_for(typed, SEEN, WORDS) is None


def test_a_number_is_a_button_only_where_the_button_shows_it() -> None:
    """Also while a question is open: whoever types the number of a line means that line."""
    digest = Seen(
        (SeenButton("", "1. Open", Typing("a")), SeenButton("", "2. Open", Typing("b"))), Typing("?")
    )

    assert button_for("2", digest, WORDS) == Typing("b")
    assert button_for("3", digest, WORDS) is None


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("pause", Command("pause")),
        ("/pause", Command("pause")),
        ("STOP.", Command("pause")),
        ("“pause”", Command("pause")),
        ("away until 4 May", Command("pause", "until 4 may")),
        ("pause\u00a02 weeks", Command("pause", "2 weeks")),
        ("my data", Command("mydata")),
        ("mydata", Command("mydata")),
        ("I want to stop guessing", None),
        ("paused", None),
        ("", None),
    ],
)
def test_a_command_stands_at_the_beginning(typed: str, command: Command | None) -> None:
    """E2, E11."""
    assert command_for(typed, WORDS, COMMANDS) == command


@given(st.text())
def test_no_text_is_too_odd(typed: str) -> None:
    """E1, I1."""
    button_for(typed, SEEN, WORDS)
    command_for(typed, WORDS, COMMANDS)
    guess(typed, WORDS, COMMANDS)


@pytest.mark.parametrize(("typed", "meant"), [("helpp", "help"), ("mydatta", "mydata"), ("my dta", "mydata")])
def test_guesses_the_nearest_command(typed: str, meant: str) -> None:
    assert guess(typed, WORDS, COMMANDS) == meant


def test_guesses_nothing_where_nothing_is_near() -> None:
    assert guess("What about that conference?", WORDS, COMMANDS) is None
