"""What the bot says, as Teams draws it: nothing lost, nothing refused, no words that become markup."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from everything_said import (
    ATTACKS,
    ODD,
    PROMPTS,
    SPOKEN,
    Knock,
    every_form,
    every_message,
    forms,
    homes,
    letters,
    lists,
    live,
    messages,
    values_for,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from npm import npm_package
from sqlalchemy import Engine
from teams_card_limits import (
    CARD_BYTES,
    actions,
    dialog_problems,
    elements,
    inputs,
    problems,
    weight,
)

from adapters.teams import render
from adapters.teams.inputs import Words, answers, unmarked, words_in
from bot.actions import Action, decode, encode
from bot.events import Account
from bot.messages import (
    Button,
    Choice,
    Fact,
    Field,
    Form,
    Home,
    Meet,
    Message,
    Mistakes,
    Part,
    Run,
    plain,
)
from bot.prompts import Entry, Template
from bot.text import is_blank

Json = dict[str, Any]

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT.parent / "shared" / "schemas" / "adaptive-card-1.5.0.json"
TOKEN, PLACE = "0123456789abcdef" * 2, "1770134405000"
WORDS = words_in(PROMPTS, "en")
PRESSED = "You chose “Save”."


@dataclass(frozen=True)
class OpenIt(Action, wire="test_teams_render.open", opens_form=True):
    door: str = ""


@dataclass(frozen=True, kw_only=True)
class Asking(Message):
    form: Form | None = None


# Reading what was drawn


def said(markdown: str, **values: object) -> Message:
    return Message(name="x", text=Template(markdown).fill(values))


def drawn(message: Message, **more: Any) -> Json:
    [sheet] = cards(message, **more)
    return sheet


def cards(message: Message, **more: Any) -> list[Json]:
    given = {"dialogs": True, "words": WORDS, **more}
    return [sheet.card for sheet in render.message(message, TOKEN, **given)]


def read(value: object) -> str:
    """All text of ours and of people, in order."""
    return "".join(run["text"] for run in (*elements(value, "TextBlock"), *elements(value, "TextRun")))


def quoted(card: Json) -> list[str]:
    """What stands in quotations, without their labels."""
    boxes = elements(card, "Container")
    return [read(block) for box in boxes for block in box["items"] if not _is_label(block)]


def _is_label(block: Json) -> bool:
    return all(run.get("weight") == "Bolder" for run in block["inlines"])


def wrong(drawn: Iterable[Json]) -> list[str]:
    return [problem for card in drawn for problem in problems(card)]


def field(kind: Any = "text", **values: Any) -> Field:
    return Field(**{"name": "hopes", "kind": kind, "label": "Hopes?"} | values)


def form(*fields: Field, **values: Any) -> Form:
    ours: dict[str, Any] = {"name": "f", "title": "Form", "intro": (), "submit": "Go", "action": Knock()}
    return Form(**ours | values, fields=fields)


def form_card(asked: Form, **more: Any) -> Json:
    return render.form_card(asked, TOKEN, **{"at": PLACE, "words": WORDS, **more}).card


def asked(field: Field) -> Json:
    """The one input for a field."""
    [found] = inputs(form_card(form(field)))
    return found


def buttons(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(label, Knock(label)) for label in labels)


# Our own words


def test_paragraphs_stay_apart_and_bold_words_are_runs_of_their_own() -> None:
    card = drawn(said("Meet **{who}** soon.\n\nOr not.", who="Ana"))

    assert card["body"] == [
        {
            "type": "RichTextBlock",
            "spacing": "Small",
            "inlines": [
                {"type": "TextRun", "text": "Meet "},
                {"type": "TextRun", "text": "Ana", "weight": "Bolder"},
                {"type": "TextRun", "text": " soon."},
            ],
        },
        {"type": "RichTextBlock", "spacing": "Medium", "inlines": [{"type": "TextRun", "text": "Or not."}]},
    ]


def test_words_of_a_list_hang_beside_their_bullet() -> None:
    card = drawn(said("Two things:\n- Read **this**\n- Answer\n\nThat is all."))

    first, second = elements(card, "ColumnSet")
    assert [read(column) for column in first["columns"]] == ["•", "Read this"]
    assert [read(column) for column in second["columns"]] == ["•", "Answer"]
    assert [block["type"] for block in card["body"]] == [
        "RichTextBlock",
        "ColumnSet",
        "ColumnSet",
        "RichTextBlock",
    ]


def test_a_long_list_hangs_no_longer_before_it_needs_a_second_card() -> None:
    card = drawn(said("Many things:\n" + "- Something to **read**, slowly\n" * 28))

    assert elements(card, "ColumnSet") == []
    assert read(card).count("• Something to read, slowly") == 28


def test_numbers_stay_what_can_be_typed() -> None:
    card = drawn(Message(name="digest", text=(Run("2. Ana\n3. Ben\n01. Cleo\n1. "),)))

    assert [read(row["columns"][0]) for row in elements(card, "ColumnSet")] == ["2.", "3."]
    assert read(card["body"][2]) == "01. Cleo\n1. "


def test_a_message_without_anything_can_be_sent() -> None:
    assert wrong([drawn(Message(name="x", text=(Run("\n\n"),)))]) == []


def test_the_language_is_told_and_the_text_for_those_who_cannot_see_the_card_is_its_own() -> None:
    [sheet] = render.message(replace(said("**Hallo** du.\n\n- Eins"), language="de"), TOKEN, dialogs=True)

    assert sheet.card["lang"] == "de"
    assert sheet.summary == sheet.card["fallbackText"] == "Hallo du.\n• Eins"


def test_a_sheet_is_sent_as_a_message_with_a_card() -> None:
    [sheet] = render.message(said("Hello"), TOKEN, dialogs=True)

    assert render.activity(sheet) == {
        "type": "message",
        "summary": "Hello",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "content": sheet.card},
        ],
    }


# What people write

MORE_ATTACKS = [
    pytest.param("{{DATE(2026-03-04T09:30:00Z, LONG)}} {{TIME(2026-03-04T09:30:00Z)}}", id="dates"),
    pytest.param("<at>Ana Byrne</at> <at id='0'>x</at>", id="mention"),
    pytest.param("${$root.x} ${if(true, 1, 2)}", id="templates"),
    pytest.param("<script>alert(1)</script><img src=x onerror=alert(1)>", id="html"),
    pytest.param("# Heading\n> quote\n```\ncode\n```\n| a | b |\n|---|---|", id="blocks"),
]
ODD_WORDS = [*ATTACKS, *MORE_ATTACKS]


@pytest.mark.parametrize("words", ODD_WORDS)
def test_words_of_people_are_shown_as_they_were_written(words: str) -> None:
    found = cards(Message(name="brief", text=(), facts=(Fact("Ana wrote", words),)))

    assert wrong(found) == []
    assert "".join(text for card in found for text in quoted(card)) == words


@pytest.mark.parametrize("words", ODD_WORDS)
def test_words_of_people_among_ours_are_no_markup_either(words: str) -> None:
    found = cards(said("**{who}** and {who}", who=words), line=f"You chose “{words}”.")

    assert wrong(found) == []
    assert [element for card in found for element in elements(card, "TextBlock")] == []


@pytest.mark.parametrize("words", ODD_WORDS)
def test_words_of_people_in_a_form_are_no_markup(words: str) -> None:
    choices = (Choice("1", words[:300]), Choice("2", "b"))
    fields = [
        field(value=words),
        *(field(k, name=k, choices=choices, label=words) for k in ("choice", "choices")),
    ]
    card = form_card(form(*fields, intro=(Run(words),), title=words), mistakes=Mistakes({"choice": words}))

    assert problems(card) == []
    assert inputs(card)[0]["value"] == words


@pytest.mark.parametrize("words", ODD_WORDS)
def test_a_title_of_a_choice_is_no_markdown_and_looks_the_same(words: str) -> None:
    title = unmarked(words[:300])

    assert MarkdownIt("js-default").render(title) == _as_html(title)
    assert _as_read(title) == _as_read(" ".join(words[:300].split()))


def _as_html(title: str) -> str:
    escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
    return f"<p>{''.join(escapes.get(character, character) for character in title)}</p>\n" if title else ""


def _as_read(title: str) -> str:
    return title.replace("\u2060", "").replace("\u2217", "*").replace("\u02cb", "`")


def test_a_closed_list_shows_letters_as_they_are() -> None:
    many = tuple(Choice(str(number), f"*Goal* {number}") for number in range(30))
    card = form_card(form(field("choice", choices=many)))

    assert inputs(card)[0]["choices"][3]["title"] == "*Goal* 3"


def test_a_long_label_of_a_button_is_shortened_and_whole_above_it() -> None:
    label = "To lead a meeting " * 4
    card = drawn(Message(name="x", text=(), buttons=buttons(label)))

    [button] = actions(card)
    assert button["title"].endswith("…")
    assert button["tooltip"] == label
    assert label in read(card)
    assert problems(card) == []


@pytest.mark.parametrize(
    "words",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "msteams://x",
        "http://plain.example",
        "https://hr.example@evil.example",
        "https://hr.example\u202egro.live",
    ],
)
def test_what_is_no_link_after_all_is_shown_as_text(words: str) -> None:
    card = drawn(said("Hi"), link=("Open", words))
    fact = drawn(Message(name="x", text=(), facts=(Fact("Draft", words, is_link=True),)))

    assert actions(card) == []
    assert [run for run in elements(fact, "TextRun") if "selectAction" in run] == []
    assert quoted(fact) == [words]


def test_a_link_shows_where_it_leads() -> None:
    address = "https://example.org/a?b=c&d=%20#e"
    card = drawn(Message(name="x", text=(), facts=(Fact("Draft", address, is_link=True),)))

    [run] = [run for run in elements(card, "TextRun") if "selectAction" in run]
    assert (run["text"], run["selectAction"]) == (address, {"type": "Action.OpenUrl", "url": address})
    assert problems(card) == []


@pytest.mark.parametrize("much", [1, 3000, 3001, 40_000])
def test_a_text_of_any_length_goes_on_until_its_end(much: int) -> None:
    words = ("seven words that are written one by one \U0001f469\u200d\U0001f467 " * (much // 40 + 1))[:much]
    found = cards(Message(name="x", text=(), facts=(Fact("Ana wrote", words),)))

    assert wrong(found) == []
    assert len(found) == 1 or much > 3001
    assert "".join(text for card in found for text in quoted(card)) == words


def test_a_continued_answer_says_again_whose_it_is() -> None:
    first, *_, last = cards(Message(name="x", text=(), facts=(Fact("Ana wrote", "word " * 4000),)))

    assert read(first).startswith("Ana wrote")
    assert read(last).startswith("Ana wrote …")


@pytest.mark.parametrize("words", [" ", "\n\n", "\u200b", "\U0001f642"])
def test_an_almost_empty_answer_can_be_shown(words: str) -> None:
    assert wrong(cards(Message(name="x", text=(), facts=(Fact("Ana wrote", words),)))) == []


# Buttons


def test_a_button_carries_its_action_for_new_clients_and_for_old_ones() -> None:
    [button] = actions(drawn(Message(name="x", text=(), buttons=(Button("Knock", Knock("7")),))))

    assert (button["type"], button["verb"], button["title"]) == ("Action.Execute", Knock.wire, "Knock")
    assert button["data"] == {"do": encode(Knock("7")), "card": TOKEN, "label": "Knock"}
    assert button["fallback"] == {"type": "Action.Submit", "title": "Knock", "data": button["data"]}
    assert decode(button["data"]["do"]) == Knock("7")


def test_a_button_that_opens_a_form_opens_a_dialog_where_there_are_any() -> None:
    message = Message(name="x", text=(), buttons=(Button("Open", OpenIt()),))

    [in_teams], [elsewhere] = actions(drawn(message)), actions(drawn(message, dialogs=False))

    assert in_teams["type"] == "Action.Submit"
    carried = {"do": encode(OpenIt()), "card": TOKEN, "label": "Open"}
    assert in_teams["data"] == {"msteams": {"type": "task/fetch"}, **carried}
    assert elsewhere["type"] == "Action.Execute"


def test_buttons_stand_below_the_last_of_several_cards() -> None:
    message = Message(name="x", text=(), facts=(Fact("Ana", "word " * 4000),), buttons=buttons("A", "B"))
    *others, last = cards(message)

    assert others
    assert [actions(card) for card in others] == [[]] * len(others)
    assert [button["title"] for button in actions(last)] == ["A", "B"]
    assert quoted(last)


def test_more_buttons_than_a_card_may_have_go_on_below() -> None:
    found = cards(Message(name="x", text=(Run("Which?"),), buttons=buttons(*map(str, range(14)))))

    assert [[button["title"] for button in actions(card)] for card in found] == [
        ["0", "1", "2", "3", "4", "5"],
        ["6", "7", "8", "9", "10", "11"],
        ["12", "13"],
    ]
    assert wrong(found) == []


def test_a_row_is_no_wider_than_teams_shows_without_cutting_labels() -> None:
    labels = ("Reply", "I answer by …", "Ask for a smaller question", "Pause", "Why did I get this?")
    card = drawn(Message(name="x", text=(), buttons=buttons(*labels)))

    rows = elements(card, "ActionSet")
    assert [[button["title"] for button in row["actions"]] for row in rows] == [
        ["Reply", "I answer by …", "Ask for a smaller question"],
        ["Pause", "Why did I get this?"],
    ]


def test_a_button_may_open_an_address() -> None:
    card = drawn(
        said("Hello"), link=("Write to Ana", "https://teams.microsoft.com/l/chat/0/0?users=a@b.example")
    )

    [button] = actions(card)
    assert (button["type"], button["title"]) == ("Action.OpenUrl", "Write to Ana")
    assert problems(card) == []


def test_a_card_that_was_pressed_says_so_in_its_last_line() -> None:
    saved = replace(said("Saved."), buttons=buttons("Undo"))
    [sheet] = render.message(saved, TOKEN, dialogs=True, line="You chose “Save”.")

    assert sheet.card["body"][-2]["type"] == "ActionSet"
    [run] = sheet.card["body"][-1]["inlines"]
    assert (run["text"], run["size"], run["isSubtle"]) == ("You chose “Save”.", "Small", True)
    assert sheet.summary == "Saved.\nYou chose “Save”."


# Forms


def test_a_form_in_a_chat_carries_what_it_is_about() -> None:
    card = form_card(form(field(), action=Knock("7"), again=OpenIt("3")))

    [send] = actions(card)
    again = encode(OpenIt("3"))
    assert (send["type"], send["title"], send["verb"]) == ("Action.Execute", "Go", Knock.wire)
    carried = {"do": encode(Knock("7")), "card": TOKEN, "label": "Form", "at": PLACE, "again": again}
    assert send["data"] == carried
    assert send["data"] == send["fallback"]["data"]


def test_a_form_in_a_dialog_is_sent_from_there() -> None:
    task = render.dialog(form(field(), title="Before you meet"), TOKEN, at=PLACE, words=WORDS)

    [send] = actions(task["card"]["content"])
    assert (task["title"], send["type"], send["data"]["again"]) == ("Before you meet", "Action.Submit", "")
    assert dialog_problems(task) == []


def test_a_long_title_of_a_dialog_is_whole_in_the_first_line() -> None:
    title = "Before you meet Ana on Tuesday, the third of a month in spring"
    task = render.dialog(form(field(), title=title), TOKEN)

    assert task["title"].endswith("…")
    assert read(task["card"]["content"]["body"][0]) == title
    assert dialog_problems(task) == []


@pytest.mark.parametrize(("kind", "multiline"), [("line", False), ("text", True)])
def test_what_is_typed_has_its_question_and_its_hint(kind: str, multiline: bool) -> None:
    card = form_card(form(field(kind, hint="One line.", value="So far", required=True, limit=300)))

    assert inputs(card) == [
        {
            "type": "Input.Text",
            "isMultiline": multiline,
            "maxLength": 300,
            "value": "So far",
            "id": "in.hopes",
            "label": "Hopes?",
            "spacing": "Large",
            "isRequired": True,
            "errorMessage": "This one needs an answer.",
        }
    ]
    assert read(card["body"][-2]) == "One line."


def test_words_longer_than_their_field_allows_now_can_still_be_shortened_by_whoever_wrote_them() -> None:
    found = asked(field(value="\U0001f642" * 200, limit=300))

    assert (found["value"], found["maxLength"]) == ("\U0001f642" * 200, 400)


def test_nobody_is_held_up_where_there_are_no_words_for_it() -> None:
    card = form_card(form(field(required=True)), words=Words())

    assert "isRequired" not in inputs(card)[0]


def test_answers_are_told_from_what_a_card_says_of_itself() -> None:
    data = {"in.do": "typed", "do": encode(Knock()), "card": TOKEN, "in.list": ["x"], "other": "z"}

    assert answers(data) == {"do": "typed"}


@pytest.mark.parametrize(
    ("kind", "number", "style"),
    [
        ("choice", 7, "expanded"),
        ("choice", 8, "compact"),
        ("choices", 20, "expanded"),
        ("choices", 21, "compact"),
        ("choices", 250, "compact"),
    ],
)
def test_a_choice_is_as_easy_as_its_number_allows(kind: str, number: int, style: str) -> None:
    choices = tuple(Choice(str(value), f"Person {value}") for value in range(number))
    found = asked(field(kind, choices=choices, value="1"))

    assert (found["style"], found["isMultiSelect"], found["value"]) == (style, kind == "choices", "1")
    assert [choice["value"] for choice in found["choices"]] == [str(n) for n in range(number)]


def test_several_choices_are_held_as_they_were_but_for_those_that_are_gone() -> None:
    choices = tuple(Choice(value, value) for value in "abc")

    assert asked(field("choices", choices=choices, value="c,gone,a"))["value"] == "a,c"
    assert "value" not in asked(field("choice", choices=choices, value="gone"))


def test_a_choice_among_nothing_is_left_out() -> None:
    card = form_card(form(field("choice"), field("choices"), field()), mistakes=Mistakes({"hopes": "Which?"}))

    assert [found["type"] for found in inputs(card)] == ["Input.Text"]


def test_a_form_and_a_home_with_nothing_in_them_can_be_shown() -> None:
    assert problems(form_card(form())) == []
    assert wrong(sheet.card for sheet in render.home(Home(()), TOKEN, dialogs=True)) == []


@pytest.mark.parametrize(
    ("kind", "value", "element"),
    [
        ("day", "", "Input.Date"),
        ("day", "2026-03-04", "Input.Date"),
        ("day", "in two weeks", "Input.Text"),
        ("day", "2026-02-31", "Input.Text"),
        ("day", "20260304", "Input.Text"),
        ("time", "", "Input.Time"),
        ("time", "09:30", "Input.Time"),
        ("time", "9:30", "Input.Text"),
        ("time", "half nine", "Input.Text"),
    ],
)
def test_a_day_and_a_time_are_picked_unless_words_were_typed(kind: str, value: str, element: str) -> None:
    card = form_card(form(field(kind, value=value, hint="For example in four weeks")))

    [found] = inputs(card)
    assert (found["type"], found.get("value", "")) == (element, value)
    assert ("For example" in read(card)) == (element != "Input.Date")


def test_mistakes_stand_at_their_fields_and_the_others_at_the_first() -> None:
    fields = [field(value="So far"), field("line", name="zone", label="Zone?")]
    card = form_card(
        form(*fields, title=""), mistakes=Mistakes({"zone": "Which?", "": "Not yet.", "gone": "Over."})
    )

    hopes, zone = inputs(card)
    assert (hopes["label"], zone["label"]) == ("Hopes? (see above)", "Zone? (see above)")
    assert hopes["value"] == "So far"
    assert [run["color"] for run in elements(card, "TextRun")] == ["Attention", "Attention"]
    assert read(card) == "Not yet. Over.Which?"
    assert problems(card) == []


def test_whoever_sends_a_long_form_with_a_mistake_is_told_where_they_are() -> None:
    long = form(field(), field(name="b"), field(name="c"))

    assert read(form_card(long, mistakes=Mistakes({"hopes": "Which?"}))).endswith(WORDS.not_taken)
    assert WORDS.not_taken not in read(form_card(long))
    assert WORDS.not_taken not in read(form_card(form(field()), mistakes=Mistakes({"hopes": "Which?"})))


def test_a_mistake_of_a_form_without_fields_is_shown_all_the_same() -> None:
    card = form_card(form(), mistakes=Mistakes({"gone": "Over."}))

    assert "Over." in read(card)


# A message with its form


def asking(*buttons: Button, **values: Any) -> Asking:
    inside = form(field(required=True), intro=(Run("Three questions."),), again=OpenIt("all"), **values)
    kept = (Fact("Kept", "a note"),)
    return Asking(name="x", text=(Run("One question."),), facts=kept, buttons=buttons, form=inside)


def test_a_message_may_have_its_form_inside() -> None:
    card = drawn(asking(Button("All at once", OpenIt("all")), Button("Skip", Knock("skip"))))

    send, skip = actions(card)
    assert read(card) == "Three questions.Kepta note"
    assert [found["id"] for found in inputs(card)] == ["in.hopes"]
    assert (send["title"], send["type"], skip["title"]) == ("Go", "Action.Execute", "Skip")
    assert send["data"]["again"] == encode(OpenIt("all"))
    assert problems(card) == []


def test_other_buttons_than_that_of_the_form_send_nothing_that_was_typed_and_are_not_held_up() -> None:
    """Some clients check the fields for every button, whatever it says."""
    card = drawn(asking(Button("Skip", Knock("skip"))))

    send, skip = actions(card)
    assert "associatedInputs" not in send
    assert skip["associatedInputs"] == skip["fallback"]["associatedInputs"] == "none"
    assert "isRequired" not in inputs(card)[0]
    assert "isRequired" in inputs(drawn(asking()))[0]


def test_the_fields_of_a_message_and_their_button_stay_on_one_card() -> None:
    message = replace(asking(*buttons(*map(str, range(8)))), facts=(Fact("Kept", "word " * 4000),))
    found = cards(message)

    [with_fields] = [card for card in found if inputs(card)]
    assert actions(with_fields)[0]["title"] == "Go"
    assert sum(len(actions(card)) for card in found) == 9
    assert wrong(found) == []


# Homes, and messages as answers in a dialog


def many_parts(number: int, facts: int = 1, pressed: int = 2) -> Home:
    message = Message(
        name="x",
        text=(Run("Text"),),
        facts=tuple(Fact("Wrote", f"something {fact}") for fact in range(facts)),
        buttons=buttons(*(f"Open {n}" for n in range(pressed))),
    )
    return Home(tuple(Part(f"Part {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[part]}", message) for part in range(number)))


def test_a_home_has_its_parts_below_their_headings_and_no_more_buttons_than_a_card_may_have() -> None:
    sheets = render.home(many_parts(8), TOKEN, dialogs=True)

    found = [sheet.card for sheet in sheets]
    assert wrong(found) == []
    assert [len(actions(card)) for card in found] == [6, 6, 4]
    headings = [block["text"] for card in found for block in elements(card, "TextBlock")]
    assert headings == [f"Part {letter}" for letter in "ABCDEFGH"]
    assert found[0]["body"][2]["type"] == "Container"
    assert found[0]["body"][3]["type"] == "ActionSet"


def test_a_part_that_is_too_much_for_a_card_goes_on_in_the_next() -> None:
    sheets = render.home(many_parts(2, facts=100), TOKEN, dialogs=True)

    assert wrong(sheet.card for sheet in sheets) == []
    assert sum(read(sheet.card).count("something") for sheet in sheets) == 200


def test_a_heading_with_more_than_letters_is_no_markdown_either() -> None:
    part = Part("*You* and [Ana](https://evil.example)", said("Hi"))
    [sheet] = render.home(Home((part,)), TOKEN, dialogs=True)

    assert elements(sheet.card, "TextBlock") == []
    assert read(sheet.card).startswith(part.title)


def test_a_home_may_say_how_to_write_to_somebody() -> None:
    meet = Meet(Account("teams", "t", "u"), "Write to Ana")
    home = Home((Part("You and Ana", replace(said("Hi"), meet=meet)),))
    [sheet] = render.home(
        home, TOKEN, dialogs=True, link_to=lambda meet: (meet.label, "https://teams.microsoft.com/l/chat/0/0")
    )

    assert [button["title"] for button in actions(sheet.card)] == ["Write to Ana"]


def test_a_message_can_be_an_answer_in_a_dialog() -> None:
    task = render.shown(replace(said("**Hello** there"), buttons=buttons("A")), "What you keep here")

    assert dialog_problems(task) == []
    assert (task["title"], read(task["card"])) == ("What you keep here", "Hello there")
    assert actions(task["card"]) == []


# Everything that the bot says


def every_card(messages: Iterable[Message], forms: Iterable[Form]) -> Iterator[tuple[str, Json]]:
    """In every state that a card may be in, with the name of what it shows."""
    for message in messages:
        for more in ({"dialogs": True}, {"dialogs": False, "line": PRESSED}):
            yield from ((message.name, card) for card in cards(message, **more))
        assert dialog_problems(render.shown(message, "An answer")) == [], message.name
    for form in forms:
        mistaken = Mistakes({field.name: "Not like this." for field in form.fields} | {"": "Not yet."})
        inside = Asking(name=form.name, text=(), form=form, buttons=buttons("Skip", "Later"))
        yield from ((form.name, card) for card in cards(inside))
        for mistakes in (None, mistaken):
            yield form.name, form_card(form, mistakes=mistakes, line=PRESSED)
            task = render.dialog(form, TOKEN, at=PLACE, mistakes=mistakes, words=WORDS)
            assert dialog_problems(task) == [], form.name
            yield form.name, task["card"]["content"]


def unlike(found: Iterable[tuple[str, Json]]) -> dict[str, tuple[str, Json]]:
    return {json.dumps(card): (name, card) for name, card in found}


def said_by_the_schema(found: Iterable[Json]) -> Iterator[list[str]]:
    """Microsoft's, which does not know what Teams adds."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: no schema of cards")
    if not SCHEMA.exists():
        pytest.skip("the schema of Adaptive Cards is not here")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft6Validator({**schema, "$ref": "#/definitions/AdaptiveCard"})
    for card in found:
        errors = validator.iter_errors({key: value for key, value in card.items() if key != "msteams"})
        yield [jsonschema.exceptions.best_match([error]).message[:200] for error in errors]


def said_by_the_parser(found: Sequence[Json]) -> list[list[str]]:
    """Microsoft's, once for all of them: it takes a while to start."""
    package = npm_package("adaptivecards", "3.0.6")
    script = Path(__file__).with_name("teams_cards.cjs")
    command = ["node", str(script), str(package)]
    told = json.dumps(found)
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=True, timeout=120)
    events: list[list[str]] = json.loads(done.stdout)
    return events


@pytest.fixture(scope="module", params=SPOKEN)
def prompted(request: pytest.FixtureRequest) -> list[tuple[str, Json]]:
    """Every prompt, with plain words in it."""
    language = request.param
    entries = [SPOKEN[language].entry(language, name) for name in sorted(SPOKEN[language].names(language))]
    messages, forms = drawn_from(entries, "words")
    return list(unlike(every_card(messages, forms)).values())


def drawn_from(entries: Iterable[Entry], words: str) -> tuple[list[Message], list[Form]]:
    messages, forms = list[Message](), list[Form]()
    for entry in entries:
        if "title" in entry.source:
            forms.append(every_form(entry, words, values_for(entry, words)))
        else:
            messages.append(every_message(entry, words, values_for(entry, words)))
    return messages, forms


def test_every_prompt_is_drawn_as_microsofts_schema_defines_cards(prompted: list[tuple[str, Json]]) -> None:
    errors = said_by_the_schema([card for _, card in prompted])

    assert [(name, found) for (name, _), found in zip(prompted, errors, strict=True) if found] == []


def test_every_prompt_is_drawn_as_microsofts_parser_reads_cards(prompted: list[tuple[str, Json]]) -> None:
    events = said_by_the_parser([card for _, card in prompted])

    assert [(name, found) for (name, _), found in zip(prompted, events, strict=True) if found] == []


@pytest.mark.parametrize("language", SPOKEN)
def test_every_prompt_is_within_the_limits_whatever_fills_it(language: str) -> None:
    words = "Ana-Lena <Kühn> & *tada* [x](https://evil.example) \U0001f469\u200d\U0001f467 " * 4
    entries = [SPOKEN[language].entry(language, name) for name in SPOKEN[language].names(language)]
    messages, forms = drawn_from(entries, words)

    assert [(name, problems(card)) for name, card in every_card(messages, forms) if problems(card)] == []
    for message in messages:
        shown = read(cards(message))
        for words in [plain(message.text), *(fact.value for fact in message.facts)]:
            assert letters(words) in letters(shown), message.name


@pytest.mark.slow
@pytest.mark.usefixtures("_never_quiet")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", SPOKEN)
def test_whatever_two_pairs_get_to_see_is_within_the_limits(engine: Engine, language: str) -> None:
    explorers = live(engine, language)
    messages = [message for one in explorers for message in (*one.someone.chat, *one.someone.merged)]
    forms = [form for explorer in explorers for form in explorer.forms]
    parts = [Part(message.name, message) for message in messages]
    homes = [explorer.someone.opens_home() for explorer in explorers]
    homes += [Home(tuple(parts[at : at + 7])) for at in range(0, len(parts), 7)]

    assert len({message.name for message in messages}) > 80
    assert len({form.name for form in forms}) > 15
    found = unlike(every_card(messages, forms))
    sheets = [sheet for home in homes for sheet in render.home(home, TOKEN, dialogs=True)]
    found |= unlike(("home", sheet.card) for sheet in sheets)
    seen = list(found.values())
    assert [(name, problems(card)) for name, card in seen if problems(card)] == []
    events = said_by_the_parser([card for _, card in seen])
    assert [(name, said) for (name, _), said in zip(seen, events, strict=True) if said] == []


# Anything at all


@settings(max_examples=40, deadline=None)
@given(messages)
def test_any_message_is_within_the_limits_and_nothing_of_it_gets_lost(message: Message) -> None:
    found = cards(message)

    assert wrong(found) == []
    shown = "".join(text for card in found for text in quoted(card))
    assert shown == "".join(fact.value for fact in message.facts if not is_blank(fact.value))
    pressed = [button["data"]["do"] for card in found for button in actions(card)]
    assert pressed == [encode(button.action) for button in message.buttons]
    titles = [button["title"] for card in found for button in actions(card)]
    heard = letters("".join([*map(read, found), *titles]))
    assert all(letters(button.label) in heard for button in message.buttons)
    assert all(weight(card) <= CARD_BYTES for card in found if not elements(card, "Image"))


@settings(max_examples=40, deadline=None)
@given(lists)
def test_no_word_of_ours_gets_lost(text: tuple[Run, ...]) -> None:
    shown = "".join(read(card) for card in cards(Message(name="x", text=text)))

    assert letters(shown) == letters(plain(text)) or not letters(plain(text))


@settings(max_examples=40, deadline=None)
@given(forms())
def test_any_form_keeps_what_was_typed(form: Form) -> None:
    card = form_card(form)

    assert [problem for problem in problems(card) if not problem.startswith("bytes: ")] == []
    held = {found["id"]: found.get("value", "") for found in inputs(card)}
    for field in form.fields:
        if field.kind in {"line", "text", "day", "time"}:
            assert held[f"in.{field.name}"] == field.value


@settings(max_examples=15, deadline=None)
@given(homes)
def test_any_home_and_any_answer_in_a_dialog_are_within_the_limits(home: Home) -> None:
    assert wrong(sheet.card for sheet in render.home(home, TOKEN, dialogs=True)) == []


@settings(deadline=None)
@given(st.text(alphabet=ODD + "[]()#>~`=|-+{}!/hAT2", max_size=60))
def test_no_title_of_a_choice_is_markdown(words: str) -> None:
    title = unmarked(words)

    assert MarkdownIt("js-default").render(title) == _as_html(title)


# The rules themselves


def bad(change: Any) -> list[str]:
    choice = field("choice", choices=(Choice("1", "a"),), required=True)
    card = json.loads(json.dumps(form_card(form(choice, intro=(Run("Hi"),)))))
    assert problems(card) == []
    change(card)
    return problems(card)


def _put(*path: Any) -> Any:
    *way, last, value = path

    def change(card: Any) -> None:
        at = card
        for step in way:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _put("version", "1.6"),
        _put("version", None),
        _put("fallbackText", ""),
        _put("body", []),
        _put("msteams", {"entities": [{"type": "mention"}]}),
        _put("body", 0, {"type": "TextBlock", "text": "hello", "wrap": True}),
        _put("body", 0, "text", "[x](https://evil.example)"),
        _put("body", 0, "wrap", None),
        _put("body", 0, {"type": "Image", "url": "https://evil.example/x.png"}),
        _put("body", 0, {"type": "RichTextBlock", "inlines": []}),
        _put("body", 1, "inlines", 0, "text", ""),
        _put("body", 1, "inlines", 0, "text", "{{DATE(2026-03-04T09:30:00Z)}}"),
        _put(
            "body", 1, "inlines", 0, "selectAction", {"type": "Action.OpenUrl", "url": "https://evil.example"}
        ),
        _put("body", 1, "inlines", 0, "text", "x" * 10_000_0),
        _put("body", 1, "isVisible", False),
        _put("body", 2, "id", "do"),
        _put("body", 2, "label", None),
        _put("body", 2, "label", " "),
        _put("body", 2, "errorMessage", None),
        _put("body", 2, "value", "7"),
        _put("body", 2, "choices", []),
        _put("body", 2, "choices", 0, "title", "**bold**"),
        _put("body", 2, "choices", 0, "title", ""),
        _put("body", 2, "choices", [{"title": "a", "value": "1"}, {"title": "b", "value": "1"}]),
        _put("body", 2, "style", "filtered"),
        _put("body", 3, "actions", 0, "fallback", None),
        _put("body", 3, "actions", 0, "fallback", "drop"),
        _put("body", 3, "actions", 0, "fallback", "data", {"do": "{}", "card": ""}),
        _put("body", 3, "actions", 0, "verb", "other"),
        _put("body", 3, "actions", 0, "title", "x" * 41),
        _put("body", 3, "actions", 0, "title", ""),
        _put("body", 3, "actions", 0, "style", "destructive"),
        _put("body", 3, "actions", 0, "data", "card", 7),
        _put("body", 3, "actions", 0, "data", "in.hopes", "x"),
        _put(
            "body", 3, "actions", 0, {"type": "Action.OpenUrl", "title": "x", "url": "http://plain.example"}
        ),
        _put(
            "body", 3, "actions", 0, {"type": "Action.OpenUrl", "title": "x", "url": "https://a@evil.example"}
        ),
        _put("body", 3, "actions", 0, {"type": "Action.ShowCard", "title": "x", "card": {}}),
        _put("body", 3, "actions", [{"type": "Action.OpenUrl", "title": "x", "url": "https://x.org"}] * 7),
    ],
)
def test_a_bad_card_is_found(change: Any) -> None:
    assert bad(change) != []


@pytest.mark.parametrize(
    "change",
    [
        _put("body", 2, "choices", []),
        _put("body", 3, "actions", 0, "type", "Action.Nothing"),
        _put("version", "9.9"),
    ],
)
def test_microsofts_parser_finds_a_bad_card(change: Any) -> None:
    card = form_card(form(field("choice", choices=(Choice("1", "a"),)), intro=(Run("Hi"),)))
    worse = json.loads(json.dumps(card))
    change(worse)

    good, found = said_by_the_parser([card, worse])
    assert good == []
    assert found != []


@pytest.mark.parametrize("change", [_put("body", 0, "text", None), _put("body", 1, "unknown", 1)])
def test_microsofts_schema_finds_a_bad_card(change: Any) -> None:
    card = form_card(form(field(), intro=(Run("Hi"),)))
    worse = json.loads(json.dumps(card))
    change(worse)

    good, found = said_by_the_schema([card, worse])
    assert good == []
    assert found != []
