"""Digest: several messages that wait for one person become one, with a number and a button for each.

Nudges that are more than the budget allows are merged, and so is what came in while somebody was away. A
press (or the typed number) opens the message itself, with everything that can be done about it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.actions import Action, Typing
from bot.messages import Button, Message, Run, Text
from bot.prompts import LONGEST_LABEL, Prompts
from bot.text import shorten

MOST_PARTS = 20  # Slack takes 25 buttons in a row
NUDGES, LANDING = "digest.nudges", "digest.landing"
SENTENCE_ENDS = (". ", ".\n", "? ", "\n")
WELCOME = "pause.welcome_back"  # says better than we could what the others are


@dataclass(frozen=True)
class OpenPart(Action, wire="digest.open_part", keeps_card=True):
    post: int


def merged(prompts: Prompts, name: str, parts: Sequence[tuple[int, Message]]) -> Message:
    """One message out of several: their ids and what they say. `name` is NUDGES or LANDING."""
    heads = [part for _, part in parts if part.name == WELCOME]
    listed = [(post, part) for post, part in parts if part.name != WELCOME] or parts
    head = heads[0] if heads else prompts.say(parts[0][1].language, name, count=len(parts))
    why = Button(prompts.phrase(head.language, "why.button"), Typing(f"why {name}"), "why")
    lines = [run for number, (_, part) in enumerate(listed, 1) for run in _line(number, part)]
    return replace(
        head,
        name=name,
        text=(*head.text, Run("\n"), *lines),
        buttons=(*_buttons(listed), *head.buttons, why),
        files=tuple(file for _, part in parts for file in part.files),
    )


def _line(number: int, part: Message) -> Text:
    return (Run(f"\n{number}. "), *(part.gist or _first_sentence(part.text)))


def _first_sentence(text: Text) -> Text:
    return tuple(_until_its_end(text))


def _until_its_end(text: Text) -> Iterator[Run]:
    for run in text:
        ends = [at for end in SENTENCE_ENDS if (at := run.text.find(end)) >= 0]
        if ends:
            yield Run(run.text[: min(ends) + 1].rstrip(), run.bold)
            return
        yield run


def _buttons(parts: Sequence[tuple[int, Message]]) -> Iterator[Button]:
    for number, (post, part) in enumerate(parts, 1):
        first = f" {part.buttons[0].label}" if part.buttons else ""
        yield Button(shorten(f"{number}.{first}", LONGEST_LABEL), OpenPart(post), "open")
