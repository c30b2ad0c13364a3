"""What the bot says, as the page draws it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web import render
from adapters.web.chat_log import Card, Line, Note, Place, Words
from bot.actions import Action, decode
from bot.directory import Listed
from bot.messages import Button, Choice, Fact, Field, File, Form, Kind, Message, Mistakes, Picture, Run, Text
from bot.prompts import Template

AT = datetime(2026, 2, 3, 16, 0, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Knock(Action, wire="test_render.knock", opens_form=True):
    door: int


def drawn(markdown: str, **values: object) -> list[render.Json]:
    return render.blocks(Template(markdown).fill(values))


def test_a_blank_line_makes_a_paragraph() -> None:
    assert drawn("First.\n\nSecond.") == [
        {"paragraph": [["First.", False]]},
        {"paragraph": [["Second.", False]]},
    ]


def test_bold_words_are_runs_of_their_own() -> None:
    assert drawn("Meet **{who}** soon", who="Ana") == [
        {"paragraph": [["Meet ", False], ["Ana", True], [" soon", False]]}
    ]


def test_bullets_are_a_list_also_right_below_a_line() -> None:
    blocks = drawn("Two things:\n- Read **this**\n- Answer\n\nThat is all.")

    assert blocks == [
        {"paragraph": [["Two things:", False]]},
        {"list": [[["Read ", False], ["this", True]], [["Answer", False]]]},
        {"paragraph": [["That is all.", False]]},
    ]


def test_a_bold_beginning_keeps_its_bullet_out_of_the_words() -> None:
    assert drawn("- **prep**: say what you want") == [
        {"list": [[["prep", True], [": say what you want", False]]]}
    ]


def test_what_people_write_stays_as_they_wrote_it() -> None:
    wrote = "<b>no</b> **stars**\n\n\t• not a list & \u05e9\u05dc\u05d5\u05dd"
    message = Message(name="brief", text=(), facts=(Fact("She wrote", wrote),))

    assert render.message(message, "/files")["facts"] == [
        {"label": "She wrote", "value": wrote, "link": False}
    ]


def test_a_button_carries_its_action_and_says_if_it_opens_a_form() -> None:
    message = Message(name="ask", text=(), buttons=(Button("Knock", Knock(7)),))

    [button] = render.message(message, "/files")["buttons"]

    assert (button["label"], button["opens"]) == ("Knock", True)
    assert decode(button["action"]) == Knock(7)


def test_a_file_is_a_name_and_an_address_without_its_content() -> None:
    invitation = File("tea.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")
    card = Card(Message(name="sessions", text=(), files=(invitation,)))

    line = render.line(Line(7, 9, AT, card), person_id=3)

    assert line["card"]["files"] == [
        {
            "name": "tea.ics",
            "type": "text/calendar; method=REQUEST",
            "size": 15,
            "address": "/people/3/messages/7/files/0",
        }
    ]


def test_a_picture_is_its_words_and_an_address_that_changes_with_it() -> None:
    header = b"\x89PNG\r\n\x1a\n" + bytes(8) + (800).to_bytes(4) + (600).to_bytes(4)
    picture = Picture("pairs.png", header, "On track: 12.", "Pairs")

    line = render.line(Line(7, 9, AT, Card(Message(name="x", text=(), pictures=(picture,)))), person_id=3)

    assert line["card"]["pictures"] == [
        {
            "address": "/people/3/messages/7/pictures/0?change=9",
            "title": "Pairs",
            "alt": "On track: 12.",
            "width": 800,
            "height": 600,
        }
    ]


@pytest.mark.parametrize(
    ("media_type", "sent_as"),
    [
        ("text/calendar; method=REQUEST", "text/calendar; method=REQUEST"),
        ("application/json", "application/json"),
        ("TEXT/HTML", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_a_file_is_never_sent_as_something_that_runs(media_type: str, sent_as: str) -> None:
    assert render.media_type(File("x", media_type, b"")) == sent_as


def test_each_kind_of_line_says_when_and_what() -> None:
    basics = {"id": 1, "change": 2, "at": "2026-02-03T16:00:05Z"}

    assert render.line(Line(1, 2, AT, Words("Hi")), 3) == {**basics, "typed": "Hi"}
    assert render.line(Line(1, 2, AT, Note("Skip")), 3) == {**basics, "pressed": "Skip"}
    card = render.line(Line(1, 2, AT, Card(Message(name="x", text=()), "Skip", AT)), 3)
    assert (card["pressed"], card["pressed_at"]) == ("Skip", "2026-02-03T16:00:05Z")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_form_says_all_about_each_kind_of_field(kind: Kind) -> None:
    field = Field(
        name="when",
        kind=kind,
        label="When",
        hint="Any day",
        value="2",
        required=True,
        choices=(Choice("2", "Tuesday"),),
        limit=9,
    )
    form = Form(
        name="f",
        title="T",
        intro=(Run("Hi"),),
        fields=(field,),
        submit="Go",
        action=Knock(1),
        language="de",
    )

    shown = render.form(form, Place(4, 5, "Write"))

    assert shown["fields"] == [
        {
            "name": "when",
            "kind": kind,
            "label": "When",
            "hint": "" if kind == "day" else "Any day",  # the browser draws a calendar for it
            "value": "2",
            "required": True,
            "limit": 9,
            "choices": [{"value": "2", "label": "Tuesday"}],
        }
    ]
    assert (shown["title"], shown["submit"], shown["language"]) == ("T", "Go", "de")
    assert shown["place"] == {"line": 4, "change": 5, "pressed": "Write"}
    assert decode(shown["action"]) == Knock(1)


def test_a_form_that_was_typed_for_has_no_place() -> None:
    form = Form(name="f", title="T", intro=(), fields=(), submit="Go", action=Knock(1))

    assert render.form(form, None)["place"] is None


def test_mistakes_stand_at_their_fields() -> None:
    assert render.mistakes(Mistakes({"zone": "Which?", "": "Not yet."})) == {"zone": "Which?", "": "Not yet."}


def test_a_person_is_shown_without_their_address() -> None:
    ben = Listed(
        id=3,
        name="Ben",
        email="ben@example.org",
        roles=("mentee",),
        timezone="America/Denver",
        city="Denver",
        language="en",
        partners=(4,),
        accounts=(),
        quiet="holiday",
    )

    shown = render.person(ben, received=2)

    assert shown["quiet"] == "holiday"
    assert "ben@example.org" not in json.dumps(shown)


texts = st.lists(st.builds(Run, st.text(alphabet="ab•*\n "), st.booleans()), max_size=8).map(tuple)


@given(texts)
def test_no_word_of_ours_gets_lost(text: Text) -> None:
    said = "".join(run.text for run in text)

    shown = [
        run[0]
        for block in render.blocks(text)
        for runs in ([block["paragraph"]] if "paragraph" in block else block["list"])
        for run in runs
    ]

    assert [c for c in "".join(shown) if c in "ab*"] == [c for c in said if c in "ab*"]


def test_numbered_lines_are_a_numbered_list() -> None:
    """A digest: the numbers are what one may type, and a screen reader counts them."""
    text = (Run("Two things:\n"), Run("\n1. "), Run("Ana", bold=True), Run(" asks"), Run("\n2. Your goal"))

    assert render.blocks(text) == [
        {"paragraph": [["Two things:", False]]},
        {"numbers": [[["Ana", True], [" asks", False]], [["Your goal", False]]]},
    ]
