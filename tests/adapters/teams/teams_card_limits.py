"""What Teams refuses or spoils, and what we do not want of a card: rules that know nothing of what draws it.

How much Teams takes is in adapters/teams/limits.py; here is what may stand where, and how.
`problems` is for a card, `dialog_problems` for a taskInfo.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from adapters.teams import limits
from adapters.teams.limits import CARD_BYTES, weight
from adapters.teams.limits import elements as _typed

Json = Mapping[str, Any]

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
RUN = {"type", "text", "weight", "size", "isSubtle", "color", "selectAction"}
SHOWN = {"type", "spacing", "separator"}
ACTION = {"type", "title", "tooltip", "style", "associatedInputs"}
INPUT = {"type", "id", "label", "spacing", "value", "isRequired", "errorMessage"}
KEYS = {
    "AdaptiveCard": {
        *("type", "$schema", "version", "lang", "fallbackText", "msteams", "body", "actions"),
    },
    "TextBlock": SHOWN | {"style", "wrap", "text", "size", "weight"},
    "RichTextBlock": SHOWN | {"inlines"},
    "Container": SHOWN | {"style", "items"},
    "Image": SHOWN | {"url", "altText"},
    "ColumnSet": SHOWN | {"columns"},
    "Column": SHOWN | {"width", "items"},
    "ActionSet": SHOWN | {"actions"},
    "TextRun": RUN,
    "Input.Text": INPUT | {"isMultiline", "maxLength"},
    "Input.ChoiceSet": INPUT | {"style", "isMultiSelect", "wrap", "choices", "placeholder"},
    "Input.Date": INPUT,
    "Input.Time": INPUT,
    "Action.Execute": ACTION | {"verb", "data", "fallback"},
    "Action.Submit": ACTION | {"data"},
    "Action.OpenUrl": ACTION | {"url"},
}
STANDS_IN = {
    "body": {"TextBlock", "RichTextBlock", "Container", "ColumnSet", "ActionSet", "Image"}
    | {"Input.Text", "Input.ChoiceSet", "Input.Date", "Input.Time"},
    "items": {"RichTextBlock"},
    "columns": {"Column"},
    "inlines": {"TextRun"},
    "actions": {"Action.Execute", "Action.Submit", "Action.OpenUrl"},
    "fallback": {"Action.Submit"},
    "selectAction": {"Action.OpenUrl"},
}
OUR_DATA = {"do", "card", "at", "again", "label", "msteams"}
OPENS_DIALOG = {"type": "task/fetch"}
MARKUP = re.compile(r"[^\w\s,’'?]|_|^\s*\d")  # what Markdown could make something of
DATE_IN_BRACES = re.compile(r"\{\{(?:DATE|TIME)\(\d{4}-\d\d-\d\dT[^)]*\)\}\}")
MARKED = re.compile(
    r"\]\(|\*|`|<\w|&#?\w|~~|(?<!\u2060)_|_(?!\u2060)|://|^(?:[#>+=|-]|\d+[.)])|\\[!-/:-@[-`{-~]"
)


def problems(card: Json, most: int = 0) -> list[str]:
    """Everything that is wrong with a card of at most so many bytes."""
    try:
        return [*map(str, limits.of_card(card, most).beyond), *_card(card)]
    except (KeyError, TypeError, AttributeError) as missing:
        return [f"malformed: {missing!r}"]


def dialog_problems(task: Json) -> list[str]:
    wrong = [] if set(task) == {"title", "height", "width", "card"} else [f"a dialog has {sorted(task)}"]
    if not task["title"]:
        wrong.append("the title of a dialog")
    if {task["height"], task["width"]} - {"small", "medium", "large"}:
        wrong.append("the size of a dialog")
    if task["card"].get("contentType") != ADAPTIVE:
        wrong.append("a dialog without a card")
    actions = task["card"]["content"].get("actions", [])
    wrong += [f"{action['type']} in a dialog" for action in actions if action["type"] != "Action.Submit"]
    beyond = map(str, limits.of_dialog(task).beyond)
    return [*wrong, *beyond, *problems(task["card"]["content"], limits.WHOLE_BYTES)]


def elements(value: object, kind: str) -> list[dict[str, Any]]:
    """All of one kind, in order, however deep."""
    return [dict(found) for found in _typed(value) if found["type"] == kind]


def inputs(card: object) -> list[dict[str, Any]]:
    return [dict(found) for found in _typed(card) if found["type"].startswith("Input.")]


def actions(card: object) -> list[dict[str, Any]]:
    """The buttons, without what stands in for them and what text opens."""
    rows = [row["actions"] for row in _typed(card) if "actions" in row]
    return [action for row in rows for action in row]


def _card(card: Json) -> Iterator[str]:
    if (card["type"], card["version"]) != ("AdaptiveCard", "1.5"):
        yield "no card of version 1.5"
    if not card["fallbackText"].strip():
        yield "nothing for a client that cannot draw it"
    if card.get("msteams", {}) not in ({}, {"width": "Full"}):
        yield "msteams: mentions would be ours alone"
    if not card["body"]:
        yield "an empty body"
    yield from _unique([found["id"] for found in _typed(card) if "id" in found])
    yield from _places(card)
    for found in _typed(card):
        yield from (f"{found['type']}: {problem}" for problem in _element(found))


def _places(element: Json) -> Iterator[str]:
    """Each kind where it belongs, and each list with something in it."""
    for place, allowed in STANDS_IN.items():
        inside = element.get(place)
        if inside is None:
            continue
        if inside in ([], ""):
            yield f"{element['type']}: no {place}"
        for one in inside if isinstance(inside, list) else [inside]:
            if one["type"] not in allowed:
                yield f"{one['type']} in {place}"
            else:
                yield from _places(one)


def _element(element: Json) -> Iterator[str]:
    kind = element["type"]
    unknown = set(element) - KEYS.get(kind, set())
    if unknown:
        yield f"has no {sorted(unknown)}"
    checks: dict[str, Callable[[Json], Iterable[str]]] = {
        "TextBlock": _heading,
        "TextRun": _run,
        "Column": lambda column: _one_of(column["width"], "width", {"auto", "stretch"}),
        "Image": _picture,
        "Container": lambda box: _one_of(box["style"], "style", {"emphasis"}),
        "Input.Text": _typed_words,
        "Input.ChoiceSet": _choices,
        "Input.Date": lambda field: _matches(field, r"\d{4}-\d{2}-\d{2}"),
        "Input.Time": lambda field: _matches(field, r"([01]\d|2[0-3]):[0-5]\d"),
        "Action.Execute": _execute,
        "Action.Submit": _data,
        "Action.OpenUrl": _opens,
    }
    if kind.startswith("Input."):
        yield from _input(element)
    if kind.startswith("Action.") and "title" in element:
        yield from _title(element)
    if kind in checks:
        yield from checks[kind](element)


def _heading(block: Json) -> Iterator[str]:
    """The one place in which Teams reads Markdown, so nothing stands there that could be any."""
    if block.get("style") != "heading" or not block["text"].strip():
        yield "text that is no heading"
    if MARKUP.search(block["text"]):
        yield f"may be read as Markdown: {block['text']!r}"
    if block.get("wrap") is not True:
        yield "it is cut at the end of its line"


def _run(run: Json) -> Iterator[str]:
    if not run["text"]:
        yield "empty"
    if DATE_IN_BRACES.search(run["text"]):
        yield "a date in braces, which is shown as something else"
    if "selectAction" in run and run["selectAction"].get("url") != run["text"]:
        yield "a link that says something else"


def _input(field: Json) -> Iterator[str]:
    if not re.fullmatch(r"in\.\w+", field["id"]):
        yield f"id {field['id']!r}"
    if not field["label"].strip():
        yield "no label"
    if DATE_IN_BRACES.search(field["label"]):
        yield "a date in braces in the label"
    if bool(field.get("isRequired")) != bool(field.get("errorMessage")):
        yield "isRequired and errorMessage belong together"
    if field.get("value") == "":
        yield "an empty value"


def _typed_words(field: Json) -> Iterator[str]:
    if not field["maxLength"] >= 1:
        yield "nothing may be typed"
    if "\n" in field.get("value", "") and not field["isMultiline"]:
        yield "lines in a box of one line"


def _choices(field: Json) -> Iterator[str]:
    values = [choice["value"] for choice in field["choices"]]
    if not values or not all(values) or not all(choice["title"].strip() for choice in field["choices"]):
        yield "no choice, or an empty one"
    yield from _unique(values)
    yield from _one_of(field["style"], "style", {"expanded", "compact"})
    held = field.get("value", "").split(",") if field["isMultiSelect"] else [field.get("value", "")]
    if set(held) - {*values, ""}:
        yield f"{held} is not among its choices"
    if field["style"] == "expanded" or field["isMultiSelect"]:
        yield from (f"Markdown: {c['title']!r}" for c in field["choices"] if _is_marked(c["title"]))


def _is_marked(title: str) -> bool:
    return bool(MARKED.search(title) or DATE_IN_BRACES.search(title))


def _title(action: Json) -> Iterator[str]:
    if not action["title"]:
        yield "no title"
    if action.get("style", "positive") != "positive":
        yield "style"


def _execute(action: Json) -> Iterator[str]:
    yield from _data(action)
    fallback = action.get("fallback", {})
    if fallback.get("type") != "Action.Submit" or fallback.get("data") != action["data"]:
        yield "no fallback with the same data"
    if fallback.get("title") != action["title"]:
        yield "a fallback with another title"
    if json.loads(action["data"]["do"])["do"] != action["verb"]:
        yield "verb"


def _data(action: Json) -> Iterator[str]:
    """Nothing that anybody typed can be taken for ours, and Teams is told only to open a dialog."""
    data = action["data"]
    if {"do", "card"} - set(data) or set(data) - OUR_DATA:
        yield f"data {sorted(data)}"
    if data.get("msteams", OPENS_DIALOG) != OPENS_DIALOG:
        yield "msteams"
    if not all(isinstance(value, str) for key, value in data.items() if key != "msteams"):
        yield "data that is no text"


def _opens(action: Json) -> Iterator[str]:
    if not re.match(r"https://[^/@\s\\]+(?:[/?#]|$)", action["url"]):
        yield f"opens {action['url'][:40]!r}"


def _matches(field: Json, pattern: str) -> Iterator[str]:
    if "value" in field and not re.fullmatch(pattern, field["value"]):
        yield f"{field['value']!r}"


def _picture(image: Json) -> Iterator[str]:
    """Whoever listens has to hear what is there. An address would tell it who looks, and when."""
    if not image.get("altText", "").strip():
        yield "nothing for those who listen"
    if not re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/]+=*", image.get("url", "")):
        yield "an address"


def _one_of(value: str, name: str, known: set[str]) -> Iterator[str]:
    if value not in known:
        yield f"{name} {value!r}"


def _unique(ids: Sequence[str]) -> Iterator[str]:
    twice = [id_ for id_, count in Counter(ids).items() if count > 1]
    if twice:
        yield f"twice: {twice}"


__all__ = ["CARD_BYTES", "actions", "dialog_problems", "elements", "inputs", "problems", "weight"]
