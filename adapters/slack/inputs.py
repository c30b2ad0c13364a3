"""Inputs: the questions of a form, each as what is easiest to answer on a telephone.

What was typed is never cut: words for which one box is too small go on in a second one, see `whole`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import groupby

from adapters.fit import Json, by_words, parts
from adapters.slack.rich import bullets, line
from bot.messages import Choice, Field
from bot.text import units

ANSWER = "answer"  # the action_id of every input
LONGEST_ANSWER = 3000  # units: of what a box takes
LONGEST_WORDS = 2000  # units: of a label and of a hint
LONGEST_OPTION = 75  # units; as much again may stand below it
MOST_TO_TICK = 10  # more are shown as a list to choose from
MOST_IN_A_GROUP = 100
_CONTINUED = re.compile(r"(.+)~(\d{1,2})")


def blocks(field: Field) -> list[Json]:
    """Nothing for a choice among nothing: Slack has no such list, and nobody could use it."""
    if field.kind in {"choice", "choices"}:
        return [*_above(field), *_chosen(field)] if field.choices else []
    picker = _picker(field)
    inputs = [_input(field, picker)] if picker else _boxes(field)
    return [*_above(field), *inputs]


def whole(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers by block_id as answers by the name of the field, with what went on in a second box."""
    found: dict[str, str] = {}
    for name, _, block_id in sorted((*_place(block_id), block_id) for block_id in answers):
        found[name] = found.get(name, "") + answers[block_id]
    return found


def plain(words: str, longest: int) -> Json:
    return {"type": "plain_text", "text": by_words(words, longest), "emoji": False}


def _place(block_id: str) -> tuple[str, int]:
    continued = _CONTINUED.fullmatch(block_id)
    return (continued[1], int(continued[2])) if continued else (block_id, 1)


def _above(field: Field) -> list[Json]:
    """What is too long for its place stands above it, in full."""
    shown = [line(field.label, bold=True)] if units(field.label) > LONGEST_WORDS else []
    long = [_on_one_line(choice) for choice in field.choices if units(_rest(choice)[1]) > LONGEST_OPTION]
    return [*shown, *([bullets(long)] if long else [])]


# What is typed


def _boxes(field: Field) -> list[Json]:
    first, *others = list(parts(field.value, LONGEST_ANSWER)) or [""]
    most = LONGEST_ANSWER if others else min(LONGEST_ANSWER, max(field.limit, units(first)))
    boxes = [_box(first, most, several=field.kind == "text")]
    boxes += [_box(other, LONGEST_ANSWER, several=True) for other in others]
    return [_input(field, box, number) for number, box in enumerate(boxes, 1)]


def _box(words: str, most: int, *, several: bool) -> Json:
    box = {
        "type": "plain_text_input",
        "action_id": ANSWER,
        "multiline": several or "\n" in words,
        "max_length": most,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    return box | ({"initial_value": words} if words else {})


def _input(field: Field, element: Json, number: int = 1) -> Json:
    is_typed = element["type"] == "plain_text_input"
    shows_hint = field.hint and number == 1 and element["type"] != "datepicker"  # no day is typed there
    return {
        "type": "input",
        "block_id": field.name if number == 1 else f"{field.name}~{number}",
        "label": plain(f"{field.label} …" if number > 1 else field.label, LONGEST_WORDS),
        "element": element,
        "optional": not field.required or number > 1,
        **({"hint": plain(field.hint, LONGEST_WORDS)} if shows_hint else {}),
        **({"dispatch_action": True} if is_typed else {}),
    }


# What is picked


def _picker(field: Field) -> Json | None:
    """A calendar or a clock, but not for words that were typed elsewhere: they would not stand in it."""
    kinds = {"day": ("datepicker", "initial_date", _is_day), "time": ("timepicker", "initial_time", _is_time)}
    if field.kind not in kinds:
        return None
    picker, initial, is_one = kinds[field.kind]
    if field.value and not is_one(field.value):
        return None
    return {"type": picker, "action_id": ANSWER} | ({initial: field.value} if field.value else {})


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_time(value: str) -> bool:
    try:
        return f"{time.fromisoformat(value):%H:%M}" == value
    except ValueError:
        return False


def _chosen(field: Field) -> list[Json]:
    of_several = field.kind == "choices"
    few = len(field.choices) <= MOST_TO_TICK
    kind = ("checkboxes" if few else "multi_static_select") if of_several else "radio_buttons"
    if not few and not of_several:
        kind = "static_select"
    options = [_option(choice) for choice in field.choices]
    held = set(field.value.split(",")) if of_several else {field.value}
    chosen = [option for option in options if option["value"] in held]
    initial = {"initial_options": chosen} if of_several else {"initial_option": chosen[0] if chosen else None}
    shown = initial if chosen else {}
    return [_input(field, {"type": kind, "action_id": ANSWER, **_options(options), **shown})]


def _option(choice: Choice) -> Json:
    head, rest = _rest(choice)
    option = {"text": plain(head.strip(), LONGEST_OPTION), "value": choice.value}
    return option | ({"description": plain(rest, LONGEST_OPTION)} if rest else {})


def _rest(choice: Choice) -> tuple[str, str]:
    """A label, and what of it goes below; what does not fit there either stands above all of them."""
    label = _on_one_line(choice)
    head = next(parts(label, LONGEST_OPTION), "")
    rest = label[len(head) :]
    return head, rest


def _on_one_line(choice: Choice) -> str:
    return " ".join(choice.label.split())


def _options(options: Sequence[Json]) -> Json:
    if len(options) <= MOST_IN_A_GROUP:
        return {"options": list(options)}
    numbered = groupby(enumerate(options), key=lambda numbered: numbered[0] // MOST_IN_A_GROUP)
    groups = [[option for _, option in group] for _, group in numbered]
    return {
        "option_groups": [
            {"label": plain(f"{group[0]['text']['text']} …", LONGEST_OPTION), "options": group}
            for group in groups
        ]
    }
