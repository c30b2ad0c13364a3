"""People: whoever runs a programme sees who is in it, and can invite, change and remove somebody.

Who somebody is, and whether they have begun, have a partner and can be reached. Never what they wrote or
want, whether they are away, or how quick they are. Everything that is done is kept for the person to see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot import parting, speech
from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.calendar import local
from bot.desk import admitted, audit
from bot.desk import people as roll
from bot.desk.models import AuditEntry, Removal
from bot.desk.pages import Page, page
from bot.desk.people import ROLES, TAKES_PART, Entry
from bot.desk.roles import Right
from bot.desk.views import ShowPair
from bot.invitation import invitations
from bot.messages import Fact, File, Form, Message, Mistakes
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.prompts import Press
from bot.roster import MOST_MENTEES
from bot.story import Answers, Story
from bot.text import clean_name, shorten
from bot.turn import Turn

people = Story()

ASKED_LATELY = timedelta(days=7)
LONGEST_SEARCH = 60  # characters


@dataclass(frozen=True)
class ShowPage(Action, wire="people.show_page", keeps_card=True):
    programme: int
    start: int
    search: str


@dataclass(frozen=True)
class ShowPerson(Action, wire="people.show_person", keeps_card=True):
    programme: int
    person: int


@dataclass(frozen=True)
class InviteAgain(Action, wire="people.invite_again", keeps_card=True):
    programme: int
    person: int


@dataclass(frozen=True)
class AskChange(Action, wire="people.ask_change", opens_form=True):
    programme: int
    person: int


@dataclass(frozen=True)
class Change(Action, wire="people.change"):
    programme: int
    person: int


@dataclass(frozen=True)
class AskRemove(Action, wire="people.ask_remove", keeps_card=True):
    programme: int
    person: int


@dataclass(frozen=True)
class Remove(Action, wire="people.remove"):
    programme: int
    person: int


@dataclass(frozen=True)
class KeepIn(Action, wire="people.keep_in"):
    programme: int
    person: int


# Who is there


@people.on_command("people", at_desk=True)
def show(turn: Turn, person: Person, rest: str) -> Message:
    programme = admitted.to_chosen(turn, person, Right.NAMES, "people")
    if programme is None:
        return _not_for_you(turn, person)
    return _found(turn, person, programme, rest) if rest else _listed(turn, person, programme, 0)


def _not_for_you(turn: Turn, person: Person) -> Message:
    return turn.say(person, "people.not_for_you", press={"help": Typing("help")})


may = admitted.Guard("people", _not_for_you)


def _listed(turn: Turn, reader: Person, programme: Programme, start: int) -> Message:
    everybody = roll.names(turn, programme)
    if not everybody:
        return turn.say(reader, "people.nobody_yet", programme=programme.name)
    part = page(everybody, start)
    return turn.say(
        reader,
        "people.list",
        programme=programme.name,
        first=part.first,
        last=part.last,
        count=part.all,
        facts=_lines(turn, reader, programme, part),
        press=_ways(programme, part, ""),
    )


def _found(turn: Turn, reader: Person, programme: Programme, search: str, start: int = 0) -> Message:
    found = roll.named(turn, programme, shorten(search, LONGEST_SEARCH))
    if not found:
        return turn.say(
            reader, "people.nobody", programme=programme.name, press={"everybody": Typing("people")}
        )
    if len(found) == 1:
        return _look_at(turn, reader, programme, found[0][0])
    part = page(found, start)
    return turn.say(
        reader,
        "people.found",
        programme=programme.name,
        count=part.all,
        facts=_lines(turn, reader, programme, part),
        press={**_ways(programme, part, search), "everybody": Typing("people")},
    )


def _lines(turn: Turn, reader: Person, programme: Programme, part: Page[tuple[int, str]]) -> Iterator[Fact]:
    known = {one.id: one for one in roll.entries(turn, programme, [id_ for _, (id_, _) in part])}
    for number, (id_, name) in part:
        if id_ in known:
            yield Fact(f"{number}. {name}", _in_a_line(turn, reader, known[id_]))


def _ways(programme: Programme, part: Page[tuple[int, str]], search: str) -> Press:
    search = shorten(search, LONGEST_SEARCH)
    ways: dict[str, Action | Sequence[tuple[str, Action]]] = {
        "one": [(f"{number}. {name}", ShowPerson(programme.id, id_)) for number, (id_, name) in part]
    }
    if part.before is not None:
        ways["before"] = ShowPage(programme.id, part.before, search)
    if part.after is not None:
        ways["more"] = ShowPage(programme.id, part.after, search)
    return ways


def _in_a_line(turn: Turn, reader: Person, one: Entry) -> str:
    parts = [_roles(turn, reader, one), one.cohort, *_state(turn, reader, one)]
    return " · ".join(filter(None, parts))


def _roles(turn: Turn, reader: Person, one: Entry) -> str:
    named = [turn.prompts.phrase(reader.language, ROLES[role]) for role in one.roles if role in ROLES]
    return speech.listed(named, reader.language)


def _state(turn: Turn, reader: Person, one: Entry) -> Iterator[str]:
    language = reader.language
    if one.has_left:
        yield turn.prompts.phrase(language, "people.has_left")
        return
    yield turn.prompts.phrase(language, "people.started" if one.has_started else "people.not_started")
    if set(one.roles) & set(TAKES_PART):
        yield turn.prompts.phrase(language, "people.paired" if one.partners else "people.not_paired")
    if not one.is_reachable:
        yield turn.prompts.phrase(language, "people.out_of_reach")


@people.on_press(ShowPage)
@may(Right.NAMES)
def turn_the_page(turn: Turn, person: Person, programme: Programme, press: ShowPage) -> Message:
    if press.search:
        return _found(turn, person, programme, press.search, press.start)
    return _listed(turn, person, programme, press.start)


# One of them


@people.on_press(ShowPerson)
@may(Right.NAMES)
def show_person(turn: Turn, person: Person, programme: Programme, press: ShowPerson) -> Message:
    return _look_at(turn, person, programme, press.person)


def _look_at(turn: Turn, reader: Person, programme: Programme, person_id: int) -> Message:
    one = roll.entry(turn, programme, person_id)
    if one is None:
        return _gone(turn, reader)
    audit.record(turn, reader, "people.did_look", programme=programme, person=roll.person(turn, person_id))
    return _card(turn, reader, programme, one)


def _gone(turn: Turn, reader: Person) -> Message:
    return turn.say(reader, "people.gone", press={"everybody": Typing("people")})


def _card(turn: Turn, reader: Person, programme: Programme, one: Entry, name: str = "people.one") -> Message:
    return turn.say(
        reader,
        name,
        name=one.name,
        programme=programme.name,
        facts=_facts(turn, reader, one),
        press=_what_can_be_done(turn, programme, one),
    )


def _facts(turn: Turn, reader: Person, one: Entry) -> Iterator[tuple[str, str]]:
    yield "roles", _roles(turn, reader, one)
    if one.cohort:
        yield "cohort", one.cohort
    yield "zone", speech.zone(one.timezone)
    if one.enrolled_at:
        yield "enrolled", turn.when(reader, local(one.enrolled_at, reader.timezone).date())
    yield "state", speech.listed(list(_state(turn, reader, one)), reader.language)
    if one.partners:
        yield "partner", speech.listed([name for _, _, name in one.partners], reader.language)
    if Role.MENTOR in one.roles:
        yield "capacity", str(one.capacity)
    if one.out_of_reach_since and not one.has_left:
        since = local(one.out_of_reach_since, reader.timezone).date()
        yield "unreachable", turn.when(reader, since)


def _what_can_be_done(turn: Turn, programme: Programme, one: Entry) -> Press:
    ways: dict[str, Action | Sequence[tuple[str, Action]]] = {
        "look": [(name, ShowPair(pair)) for pair, _, name in one.partners]
    }
    takes_part = bool(set(one.roles) & set(TAKES_PART))
    if not one.has_left and takes_part:
        if not one.has_started:
            ways["invite"] = InviteAgain(programme.id, one.id)
        ways["change"] = AskChange(programme.id, one.id)
        if _removal(turn, programme, one.id):
            ways["undo"] = KeepIn(programme.id, one.id)
        else:
            ways["remove"] = AskRemove(programme.id, one.id)
    return ways | {"everybody": Typing("people")}


def _taking_part(turn: Turn, programme: Programme, person_id: int) -> Entry | None:
    one = roll.entry(turn, programme, person_id)
    return one if one and not one.has_left and set(one.roles) & set(TAKES_PART) else None


# Invited again


@people.on_press(InviteAgain)
@may(Right.ACT)
def invite_again(turn: Turn, person: Person, programme: Programme, press: InviteAgain) -> Message:
    """Once a week at most, however many run the programme; the budget for nudges holds as well."""
    one = _taking_part(turn, programme, press.person)
    if one is None:
        return _gone(turn, person)
    newcomer = roll.person(turn, one.id)
    if newcomer.started_at:
        return _card(turn, person, programme, one, "people.has_started")
    if newcomer.welcome_at:
        day = turn.when(person, local(newcomer.welcome_at, person.timezone).date())
        return turn.say(
            person, "people.invited_anyway", name=one.name, day=day, press=_back_to(programme, one)
        )
    if _asked_lately(turn, one):
        return turn.say(person, "people.invited_lately", name=one.name, press=_back_to(programme, one))
    newcomer.welcome_at = turn.now
    audit.record(turn, person, "people.did_ask_again", programme=programme, person=newcomer)
    return turn.say(person, "people.invited", name=one.name, press=_back_to(programme, one))


def _asked_lately(turn: Turn, one: Entry) -> bool:
    lately = (AuditEntry.person_id == one.id) & (AuditEntry.at > turn.now - ASKED_LATELY)
    asked = select(AuditEntry.id).where(lately, AuditEntry.what == "people.did_ask_again").limit(1)
    return turn.db.scalar(asked) is not None


def _back_to(programme: Programme, one: Entry) -> Press:
    return {"one": [(one.name, ShowPerson(programme.id, one.id))], "everybody": Typing("people")}


# Changed


@people.on_press(AskChange)
@may(Right.ACT)
def ask_change(turn: Turn, person: Person, programme: Programme, press: AskChange) -> Form | Message:
    one = _taking_part(turn, programme, press.person)
    if one is None:
        return _gone(turn, person)
    roles = ",".join(role for role in one.roles if role in TAKES_PART)
    given = {"roles": roles, "capacity": str(one.capacity or 1), "cohort": one.cohort}
    return turn.ask(person, "people.form", Change(programme.id, one.id), given=given, name=one.name)


@people.on_submit(Change)
@may(Right.ACT)
def change(
    turn: Turn, person: Person, programme: Programme, press: Change, answers: Answers
) -> Message | Mistakes:
    one = _taking_part(turn, programme, press.person)
    if one is None:
        return _gone(turn, person)
    roles = {role for role in TAKES_PART if role in answers["roles"].split(",")}
    mistakes = _mistakes(turn, programme, one, roles, answers["capacity"])
    if mistakes:
        return turn.refuse(person, "people.form", **mistakes)
    changed = _make_it_so(turn, programme, one, roles, answers)
    if changed:
        somebody = roll.person(turn, one.id)
        detail = ",".join(sorted(changed))
        audit.record(turn, person, "people.did_change", programme=programme, person=somebody, detail=detail)
    turn.db.flush()
    return _card(turn, person, programme, roll.entry(turn, programme, one.id) or one, "people.saved")


def _mistakes(
    turn: Turn, programme: Programme, one: Entry, roles: set[Role], capacity: str
) -> dict[str, str]:
    """A role in which somebody is in a pair stays theirs until the pair has ended."""
    going_on = (Pair.programme_id == programme.id) & Pair.ended_at.is_(None)
    as_mentor = turn.db.scalars(select(Pair.id).where(going_on, Pair.mentor_id == one.id)).all()
    as_mentee = turn.db.scalars(select(Pair.id).where(going_on, Pair.mentee_id == one.id)).all()
    if not roles:
        return {"roles": "roles"}
    if (as_mentor and Role.MENTOR not in roles) or (as_mentee and Role.MENTEE not in roles):
        return {"roles": "paired"}
    if Role.MENTOR not in roles:
        return {}
    number = _number(capacity)
    if number is None or number > MOST_MENTEES:
        return {"capacity": "capacity"}
    return {"capacity": "full"} if number < len(as_mentor) else {}


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else None


def _make_it_so(turn: Turn, programme: Programme, one: Entry, roles: set[Role], answers: Answers) -> set[str]:
    """Returns the names of the settings that this changes."""
    changed, cohort = set(), clean_name(answers["cohort"])
    held = {row.role: row for row in roll.enrolments(turn, programme, one.id)}
    for role in TAKES_PART:
        if role in roles and role not in held:
            held[role] = Enrolment(
                programme_id=programme.id, person_id=one.id, role=role, made_at=one.enrolled_at or turn.now
            )
            turn.db.add(held[role])
            changed.add("role")
        elif role in held and role not in roles:
            turn.db.delete(held.pop(role))
            changed.add("role")
    for role in roles:
        if held[role].cohort != cohort:
            held[role].cohort = cohort
            changed.add("cohort")
    capacity = _number(answers["capacity"])
    if Role.MENTOR in roles and capacity is not None and held[Role.MENTOR].capacity != capacity:
        held[Role.MENTOR].capacity = capacity
        changed.add("capacity")
    return changed


# Removed


@people.on_press(AskRemove)
@may(Right.ACT)
def ask_remove(turn: Turn, person: Person, programme: Programme, press: AskRemove) -> Message:
    one = _taking_part(turn, programme, press.person)
    if one is None:
        return _gone(turn, person)
    if _removal(turn, programme, one.id):
        return _on_the_way_out(turn, person, programme, one)
    return turn.say(
        person,
        "people.ask_remove_paired" if one.partners else "people.ask_remove",
        name=one.name,
        programme=programme.name,
        partners=speech.listed([name for _, _, name in one.partners], person.language),
        press={"remove": Remove(programme.id, one.id), "keep": ShowPerson(programme.id, one.id)},
    )


def _removal(turn: Turn, programme: Programme, person_id: int) -> Removal | None:
    planned = (Removal.programme_id == programme.id) & (Removal.person_id == person_id)
    locked = select(Removal).where(planned).with_for_update(of=Removal)
    return turn.db.scalar(locked.execution_options(populate_existing=True))


@people.on_press(Remove)
@may(Right.ACT)
def remove(turn: Turn, person: Person, programme: Programme, press: Remove) -> Message:
    """In ten minutes. Nobody but those who run the programme learns of it before."""
    one = _taking_part(turn, programme, press.person)
    if one is None:
        return _gone(turn, person)
    if _removal(turn, programme, one.id) is None:
        somebody = roll.person(turn, one.id)
        happen_at = turn.now + UNDO_WITHIN
        turn.db.add(
            Removal(
                programme_id=programme.id,
                programme=programme,
                person_id=one.id,
                person=somebody,
                happen_at=happen_at,
            )
        )
        turn.db.flush()
        audit.record(turn, person, "people.did_remove", programme=programme, person=somebody)
    return _on_the_way_out(turn, person, programme, one)


def _on_the_way_out(turn: Turn, reader: Person, programme: Programme, one: Entry) -> Message:
    planned = _removal(turn, programme, one.id)
    when = turn.when(reader, (planned and planned.happen_at) or turn.now)
    press = {"undo": KeepIn(programme.id, one.id), "everybody": Typing("people")}
    return turn.say(
        reader, "people.on_the_way_out", name=one.name, programme=programme.name, when=when, press=press
    )


@people.on_press(KeepIn)
@may(Right.ACT)
def keep_in(turn: Turn, person: Person, programme: Programme, press: KeepIn) -> Message:
    one = _taking_part(turn, programme, press.person)
    if one is None:
        return _gone(turn, person)
    planned = _removal(turn, programme, one.id)
    if planned:
        turn.db.delete(planned)
        turn.db.flush()
        somebody = roll.person(turn, one.id)
        audit.record(turn, person, "people.did_put_back", programme=programme, person=somebody)
    return _card(turn, person, programme, one, "people.stays")


@people.when_due(Removal.happen_at)
def take_out(turn: Turn, removal: Removal) -> None:
    """As when somebody leaves, for this one programme: both sides read kind words, and neither a reason."""
    programme, person = removal.programme, removal.person
    turn.db.delete(removal)
    enrolled = roll.enrolments(turn, programme, person.id)
    theirs = [one for one in enrolled if one.role in TAKES_PART]
    if person.left_at or not theirs:
        return
    pairs = _pairs_of(turn, programme, person)
    partners = [pair.partner_of(person).first_name for pair in pairs if pair.introduced_at]
    files = [file for pair in pairs for file in _part(turn, person, pair)]
    for one in theirs:
        turn.db.delete(one)
    turn.db.flush()
    if person.started_at is None and not _is_in_another(turn, person):
        person.welcome_at = None
        turn.recall(person, f"welcome:{person.welcomes - 1}")
    turn.note("removed", person=person)
    if person.started_at:
        message = turn.say(
            person,
            "people.you_are_out" if partners else "people.you_are_out_alone",
            programme=programme.name,
            partners=speech.listed(partners, person.language),
            files=files,
            press={"mydata": Typing("mydata")},
        )
        turn.post(person, message)


def _pairs_of(turn: Turn, programme: Programme, person: Person) -> Sequence[Pair]:
    going_on = (Pair.programme_id == programme.id) & Pair.ended_at.is_(None)
    theirs = (Pair.mentor_id == person.id) | (Pair.mentee_id == person.id)
    locked = select(Pair).where(going_on, theirs).order_by(Pair.id).with_for_update(of=Pair)
    return turn.db.scalars(locked.execution_options(populate_existing=True)).all()


def _part(turn: Turn, person: Person, pair: Pair) -> list[File]:
    off = parting.part(turn, pair)
    if not pair.introduced_at:
        return []
    partner = pair.partner_of(person)
    message = turn.say(
        partner,
        "pause.partner_left",
        partner=person.name,
        files=invitations(turn, partner, off),
        press={"help": Typing("help")},
    )
    turn.post(partner, message, about=pair)
    return invitations(turn, person, off)


def _is_in_another(turn: Turn, person: Person) -> bool:
    return turn.db.scalar(select(Enrolment.id).where(Enrolment.person_id == person.id).limit(1)) is not None
