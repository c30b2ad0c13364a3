"""What somebody sees of a message: words and facts of its cards, buttons, fields; and what pressing sends."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Answers = Mapping[str, "str | bool | Sequence[str]"]  # by the field's label or id

CARD = "application/vnd.microsoft.card.adaptive"
PLACE = "in."  # with which the ids of our fields begin


class Held(Exception):
    """The client keeps the form: something in it is missing or too long. It says what."""


class Sheet:
    """Something with cards in it."""

    @property
    def cards(self) -> list[Json]:
        raise NotImplementedError

    @property
    def elements(self) -> list[Json]:
        return [element for card in self.cards for element in _inside(card)]

    @property
    def lines(self) -> list[str]:
        return [line for element in self.elements for line in _lines(element)]

    @property
    def words(self) -> str:
        return "\n".join(self.lines)

    @property
    def facts(self) -> dict[str, str]:
        sets = [element["facts"] for element in self.elements if element["type"] == "FactSet"]
        return {fact["title"]: fact["value"] for facts in sets for fact in facts}

    @property
    def buttons(self) -> dict[str, Json]:
        found = [element for element in self.elements if element["type"].startswith("Action.")]
        return {button["title"]: button for button in found if "title" in button}

    @property
    def fields(self) -> dict[str, Json]:
        found = [element for element in self.elements if element["type"].startswith("Input.")]
        return {field["id"]: field for field in found}

    def button(self, wanted: str | Json) -> Json:
        """By what stands on it, or by some of what it carries."""
        if isinstance(wanted, str):
            return self.buttons[wanted]
        return next(one for one in self.buttons.values() if wanted.items() <= one.get("data", {}).items())

    def sent(self, button: Json, answers: Answers) -> Json:
        """The button's data with what is in the fields, as Teams puts them together."""
        data = dict(button.get("data") or {})
        if button.get("associatedInputs") == "none":
            return data
        given = {self._field(name)["id"]: answer for name, answer in answers.items()}
        for name, field in self.fields.items():
            value = _value(field, given.get(name, field.get("value", "")))
            if value is not None:
                data[name] = value
        return data

    def _field(self, name: str) -> Json:
        fields = self.fields
        if field := fields.get(name) or fields.get(PLACE + name):
            return field
        return next(field for field in fields.values() if field.get("label", "").startswith(name))


@dataclass(frozen=True)
class Seen(Sheet):
    """A message of the bot as it stands now."""

    id: str
    chat: str
    activity: Json

    @property
    def cards(self) -> list[Json]:
        attached = self.activity.get("attachments") or []
        return [one["content"] for one in attached if one["contentType"] == CARD]

    @property
    def lines(self) -> list[str]:
        text = self.activity.get("text") or ""
        return [*([text] if text else []), *super().lines]

    @property
    def summary(self) -> str:
        return self.activity.get("summary") or ""

    def with_card(self, card: Json) -> "Seen":
        attached = [{"contentType": CARD, "content": card}]
        return Seen(self.id, self.chat, self.activity | {"attachments": attached})


@dataclass(frozen=True)
class Dialog(Sheet):
    """A form over the chat: what the bot's `taskInfo` holds."""

    task: Json

    @property
    def title(self) -> str:
        title: str = self.task.get("title", "")
        return title

    @property
    def cards(self) -> list[Json]:
        return [self.task["card"]["content"]]


def _inside(element: Json) -> Iterator[Json]:
    if element.get("isVisible") is False:
        return
    yield element
    for name in ("body", "items", "columns", "rows", "cells", "images", "actions"):
        for child in element.get(name) or []:
            if isinstance(child, dict):
                yield from _inside({"type": name, **child})
    if "card" in element:  # behind Action.ShowCard
        yield from _inside(element["card"])


def _lines(element: Json) -> list[str]:
    match element["type"]:
        case "TextBlock":
            return [element["text"]]
        case "RichTextBlock":
            runs = element["inlines"]
            return ["".join(run if isinstance(run, str) else run["text"] for run in runs)]
        case "FactSet":
            return [f"{fact['title']}: {fact['value']}" for fact in element["facts"]]
        case kind if kind.startswith("Input."):
            return [element["label"]] if "label" in element else []
    return []


def _value(field: Json, given: Any) -> str | None:
    """What is sent for a field; None: nothing is, as for every empty one."""
    value = _typed(field, given)
    if not value and field.get("isRequired"):
        raise Held(field.get("errorMessage", ""))
    if value and not re.search(field.get("regex", ""), value):
        raise Held(field.get("errorMessage", ""))
    if len(value) > field.get("maxLength", len(value)):
        raise Held(f"{field['id']} is longer than {field['maxLength']}")
    return value or None


def _typed(field: Json, given: Any) -> str:
    match field["type"]:
        case "Input.Toggle":
            on, off = field.get("valueOn", "true"), field.get("valueOff", "false")
            return str(on if given in {True, on} else off)
        case "Input.ChoiceSet":
            choices = {choice["title"]: choice["value"] for choice in field["choices"]}
            picked = [given] if isinstance(given, str) else given
            return ",".join(str(choices.get(one, one)) for one in picked)
    return str(given)
