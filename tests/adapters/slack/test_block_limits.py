"""What checks the blocks sees what Slack would refuse."""

from typing import Any

import pytest
from block_limits import problems

Json = dict[str, Any]


def words(text: str, **more: object) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False, **more}


def said(text: str, **more: object) -> Json:
    run = {"type": "text", "text": text, **more}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}


def button(number: int = 0, **more: object) -> Json:
    return {
        "type": "button",
        "action_id": f"press.{number}",
        "text": words("Go"),
        "value": "{}",
        **more,
    }


def row(*buttons: Json) -> Json:
    return {"type": "actions", "block_id": "a", "elements": list(buttons)}


def asked(element: Json, **more: object) -> Json:
    asks = {"type": "input", "block_id": "hopes", "label": words("Hopes?"), "element": element}
    return {"type": "modal", "title": words("Form"), "submit": words("Send"), "blocks": [asks | more]}


def picks(kind: str, number: int, **more: object) -> Json:
    options = [option(str(value)) for value in range(number)]
    return asked({"type": kind, "action_id": "answer", "options": options, **more})


def option(value: str, text: str = "One") -> Json:
    return {"text": words(text), "value": value}


def types(**more: object) -> Json:
    return asked({"type": "plain_text_input", "action_id": "answer", **more})


def message(*blocks: Json, text: str = "Hello") -> Json:
    return {"text": text, "blocks": list(blocks)}


GOOD = [
    message(said("Hello"), row(button()), {"type": "context", "elements": [words("Pressed")]}),
    message(said("Tom &amp; Ana"), text="Tom &amp;amp; Ana &lt;here&gt;"),
    types(initial_value="x" * 3000, max_length=3000),
    picks("radio_buttons", 10, initial_option=option("3")),
    picks("multi_static_select", 100, initial_options=[option("3")]),
    asked({"type": "datepicker", "action_id": "answer", "initial_date": "2026-02-03"}),
    {"type": "home", "blocks": [{"type": "header", "text": words("Goals")}, said("None")]},
]

BAD = {
    "no text": message(said("Hello"), text=""),
    "a long text": message(said("Hello"), text="x" * 4001),
    "a text that pings": message(said("Hello"), text="<!channel>"),
    "an escape of somebody else": message(said("Hello"), text="&nbsp;"),
    "51 blocks": message(*[said("x")] * 51),
    "101 blocks of a home": {"type": "home", "blocks": [said("x")] * 101},
    "too much in all": message(*[said("x" * 2900)] * 4),
    "too much in a view": {"type": "home", "blocks": [said("x" * 3000)] * 99},
    "markup": message({"type": "section", "text": {"type": "mrkdwn", "text": "*x*"}}),
    "a block of Markdown": message({"type": "markdown", "text": "*x*"}),
    "a heading with markup": message({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
    "a long heading": message({"type": "header", "text": words("x" * 151)}),
    "emoji codes in people's words": message(row(button(text=words("x", emoji=True)))),
    "26 buttons": message(row(*map(button, range(26)))),
    "the same button twice": message(row(button(), button())),
    "the same block twice": message(row(button()), row(button(1))),
    "a long block_id": message({**row(button()), "block_id": "x" * 256}),
    "a button without words": message(row(button(text=words("")))),
    "76 units of a label, 75 code points": message(row(button(text=words("x" * 74 + "\U0001f642")))),
    "a long value": message(row(button(value="x" * 2001))),
    "a long address": message(row(button(url="https://x.example/" + "x" * 3000))),
    "no action_id": message(row({"type": "button", "text": words("x")})),
    "a button with something that there is not": message(row(button(colour="red"))),
    "a style that there is not": message(row(button(style="huge"))),
    "an empty run": message(said("")),
    "an empty block": message({"type": "rich_text", "elements": []}),
    "11 in a context": message({"type": "context", "elements": [words("x")] * 11}),
    "an input in a message": message(types()["blocks"][0]),
    "somebody named": message(said("x", type="user", user_id="U1")),
    "an emoji": message(said("x", type="emoji", name="tada")),
    "a disguised link": message(said("https://hr.example", type="link", url="https://evil.example")),
    "a link that runs": message(said("javascript:x", type="link", url="javascript:x")),
    "a long title": types() | {"title": words("x" * 25)},
    "a long submit": types() | {"submit": words("x" * 25)},
    "no submit": {key: value for key, value in types().items() if key != "submit"},
    "long private_metadata": types() | {"private_metadata": "x" * 3001},
    "a long callback_id": types() | {"callback_id": "x" * 256},
    "a long label": asked({"type": "plain_text_input", "action_id": "a"}, label=words("x" * 2001)),
    "a long hint": asked({"type": "plain_text_input", "action_id": "a"}, hint=words("x" * 2001)),
    "an empty hint": asked({"type": "plain_text_input", "action_id": "a"}, hint=words("")),
    "a long placeholder": types(placeholder=words("x" * 151)),
    "a long answer": types(initial_value="x" * 3001),
    "more than may be typed": types(initial_value="xxx", max_length=2),
    "too much to type": types(max_length=3001),
    "no options": picks("static_select", 0),
    "11 radio buttons": picks("radio_buttons", 11),
    "11 boxes": picks("checkboxes", 11),
    "101 options": picks("static_select", 101),
    "a choice that is none": picks("radio_buttons", 2, initial_option=option("7")),
    "no choice of several": picks("checkboxes", 2, initial_options=[]),
    "a long option": picks("radio_buttons", 0, options=[option("1", "x" * 76)]),
    "a long value of an option": picks("radio_buttons", 0, options=[option("x" * 151)]),
    "the same option twice": picks("radio_buttons", 0, options=[option("1"), option("1")]),
    "101 groups": picks("static_select", 0, option_groups=[{"label": words("x"), "options": []}] * 101),
    "no day": asked({"type": "datepicker", "action_id": "answer", "initial_date": "soon"}),
    "no time": asked({"type": "timepicker", "action_id": "answer", "initial_time": "25:00"}),
    "an input that there is not": asked({"type": "slider", "action_id": "answer"}),
}


@pytest.mark.parametrize("payload", GOOD)
def test_what_slack_takes_has_no_problems(payload: Json) -> None:
    assert problems(payload) == []


@pytest.mark.parametrize("payload", [pytest.param(payload, id=name) for name, payload in BAD.items()])
def test_what_slack_refuses_is_seen(payload: Json) -> None:
    assert problems(payload) != []
