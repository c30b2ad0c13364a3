"""Giving: what people say of themselves so that a partner is found who suits them, and whom they name."""

from collections.abc import Iterator, Mapping, Sequence

import regex
from sqlalchemy import ColumnElement, select

from bot import speech
from bot.matching.models import Apart, Exclusion, Profile
from bot.matching.people import CONTACTS, STAGES, STYLES
from bot.models import Enrolment, Person, Role
from bot.text import key
from bot.turn import Turn

LANGUAGES = (
    *("ar", "cs", "de", "en", "es", "fr", "he", "hi", "it", "ja"),
    *("ko", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "vi", "zh"),
)
MOST_NAMED = 12  # things that somebody wants or offers
FORM = "profile.form"  # in prompts, with the labels of all choices
CHOICES: Mapping[str, Sequence[str]] = {"languages": LANGUAGES, "style": STYLES, "contact": CONTACTS}
TAKES_PART = (Role.MENTOR, Role.MENTEE)

_BETWEEN = regex.compile(r"\s*[;\n]\s*")


def profile_of(turn: Turn, person: Person) -> Profile:
    """A new one is not in the database until it is added there."""
    return turn.db.get(Profile, person.id) or Profile(person_id=person.id, languages="", style="", contact="")


def several(text: str) -> str:
    """ "talks;  writing; Talks" as "talks; writing"."""
    first: dict[str, str] = {}
    for part in _BETWEEN.split(text):
        first.setdefault(key(part), part)
    return "; ".join([part for known_by, part in first.items() if known_by][:MOST_NAMED])


def chosen(text: str, name: str, there: str = "") -> str:
    """Only what can be chosen, or was there already, in one order."""
    typed = {part.strip() for part in text.split(",")}
    known = dict.fromkeys((*CHOICES[name], *there.split(",")))
    return ",".join(value for value in known if value and value in typed)


def in_words(turn: Turn, reader: Person, person: Person, profile: Profile) -> Iterator[tuple[str, str]]:
    """What is kept, under the names of the form's fields."""
    yield from ((name, text) for name, text in (("wants", person.goals), ("offers", person.skills)) if text)
    if person.career_stage in STAGES:
        yield "stage", label(turn, reader, "stage", person.career_stage)
    for name in CHOICES:
        values = [value for value in getattr(profile, name).split(",") if value]
        if values:
            yield name, _listed(name, [label(turn, reader, name, value) for value in values], reader.language)
    if profile.site:
        yield "site", profile.site


def _listed(name: str, labels: list[str], language: str) -> str:
    """What has commas of its own stands line by line."""
    return speech.listed(labels, language) if name == "languages" else "\n".join(labels)


def label(turn: Turn, reader: Person, field: str, value: str) -> str:
    """What a choice is called."""
    if field == "languages":
        return speech.language(value, reader.language)
    labels: Mapping[str, str] = turn.prompts.entry(reader.language, FORM).source["fields"][field]["choices"]
    return labels.get(value, value)


# Not with


def apart(turn: Turn, person: Person) -> Sequence[Exclusion]:
    """With whom they would rather not be, in the order in which they said so."""
    theirs = (Exclusion.person_id == person.id) & (Exclusion.kind == Apart.NOT_WITH)
    return turn.db.scalars(select(Exclusion).where(theirs).order_by(Exclusion.id)).all()


def found(turn: Turn, person: Person, part: str, most: int) -> Sequence[Person]:
    """Others in a programme of theirs in whose name this stands; one more than `most`, if there are more."""
    others = turn.db.execute(
        select(Person.id, Person.name).where(*_beside(person)).order_by(Person.name)
    ).all()
    ids = [id_ for id_, name in others if key(part) in key(name)][: most + 1]
    return turn.db.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.name, Person.id)).all()


def beside(turn: Turn, person: Person, other_id: int) -> Person | None:
    """Somebody in a programme of theirs."""
    return turn.db.scalar(select(Person).where(Person.id == other_id, *_beside(person)))


def _beside(person: Person) -> tuple[ColumnElement[bool], ...]:
    mine = select(Enrolment.programme_id).where(Enrolment.person_id == person.id)
    theirs = select(Enrolment.person_id).where(
        Enrolment.programme_id.in_(mine), Enrolment.role.in_(TAKES_PART)
    )
    return (Person.id.in_(theirs), Person.id != person.id, Person.left_at.is_(None))
