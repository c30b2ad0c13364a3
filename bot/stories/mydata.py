"""My data: what is kept about you, who sees it, and how to see, take along or erase it. In the chat, at once.

Erasing runs after ten minutes in which it can be undone. What a partner wrote is theirs and stays.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from bot import away, belongings, erasing, speech
from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.desk import roles
from bot.invitation import invitations
from bot.messages import File, Message, Part
from bot.models import Erasure, Person, UnsentForm
from bot.story import Place, Story
from bot.text import shorten
from bot.turn import Turn

mydata = Story()

LONGEST_PART = 1500  # characters in the chat; the files hold all of it


@dataclass(frozen=True)
class See(Action, wire="mydata.see", keeps_card=True):
    pass


@dataclass(frozen=True)
class Export(Action, wire="mydata.export", keeps_card=True):
    pass


@dataclass(frozen=True)
class AskErase(Action, wire="mydata.ask_erase", keeps_card=True):
    pass


@dataclass(frozen=True)
class Erase(Action, wire="mydata.erase"):
    what: str


@dataclass(frozen=True)
class KeepIt(Action, wire="mydata.keep_it"):
    pass


@mydata.on_command("mydata")
def overview(turn: Turn, person: Person, _rest: str) -> Message:
    kept = Counter(section for section, _ in belongings.records(turn, person))
    return turn.say(
        person,
        "mydata.overview",
        answers=kept["answer"],
        letters=kept["letter"],
        agreements=kept["agreement"],
        decided=kept["decided"],
        actions=kept["action"],
        goals=kept["goal"],
        steps=kept["milestone"],
        notes=kept["progress"],
        reviews=kept["review"] + kept["farewell"],
        pulses=kept["pulse"],
        decisions=kept["journal"],
        drafts=kept["draft"] + kept["draft_reply"],
        press={"see": See(), "export": Export(), "erase": AskErase(), "looked": Typing("looked")},
    )


@mydata.on_home(Place.DATA)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    press = {"overview": Typing("mydata"), "export": Export(), "erase": AskErase()}
    yield turn.part(person, "mydata.my_data", turn.say(person, "mydata.at_home", press=press))


# See it, take it along


@mydata.on_press(See)
def see(turn: Turn, person: Person, _press: See) -> Message:
    """The long lists of what happened are in the files only."""
    facts = [
        (section, shorten(text, LONGEST_PART))
        for section, text in _readable(turn, person).items()
        if section not in {"happening", "message"}
    ]
    return turn.say(person, "mydata.readable", facts=facts, press={"export": Export(), "erase": AskErase()})


@mydata.on_press(Export)
def export(turn: Turn, person: Person, _press: Export) -> Message:
    name = f"my-data-{turn.today(person)}"
    files = [
        File(f"{name}.json", "application/json", _as_json(turn, person).encode()),
        File(f"{name}.txt", "text/plain; charset=utf-8", _as_text(turn, person).encode()),
    ]
    return turn.say(person, "mydata.exported", files=files, press={"erase": AskErase()})


def _as_json(turn: Turn, person: Person) -> str:
    sections: dict[str, list[Mapping[str, object]]] = {}
    for section, parts in belongings.records(turn, person):
        sections.setdefault(section, []).append(parts)
    return json.dumps(sections, ensure_ascii=False, indent=2, default=_iso)


def _iso(value: datetime | date | time) -> str:
    return value.isoformat()


def _as_text(turn: Turn, person: Person) -> str:
    message = turn.say(person, "mydata.readable", facts=_readable(turn, person).items())
    return "\n\n\n".join(f"{fact.label}\n\n{fact.value}" for fact in message.facts) + "\n"


def _readable(turn: Turn, person: Person) -> dict[str, str]:
    """Section by section, one paragraph for each thing that is kept."""
    sections: dict[str, list[str]] = {}
    for section, parts in belongings.records(turn, person):
        sections.setdefault(section, []).append("\n".join(_lines(turn, person, parts)))
    return {section: "\n\n".join(paragraphs) for section, paragraphs in sections.items()}


def _lines(turn: Turn, person: Person, parts: Mapping[str, object]) -> Iterator[str]:
    written = [(name, _spoken(turn, person, value)) for name, value in parts.items()]
    named = turn.say(person, "mydata.parts", facts=[(name, text) for name, text in written if text])
    for fact in named.facts:
        yield turn.prompts.phrase(person.language, "mydata.part", name=fact.label, value=fact.value)


def _spoken(turn: Turn, person: Person, value: object) -> str:
    if isinstance(value, bool):
        return turn.prompts.phrase(person.language, "mydata.yes" if value else "mydata.no")
    if isinstance(value, datetime):
        return turn.prompts.phrase(person.language, "mydata.moment", when=turn.when(person, value))
    if isinstance(value, date):
        return turn.when(person, value)
    if isinstance(value, list):
        return speech.listed([speech.weekday(day, person.language) for day in value], person.language)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)


# Erase it


@mydata.on_press(AskErase)
def ask_erase(turn: Turn, person: Person, _press: AskErase) -> Message:
    if person.erase_at:
        return _on_its_way(turn, person)
    programme = roles.to_hand_over(turn, person)
    return turn.say(
        person,
        "mydata.ask_erase_as_owner" if programme else "mydata.ask_erase",
        programme=programme.name if programme else "",
        press={
            "words": Erase(Erasure.WORDS.value),
            "everything": Erase(Erasure.EVERYTHING.value),
            "keep_it": KeepIt(),
            **({"coordinators": Typing("coordinators")} if programme else {}),
        },
    )


@mydata.on_press(Erase)
def plan_erasure(turn: Turn, person: Person, press: Erase) -> Message:
    if press.what not in set(Erasure):
        return ask_erase(turn, person, AskErase())
    everything = Erasure.EVERYTHING in {press.what, person.erasure}
    if person.erase_at and everything == (person.erasure == Erasure.EVERYTHING):
        return _on_its_way(turn, person)
    person.erasure = Erasure.EVERYTHING if everything else Erasure.WORDS
    person.erase_at = turn.now + UNDO_WITHIN
    if not everything or person.left_at:
        return _on_its_way(turn, person)
    files = invitations(turn, person, away.begin_leaving(turn, person))
    return _on_its_way(turn, person, files)


def _on_its_way(turn: Turn, person: Person, files: list[File] | None = None) -> Message:
    everything = person.erasure == Erasure.EVERYTHING
    return turn.say(
        person,
        "mydata.everything_goes" if everything else "mydata.words_go",
        when=turn.when(person, person.erase_at or turn.now),
        files=files or [],
        press={"undo": KeepIt()},
    )


@mydata.on_press(KeepIt)
def keep_it(turn: Turn, person: Person, _press: KeepIt) -> Message:
    name = "mydata.kept" if person.erase_at else "mydata.nothing_waits"
    stand_again = away.stay(turn, person) if person.erasure == Erasure.EVERYTHING else []
    person.erase_at, person.erasure = None, ""
    return turn.say(
        person, name, files=invitations(turn, person, stand_again), press={"mydata": Typing("mydata")}
    )


@mydata.when_due(Person.erase_at)
def erase(turn: Turn, person: Person) -> None:
    everything = person.erasure == Erasure.EVERYTHING
    if everything and person.leave_at:
        person.erase_at = person.leave_at  # their partners hear of it first, while there is a name to say
        return
    person.erasure = ""
    if everything and person.left_at is None:
        return  # they have come back meanwhile
    erasing.erase_words(turn, person)
    if everything:
        erasing.forget(turn, person, turn.prompts.phrase(person.language, "mydata.somebody"))
    turn.note("erased", person=person)


@mydata.when_due(UnsentForm.forget_at)
def forget_unsent(turn: Turn, form: UnsentForm) -> None:
    """Nobody sent it, or it was sent."""
    turn.db.delete(form)
