"""Delivery: somebody who cannot be reached is away without blame, and whoever runs the programme hears it.

Only that, and since when: never what a message was about. What waits for them is brought when an account of
theirs arrives again; then they are back as after a pause, unless they had paused themselves. Of every message
the programme's coordinators see in numbers whether it was brought, and what helps where it was not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from bot import accounts, away, outbox
from bot.actions import Action, Typing
from bot.calendar import local
from bot.courtesy import Kind
from bot.desk import admitted, audit, deliveries, roles
from bot.desk.deliveries import Fate, Group
from bot.desk.roles import Right
from bot.messages import Message
from bot.models import AccountRow, Enrolment, Person, Programme
from bot.story import Story
from bot.turn import Turn

delivery = Story()

WORTH_SAYING = timedelta(days=14)
LISTED = 30  # names
HELD_UP = {outbox.BUSY: "busy", outbox.CLOSED: "closed"}  # reasons, and what is said of them
REMEDIES = {
    "unreachable": "delivery.remedy_unreachable",
    "not_found": "delivery.remedy_not_found",
    "busy": "delivery.remedy_busy",
    "unreadable": "delivery.remedy_unreadable",
}
KINDS = {Kind.APPOINTMENT: "delivery.appointments", Kind.NUDGE: "delivery.nudges"}
FEWEST = 5  # people, below which nothing is counted out that is no trouble


@dataclass(frozen=True)
class TryAgain(Action, wire="delivery.try_again"):
    programme: int


# Gone, and back


@delivery.when_due(Person.check_reach_at)
def look(turn: Turn, person: Person) -> None:
    if person.left_at or person.account_id is None:
        return
    if accounts.write_where_possible(turn, person):
        _back(turn, person)
    elif person.unreachable_since is None:
        _lost(turn, person)


def _lost(turn: Turn, person: Person) -> None:
    person.unreachable_since = turn.now
    turn.note("unreachable", person=person)
    if person.started_at and person.paused_at is None:
        away.pause_as_unreachable(turn, person)
    if not accounts.lost_with_a_workspace(turn, person):
        _tell_coordinators(turn, person, turn.now)


def _tell_coordinators(turn: Turn, person: Person, since: datetime) -> None:
    for coordinator in roles.runners_for(turn, person):
        message = turn.say(
            coordinator,
            "delivery.unreachable",
            name=person.name,
            since=_day(turn, coordinator, since),
            press={"delivery": Typing("delivery")},
        )
        stale_after = turn.now + WORTH_SAYING
        turn.post(coordinator, message, Kind.NUDGE, newest_of=_matter(person), stale_after=stale_after)


def _matter(person: Person) -> str:
    return f"unreachable:{person.id}"


def _back(turn: Turn, person: Person) -> None:
    if person.unreachable_since is None:
        return
    person.unreachable_since = None
    turn.note("reachable", person=person)
    for coordinator in roles.runners_for(turn, person):
        turn.recall(coordinator, _matter(person))
    if person.leave_at:
        person.paused_as_unreachable = False
    elif person.paused_as_unreachable:
        outbox.land_softly(turn.db, person.id, turn.now)
        person.resume_at = turn.now


# What whoever runs the programme sees


@delivery.on_command("delivery", at_desk=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    programme = admitted.to_chosen(turn, person, Right.NAMES, "delivery")
    return _watch(turn, person, programme) if programme else _not_for_you(turn, person)


def _not_for_you(turn: Turn, person: Person) -> Message:
    return turn.say(person, "delivery.not_for_you", press={"why": Typing("why")})


may = admitted.Guard("delivery", _not_for_you)


def _watch(turn: Turn, reader: Person, programme: Programme) -> Message:
    groups = deliveries.groups(turn, programme, turn.now - deliveries.LOOKS_BACK)
    again = deliveries.to_try_again(turn, programme)
    troubles = [*_out_of_reach(turn, reader, programme, groups), *_failed(turn, reader, groups, again)]
    facts = [*troubles, *_numbers(turn, reader, groups)]
    is_held_up = any(group.fate is Fate.QUEUED and group.reason in HELD_UP for group in groups)
    name = "delivery.overview" if troubles else "delivery.all_well"
    ways = {"again": TryAgain(programme.id)} if again or is_held_up else {}
    return turn.say(reader, name, facts=facts, press=ways)


Facts = Iterator[tuple[str, str]]


def _out_of_reach(turn: Turn, reader: Person, programme: Programme, groups: Sequence[Group]) -> Facts:
    """Names, days and numbers."""
    found = turn.db.execute(_without_account(programme)).all()
    gone = [(row.name, row.gone_at) for row in found if row.gone_at]
    unknown = [(row.name, row.enrolled_at) for row in found if not row.gone_at]
    for label, people in (("unreachable", gone), ("not_found", unknown)):
        if people:
            remedy = turn.prompts.phrase(reader.language, REMEDIES[label])
            yield label, f"{_names(turn, reader, people)}\n{remedy}"
    waiting = sum(group.messages for group in groups if group.fate is Fate.UNREACHABLE)
    if waiting:
        yield "waiting", str(waiting)


def _without_account(programme: Programme) -> Select[Any]:
    """Who takes part and has no account, or only such that are gone."""
    since = func.min(func.coalesce(Enrolment.made_at, Programme.made_at)).label("enrolled_at")
    enrolled = (
        select(Enrolment.person_id, since)
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(Enrolment.programme_id == programme.id)
        .group_by(Enrolment.person_id)
        .subquery()
    )
    gone = func.max(AccountRow.gone_at).label("gone_at")
    in_use = (func.count() - func.count(AccountRow.gone_at)).label("in_use")
    known = select(AccountRow.person_id, gone, in_use).group_by(AccountRow.person_id).subquery()
    return (
        select(Person.id, Person.name, enrolled.c.enrolled_at, known.c.gone_at)
        .join(enrolled, enrolled.c.person_id == Person.id)
        .outerjoin(known, known.c.person_id == Person.id)
        .where(Person.left_at.is_(None), or_(known.c.in_use.is_(None), known.c.in_use == 0))
        .order_by(Person.name, Person.id)
    )


def _names(turn: Turn, reader: Person, people: Sequence[tuple[str, datetime]]) -> str:
    language = reader.language
    lines = [
        turn.prompts.phrase(language, "delivery.line", name=name, day=_day(turn, reader, since))
        for name, since in people[:LISTED]
    ]
    if len(people) > LISTED:
        lines.append(turn.prompts.phrase(language, "delivery.more", count=len(people) - LISTED))
    return "\n".join(lines)


def _day(turn: Turn, reader: Person, moment: datetime) -> str:
    return turn.when(reader, local(moment, reader.timezone).date())


def _failed(turn: Turn, reader: Person, groups: Sequence[Group], again: int) -> Facts:
    """What was given up by kind and why, what is held up, and what nobody knows; each with what helps."""
    failed = [group for group in groups if group.fate is Fate.FAILED]
    for kind in Kind:
        number = sum(group.messages for group in failed if group.kind == kind)
        if number:
            yield str(kind), str(number)
    reasons = dict.fromkeys(group.reason for group in failed if group.reason in REMEDIES)
    if failed:
        remedies = [turn.prompts.phrase(reader.language, REMEDIES[reason]) for reason in reasons]
        yield "remedy", "\n".join([*remedies, _what_can_be_sent_again(turn, reader, again)])
    for reason, label in HELD_UP.items():
        held = [group for group in groups if group.fate is Fate.QUEUED and group.reason == reason]
        if held:
            number = sum(group.messages for group in held)
            until = turn.when(reader, max(turn.now, *(group.last_due for group in held)))
            name = "delivery.held_up" if reason == outbox.BUSY else "delivery.shut_out"
            yield label, turn.prompts.phrase(reader.language, name, number=number, until=until)
    unknown = sum(group.messages for group in groups if group.fate is Fate.UNKNOWN)
    if unknown:
        yield "unknown", turn.prompts.phrase(reader.language, "delivery.not_repeated", number=unknown)


def _what_can_be_sent_again(turn: Turn, reader: Person, again: int) -> str:
    name = "delivery.can_be_sent" if again else "delivery.cannot_be_sent"
    return turn.prompts.phrase(reader.language, name, count=again)


def _numbers(turn: Turn, reader: Person, groups: Sequence[Group]) -> Facts:
    """What is as it should be. Of fewer than five people it is not counted out: it could tell of one."""
    for how in (Fate.SENT, Fate.LEFT_OUT):
        told = [
            turn.prompts.phrase(reader.language, KINDS[kind], number=_counted(turn, reader, theirs))
            for kind in Kind
            if (theirs := [group for group in groups if group.fate is how and group.kind == kind])
        ]
        if told:
            yield how.value, "\n".join(told)
    queued = [group for group in groups if group.fate is Fate.QUEUED and group.reason not in HELD_UP]
    if queued:
        yield "queued", "\n".join(_queue(turn, reader, queued))


def _counted(turn: Turn, reader: Person, groups: Sequence[Group]) -> str:
    """Each has at least as many people as its largest part."""
    if max(group.people for group in groups) < FEWEST:
        return turn.prompts.phrase(reader.language, "delivery.few")
    return str(sum(group.messages for group in groups))


def _queue(turn: Turn, reader: Person, queued: Sequence[Group]) -> Iterator[str]:
    language = reader.language
    number = _counted(turn, reader, queued)
    yield turn.prompts.phrase(language, "delivery.in_the_queue", number=number)
    dated = [group for group in queued if not deliveries.waits_for_somebody_away(group)]
    if dated and max(group.people for group in dated) >= FEWEST:
        oldest = turn.when(reader, min(group.oldest for group in dated))
        last = turn.when(reader, max(turn.now, *(group.last_due for group in dated)))
        yield turn.prompts.phrase(language, "delivery.oldest", oldest=oldest, last=last)
    pace = deliveries.pace(turn)
    if pace.due and pace.minutes is not None:
        yield turn.prompts.phrase(language, "delivery.at_this_pace", count=pace.minutes)
    elif pace.due:
        yield turn.prompts.phrase(language, "delivery.nothing_leaves")


@delivery.on_press(TryAgain)
@may(Right.ACT)
def try_again(turn: Turn, person: Person, programme: Programme, _press: TryAgain) -> Message:
    """A second press finds nothing left to send."""
    count = deliveries.try_again(turn, programme)
    ways = {"all": Typing("delivery")}
    if not count:
        return turn.say(person, "delivery.nothing_to_send", press=ways)
    audit.record(turn, person, "delivery.did_try_again", programme=programme, detail=str(count))
    return turn.say(person, "delivery.sent_again", count=count, press=ways)
