"""Understand: what typed words mean, given what the person was looking at. Pure.

In this order: a word that works like a button on the last card, a command, the answer to an open question,
and last a guess. Only a whole message is taken for a button or a command: "I want to stop guessing" is an
answer.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.actions import Action
from bot.text import key

LONGEST_COMMAND = 60  # characters; what is longer is something a person wrote
ENDS_COMMAND = (" ", ":", "\n", "\xa0")
NEAR = 75  # of 100, by rapidfuzz: "helpp", "agrement"


@dataclass(frozen=True)
class SeenButton:
    word: str
    label: str
    action: Action


@dataclass(frozen=True)
class Command:
    name: str
    rest: str = ""
    explicit: bool = False  # with a colon
    said: str = ""  # the word that was typed for it


@dataclass(frozen=True)
class Seen:
    """What somebody was looking at: the buttons of the last card, and the question that is still open."""

    buttons: Sequence[SeenButton] = ()
    question: Action | None = None
    is_fresh: bool = True  # the question was put to them a moment ago


def button_for(text: str, seen: Seen, words: Mapping[str, frozenset[str]]) -> Action | None:
    """The button that was typed: by its word in any language, by its label, or by the number it shows."""
    typed = key(text)
    for button in seen.buttons:
        label = key(button.label)
        number = label.partition(".")[0] if label[:1].isdigit() else label
        if typed and (typed in words.get(button.word, ()) or typed in (label, number)):
            return button.action
    return None


def command_for(text: str, words: Mapping[str, frozenset[str]], commands: Sequence[str]) -> Command | None:
    """A command, alone or followed by its details: "pause until 4 May"."""
    typed = key(text[: LONGEST_COMMAND + 1])
    typed = typed.strip("\"'").lstrip("/").rstrip(" .!?") or typed
    if len(typed) > LONGEST_COMMAND:
        return None
    ends = [len(typed), *(found.start() for found in re.finditer(" ", typed))]
    for end in sorted(ends, reverse=True):
        for name in reversed(commands):
            if typed[:end] == name or typed[:end] in words.get(name, ()):
                return Command(name, typed[end:].strip())
    return None


def command_with_words(
    text: str, words: Mapping[str, frozenset[str]], commands: Iterable[str]
) -> Command | None:
    """A command and what somebody wrote behind it, as they wrote it: "ask How do you begin?"."""
    for name in commands:
        for word in sorted(words.get(name, ()), key=len, reverse=True):
            begins = text.lstrip("/ ")[: len(word) + 1]
            rest = text.lstrip("/ ")[len(word) + 1 :].strip()
            if rest and key(begins[:-1]) == word and begins[-1:] in ENDS_COMMAND:
                return Command(name, rest, explicit=begins[-1] == ":", said=word)
    return None


def guess(text: str, words: Mapping[str, frozenset[str]], commands: Sequence[str]) -> str | None:
    """The command that a mistyped word is nearest to."""
    spoken = {word: name for name in commands for word in words.get(name, ())}
    found = process.extractOne(
        key(text[:LONGEST_COMMAND]), spoken.keys(), scorer=fuzz.ratio, score_cutoff=NEAR
    )
    return spoken[found[0]] if found else None
