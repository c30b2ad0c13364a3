"""Coordinators: who runs a programme, and in which role. Whoever runs it sees that; an owner changes it.

The last owner cannot give it away before there is another: somebody has to be there for the people in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot import speech
from bot.actions import Action, Typing
from bot.desk import admitted, audit, roles
from bot.desk import people as roll
from bot.desk.people import ROLES
from bot.desk.roles import RIGHTS, Right
from bot.messages import Form, Message, Mistakes
from bot.models import Enrolment, Person, Programme, Role
from bot.prompts import Press
from bot.story import Answers, Story
from bot.turn import Turn

coordinators = Story()

LABELS = {Role.OWNER: "owners", Role.COORDINATOR: "coordinators", Role.ANALYST: "analysts"}
BUTTONS = {Role.OWNER: "owner", Role.COORDINATOR: "coordinator", Role.ANALYST: "analyst"}
LISTED = 30  # names; nobody has more
RECENT = 50  # entries of the audit


@dataclass(frozen=True)
class ShowHolder(Action, wire="coordinators.show_holder", keeps_card=True):
    programme: int
    person: int


@dataclass(frozen=True)
class AskAdd(Action, wire="coordinators.ask_add", opens_form=True):
    programme: int


@dataclass(frozen=True)
class Add(Action, wire="coordinators.add"):
    programme: int


@dataclass(frozen=True)
class Give(Action, wire="coordinators.give"):
    programme: int
    person: int
    role: str


@dataclass(frozen=True)
class TakeAway(Action, wire="coordinators.take_away"):
    programme: int
    person: int


# Who they are


@coordinators.on_command("coordinators", at_desk=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    programme = admitted.to_chosen(turn, person, Right.NAMES, "coordinators")
    return _listed(turn, person, programme) if programme else _not_for_you(turn, person)


def _not_for_you(turn: Turn, person: Person) -> Message:
    return turn.say(person, "coordinators.not_for_you", press={"help": Typing("help")})


may = admitted.Guard("coordinators", _not_for_you)


def _listed(turn: Turn, reader: Person, programme: Programme) -> Message:
    held = roles.holders(turn, programme)[:LISTED]
    known = roll.called(turn, [id_ for id_, _ in held])
    ways: dict[str, Action | Sequence[tuple[str, Action]]] = {}
    if roles.programme(turn, reader, programme.id, Right.ROLES):
        ways["one"] = [(known[id_], ShowHolder(programme.id, id_)) for id_, _ in held]
        ways["add"] = AskAdd(programme.id)
    return turn.say(
        reader,
        "coordinators.list",
        programme=programme.name,
        facts=[
            (label, speech.listed(theirs, reader.language))
            for role, label in LABELS.items()
            if (theirs := [known[id_] for id_, held_role in held if held_role is role])
        ],
        press=ways,
    )


@coordinators.on_press(ShowHolder)
@may(Right.ROLES)
def show_holder(turn: Turn, person: Person, programme: Programme, press: ShowHolder) -> Message:
    held = dict(roles.holders(turn, programme)).get(press.person)
    if held is None:
        return _listed(turn, person, programme)
    return turn.say(
        person,
        "coordinators.one",
        name=roll.called(turn, [press.person])[press.person],
        role=_called(turn, person, held),
        programme=programme.name,
        press=_ways(programme, press.person, held),
    )


def _ways(programme: Programme, person_id: int, held: Role) -> Press:
    others = {BUTTONS[role]: Give(programme.id, person_id, role.value) for role in RIGHTS if role is not held}
    return {**others, "take_away": TakeAway(programme.id, person_id), "all": Typing("coordinators")}


def _called(turn: Turn, reader: Person, role: Role) -> str:
    return turn.prompts.phrase(reader.language, ROLES[role])


# Somebody gets a role


@coordinators.on_press(AskAdd)
@may(Right.ROLES)
def ask_add(turn: Turn, person: Person, programme: Programme, _press: AskAdd) -> Form | Message:
    form_of, given = Add(programme.id), {"role": Role.COORDINATOR.value}
    return turn.ask(person, "coordinators.form", form_of, given=given, programme=programme.name)


@coordinators.on_submit(Add)
@may(Right.ROLES)
def add(
    turn: Turn, person: Person, programme: Programme, _press: Add, answers: Answers
) -> Message | Mistakes:
    found = _somebody(turn, programme, answers["holder"])
    role = _role(answers["role"])
    if len(found) != 1:
        return turn.refuse(person, "coordinators.form", holder="several" if found else "nobody")
    if role is None:
        return turn.refuse(person, "coordinators.form", role="role")
    return _give(turn, person, programme, found[0][0], role)


def _somebody(turn: Turn, programme: Programme, typed: str) -> Sequence[tuple[int, str]]:
    """By an e-mail address anybody who is known; by a name those in the programme."""
    if "@" in typed:
        known = roll.with_address(turn, typed)
        return [known] if known else []
    return roll.named(turn, programme, typed, left=False) if typed else []


def _role(name: str) -> Role | None:
    return next((role for role in RIGHTS if role.value == name), None)


@coordinators.on_press(Give)
@may(Right.ROLES)
def give(turn: Turn, person: Person, programme: Programme, press: Give) -> Message:
    role = _role(press.role)
    if role is None or press.person not in _may_be_given(turn, programme):
        return _listed(turn, person, programme)
    return _give(turn, person, programme, press.person, role)


def _may_be_given(turn: Turn, programme: Programme) -> set[int]:
    """A button gives a role to somebody of this programme, or who had one here a moment ago."""
    return {id_ for id_, _ in roll.names(turn, programme)} | _had_one(turn, programme)


def _had_one(turn: Turn, programme: Programme) -> set[int]:
    entries = audit.of_programme(turn, programme, RECENT)
    return {
        entry.person_id for entry in entries if entry.what == "coordinators.did_take_role" and entry.person_id
    }


def _give(turn: Turn, giver: Person, programme: Programme, person_id: int, role: Role) -> Message:
    _one_at_a_time(turn, programme)
    held = dict(roles.holders(turn, programme)).get(person_id)
    name = roll.called(turn, [person_id]).get(person_id, "")
    if held is role:
        return _done(turn, giver, programme, person_id, role, "coordinators.is_already")
    if held is Role.OWNER and roles.is_last(turn, person_id, programme):
        return _last(turn, giver, programme, name)
    _clear(turn, programme, person_id)
    turn.db.add(
        Enrolment(programme_id=programme.id, person_id=person_id, role=role, capacity=0, made_at=turn.now)
    )
    turn.db.flush()
    somebody = roll.person(turn, person_id)
    roles.open_desk(turn, somebody)
    audit.record(turn, giver, "coordinators.did_give_role", programme=programme, person=somebody, detail=role)
    if person_id != giver.id:
        _tell(turn, giver, somebody, programme, role)
    return _done(turn, giver, programme, person_id, role, "coordinators.given")


def _one_at_a_time(turn: Turn, programme: Programme) -> None:
    """Two owners who take each other's role away at the same moment do so one after the other."""
    turn.db.scalar(select(Programme.id).where(Programme.id == programme.id).with_for_update())


def _clear(turn: Turn, programme: Programme, person_id: int) -> None:
    for row in roll.enrolments(turn, programme, person_id):
        if row.role in set(RIGHTS):
            turn.db.delete(row)
    turn.db.flush()


def _done(turn: Turn, reader: Person, programme: Programme, person_id: int, role: Role, name: str) -> Message:
    return turn.say(
        reader,
        name,
        name=roll.called(turn, [person_id])[person_id],
        role=_called(turn, reader, role),
        programme=programme.name,
        press={"all": Typing("coordinators")},
    )


def _tell(turn: Turn, giver: Person, to: Person, programme: Programme, role: Role) -> None:
    message = turn.say(
        to,
        "coordinators.you_are",
        name=giver.name,
        role=_called(turn, to, role),
        programme=programme.name,
        can=_what_it_allows(turn, to, role),
        press={"programme": Typing("programme")},
    )
    turn.post(to, message, newest_of=f"role:{programme.id}")


def _what_it_allows(turn: Turn, to: Person, role: Role) -> str:
    name = {
        Role.OWNER: "coordinators.owner_can",
        Role.COORDINATOR: "coordinators.coordinator_can",
        Role.ANALYST: "coordinators.analyst_can",
    }[role]
    return turn.prompts.phrase(to.language, name)


# Somebody loses it


@coordinators.on_press(TakeAway)
@may(Right.ROLES)
def take_away(turn: Turn, person: Person, programme: Programme, press: TakeAway) -> Message:
    _one_at_a_time(turn, programme)
    held = dict(roles.holders(turn, programme)).get(press.person)
    if held is None:
        return _listed(turn, person, programme)
    name = roll.called(turn, [press.person])[press.person]
    if roles.is_last(turn, press.person, programme):
        return _last(turn, person, programme, name)
    _clear(turn, programme, press.person)
    somebody = roll.person(turn, press.person)
    audit.record(
        turn, person, "coordinators.did_take_role", programme=programme, person=somebody, detail=held
    )
    if press.person != person.id:
        message = turn.say(somebody, "coordinators.no_more", programme=programme.name)
        turn.post(somebody, message, newest_of=f"role:{programme.id}")
    return turn.say(
        person,
        "coordinators.taken",
        name=name,
        role=_called(turn, person, held),
        programme=programme.name,
        press=dict(_undo(turn, person, programme, press.person, held)) | {"all": Typing("coordinators")},
    )


def _undo(
    turn: Turn, person: Person, programme: Programme, person_id: int, held: Role
) -> Iterator[tuple[str, Action]]:
    """Whoever has given away their own right to do so cannot."""
    if roles.programme(turn, person, programme.id, Right.ROLES):
        yield "undo", Give(programme.id, person_id, held.value)


def _last(turn: Turn, person: Person, programme: Programme, name: str) -> Message:
    return turn.say(
        person,
        "coordinators.last",
        name=name,
        programme=programme.name,
        press={"add": AskAdd(programme.id), "all": Typing("coordinators")},
    )
