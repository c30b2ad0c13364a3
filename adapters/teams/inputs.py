"""Inputs: the questions of a form, each as what is easiest to answer on a telephone.

Teams reads Markdown in choices that are shown one below the other, and in what it says of an empty field.
So people's words in a choice get marks that cannot be seen, or letters that look the same.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time

from adapters.fit import Json, by_words
from adapters.teams.rich import line, unbraced
from bot.messages import Choice, Field
from bot.prompts import Prompts
from bot.text import units

OURS = "in."  # what people type has names that begin like this, and what a card says of itself has not
MOST_TO_SHOW = 7  # more are a list that opens
MOST_TO_TICK = 20  # the same, where several may be chosen
LONGEST_LABEL = 1000  # units: a longer one stands above its field
UNSEEN = "\u2060"  # a word joiner

_AT_THE_START = re.compile(r"^(?=[#>+\-=|~]|\d+[.)])")
_BROKEN = re.compile(r"(?<=\])(?=[(\[:])|(?<=[<&\\])|(?<=:)(?=//)|(?<=~)(?=~)|(?<=_)|(?=_)")
_ALIKE = str.maketrans({"*": "\u2217", "`": "\u02cb"})


@dataclass(frozen=True)
class Words:
    """What Teams itself says at a field. Where we have no words, it does not hold anybody up."""

    required: str = ""  # at an empty field that must not be empty
    choose: str = ""  # in a closed list of choices
    see_above: str = ""  # in the label of a field with a mistake: some who listen go from field to field
    not_taken: str = ""  # at the end of a form in which there is one


NO_WORDS = Words()


def words_in(prompts: Prompts, language: str) -> Words:
    names = ("chat.required", "chat.choose", "chat.see_above", "chat.not_taken")
    return Words(*(prompts.phrase(language, name) for name in names))


def blocks(field: Field, words: Words, mistake: str = "") -> list[Json]:
    """Nothing for a choice among nothing: nobody could use it."""
    if field.kind in {"choice", "choices"} and not field.choices:
        return []
    element = _element(field, words)
    above = [line(mistake, "mistake", "Medium")] if mistake else []
    label = f"{field.label} ({words.see_above})" if mistake and words.see_above else field.label
    if units(label) > LONGEST_LABEL:
        above.append(line(label, spacing="Medium"))
        label = by_words(label, LONGEST_LABEL)
    hint = [line(field.hint, "small")] if _shows_hint(field, element) else []
    holds = {"isRequired": True, "errorMessage": words.required} if field.required and words.required else {}
    spacing = "Small" if above else "Large"
    common = {"id": OURS + field.name, "label": unbraced(label), "spacing": spacing}
    return [*above, element | common | holds, *hint]


def answers(data: Mapping[str, object]) -> dict[str, str]:
    """What was typed and picked, by the name of the field."""
    return {
        name.removeprefix(OURS): value
        for name, value in data.items()
        if name.startswith(OURS) and isinstance(value, str)
    }


def unmarked(title: str) -> str:
    """A title in which there is no Markdown to find, and that looks and sounds the same."""
    words = _BROKEN.sub(UNSEEN, unbraced(" ".join(title.split())))
    return _AT_THE_START.sub(UNSEEN, words.translate(_ALIKE))


def _shows_hint(field: Field, element: Json) -> bool:
    return bool(field.hint) and element["type"] != "Input.Date"  # no day is typed there


def _element(field: Field, words: Words) -> Json:
    if field.kind in {"choice", "choices"}:
        return _chosen(field, words)
    return _picker(field) or _box(field)


def _box(field: Field) -> Json:
    several = field.kind == "text" or "\n" in field.value
    most = max(field.limit, units(field.value))
    box: Json = {"type": "Input.Text", "isMultiline": several, "maxLength": most}
    return box | ({"value": field.value} if field.value else {})


def _picker(field: Field) -> Json | None:
    """A calendar or a clock, but not for words that were typed elsewhere: they would not stand in it."""
    kinds: dict[str, tuple[str, Callable[[str], bool]]] = {
        "day": ("Input.Date", _is_day),
        "time": ("Input.Time", _is_time),
    }
    if field.kind not in kinds:
        return None
    picker, is_one = kinds[field.kind]
    if field.value and not is_one(field.value):
        return None
    return {"type": picker} | ({"value": field.value} if field.value else {})


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


def _chosen(field: Field, words: Words) -> Json:
    of_several = field.kind == "choices"
    is_open = len(field.choices) <= (MOST_TO_TICK if of_several else MOST_TO_SHOW)
    held = field.value.split(",") if of_several else [field.value]
    chosen = [choice.value for choice in field.choices if choice.value in held]
    element: Json = {
        "type": "Input.ChoiceSet",
        "style": "expanded" if is_open else "compact",
        "isMultiSelect": of_several,
        "wrap": True,
        "choices": [_choice(choice, may_be_read=is_open or of_several) for choice in field.choices],
    }
    if not is_open and words.choose:
        element["placeholder"] = words.choose
    return element | ({"value": ",".join(chosen)} if chosen else {})


def _choice(choice: Choice, *, may_be_read: bool) -> Json:
    """A closed list shows what it is given, letter by letter; not every one where several may be chosen."""
    title = unmarked(choice.label) if may_be_read else " ".join(choice.label.split())
    return {"title": title or choice.value, "value": choice.value}
