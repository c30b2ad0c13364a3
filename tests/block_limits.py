"""What Slack refuses: what is beyond adapters/slack/limits.py, and shapes that it does not know.

Written from Slack's documentation alone, so that a mistake in what draws the blocks is not made here again.
`problems` tells a message from a view by its type.
"""

import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from adapters.drawn import Excess
from adapters.slack import limits

Json = Mapping[str, Any]

SHOWN = {"actions", "context", "divider", "header", "image", "rich_text", "section"}
IN_HOMES = SHOWN - {"image"}  # a picture is brought to a chat, and nowhere else
IN_MODALS = IN_HOMES | {"input"}
RICH = {"rich_text_section", "rich_text_list", "rich_text_quote"}
TYPED, TICKED = "plain_text_input", {"checkboxes", "radio_buttons"}
SELECTS = {"static_select", "multi_static_select"}
ISO_DAY, CLOCK = r"\d{4}-\d{2}-\d{2}", r"([01]\d|2[0-3]):[0-5]\d"
KEYS = {
    "button": {"type", "text", "action_id", "value", "url", "style", "accessibility_label"},
    "plain_text": {"type", "text", "emoji"},
    "rich_text": {"type", "elements", "block_id"},
    "actions": {"type", "elements", "block_id"},
    "context": {"type", "elements", "block_id"},
    "header": {"type", "text", "block_id"},
    "image": {"type", "slack_file", "alt_text", "title", "block_id"},
    "input": {"type", "block_id", "label", "element", "optional", "hint", "dispatch_action"},
    "text": {"type", "text", "style"},
    "link": {"type", "text", "url", "style"},
}


def problems(payload: Json) -> list[str]:
    """Everything that is wrong with chat.postMessage's arguments, or with a view."""
    check = {"modal": _modal, "home": _view}.get(payload.get("type", ""), _message)
    try:
        return [*map(str, _beyond(payload)), *check(payload), *_said_by_the_sdk(payload)]
    except (KeyError, TypeError, AttributeError) as missing:
        return [f"invalid_blocks: {missing!r}"]


def length(text: str) -> int:
    """As Slack may count it: whichever is more."""
    return max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2)


def _beyond(payload: Json) -> Iterable[Excess]:
    if "type" in payload:
        return limits.of_view(payload).beyond
    return limits.of_message(payload.get("blocks", []), payload.get("text", "")).beyond


# Whole messages and views


def _message(payload: Json) -> Iterator[str]:
    blocks = payload.get("blocks", [])
    text = payload.get("text", "")
    yield from _words(text, "text")
    if re.search(r"[<>]|&(?!amp;|lt;|gt;)", text):
        yield "text: not escaped"
    yield from _blocks(blocks, SHOWN)


def _view(payload: Json) -> Iterator[str]:
    known = IN_MODALS if payload["type"] == "modal" else IN_HOMES
    yield from _blocks(payload.get("blocks", []), known)


def _modal(payload: Json) -> Iterator[str]:
    yield from _view(payload)
    yield from _plain(payload.get("title"), "title")
    for part in ("submit", "close"):
        if part in payload:
            yield from _plain(payload[part], part)
    if "submit" not in payload and any(block["type"] == "input" for block in payload["blocks"]):
        yield "no submit for the inputs"


def _blocks(blocks: Sequence[Json], known: set[str]) -> Iterator[str]:
    yield from _unique((block["block_id"] for block in blocks if "block_id" in block), "block_id")
    for at, block in enumerate(blocks):
        kind = block.get("type", "")
        if kind not in known:
            yield f"{at}: {kind!r} is not allowed here"
            continue
        yield from (f"{at} {kind}: {problem}" for problem in _block(block))


def _block(block: Json) -> Iterator[str]:
    checks: dict[str, Callable[[Json], Iterable[str]]] = {
        "actions": _actions,
        "context": _context,
        "header": lambda block: _plain(block.get("text"), "text"),
        "image": _image,
        "input": _input,
        "rich_text": _rich_text,
        "section": _section,
    }
    yield from _keys(block)
    if block["type"] in checks:
        yield from checks[block["type"]](block)


# Blocks


def _actions(block: Json) -> Iterator[str]:
    elements = block.get("elements", [])
    yield from _some(elements, "elements")
    yield from _unique((element.get("action_id") for element in elements), "action_id")
    for element in elements:
        yield from _button(element) if element["type"] == "button" else _element(element)


def _button(button: Json) -> Iterator[str]:
    yield from _keys(button)
    yield from _plain(button.get("text"), "button")
    yield from _words(button.get("action_id", ""), "action_id")
    if button.get("style", "primary") not in {"primary", "danger"}:
        yield "style"


def _context(block: Json) -> Iterator[str]:
    yield from _some(block.get("elements", []), "elements")
    for element in block.get("elements", []):
        yield from _plain(element, "element")


def _image(block: Json) -> Iterator[str]:
    """Whoever listens has to hear what is there. An address elsewhere would tell it who looks."""
    yield from _plain(block.get("title"), "title")
    yield from _words(block.get("alt_text", ""), "alt_text")
    file = block.get("slack_file", {})
    if set(file) != {"id"} or not re.fullmatch(r"F[A-Z0-9]{8,}", str(file["id"])):
        yield f"slack_file: {file}"


def _section(block: Json) -> Iterator[str]:
    if "text" in block:
        yield from _plain(block["text"], "text")
    elif not block.get("fields"):
        yield "fields: none"
    for field in block.get("fields", []):
        yield from _plain(field, "field")


def _rich_text(block: Json) -> Iterator[str]:
    yield from _some(block.get("elements", []), "elements")
    for element in block.get("elements", []):
        if element["type"] not in RICH:
            yield f"{element['type']} in rich text"
        elif element["type"] == "rich_text_list":
            yield from _list(element)
        else:
            yield from _runs(element)


def _list(element: Json) -> Iterator[str]:
    yield from _some(element["elements"], "items")
    if element.get("style") not in {"bullet", "ordered"}:
        yield "style of a list"
    for item in element["elements"]:
        yield from _runs(item) if item["type"] == "rich_text_section" else ["an item that is no section"]


def _runs(section: Json) -> Iterator[str]:
    """A person, a channel or an emoji there would come from nobody but us."""
    yield from _some(section.get("elements", []), "runs")
    for run in section.get("elements", []):
        if run["type"] not in {"text", "link"}:
            yield f"{run['type']} in rich text"
            continue
        yield from _keys(run)
        if not run.get("text"):
            yield "an empty run"
        if set(run.get("style", {})) - {"bold", "italic", "strike", "code"}:
            yield "style of a run"
        if run["type"] == "link":
            yield from _link(run)


def _link(run: Json) -> Iterator[str]:
    yield from _words(run.get("url", ""), "url")
    if not run["url"].startswith("https://"):
        yield "a link that is not https"
    if run.get("text", run["url"]) != run["url"]:
        yield "a link that says something else"


# Inputs


def _input(block: Json) -> Iterator[str]:
    yield from _plain(block.get("label"), "label")
    if "hint" in block:
        yield from _plain(block["hint"], "hint")
    yield from _element(block.get("element", {}))


def _element(element: Json) -> Iterator[str]:
    kind = element.get("type", "")
    yield from _words(element.get("action_id", ""), "action_id")
    if "placeholder" in element:
        yield from _plain(element["placeholder"], "placeholder")
    if kind == TYPED:
        yield from _typed(element)
    elif kind in TICKED:
        yield from _options(element.get("options", []))
        yield from _initial(element, element.get("options", []))
    elif kind in SELECTS:
        yield from _select(element)
    elif kind in {"datepicker", "timepicker"}:
        yield from _picker(element)
    else:
        yield f"{kind!r} is no input"


def _typed(element: Json) -> Iterator[str]:
    if element.get("max_length", 1) < 1:
        yield "max_length"
    if not set(element.get("dispatch_action_config", {}).get("trigger_actions_on", [])) <= {
        "on_enter_pressed",
        "on_character_entered",
    }:
        yield "trigger_actions_on"


def _picker(element: Json) -> Iterator[str]:
    day, clock = element.get("initial_date", "2026-01-01"), element.get("initial_time", "00:00")
    if not re.fullmatch(ISO_DAY, day) or not re.fullmatch(CLOCK, clock):
        yield f"{day} {clock}"


def _select(element: Json) -> Iterator[str]:
    groups = element.get("option_groups")
    if groups is None:
        yield from _options(element.get("options", []))
        yield from _initial(element, element.get("options", []))
        return
    if "options" in element:
        yield "options and option_groups"
    yield from _some(groups, "option_groups")
    for group in groups:
        yield from _plain(group.get("label"), "label of a group")
        yield from _options(group["options"])
    yield from _initial(element, [option for group in groups for option in group["options"]])


def _options(options: Sequence[Json]) -> Iterator[str]:
    yield from _some(options, "options")
    yield from _unique((option.get("value") for option in options), "value of an option")
    for option in options:
        yield from _plain(option.get("text"), "option")
        yield from _words(option.get("value", ""), "value of an option")
        if "description" in option:
            yield from _plain(option["description"], "description")


def _initial(element: Json, options: Sequence[Json]) -> Iterator[str]:
    several = element["type"] in {"checkboxes", "multi_static_select"}
    if ("initial_option" if several else "initial_options") in element:
        yield "initial_option and initial_options"
    if several and element.get("initial_options") == []:
        yield "initial_options: none"
    one = [element["initial_option"]] if "initial_option" in element else []
    if any(option not in options for option in (element.get("initial_options", []) if several else one)):
        yield "what is chosen is no option"


# Everywhere


def _plain(words: Any, name: str) -> Iterator[str]:
    """Nothing else: other text objects would be markup, and emoji: true would read people's colons."""
    if not isinstance(words, Mapping) or words.get("type") != "plain_text":
        yield f"{name}: no plain_text"
        return
    yield from _keys(words)
    yield from _words(words.get("text", ""), name)
    if words.get("emoji") is not False:
        yield f"{name}: emoji"


def _words(text: str, name: str) -> Iterator[str]:
    if not text:
        yield f"{name}: empty"


def _some(things: Sequence[object], name: str) -> Iterator[str]:
    if not things:
        yield f"{name}: none"


def _unique(ids: Iterable[str | None], name: str) -> Iterator[str]:
    twice = [id_ for id_, count in Counter(ids).items() if count > 1]
    if twice:
        yield f"{name} twice: {twice}"


def _keys(value: Json) -> Iterator[str]:
    unknown = set(value) - KEYS.get(value["type"], set(value))
    if unknown:
        yield f"{value['type']} has no {sorted(unknown)}"


def _said_by_the_sdk(payload: Json) -> Iterator[str]:
    """What slack_sdk's own models refuse, or leave out of what they were given."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            yield from _left_out(payload)
        except Exception as refused:
            yield f"slack_sdk: {refused}"


def _left_out(payload: Json) -> Iterator[str]:
    for block in payload.get("blocks", []):
        parsed = Block.parse(block)
        if parsed is None or json.loads(json.dumps(parsed.to_dict())) != block:
            yield f"slack_sdk leaves something out of {block['type']}"
    if "type" in payload:
        View(**payload).to_dict()
