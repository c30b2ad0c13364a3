"""What the bot says, as Slack draws it: nothing lost, nothing refused, no words that become markup."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from block_limits import length, problems
from everything_said import (
    ATTACKS,
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
    spoken,
    values_for,
)
from hypothesis import given, settings
from sqlalchemy import Engine

from adapters.slack import inputs, render
from bot.actions import decode, encode
from bot.messages import (
    Button,
    Choice,
    Fact,
    Field,
    File,
    Form,
    Home,
    Message,
    Mistakes,
    Part,
    Run,
    Text,
    plain,
)
from bot.prompts import Entry, Template
from bot.text import clean, is_blank

Json = dict[str, Any]

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT.parent / "shared" / "schemas" / "block-kit-schema.json"
DEFINITIONS = {
    "actions": "ActionsBlock",
    "context": "ContextBlock",
    "header": "HeaderBlock",
    "image": "ImageBlock",
    "input": "InputBlock",
    "rich_text": "RichTextBlock",
    "modal": "ModalView",
    "home": "HomeView",
}
TOKEN, PLACE = "0123456789abcdef" * 2, "D0123456789/1770134405.000100"


# Reading what was drawn


def said(markdown: str, **values: object) -> Message:
    return Message(name="x", text=Template(markdown).fill(values))


def drawn(message: Message) -> list[Json]:
    [sheet] = render.message(message, TOKEN)
    return sheet.blocks


def runs(blocks: object) -> Iterator[Json]:
    """All text in rich text, in order."""
    if isinstance(blocks, Mapping):
        if blocks.get("type") in {"text", "link"}:
            yield dict(blocks)
        blocks = list(blocks.values())
    if isinstance(blocks, Sequence) and not isinstance(blocks, str):
        for block in blocks:
            yield from runs(block)


def read(blocks: object) -> str:
    return "".join(run["text"] for run in runs(blocks))


def quotes(blocks: Iterable[Json]) -> list[Json]:
    elements = [element for block in of_kind("rich_text", blocks) for element in block["elements"]]
    return of_kind("rich_text_quote", elements)


def of_kind(kind: str, blocks: Iterable[Json]) -> list[Json]:
    return [block for block in blocks if block["type"] == kind]


def buttons(blocks: Iterable[Json]) -> list[Json]:
    return [element for block in of_kind("actions", blocks) for element in block["elements"]]


def wrong(sheets: Iterable[render.Sheet]) -> list[str]:
    return [problem for sheet in sheets for problem in problems({"blocks": sheet.blocks, "text": sheet.text})]


def field(kind: Any = "text", **values: Any) -> Field:
    return Field(**{"name": "hopes", "kind": kind, "label": "Hopes?"} | values)


def form(*fields: Field, **values: Any) -> Form:
    ours: dict[str, Any] = {"name": "f", "title": "T", "intro": (), "submit": "Go", "action": Knock()}
    return Form(**ours | values, fields=fields)


def asked(field: Field) -> Json:
    """The input for a field, where it is one."""
    [block] = of_kind("input", render.modal(form(field), PLACE, TOKEN)["blocks"])
    return dict(block)


# Our own words


def test_paragraphs_stay_apart_and_bold_words_are_runs_of_their_own() -> None:
    [block] = drawn(said("Meet **{who}** soon.\n\nOr not.", who="Ana"))

    assert block["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Meet "},
                {"type": "text", "text": "Ana", "style": {"bold": True}},
                {"type": "text", "text": " soon.\n\nOr not."},
            ],
        }
    ]


def test_bullets_are_a_list() -> None:
    [block] = drawn(said("Two things:\n- Read **this**\n- Answer\n\nThat is all."))

    before, bullets, after = block["elements"]
    assert (bullets["type"], bullets["style"]) == ("rich_text_list", "bullet")
    assert [read(item) for item in bullets["elements"]] == ["Read this", "Answer"]
    assert (read(before), read(after)) == ("Two things:", "\nThat is all.")


@pytest.mark.parametrize(
    ("text", "is_a_list"),
    [
        ("1. Ana\n2. Ben", True),
        ("2. Ana\n3. Ben", False),
        ("1. Ana\n3. Ben", False),
        ("01. Ana", False),
        ("1. ", False),
    ],
)
def test_numbers_are_a_list_where_slack_counts_as_we_do(text: str, is_a_list: bool) -> None:
    """They can be typed, so they have to stay what they are."""
    [block] = drawn(Message(name="digest", text=(Run(text),)))

    assert (block["elements"][0]["type"] == "rich_text_list") == is_a_list
    assert read(block) == ("AnaBen" if is_a_list else text)


def test_a_file_is_left_to_whoever_sends_it() -> None:
    [sheet] = render.message(Message(name="x", text=(Run("Hi"),), files=(File("a.ics", "", b""),)), TOKEN)

    assert "a.ics" not in json.dumps(sheet.blocks) + sheet.text


def test_a_message_without_anything_can_be_sent() -> None:
    [sheet] = render.message(Message(name="x", text=(Run("\n\n"),)), TOKEN)

    assert wrong([sheet]) == []


# What people write


@pytest.mark.parametrize("words", ATTACKS)
def test_words_of_people_are_shown_as_they_were_written(words: str) -> None:
    sheets = render.message(Message(name="brief", text=(), facts=(Fact("Ana wrote", words),)), TOKEN)
    quoted = [quote for sheet in sheets for quote in sheet.blocks]

    assert wrong(sheets) == []
    assert {run["type"] for run in runs(quoted)} == {"text"}
    assert "".join(read(block["elements"][1]) for block in quoted) == words
    assert words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in sheets[0].text


@pytest.mark.parametrize("words", ATTACKS)
def test_words_of_people_among_ours_are_no_markup_either(words: str) -> None:
    sheets = render.message(said("**{who}** and {who}", who=words), TOKEN)

    assert wrong(sheets) == []
    assert {run["type"] for sheet in sheets for run in runs(sheet.blocks)} == {"text"}


@pytest.mark.parametrize("words", ATTACKS)
def test_words_of_people_in_a_form_are_no_markup(words: str) -> None:
    choices = (Choice("1", words[:300]), Choice("2", "b"))
    fields = [
        field(value=words),
        *(field(k, name=k, choices=choices, label=words) for k in ("choice", "choices")),
    ]
    view = render.modal(form(*fields, intro=(Run(words),), title=words), PLACE, TOKEN)

    assert problems(view) == []
    [typed] = [block for block in view["blocks"] if block.get("block_id") == "hopes"]
    assert typed["element"]["initial_value"] == words


def test_words_of_people_on_a_button_are_shortened_and_whole_elsewhere() -> None:
    """D23: prompts shorten it; a longer one would be whole in the text."""
    label = "To lead a meeting " * 20
    [sheet] = render.message(Message(name="x", text=(), buttons=(Button(label, Knock()),)), TOKEN)

    [button] = buttons(sheet.blocks)
    assert length(button["text"]["text"]) <= 75
    assert button["text"]["text"].endswith("…")
    assert label.strip() in sheet.text


@pytest.mark.parametrize(
    "words",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "slack://channel?id=1",
        "http://plain.example",
        "https://hr.example@evil.example",
        "https://hr.example\u202egro.live",
    ],
)
def test_what_is_no_link_after_all_is_shown_as_text(words: str) -> None:
    """D5: whatever came to be kept as a link."""
    [block] = drawn(Message(name="x", text=(), facts=(Fact("Draft", words, is_link=True),)))

    assert {run["type"] for run in runs(block)} == {"text"}


def test_a_link_shows_where_it_leads() -> None:
    """D4: and nothing else."""
    address = "https://example.org/a?b=c&d=%20#e"
    [sheet] = render.message(Message(name="x", text=(), facts=(Fact("Draft", address, is_link=True),)), TOKEN)

    assert list(runs(sheet.blocks))[1] == {"type": "link", "url": address, "text": address}
    assert wrong([sheet]) == []


def test_marks_of_direction_stay_within_their_quotation() -> None:
    """D10: they are taken out of what is typed; a quotation is a block of its own in any case."""
    typed = clean("abc\u202e\u2066 def")
    [block] = drawn(Message(name="x", text=(), facts=(Fact("Ana wrote", typed),)))

    assert read(block["elements"][1]) == "abc def"


def test_what_no_database_takes_does_no_harm_here_either() -> None:
    """D15: it is taken out of what is typed; what an older release kept is drawn all the same."""
    for typed in ("a\ud800b\x00\x07\x7f\u2028c", clean("a\ud800b\x00\x07\x7f\u2028c")):
        message = Message(name="x", text=(Run(typed),), facts=(Fact("Ana wrote", typed),))
        assert wrong(render.message(message, TOKEN)) == []


def test_a_name_with_a_title_stays_a_name() -> None:
    """C14: what is bold is ours, and a name is bold where ours is."""
    [block] = drawn(said("From {who}: hello", who="*Programme Coordinator*"))

    assert [run.get("style") for run in runs(block)] == [None]


@pytest.mark.parametrize("much", [1, 3000, 3001, 40_000, 100_000])
def test_a_text_of_any_length_goes_on_until_its_end(much: int) -> None:
    """D16"""
    words = ("seven words that are written one by one \U0001f469\u200d\U0001f467 " * (much // 40 + 1))[:much]
    sheets = render.message(Message(name="x", text=(), facts=(Fact("Ana wrote", words),)), TOKEN)

    assert wrong(sheets) == []
    assert len(sheets) == 1 or much > 3000
    assert "".join(read(block["elements"][1]) for sheet in sheets for block in sheet.blocks) == words


@pytest.mark.parametrize("words", [" ", "\n\n", "\u200b", "\U0001f642"])
def test_an_almost_empty_answer_can_be_shown(words: str) -> None:
    """D17"""
    assert wrong(render.message(Message(name="x", text=(), facts=(Fact("Ana wrote", words),)), TOKEN)) == []


def test_a_continued_answer_says_again_whose_it_is() -> None:
    [first, second] = render.message(
        Message(name="x", text=(), facts=(Fact("Ana wrote", "word " * 1000),)), TOKEN
    )

    assert read(first.blocks).startswith("Ana wrote")
    assert read(second.blocks).startswith("Ana wrote …")


# Buttons


def test_a_button_carries_its_action() -> None:
    [block] = drawn(Message(name="x", text=(), buttons=(Button("Knock", Knock("7")),)))

    [button] = block["elements"]
    assert block["block_id"] == f"{TOKEN}.0"
    assert (button["action_id"], decode(button["value"])) == ("press.0", Knock("7"))


def test_buttons_stand_below_the_last_of_several_messages() -> None:
    many = tuple(Button(f"Goal {number}", Knock(str(number))) for number in range(12))
    sheets = render.message(
        Message(name="x", text=(), facts=(Fact("Ana wrote", "word " * 4000),), buttons=many), TOKEN
    )

    *others, last = sheets
    assert len(others) > 1
    assert [buttons(sheet.blocks) for sheet in others] == [[]] * len(others)
    assert [button["action_id"] for button in buttons(last.blocks)] == [f"press.{n}" for n in range(12)]
    assert len(of_kind("rich_text", last.blocks)) > 0


def test_a_row_is_no_longer_than_a_telephone_shows_well() -> None:
    many = tuple(Button(f"Goal {number}", Knock()) for number in range(12))

    rows = of_kind("actions", drawn(Message(name="x", text=(), buttons=many)))

    assert [len(row["elements"]) for row in rows] == [5, 5, 2]
    assert [row["block_id"] for row in rows] == [f"{TOKEN}.{n}" for n in (0, 5, 10)]


def test_a_button_may_open_an_address() -> None:
    link = ("Write to Ana", "https://slack.com/app_redirect?channel=U1")
    [sheet] = render.message(said("Hello"), TOKEN, link=link)

    [button] = buttons(sheet.blocks)
    assert (button["text"]["text"], button["url"]) == link
    assert "[Write to Ana]" in sheet.text
    assert wrong([sheet]) == []


def test_a_card_that_was_pressed_says_so_in_its_last_line() -> None:
    [sheet] = render.done(said("Saved."), TOKEN, "You pressed “Save”, 16:00 <now>")

    assert sheet.blocks[-1]["type"] == "context"
    assert sheet.blocks[-1]["elements"][0]["text"] == "You pressed “Save”, 16:00 <now>"
    assert sheet.text == "Saved.\nYou pressed “Save”, 16:00 &lt;now&gt;"


# Forms


def test_a_form_carries_what_it_is_about() -> None:
    view = render.modal(form(field(), action=Knock("7")), PLACE, TOKEN)

    kept = json.loads(view["private_metadata"])
    assert decode(kept["do"]) == Knock("7")
    assert (kept["at"], kept["token"]) == (PLACE, TOKEN)


def test_a_long_title_is_shortened_behind_a_word_and_whole_in_the_first_line() -> None:
    view = render.modal(form(field(), title="Before you meet Ana on Tuesday"), PLACE, TOKEN)

    assert view["title"]["text"] == "Before you meet Ana on…"
    assert read(view["blocks"][0]) == "Before you meet Ana on Tuesday"


@pytest.mark.parametrize(("kind", "multiline"), [("line", False), ("text", True)])
def test_what_is_typed_and_not_sent_is_heard(kind: str, multiline: bool) -> None:
    block = asked(field(kind, hint="One line.", value="So far", required=True, limit=300))

    element = block["element"]
    assert (block["block_id"], element["action_id"]) == ("hopes", "answer")
    assert (block["optional"], block["hint"]["text"]) == (False, "One line.")
    assert (element["multiline"], element["max_length"], element["initial_value"]) == (
        multiline,
        300,
        "So far",
    )
    assert block["dispatch_action"]
    assert element["dispatch_action_config"] == {"trigger_actions_on": ["on_character_entered"]}


def test_words_longer_than_their_field_allows_now_can_still_be_shortened_by_whoever_wrote_them() -> None:
    element = asked(field(value="x" * 400, limit=300))["element"]

    assert (element["initial_value"], element["max_length"]) == ("x" * 400, 400)


def test_words_longer_than_a_box_go_on_in_a_second_one() -> None:
    words = "words \U0001f642 " * 800
    view = render.modal(form(field(value=words, required=True)), PLACE, TOKEN)

    boxes = {block["block_id"]: block["element"]["initial_value"] for block in view["blocks"]}
    assert problems(view) == []
    assert list(boxes) == ["hopes", "hopes~2", "hopes~3"]
    assert [block["optional"] for block in view["blocks"]] == [False, True, True]
    assert inputs.whole(boxes) == {"hopes": words}


def test_answers_are_put_together_in_their_order() -> None:
    boxes = {f"a~{number}": str(number % 10) for number in range(11, 1, -1)} | {"b~x": "?", "a": "1"}

    assert inputs.whole(boxes) == {"a": "12345678901", "b~x": "?"}


@pytest.mark.parametrize(
    ("kind", "number", "element"),
    [
        ("choice", 10, "radio_buttons"),
        ("choice", 11, "static_select"),
        ("choice", 250, "static_select"),
        ("choices", 10, "checkboxes"),
        ("choices", 11, "multi_static_select"),
        ("choices", 250, "multi_static_select"),
    ],
)
def test_a_choice_is_as_easy_as_its_number_allows(kind: str, number: int, element: str) -> None:
    choices = tuple(Choice(str(value), f"Person {value}") for value in range(number))
    block = asked(field(kind, choices=choices, value="1"))
    view = render.modal(form(field(kind, choices=choices, value="1")), PLACE, TOKEN)

    groups = block["element"].get("option_groups", [block["element"]])
    assert block["element"]["type"] == element
    assert problems(view) == []
    assert [option["value"] for group in groups for option in group["options"]] == [
        str(n) for n in range(number)
    ]
    assert "initial_option" in str(block["element"])


def test_several_choices_are_held_as_they_were() -> None:
    choices = tuple(Choice(value, value) for value in "abc")
    element = asked(field("choices", choices=choices, value="a,c"))["element"]

    assert [option["value"] for option in element["initial_options"]] == ["a", "c"]


def test_a_choice_among_nothing_is_left_out() -> None:
    view = render.modal(form(field("choice"), field("choices"), field()), PLACE, TOKEN)

    assert [block["element"]["type"] for block in view["blocks"]] == ["plain_text_input"]


def test_a_form_and_a_home_with_nothing_in_them_can_be_shown() -> None:
    assert problems(render.modal(form(), PLACE, TOKEN)) == []
    assert problems(render.home(Home(()), TOKEN)) == []


def test_a_long_choice_goes_on_below_or_stands_above_in_full() -> None:
    below, above = "a choice of many words, " * 5, "a choice of many more words, " * 9
    view = render.modal(
        form(field("choice", choices=(Choice("1", below), Choice("2", above), Choice("3", "c")))),
        PLACE,
        TOKEN,
    )

    intro, block = view["blocks"]
    first, second, third = block["element"]["options"]
    assert f"{first['text']['text']} {first['description']['text']}" == below.strip()
    assert read(intro) == above.strip()
    assert second["description"]["text"].endswith("…")
    assert "description" not in third
    assert problems(view) == []


@pytest.mark.parametrize(
    ("kind", "value", "element", "shown"),
    [
        ("day", "2026-03-04", "datepicker", "initial_date"),
        ("day", "in two weeks", "plain_text_input", "initial_value"),
        ("day", "2026-02-31", "plain_text_input", "initial_value"),
        ("day", "20260304", "plain_text_input", "initial_value"),
        ("time", "09:30", "timepicker", "initial_time"),
        ("time", "9:30", "plain_text_input", "initial_value"),
        ("time", "half nine", "plain_text_input", "initial_value"),
    ],
)
def test_a_day_and_a_time_are_picked_unless_words_were_typed(
    kind: str, value: str, element: str, shown: str
) -> None:
    block = asked(field(kind, value=value, hint="For example in four weeks"))

    assert (block["element"]["type"], block["element"][shown]) == (element, value)
    assert ("hint" in block) == (element != "datepicker")


@pytest.mark.parametrize("kind", ["day", "time"])
def test_a_day_and_a_time_are_picked_where_there_is_none_yet(kind: str) -> None:
    assert asked(field(kind))["element"] == {
        "type": f"{kind.replace('day', 'date')}picker",
        "action_id": "answer",
    }


def test_mistakes_stand_at_their_fields_and_the_others_at_the_first() -> None:
    found = Mistakes({"zone": "Which?", "": "Not yet.", "gone": "Over."})

    assert render.errors(found, ["hopes", "zone"]) == {
        "response_action": "errors",
        "errors": {"zone": "Which?", "hopes": "Not yet. Over."},
    }


# Homes, and messages that open above them


def many_parts(number: int, facts: int = 1, pressed: int = 7) -> Home:
    message = Message(
        name="x",
        text=(Run("Text"),),
        facts=tuple(Fact("Wrote", f"something {fact}") for fact in range(facts)),
        buttons=tuple(Button(f"Open {n}", Knock()) for n in range(pressed)),
    )
    return Home(tuple(Part(f"Part {part}", message) for part in range(number)))


def test_a_home_has_its_parts_below_their_headings() -> None:
    view = render.home(many_parts(3), TOKEN)

    assert [block["text"]["text"] for block in of_kind("header", view["blocks"])] == [
        "Part 0",
        "Part 1",
        "Part 2",
    ]
    assert [button["action_id"] for button in buttons(view["blocks"])] == [f"press.{n}" for n in range(21)]
    assert problems(view) == []


def test_a_full_home_moves_closer_together_before_anything_is_left_out() -> None:
    view = render.home(many_parts(20, facts=5), TOKEN)

    assert problems(view) == []
    assert len(buttons(view["blocks"])) == 20 * 7
    assert read(view["blocks"]).count("something") == 20 * 5


def test_what_does_not_fit_a_home_is_named_in_its_last_line() -> None:
    view = render.home(many_parts(40), TOKEN, more="More in the chat: type help")

    headings = [block["text"]["text"] for block in of_kind("header", view["blocks"])]
    missing = [f"Part {number}" for number in range(len(headings), 40)]
    assert problems(view) == []
    assert read(view["blocks"][-1]) == f"More in the chat: type help … {' · '.join(missing)}"
    assert len(buttons(view["blocks"])) == 7 * len(headings)


def test_a_part_that_is_too_much_by_itself_is_shown_as_far_as_it_goes() -> None:
    view = render.home(many_parts(2, facts=4000), TOKEN)

    assert problems(view) == []
    assert read(view["blocks"]).count("something") > 1000
    assert "Part 0" in read(view["blocks"][-1])


def test_a_message_can_open_above_a_home() -> None:
    view = render.shown(said("**Hello** there"), TOKEN, "What you keep here and why")

    assert problems(view) == []
    assert view["title"]["text"] == "What you keep here and…"
    assert read(view["blocks"]) == "What you keep here and whyHello there"


# For those who listen


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# Everything that the bot says


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """What checks each kind of block, and the frame of a view, against Slack's own types."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: no Block Kit schema")
    if not SCHEMA.exists():
        pytest.skip("the schema of Block Kit is not here")
    types = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return {
        name: jsonschema.Draft7Validator({**types, "$ref": f"#/definitions/{definition}"})
        for name, definition in DEFINITIONS.items()
    }


def against(schema: Mapping[str, Any], blocks: Iterable[Json]) -> list[str]:
    return [error.message[:200] for block in blocks for error in schema[block["type"]].iter_errors(block)]


@pytest.mark.slow
@pytest.mark.usefixtures("_never_quiet")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", SPOKEN)
def test_whatever_two_pairs_get_to_see_is_within_slacks_limits(engine: Engine, language: str) -> None:
    explorers = live(engine, language)
    messages = [message for one in explorers for message in (*one.someone.chat, *one.someone.merged)]
    forms = [form for explorer in explorers for form in explorer.forms]

    assert len({message.name for message in messages}) > 80
    assert len({form.name for form in forms}) > 15
    for message in messages:
        assert spoken_wrong(message) == [], message.name
    for form in forms:
        assert problems(render.modal(form, PLACE, TOKEN)) == [], form.name
    for part in range(0, len(messages), 7):
        home = Home(tuple(Part(message.name, message) for message in messages[part : part + 7]))
        assert problems(render.home(home, TOKEN)) == []


@pytest.mark.parametrize("language", SPOKEN)
def test_every_prompt_is_drawn_as_slack_defines_its_blocks(language: str, schema: dict[str, Any]) -> None:
    prompts = SPOKEN[language]
    for name in prompts.names(language):
        entry = prompts.entry(language, name)
        if "title" in entry.source:
            view = render.modal(every_form(entry, "words", values_for(entry, "words")), PLACE, TOKEN)
            assert against(schema, [view | {"blocks": []}, *view["blocks"]]) == [], name
        else:
            message = every_message(entry, "words", values_for(entry, "words"))
            blocks = [block for sheet in render.done(message, TOKEN, "Done") for block in sheet.blocks]
            page = render.home(Home((Part("Part", message),)), TOKEN)
            assert against(schema, [*blocks, *page["blocks"][:1]]) == [], name
            assert against(schema, [page | {"blocks": []}]) == [], name


def spoken_wrong(message: Message) -> list[str]:
    """What Slack would refuse, and what somebody who listens would not hear."""
    sheets = render.done(message, TOKEN, "You pressed it")
    heard = letters(unescaped("\n".join(sheet.text for sheet in sheets)))
    unheard = [words for words in (*spoken(message), "You pressed it") if letters(words) not in heard]
    return [*wrong(sheets), *unheard]


@pytest.mark.parametrize("language", SPOKEN)
def test_every_prompt_is_within_slacks_limits_whatever_fills_it(language: str) -> None:
    wrong = {
        name: _wrong_with(SPOKEN[language].entry(language, name)) for name in SPOKEN[language].names(language)
    }

    assert {name: problems for name, problems in wrong.items() if problems} == {}


def _wrong_with(entry: Entry) -> list[str]:
    words = "Ana-Lena <Kühn> & :tada: \U0001f469\u200d\U0001f467 " * 4
    values = values_for(entry, words)
    if "title" in entry.source:
        return problems(render.modal(every_form(entry, words, values), PLACE, TOKEN))
    return spoken_wrong(every_message(entry, words, values))


# Anything at all


@settings(max_examples=40, deadline=None)
@given(messages)
def test_any_message_is_within_the_limits_and_nothing_of_it_gets_lost(message: Message) -> None:
    sheets = render.message(message, TOKEN)

    assert wrong(sheets) == []
    quoted = letters("".join(read(quote) for sheet in sheets for quote in quotes(sheet.blocks)))
    assert quoted == letters("".join(fact.value for fact in message.facts if not is_blank(fact.value)))
    heard = letters(unescaped("".join(sheet.text for sheet in sheets)))
    assert letters(plain(message.text)) in heard
    assert [button["value"] for sheet in sheets for button in buttons(sheet.blocks)] == [
        encode(button.action) for button in message.buttons
    ]
    assert all(letters(button.label) in heard for button in message.buttons)


@settings(max_examples=40, deadline=None)
@given(lists)
def test_no_word_of_ours_gets_lost(text: Text) -> None:
    shown = "".join(read(sheet.blocks) for sheet in render.message(Message(name="x", text=text), TOKEN))

    assert [c for c in shown if c in "ab"] == [c for c in plain(text) if c in "ab"]


@settings(max_examples=40, deadline=None)
@given(forms())
def test_any_form_is_within_the_limits_and_keeps_what_was_typed(form: Form) -> None:
    view = render.modal(form, PLACE, TOKEN)

    assert problems(view) == []
    held = {
        block["block_id"]: block["element"]["initial_value"]
        for block in of_kind("input", view["blocks"])
        if "initial_value" in block["element"]
    }
    for name, value in inputs.whole(held).items():
        assert value == next(field.value for field in form.fields if field.name == name)


@settings(max_examples=15, deadline=None)
@given(homes)
def test_any_home_and_any_message_above_it_are_within_the_limits(home: Home) -> None:
    assert problems(render.home(home, TOKEN)) == []
    for part in home.parts:
        assert problems(render.shown(part.message, TOKEN, part.title)) == []
