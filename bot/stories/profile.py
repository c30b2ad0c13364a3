"""Profile: a minute to say what one would like to learn, what one can offer, and how one likes to work.

All of it is optional and used for nothing but finding a partner. Whoever runs the programme never reads it as
it stands. And there is a list that nobody else sees: with whom one would rather not be.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from bot.actions import Action, Typing
from bot.desk import roles
from bot.matching import giving, wishing
from bot.matching.models import Apart, Exclusion
from bot.matching.people import STAGES
from bot.messages import Choice, Form, Message, Mistakes
from bot.models import Enrolment, Person, Role
from bot.prompts import Press
from bot.roster import MOST_MENTEES
from bot.story import Answers, Story
from bot.text import key
from bot.turn import Turn

profile = Story()

SHOWN = 8  # people, of those who were searched for
FEWEST_LETTERS = 2
OFFERED_PLACES = 5


@dataclass(frozen=True)
class Edit(Action, wire="profile.edit", opens_form=True):
    pass


@dataclass(frozen=True)
class Keep(Action, wire="profile.keep"):
    pass


@dataclass(frozen=True)
class NotWith(Action, wire="profile.not_with", keeps_card=True):
    pass


@dataclass(frozen=True)
class Search(Action, wire="profile.search", opens_form=True):
    pass


@dataclass(frozen=True)
class Find(Action, wire="profile.find"):
    pass


@dataclass(frozen=True)
class Exclude(Action, wire="profile.exclude"):
    person: int


@dataclass(frozen=True)
class Include(Action, wire="profile.include"):
    person: int


# What is there


@profile.on_command("profile")
def show(turn: Turn, person: Person, _rest: str) -> Message:
    if person.left_at:
        return turn.say(person, "pause.has_left", press={"mydata": Typing("mydata")})
    if roles.only_runs(turn, person):
        return turn.say(person, "profile.not_needed", press={"help": Typing("help")})
    there = list(_facts(turn, person))
    if not there:
        return turn.say(person, "profile.empty", press=_ways(turn, person))
    return turn.say(person, _name_of_card(turn, person), facts=there, press=_ways(turn, person))


def _name_of_card(turn: Turn, person: Person) -> str:
    return "profile.card_of_mentor" if _as_mentor(turn, person) else "profile.card"


def _as_mentor(turn: Turn, person: Person) -> list[Enrolment]:
    theirs = (Enrolment.person_id == person.id) & (Enrolment.role == Role.MENTOR)
    return list(turn.db.scalars(select(Enrolment).where(theirs).order_by(Enrolment.id)))


def _facts(turn: Turn, person: Person) -> Iterator[tuple[str, str]]:
    yield from giving.in_words(turn, person, person, giving.profile_of(turn, person))
    for enrolment in _as_mentor(turn, person)[:1]:
        yield "places", str(enrolment.capacity)


def _ways(turn: Turn, person: Person) -> Press:
    wishes: dict[str, Action] = {"wishes": Typing("wishes")} if wishing.concerns(turn, person) else {}
    return {"edit": Edit(), **wishes, "not_with": NotWith()}


# Say it, or say it differently


@profile.on_press(Edit)
def ask(turn: Turn, person: Person, _press: Edit) -> Form | Message:
    if person.left_at or roles.only_runs(turn, person):
        return show(turn, person, "")
    kept = giving.profile_of(turn, person)
    held = {name: getattr(kept, name) for name in giving.CHOICES}
    words = {"wants": person.goals, "offers": person.skills, "site": kept.site}
    mentors = _as_mentor(turn, person)
    places = {"places": str(mentors[0].capacity)} if mentors else {}
    fields = ("wants", "offers", "stage", *giving.CHOICES, "site", *places)
    return turn.ask(
        person,
        giving.FORM,
        Keep(),
        given={**held, **words, **places, "stage": person.career_stage},
        choices={"languages": _languages(turn, person, kept.languages), "places": _places(mentors)},
        only=fields,
    )


def _languages(turn: Turn, reader: Person, there: str) -> list[Choice]:
    """Those of the list, and what a roster has said of them."""
    codes = {*giving.LANGUAGES, *filter(None, there.split(","))}
    named = [Choice(code, giving.label(turn, reader, "languages", code)) for code in codes]
    return sorted(named, key=lambda choice: key(choice.label))


def _places(mentors: list[Enrolment]) -> list[Choice]:
    """Few to choose among, and whatever it is now."""
    numbers = {*range(OFFERED_PLACES + 1), *(enrolment.capacity for enrolment in mentors[:1])}
    return [Choice(str(number), str(number)) for number in sorted(numbers)]


@profile.on_submit(Keep)
def keep(turn: Turn, person: Person, _sent: Keep, answers: Answers) -> Message | Mistakes:
    if person.left_at or roles.only_runs(turn, person):
        return show(turn, person, "")
    wrong = turn.prompts.too_long(person.language, giving.FORM, answers)
    if wrong:
        return turn.refuse(person, giving.FORM, **wrong)
    kept = giving.profile_of(turn, person)
    person.goals, person.skills = giving.several(answers["wants"]), giving.several(answers["offers"])
    person.career_stage = answers["stage"] if answers["stage"] in STAGES else ""
    for name in giving.CHOICES:
        setattr(kept, name, giving.chosen(answers[name], name, getattr(kept, name)))
    kept.site, kept.changed_at = answers["site"], turn.now
    turn.db.add(kept)
    _set_places(turn, person, answers["places"])
    turn.note("profile_kept", person=person)
    return turn.say(person, "profile.kept", facts=_facts(turn, person), press=_ways(turn, person))


def _set_places(turn: Turn, person: Person, places: str) -> None:
    """In every programme in which they are a mentor, if it is another number than they were shown."""
    mentors = _as_mentor(turn, person)
    is_number = places.isdecimal() and len(places) <= 2 and int(places) <= MOST_MENTEES
    if not is_number or not mentors or int(places) == mentors[0].capacity:
        return
    for enrolment in mentors:
        enrolment.capacity = int(places)


# Not with


@profile.on_press(NotWith)
def show_apart(turn: Turn, person: Person, _press: NotWith) -> Message:
    named = giving.apart(turn, person)
    if not named:
        return turn.say(person, "profile.with_everybody", press={"add": Search()})
    return turn.say(
        person,
        "profile.apart",
        facts=[("people", "\n".join(one.other.name for one in named))],
        press={"add": Search(), "remove": [(one.other.name, Include(one.other_id)) for one in named]},
    )


@profile.on_press(Search)
def search(turn: Turn, person: Person, _press: Search) -> Form:
    return turn.ask(person, "profile.search_form", Find())


@profile.on_submit(Find)
def find(turn: Turn, person: Person, _sent: Find, answers: Answers) -> Message | Mistakes:
    part = key(answers["name"])
    if len(part) < FEWEST_LETTERS:
        return turn.refuse(person, "profile.search_form", name="short")
    people = giving.found(turn, person, part, SHOWN)
    if not people:
        again: Press = {"search": Search(), "not_with": NotWith()}
        return turn.say(person, "profile.not_found", facts=[("yours", answers["name"])], press=again)
    ways: Press = {"person": [(one.name, Exclude(one.id)) for one in people[:SHOWN]], "search": Search()}
    return turn.say(person, "profile.many" if len(people) > SHOWN else "profile.found", press=ways)


@profile.on_press(Exclude)
def exclude(turn: Turn, person: Person, press: Exclude) -> Message:
    other = giving.beside(turn, person, press.person)
    if other is None:
        return _gone(turn, person)
    if other.id not in {one.other_id for one in giving.apart(turn, person)}:
        turn.db.add(Exclusion(person_id=person.id, other_id=other.id, kind=Apart.NOT_WITH))
    ways = {"undo": Include(other.id), "not_with": NotWith()}
    return turn.say(person, "profile.excluded", name=other.name, press=ways)


@profile.on_press(Include)
def include(turn: Turn, person: Person, press: Include) -> Message:
    named = [one for one in giving.apart(turn, person) if one.other_id == press.person]
    if not named:
        return _gone(turn, person)
    for one in named:
        turn.db.delete(one)
    ways = {"undo": Exclude(press.person), "not_with": NotWith()}
    return turn.say(person, "profile.included", name=named[0].other.name, press=ways)


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "profile.gone", press={"not_with": NotWith(), "profile": Typing("profile")})
