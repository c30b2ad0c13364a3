"""Limits: how much Slack takes, of everything that we send there. Pure; it knows nothing of what draws it.

Whoever draws a card keeps to them; this looks afterwards whether they did.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters.drawn import Drawn, Excess, over, too_long

Json = Mapping[str, Any]

TEXT = 4000  # units of a message's text: what Slack advises
BLOCKS = 10_000  # units of a message's blocks as JSON: Slack was seen to refuse about 13,000
VIEW = 250_000  # bytes of a view as JSON
BLOCKS_OF_A_MESSAGE, BLOCKS_OF_A_VIEW = 50, 100
BOX = 3000  # units: of what may be typed
LENGTHS: Mapping[str, Mapping[str, int]] = {  # units of each part of it
    "actions": {"block_id": 255},
    "button": {"text": 75, "action_id": 255, "value": 2000, "url": 3000},
    "checkboxes": {"action_id": 255},
    "context": {"block_id": 255},
    "datepicker": {"action_id": 255, "placeholder": 150},
    "header": {"block_id": 255, "text": 150},
    "home": {"private_metadata": 3000, "callback_id": 255},
    "image": {"block_id": 255, "alt_text": 2000, "title": 2000, "image_url": 3000},
    "input": {"block_id": 255, "label": 2000, "hint": 2000},
    "link": {"url": 3000},
    "modal": {"private_metadata": 3000, "callback_id": 255, "title": 24, "submit": 24, "close": 24},
    "multi_static_select": {"action_id": 255, "placeholder": 150},
    "option": {"text": 75, "value": 150, "description": 75},
    "option_group": {"label": 75},
    "plain_text_input": {"action_id": 255, "placeholder": 150},
    "radio_buttons": {"action_id": 255},
    "rich_text": {"block_id": 255},
    "section": {"block_id": 255, "text": 3000},
    "static_select": {"action_id": 255, "placeholder": 150},
    "timepicker": {"action_id": 255, "placeholder": 150},
}
COUNTS: Mapping[str, Mapping[str, int]] = {  # of what stands in it
    "actions": {"elements": 25},
    "checkboxes": {"options": 10},
    "context": {"elements": 10},
    "multi_static_select": {"options": 100, "option_groups": 100},
    "option_group": {"options": 100},
    "radio_buttons": {"options": 10},
    "section": {"fields": 10},
    "static_select": {"options": 100, "option_groups": 100},
}
WITHIN = ("blocks", "elements", "element", "accessory", "fields", "options", "option_groups")
UNNAMED = {"options": "option", "option_groups": "option_group", "fields": "field"}  # Slack gives no type
WORDS_OF_A_CONTEXT, WORDS_OF_A_FIELD = 3000, 2000


def of_message(blocks: Iterable[Json], text: str) -> Drawn:
    blocks = list(blocks)
    as_json = json.dumps(blocks, ensure_ascii=False)
    beyond = [
        *too_long("text", text, TEXT),
        *too_long("blocks as JSON", as_json, BLOCKS),
        *over("blocks", len(blocks), BLOCKS_OF_A_MESSAGE),
        *_inside({"blocks": blocks}),
    ]
    return Drawn(len(as_json.encode("utf-8", "surrogatepass")), beyond)


def of_view(view: Json) -> Drawn:
    """A modal, or somebody's page at the bot."""
    size = len(json.dumps(view))
    beyond = [
        *over("view as JSON", size, VIEW),
        *over("blocks", len(view["blocks"]), BLOCKS_OF_A_VIEW),
        *_inside(view),
    ]
    return Drawn(size, beyond)


def _inside(part: Json, kind: str = "") -> Iterator[Excess]:
    """Everything that stands in it, however deep."""
    kind = kind or str(part.get("type", ""))
    yield from _beyond(part, kind)
    for name in WITHIN:
        inside = part.get(name, [])
        for one in inside if isinstance(inside, list) else [inside]:
            if isinstance(one, Mapping):
                yield from _inside(one, _kind(one, kind, name))


def _kind(one: Json, within: str, name: str) -> str:
    is_text = one.get("type") == "plain_text"
    return "words of a context" if is_text and within == "context" else UNNAMED.get(name, "")


def _beyond(part: Json, kind: str) -> Iterator[Excess]:
    for name, most in LENGTHS.get(kind, {}).items():
        yield from too_long(f"{name} of {kind}", _words(part.get(name)), most)
    for name, most in COUNTS.get(kind, {}).items():
        yield from over(f"{name} of {kind}", len(part.get(name, [])), most)
    if kind == "words of a context":
        yield from too_long(kind, _words(part), WORDS_OF_A_CONTEXT)
    if kind == "field":
        yield from too_long(kind, _words(part), WORDS_OF_A_FIELD)
    if kind == "plain_text_input":
        most = part.get("max_length", BOX)
        yield from over("max_length", most, BOX)
        yield from too_long("initial_value", part.get("initial_value"), min(most, BOX))


def _words(value: object) -> object:
    """Words stand as they are, or in a text object."""
    return value.get("text") if isinstance(value, Mapping) else value
