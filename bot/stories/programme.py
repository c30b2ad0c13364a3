"""Programme: what one is like, set by whoever runs it; and on their own page how far it has come, in numbers.

What a pair can feel, such as its rhythm, is what new pairs are offered to begin with; a pair that has agreed
on something else never notices a change. Among the numbers no name stands, nothing that anybody wrote, and no
group of fewer than five. Where one of two groups is that small, the other is not counted out either: whoever
knows how many there are could subtract.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from bot import joining, terms
from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.calendar import local
from bot.desk import admitted, audit, disclosure, roles
from bot.desk.models import Decision, EnrolmentRequest
from bot.desk.roles import Right
from bot.desk.views import OpenCall
from bot.messages import Form, Message, Mistakes, Part
from bot.models import Enrolment, Pair, Person, Programme, ProgrammeFormat, Role
from bot.prompts import Press
from bot.story import Answers, Place, Story
from bot.text import clean_name, is_blank, key
from bot.turn import Turn

programme = Story()

FEWEST = 5  # people in a group that is counted out
MOST = 100
WEEKS = range(4, 105)
LISTED = 10  # programmes
FORMATS = {
    ProgrammeFormat.ONE_TO_ONE: "programme.one_to_one",
    ProgrammeFormat.REVERSE: "programme.reverse",
    ProgrammeFormat.PEER: "programme.peer",
}
CHOICES = {
    "format": tuple(str(format_) for format_ in ProgrammeFormat),
    "every_weeks": ("1", "2", "3", "4"),
    "minutes": ("0", "30", "45", "60", "90"),
    "response_days": ("1", "2", "3", "5"),
}
WORDS = ("name", "purpose", "cohort")
NUMBERS = ("weeks", "every_weeks", "minutes", "response_days", "smallest_group")
USUAL = {
    "name": "",
    "purpose": "",
    "cohort": "",
    "format": ProgrammeFormat.ONE_TO_ONE,
    "weeks": 26,
    "every_weeks": 2,
    "minutes": 0,
    "response_days": 2,
    "smallest_group": FEWEST,
}
ELSEWHERE = ("people", "health")  # told by other stories


class Group(NamedTuple):
    size: int
    people: int  # different ones on each side, at least


@dataclass(frozen=True)
class Choose(Action, wire="programme.choose", keeps_card=True):
    programme: int


@dataclass(frozen=True)
class New(Action, wire="programme.new", opens_form=True):
    pass


@dataclass(frozen=True)
class Make(Action, wire="programme.make"):
    pass


@dataclass(frozen=True)
class Edit(Action, wire="programme.edit", opens_form=True):
    programme: int


@dataclass(frozen=True)
class Save(Action, wire="programme.save"):
    programme: int


@dataclass(frozen=True)
class AskClose(Action, wire="programme.ask_close", keeps_card=True):
    programme: int


@dataclass(frozen=True)
class Close(Action, wire="programme.close"):
    programme: int


@dataclass(frozen=True)
class Keep(Action, wire="programme.keep"):
    programme: int


@dataclass(frozen=True)
class Reopen(Action, wire="programme.reopen"):
    programme: int


# What it is like


@programme.on_command("programme", at_desk=True)
def show(turn: Turn, person: Person, named: str) -> Message:
    """The one that they name, else the one that they looked at last."""
    one = roles.chosen(turn, person, Right.NUMBERS)
    if one is None:
        audit.record(turn, person, "refused", detail="programme")
        return _not_for_you(turn, person)
    mine = roles.programmes(turn, person, Right.NUMBERS)
    found = [each for each in mine if key(each.name) == named]
    if named and not found:
        return turn.say(person, "programme.which", press=_several(mine))
    return _look(turn, person, found[0] if found else one)


def _not_for_you(turn: Turn, person: Person, words: str = "") -> Message:
    """Also in the middle of a form: what was typed in it is given back."""
    facts = [("yours", words)] if words else []
    return turn.say(person, "programme.not_for_you", facts=facts, press={"help": Typing("help")})


may = admitted.Guard("programme", _not_for_you)


@programme.on_press(Choose)
@may(Right.NUMBERS)
def choose(turn: Turn, person: Person, one: Programme, _press: Choose) -> Message:
    return _look(turn, person, one)


def _look(turn: Turn, person: Person, one: Programme) -> Message:
    roles.choose(turn, person, one)
    return _card(turn, person, one, "programme.closed" if one.closed_at else "programme.card")


def _card(turn: Turn, person: Person, one: Programme, name: str) -> Message:
    return turn.say(
        person,
        name,
        programme=one.name,
        facts=_facts(turn, person, one),
        press=_ways(turn, person, one),
    )


def _facts(turn: Turn, reader: Person, one: Programme) -> Iterator[tuple[str, str]]:
    phrase, language = turn.prompts.phrase, reader.language
    if one.purpose:
        yield "purpose", one.purpose
    yield "format", phrase(language, FORMATS[ProgrammeFormat(one.format)])
    if one.cohort:
        yield "cohort", one.cohort
    yield "weeks", phrase(language, "join.weeks", count=one.weeks)
    yield "pairs", terms.suggested(turn.prompts, language, one)
    yield "call", _call(turn, reader, one)
    yield "smallest", phrase(language, "programme.people", count=one.smallest_group)
    yield "hand", phrase(language, "programme.hand_rule")


def _call(turn: Turn, reader: Person, one: Programme) -> str:
    if one.open_until is None or one.closed_at:
        return turn.prompts.phrase(reader.language, "programme.no_call")
    name = "programme.call_on_request" if one.needs_approval else "programme.call"
    return turn.prompts.phrase(reader.language, name, until=joining.last_day(turn, one, reader))


def _ways(turn: Turn, person: Person, one: Programme) -> Press:
    others = [each for each in roles.programmes(turn, person, Right.NUMBERS) if each is not one]
    several = _several(others) if others else {}
    elsewhere = {name: Typing(name) for name in ELSEWHERE}
    if roles.programme(turn, person, one.id, Right.ACT) is None:
        return {"health": elsewhere["health"], **several}
    if one.closed_at:
        return {"reopen": Reopen(one.id), "new": New(), **several}
    call = {"call": OpenCall(one.id)}
    return {"edit": Edit(one.id), **elsewhere, **call, "new": New(), "close": AskClose(one.id), **several}


def _several(mine: Sequence[Programme]) -> Press:
    return {"choose": [(one.name, Choose(one.id)) for one in mine[:LISTED]]}


# Making one, and changing it


@programme.on_press(New)
def begin(turn: Turn, person: Person, _press: New) -> Form | Message:
    if admitted.to_chosen(turn, person, Right.ACT, "programme") is None:
        return _not_for_you(turn, person)
    return _ask(turn, person, Make(), Programme(**USUAL))


@programme.on_press(Edit)
@may(Right.ACT)
def edit(turn: Turn, person: Person, one: Programme, _press: Edit) -> Form | Message:
    if one.closed_at:
        return _look(turn, person, one)
    return _ask(turn, person, Save(one.id), one)


def _ask(turn: Turn, person: Person, action: Action, one: Programme) -> Form:
    given = {name: str(getattr(one, name)) for name in USUAL}
    return turn.ask(person, "programme.form", action, given=given)


@programme.on_submit(Make)
def make(turn: Turn, person: Person, _sent: Make, answers: Answers) -> Message | Mistakes:
    if admitted.to_chosen(turn, person, Right.ACT, "programme") is None:
        return _not_for_you(turn, person, _typed(answers))
    one = Programme(made_at=turn.now, **USUAL)
    mistakes = _mistakes(turn, person, one, answers)
    if mistakes:
        return turn.refuse(person, "programme.form", **mistakes)
    _write(one, answers)
    turn.db.add(one)
    turn.db.flush()
    turn.db.add(Enrolment(programme_id=one.id, person_id=person.id, role=Role.OWNER, made_at=turn.now))
    turn.db.flush()
    audit.record(turn, person, "programme.did_make", programme=one)
    roles.choose(turn, person, one)
    return _card(turn, person, one, "programme.made")


@programme.on_submit(Save)
def save(turn: Turn, person: Person, sent: Save, answers: Answers) -> Message | Mistakes:
    one = admitted.to(turn, person, sent.programme, Right.ACT, "programme")
    if one is None or one.closed_at:
        return _not_for_you(turn, person, _typed(answers))
    turn.db.refresh(one, with_for_update=True)
    mistakes = _mistakes(turn, person, one, answers)
    if mistakes:
        return turn.refuse(person, "programme.form", **mistakes)
    changes = _write(one, answers)
    if changes:
        audit.record(turn, person, "programme.did_change", programme=one, detail=",".join(changes))
    roles.choose(turn, person, one)
    return _card(turn, person, one, "programme.saved")


def _typed(answers: Answers) -> str:
    return "\n\n".join(answers[name] for name in WORDS if answers.get(name))


def _mistakes(turn: Turn, person: Person, one: Programme, answers: Answers) -> Mapping[str, str]:
    """Field to the name of what is wrong with it."""
    wrong = turn.prompts.too_long(person.language, "programme.form", answers)
    if is_blank(answers.get("name", "")):
        wrong["name"] = "name"
    elif _is_taken(turn, person, one, clean_name(answers["name"])):
        wrong["name"] = "taken"
    for name, choices in CHOICES.items():
        if answers.get(name) not in choices:
            wrong[name] = "choose"
    if _number(answers.get("weeks", "")) not in WEEKS:
        wrong["weeks"] = "weeks"
    if _number(answers.get("smallest_group", "")) not in range(max(one.smallest_group, FEWEST), MOST + 1):
        wrong["smallest_group"] = "smallest"
    if "format" not in wrong and answers["format"] != one.format and _has_pairs(turn, one):
        wrong["format"] = "pairs"
    return wrong


def _number(typed: str) -> int:
    """Less than anything that makes sense, if it is no number."""
    plain = key(typed)
    return int(plain) if plain.isdecimal() and len(plain) <= len(str(MOST)) else -1


def _is_taken(turn: Turn, person: Person, one: Programme, name: str) -> bool:
    """Among what they run. Of others nobody learns that there is one of this name."""
    mine = roles.programmes(turn, person, Right.NUMBERS)
    return any(key(other.name) == key(name) and other.id != one.id for other in mine)


def _has_pairs(turn: Turn, one: Programme) -> bool:
    going_on = (Pair.programme_id == one.id) & Pair.ended_at.is_(None)
    return one.id is not None and turn.db.scalar(select(Pair.id).where(going_on).limit(1)) is not None


def _write(one: Programme, answers: Answers) -> list[str]:
    """Returns the settings that are others now, and the numbers among them from and to."""
    new: dict[str, object] = {name: _number(answers[name]) for name in NUMBERS}
    new |= {"format": answers["format"], "purpose": answers.get("purpose", "")}
    new |= {name: clean_name(answers.get(name, "")) for name in ("name", "cohort")}
    before = {name: getattr(one, name) for name in new}
    for name, value in new.items():
        setattr(one, name, value)
    changed = [name for name in new if before[name] != new[name]]
    return [name if name in WORDS else f"{name} {before[name]} > {new[name]}" for name in changed]


# Closing one


@programme.on_press(AskClose)
@may(Right.ACT)
def ask_close(turn: Turn, person: Person, one: Programme, _press: AskClose) -> Message:
    """What would happen, and nothing has."""
    if one.closed_at:
        return _look(turn, person, one)
    return turn.say(
        person,
        "programme.ask_close",
        programme=one.name,
        facts=_would_close(turn, person, one),
        press={"close": Close(one.id), "keep": Keep(one.id)},
    )


def _would_close(turn: Turn, reader: Person, one: Programme) -> Iterator[tuple[str, str]]:
    going_on = (Pair.programme_id == one.id) & Pair.ended_at.is_(None)
    count, last = turn.db.execute(select(func.count(), func.max(Pair.planned_end)).where(going_on)).one()
    if last:
        day = turn.when(reader, local(last, reader.timezone).date())
        yield "pairs", turn.prompts.phrase(reader.language, "programme.pairs_until", count=count, day=day)
    elif count:
        yield "pairs", str(count)
    if one.open_until:
        yield "call", _call(turn, reader, one)
    waiting = turn.db.scalar(select(func.count()).where(joining.is_waiting(one))) or 0
    if waiting:
        yield "requests", turn.prompts.phrase(reader.language, "programme.requests", count=waiting)


@programme.on_press(Keep)
@may(Right.NUMBERS)
def keep(turn: Turn, person: Person, one: Programme, _press: Keep) -> Message:
    return _look(turn, person, one)


@programme.on_press(Close)
@may(Right.ACT)
def close(turn: Turn, person: Person, one: Programme, _press: Close) -> Message:
    turn.db.refresh(one, with_for_update=True)
    if one.closed_at is None:
        one.closed_at, one.open_until = turn.now, None
        for request in turn.db.scalars(select(EnrolmentRequest).where(joining.is_waiting(one))):
            request.state, request.tell_at = Decision.DECLINED, turn.now + UNDO_WITHIN
            request.decided_at, request.decided_by_id = turn.now, person.id
        turn.db.flush()
        joining.tell_runners(turn, one)
        audit.record(turn, person, "programme.did_close", programme=one)
    return _look(turn, person, one)


@programme.on_press(Reopen)
@may(Right.ACT)
def reopen(turn: Turn, person: Person, one: Programme, _press: Reopen) -> Message:
    """Who has not heard yet that there is no place for them waits again."""
    turn.db.refresh(one, with_for_update=True)
    if one.closed_at:
        with_it = joining.is_waiting(one) & (EnrolmentRequest.decided_at == one.closed_at)
        for request in turn.db.scalars(select(EnrolmentRequest).where(with_it)):
            request.state, request.tell_at = Decision.WAITING, None
            request.decided_at = request.decided_by_id = None
        one.closed_at = None
        audit.record(turn, person, "programme.did_reopen", programme=one)
    return _look(turn, person, one)


# On their own page


@programme.on_home(Place.PROGRAMME)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    for one in roles.programmes(turn, person, Right.NUMBERS):
        yield turn.part(person, "programme.my_programme", _in_numbers(turn, person, one))


def _in_numbers(turn: Turn, person: Person, one: Programme) -> Message:
    return turn.say(
        person,
        "programme.at_home",
        programme=one.name,
        smallest=one.smallest_group,
        facts=_numbers(turn, person, one),
        press={"look": Choose(one.id), "delivery": Typing("delivery")},
    )


def _numbers(turn: Turn, reader: Person, of: Programme) -> Iterator[tuple[str, str]]:
    has_started = Person.started_at.is_not(None)
    people = [_people(turn, of, condition) for condition in (has_started, ~has_started)]
    yield from zip(("started", "not_started"), _told(turn, reader, of, people, "programme.few"), strict=True)
    knows = Pair.introduced_at.is_not(None)
    pairs = [_pairs(turn, of, condition) for condition in (knows, ~knows)]
    yield from zip(
        ("introduced", "not_yet"), _told(turn, reader, of, pairs, "programme.few_pairs"), strict=True
    )


def _people(turn: Turn, of: Programme, condition: ColumnElement[bool]) -> Group:
    """Mentors and mentees; somebody who is both is one."""
    takes_part = (Enrolment.programme_id == of.id) & Enrolment.role.in_((Role.MENTOR, Role.MENTEE))
    count = select(func.count(Person.id.distinct())).join(Enrolment, Enrolment.person_id == Person.id)
    size = turn.db.scalar(count.where(takes_part, Person.left_at.is_(None), condition)) or 0
    return Group(size, size)


def _pairs(turn: Turn, of: Programme, condition: ColumnElement[bool]) -> Group:
    """The pairs of one mentor are what one person does."""
    counts = (func.count(), func.count(Pair.mentor_id.distinct()), func.count(Pair.mentee_id.distinct()))
    going_on = (Pair.programme_id == of.id) & Pair.ended_at.is_(None)
    size, mentors, mentees = turn.db.execute(select(*counts).where(going_on, condition)).one()
    return Group(size, min(mentors, mentees))


def _told(turn: Turn, reader: Person, of: Programme, groups: list[Group], few: str) -> list[str]:
    smallest = disclosure.smallest(turn, reader, of)
    if all(group.people >= smallest for group in groups):
        return [str(group.size) for group in groups]
    total = sum(group.size for group in groups)
    at_least = max(smallest, total - smallest + 1)
    return [
        turn.prompts.phrase(reader.language, few, smallest=smallest)
        if group.people < smallest
        else turn.prompts.phrase(reader.language, "programme.at_least", number=at_least)
        for group in groups
    ]
