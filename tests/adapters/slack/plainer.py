"""Blocks as local-slack can draw them: about what a person sees in Slack itself. Pure.

It knows no rich text, no clock, and draws no list of which several may be chosen. What stood there before is
kept in the block under "was", so that an answer can be given back as Slack would give it.
"""

import re
from typing import Any

Json = dict[str, Any]

_EMOJI = re.compile(r":(?=[a-z0-9_+-]+:)")
_FIRST = re.compile(r"^>|(?<![^\s(])_", re.MULTILINE)
_APART = "\N{WORD JOINER}"
_ALIKE = str.maketrans("*~`", "∗∼ˋ")  # it takes each pair of them for markup, wherever they stand


def blocks(found: list[Json]) -> list[Json]:
    return [_block(block) for block in found]


def everywhere(said: Any) -> Any:
    """Whatever holds blocks, such as a message, a page, or an answer to Slack with a page in it."""
    if not isinstance(said, dict):
        return said
    drawn = said | {name: everywhere(value) for name, value in said.items() if name == "view"}
    return drawn | ({"blocks": blocks(said["blocks"])} if isinstance(said.get("blocks"), list) else {})


def _block(block: Json) -> Json:
    if block["type"] == "rich_text":
        words = "\n".join(_element(element) for element in block["elements"])
        return {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    if block["type"] == "input":
        return block | {"label": _label(block), "element": _input(block["element"])}
    return block


def _element(element: Json) -> str:
    match element["type"]:
        case "rich_text_list":
            return "\n".join(_item(element, number) for number in range(len(element["elements"])))
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in _runs(element).split("\n"))
    return _runs(element)


def _item(element: Json, number: int) -> str:
    mark = "•" if element["style"] == "bullet" else f"{number + 1}."
    return f"{mark} {_runs(element['elements'][number])}"


def _runs(element: Json) -> str:
    return "".join(_run(run) for run in element["elements"])


def _run(run: Json) -> str:
    if run["type"] == "link":
        return f"<{run['url']}>"
    words = _as_typed(str(run["text"]))
    return _bold(words) if run.get("style", {}).get("bold") else words


def _as_typed(words: str) -> str:
    """So that it is shown as it stands, in a place where it would be taken for markup."""
    words = _EMOJI.sub(f":{_APART}", words.translate(_ALIKE))
    return _FIRST.sub(lambda mark: f"{_APART}{mark[0]}", words)


def _bold(words: str) -> str:
    return "\n".join(f"*{line}*" if line.strip() else line for line in words.split("\n"))


def _label(block: Json) -> Json:
    """Slack says so too."""
    more = " (optional)" if block.get("optional") else ""
    return dict(block["label"]) | {"text": block["label"]["text"] + more}


def _input(element: Json) -> Json:
    match element["type"]:
        case "timepicker":
            typed = {"type": "plain_text_input", "initial_value": element.get("initial_time", "")}
            return typed | {"action_id": element["action_id"], "was": element}
        case "multi_static_select":
            groups = element.get("option_groups", [{"options": element.get("options", [])}])
            options = [option for group in groups for option in group["options"]]
            return element | {"type": "checkboxes", "options": options, "was": element}
    return element


def answered(view: Json) -> Json:
    """The values of a form as Slack sends them: what nobody has touched is what stood there."""
    values = view["state"]["values"]
    for block in view["blocks"]:
        if block["type"] == "input":
            [(name, value)] = values[block["block_id"]].items()
            values[block["block_id"]] = {name: _value(block["element"], value)}
    return view


def _value(element: Json, value: Json) -> Json:
    before = element.get("was", element)
    match before["type"]:
        case "timepicker":
            typed = value.get("value")
            return {"selected_time": before.get("initial_time") if typed is None else typed or None}
        case "plain_text_input" if value.get("value") is None:
            return value | {"value": element.get("initial_value")}
        case "datepicker" if not value.get("selected_date"):
            return value | {"selected_date": element.get("initial_date")}
        case "checkboxes" | "multi_static_select" if not value.get("selected_options"):
            return value | {"selected_options": element.get("initial_options", [])}
        case "radio_buttons" | "static_select" if not value.get("selected_option"):
            return value | {"selected_option": element.get("initial_option")}
    return value
