"""What the page sends: understood, or refused in words."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web.chat_log import Place
from adapters.web.parse import NotUnderstood, how_far, read_json, what_was_done
from bot.actions import Outdated, Typing, encode
from bot.events import Account, Commanded, Pressed, Said, Submitted

BEN = Account("web", "playground", "ben@example.org")
ID = {"id": "c0ffee00-1234"}
HELP = encode(Typing("help"))


def test_typed_words_are_said_to_the_letter() -> None:
    sent = what_was_done({**ID, "said": " Hello,\n**Ana** "}, BEN)

    assert sent.event == Said(id="c0ffee00-1234", who=BEN, text=" Hello,\n**Ana** ")


@pytest.mark.parametrize(
    ("typed", "heard"),
    [("/mentor", ""), ("/mentor pause until Monday", "pause until Monday"), (" /Mentor x", "x")],
)
def test_words_after_the_command_are_a_command_as_on_slack(typed: str, heard: str) -> None:
    sent = what_was_done({**ID, "said": typed}, BEN)

    assert sent.event == Commanded(id="c0ffee00-1234", who=BEN, text=heard)


def test_a_pressed_button_comes_back_as_the_action_it_was_drawn_with() -> None:
    sent = what_was_done({**ID, "pressed": HELP}, BEN)

    assert sent.event == Pressed(id="c0ffee00-1234", who=BEN, action=Typing("help"))
    assert sent.place is None


def test_a_pressed_button_says_on_which_card_it_was() -> None:
    place = {"line": 7, "change": 12, "pressed": " Show\nwhat I can do "}

    sent = what_was_done({**ID, "pressed": HELP, "place": place}, BEN)

    assert sent.place == Place(7, 12, "Show what I can do")
    assert sent.keeps_card


def test_a_button_that_nobody_made_is_outdated() -> None:
    sent = what_was_done({**ID, "pressed": '{"do":"drop.tables"}'}, BEN)

    assert sent.event == Pressed(id="c0ffee00-1234", who=BEN, action=Outdated())


def test_a_form_comes_with_its_answers() -> None:
    sent = what_was_done({**ID, "submitted": HELP, "answers": {"hope": "To speak up.", "days": "1,2"}}, BEN)

    assert isinstance(sent.event, Submitted)
    assert sent.event.answers == {"hope": "To speak up.", "days": "1,2"}


def test_what_people_write_stays_out_of_logs() -> None:
    sent = what_was_done({**ID, "submitted": HELP, "answers": {"hope": "SECRET-CANARY-123"}}, BEN)

    assert "CANARY" not in repr(sent)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "said",
        {},
        {"said": "no id"},
        {"id": 7, "said": "x"},
        {"id": "../../etc", "said": "x"},
        {"id": "x" * 65, "said": "x"},
        ID,
        {**ID, "said": 7},
        {**ID, "said": ["x"]},
        {**ID, "pressed": {"do": "help"}},
        {**ID, "pressed": "x" * 4001},
        {**ID, "pressed": HELP, "place": 7},
        {**ID, "pressed": HELP, "place": {"line": 7}},
        {**ID, "pressed": HELP, "place": {"line": -1, "change": 1, "pressed": ""}},
        {**ID, "pressed": HELP, "place": {"line": 2**64, "change": 1, "pressed": ""}},
        {**ID, "pressed": HELP, "place": {"line": 1.5, "change": 1, "pressed": ""}},
        {**ID, "submitted": HELP},
        {**ID, "submitted": HELP, "answers": ["x"]},
        {**ID, "submitted": HELP, "answers": {"hope": 7}},
        {**ID, "submitted": HELP, "answers": {"": "x"}},
        {**ID, "submitted": HELP, "answers": {"\ud800": "x"}},
        {**ID, "submitted": HELP, "answers": {f"n{n}": "" for n in range(101)}},
    ],
    ids=lambda odd: json.dumps(odd)[:60],
)
def test_refuses_what_no_page_of_ours_sends(odd: object) -> None:
    with pytest.raises(NotUnderstood):
        what_was_done(odd, BEN)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"id": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
    ],
    ids=lambda raw: str(raw[:12]),
)
def test_refuses_what_is_not_json_however_deep(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_json(raw)


@pytest.mark.parametrize("odd", [None, {}, {"forward": 7}, {"forward": None}])
def test_the_clock_is_told_how_far_in_a_word(odd: object) -> None:
    with pytest.raises(NotUnderstood):
        how_far(odd)

    assert how_far({"forward": "day"}) == "day"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["said", "pressed", "submitted", "answers", "place", "line", "change", "id"])


@settings(max_examples=50)
@given(st.dictionaries(keys, json_values | st.dictionaries(keys, json_values)))
def test_nothing_but_a_refusal_comes_of_anything_odd(body: dict[str, object]) -> None:
    try:
        sent = what_was_done({"id": "12345678", **body}, BEN)
    except NotUnderstood:
        return

    assert sent.event.who == BEN
