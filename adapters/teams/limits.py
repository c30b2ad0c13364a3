"""Limits: how much Teams takes of a card and of a dialog. Pure, and it knows nothing of what draws it.

They are Microsoft's, and tighter ones of our own: a card of 20,000 bytes, six buttons on it. Whoever draws a
card keeps to them; this looks afterwards whether they did.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.drawn import Drawn, Excess, over, too_long
from bot.text import units

Json = Mapping[str, Any]

CARD_BYTES = 20_000
WHOLE_BYTES = 80_000  # of what cannot be sent in parts, as a form or a picture: Microsoft's advice
MOST_ACTIONS = 6
LONGEST_BUTTON = 40  # units: Teams breaks no lines there, and cuts what does not fit
LONGEST_TITLE = 60  # units: of a dialog


def weight(card: Json) -> int:
    """Bytes, as Teams counts them."""
    return 2 * units(json.dumps(card, ensure_ascii=False))


def of_card(card: Json, most: int = 0) -> Drawn:
    """What is asked in one card is sent together, so that it may be larger than others, as with a picture."""
    parts = list(elements(card))
    is_whole = any(part["type"].startswith("Input.") or part["type"] == "Image" for part in parts)
    most = most or (WHOLE_BYTES if is_whole else CARD_BYTES)
    actions = sum(len(part["actions"]) for part in parts if "actions" in part)
    beyond = [*over("bytes", weight(card), most), *over("actions", actions, MOST_ACTIONS)]
    return Drawn(weight(card), [*beyond, *(problem for part in parts for problem in _beyond(part))])


def of_dialog(task: Json) -> Drawn:
    """A taskInfo."""
    drawn = of_card(task["card"]["content"], WHOLE_BYTES)
    return Drawn(drawn.size, [*too_long("title of a dialog", task["title"], LONGEST_TITLE), *drawn.beyond])


def elements(value: object) -> Iterator[Json]:
    """Everything with a type, but not what buttons carry."""
    if isinstance(value, Mapping):
        if isinstance(value.get("type"), str):
            yield value
        inside = [part for key, part in value.items() if key not in {"data", "choices"}]
    else:
        inside = list(value) if isinstance(value, list) else []
    for part in inside:
        yield from elements(part)


def _beyond(part: Json) -> Iterator[Excess]:
    kind = part["type"]
    if kind.startswith("Action."):
        yield from too_long(f"title of {kind}", part.get("title"), LONGEST_BUTTON)
    if kind == "Input.Text":
        yield from too_long("what stands in a field", part.get("value"), part["maxLength"])
