"""Whatever the bot can say: what each platform's drawing of it is held to.

Everything that two pairs get to see, every prompt whatever fills it, and anything at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import regex
from everything import Explorer
from hypothesis import strategies as st
from pseudo import PSEUDO, with_pseudo
from sqlalchemy import Engine
from world import World

from bot.actions import Action, Outdated
from bot.messages import Button, Choice, Fact, Field, Form, Home, Message, Part, Picture, Run, plain
from bot.models import Format
from bot.prompts import Entry, read_prompts

PROMPTS = read_prompts(Path(__file__).parents[1] / "prompts")
WITH_PSEUDO = with_pseudo(PROMPTS, PROMPTS._typed_words)
SPOKEN = dict.fromkeys(sorted(PROMPTS.languages), PROMPTS) | {PSEUDO: WITH_PSEUDO}


@dataclass(frozen=True)
class Knock(Action, wire="everything_said.knock"):
    door: str = ""


# What people write

ATTACKS = [
    pytest.param("<!channel> <!here> <!everyone> <!subteam^S1>", id="D1"),
    pytest.param("@channel @everyone", id="D2"),
    pytest.param("<@U123> <at>x</at>", id="D3"),
    pytest.param("<https://evil.example|https://hr.example> [HR](https://evil.example)", id="D4"),
    pytest.param("<!date^0^{date}^https://evil.example|x>", id="D6"),
    pytest.param("&lt;!channel&gt; &amp;lt;", id="D7"),
    pytest.param("*Mentor bot:* your `password` _is_ ~old~\n> quoted", id="D8"),
    pytest.param("---\n───────\n[Approve]\n• yes\n1. no", id="D9"),
    pytest.param("\u200d \ufeff \ufe0f e\u0301", id="D11"),
    pytest.param("e" + "\u0301" * 1000, id="D13"),
    pytest.param("\U0001f469\u200d\U0001f469\u200d\U0001f467" * 300, id="D14"),
    pytest.param("${mentor.email} {{…}} {0.__class__} %(x)s {% %}", id="D18"),
    pytest.param('"}],"actions":[{"type":"button"}]', id="D19"),
    pytest.param("![x](https://tracker.example/x.png)", id="D21"),
    pytest.param(":tada: :wave::skin-tone-2:", id="D22"),
    pytest.param("<#C123>", id="D24"),
]


# What two pairs get to see


def live(engine: Engine, language: str) -> list[Explorer]:
    """Two who do whatever can be done, one pair that meets and one that writes."""
    world = World(engine, SPOKEN[language])
    names = ("Ben Okafor", "Ana Byrne", "Cleo Test", "Dara Test")
    ben, ana, cleo, dara = [world.add(name, "Europe/Dublin", language=language) for name in names]
    review = world.clock() + timedelta(days=12)
    world.meet(ben, ana, format=Format.LIVE, review_at=review)
    world.meet(cleo, dara, format=Format.ASYNC, review_at=review)
    explorers = [Explorer(someone) for someone in (ben, ana, cleo, dara)]
    for day in range(18):
        for explorer in explorers:
            if day % 8 == 1:
                explorer.asks_for_everything()
            explorer.looks_around()
        world.forward(days=1)
    return explorers


# Every prompt


def values_for(entry: Entry, words: str) -> dict[str, Any]:
    return dict.fromkeys(placeholders(entry.source) - {"count"}, words) | {"count": 2}


def placeholders(source: object) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", str(source)))


def every_message(entry: Entry, words: str, values: Mapping[str, Any]) -> Message:
    return SPOKEN[entry.language].say(
        entry.language,
        entry.name,
        press={name: Outdated() for name in entry.press},
        facts=[(name, words * 15) for name in entry.facts],
        **{**values, "label": words},
    )


def every_form(entry: Entry, words: str, values: Mapping[str, Any]) -> Form:
    fields = entry.source["fields"]
    open_choices = {name: [Choice("1", words), Choice("2", "b")] for name in fields}
    given = {name: "1" if "choice" in str(field.get("kind")) else words for name, field in fields.items()}
    choices = {name: among for name, among in open_choices.items() if not fields[name].get("choices")}
    return SPOKEN[entry.language].ask(
        entry.language, entry.name, Outdated(), given=given, choices=choices, only=None, **values
    )


# For those who listen


def spoken(message: Message) -> list[str]:
    facts = [part for fact in message.facts for part in (fact.label, fact.value)]
    pictures = [part for picture in message.pictures for part in (picture.title, picture.alt)]
    return [plain(message.text), *facts, *pictures, *(button.label for button in message.buttons)]


def letters(text: str) -> str:
    """What can be seen of it, but for the mark that something goes on."""
    return regex.sub(r"[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800…]", "", text)


# Anything at all

ODD = 'ab c\n\n•.1&<>"\\*_:\u05d0\u0627\u202b\U0001f642\u200d\u0301\U0001f1e9ß'
words = (
    st.text(max_size=300)
    | st.text(alphabet=ODD, max_size=300)
    | st.builds(
        lambda text, times: text * times, st.text(alphabet=ODD, min_size=1, max_size=20), st.integers(1, 300)
    )
)
labels = st.text(alphabet=ODD, min_size=1, max_size=200).filter(str.strip)
texts = st.lists(st.builds(Run, words, st.booleans()), max_size=6).map(tuple)
lists = st.lists(st.builds(Run, st.text(alphabet="ab•1. \n", max_size=40), st.booleans()), max_size=30).map(
    tuple
)
actions = st.builds(Knock, st.text(alphabet=ODD, max_size=600))
facts = st.builds(Fact, labels, words, st.just(value=False) | st.booleans())
pictures = st.builds(Picture, st.just("x.png"), st.binary(max_size=9), words, words)
messages = st.builds(
    Message,
    name=st.just("x"),
    text=texts | lists,
    facts=st.lists(facts, max_size=8).map(tuple)
    | st.lists(facts, max_size=3).map(lambda some: tuple(some * 40)),
    pictures=st.lists(pictures, max_size=2).map(tuple),
    buttons=st.lists(st.builds(Button, labels, actions), max_size=60).map(tuple),
)


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    number = draw(st.sampled_from([0, 1, 3, 10, 11, 100, 101, 250]))
    label = draw(labels)
    choices = tuple(Choice(str(value), f"{label}{value}") for value in range(number))
    return Field(
        name=name,
        kind=draw(st.sampled_from(["line", "text", "choice", "choices", "day", "time"])),
        label=draw(labels | words.filter(str.strip)),
        hint=draw(words),
        value=draw(words | st.sampled_from(["1", "1,2", "2026-03-04", "09:30"])),
        required=draw(st.booleans()),
        choices=choices,
        limit=draw(st.sampled_from([1, 60, 3000, 9000])),
    )


@st.composite
def forms(draw: st.DrawFn) -> Form:
    names = [f"field_{number}" for number in range(draw(st.integers(0, 8)))]
    return Form(
        name="x",
        title=draw(labels),
        intro=draw(texts),
        fields=tuple(draw(fields(name)) for name in names),
        submit=draw(labels),
        action=Knock(draw(st.text(max_size=60))),
    )


homes = st.lists(st.builds(Part, labels, messages), max_size=12).map(lambda parts: Home(tuple(parts)))
