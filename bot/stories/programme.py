"""Programme: whoever runs one sees on their own page how far it has come, in numbers and nothing else.

No name stands there, nothing that anybody wrote, and no group of fewer than five. Where one of two groups is
that small, the other is not counted out either: whoever knows how many there are could subtract.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from bot.actions import Typing
from bot.desk import roles
from bot.desk.roles import Right
from bot.messages import Message, Part
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.story import Place, Story
from bot.turn import Turn

programme = Story()

SMALLEST = 5  # people in a group that is counted out


class Group(NamedTuple):
    size: int
    people: int  # different ones on each side, at least


@programme.on_home(Place.PROGRAMME)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    for one in roles.programmes(turn, person, Right.NUMBERS):
        yield turn.part(person, "programme.my_programme", _in_numbers(turn, person, one))


@programme.on_command("programme", at_desk=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    """The first that they run: whoever runs several has all of them on their page."""
    mine = roles.programmes(turn, person, Right.NUMBERS)
    if not mine:
        return turn.say(person, "programme.not_for_you", press={"help": Typing("help")})
    return _in_numbers(turn, person, mine[0])


def _in_numbers(turn: Turn, person: Person, one: Programme) -> Message:
    ways = {"delivery": Typing("delivery")}
    return turn.say(
        person, "programme.at_home", programme=one.name, facts=_numbers(turn, person, one), press=ways
    )


def _numbers(turn: Turn, reader: Person, of: Programme) -> Iterator[tuple[str, str]]:
    has_started = Person.started_at.is_not(None)
    people = [_people(turn, of, condition) for condition in (has_started, ~has_started)]
    yield from zip(("started", "not_started"), _told(turn, reader, people, "programme.few"), strict=True)
    knows = Pair.introduced_at.is_not(None)
    pairs = [_pairs(turn, of, condition) for condition in (knows, ~knows)]
    yield from zip(("introduced", "not_yet"), _told(turn, reader, pairs, "programme.few_pairs"), strict=True)


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


def _told(turn: Turn, reader: Person, groups: list[Group], few: str) -> list[str]:
    if all(group.people >= SMALLEST for group in groups):
        return [str(group.size) for group in groups]
    total = sum(group.size for group in groups)
    at_least = max(SMALLEST, total - SMALLEST + 1)
    return [
        turn.prompts.phrase(reader.language, few)
        if group.people < SMALLEST
        else turn.prompts.phrase(reader.language, "programme.at_least", number=at_least)
        for group in groups
    ]
