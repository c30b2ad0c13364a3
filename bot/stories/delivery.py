"""Delivery: somebody who cannot be reached is away without blame, and whoever runs the programme hears it.

Only that, and since when: never what a message was about. What waits for them is brought when an account of
theirs arrives again; then they are back as after a pause, unless they had paused themselves.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from bot import accounts, away, outbox
from bot.actions import Typing
from bot.calendar import local
from bot.courtesy import Kind
from bot.desk import roles
from bot.desk.roles import Right
from bot.messages import Message
from bot.models import AccountRow, Enrolment, Person, Post, Programme
from bot.outbox import State
from bot.story import Story
from bot.turn import Turn

delivery = Story()

WORTH_SAYING = timedelta(days=14)
LOOKS_BACK = timedelta(days=28)
LISTED = 30  # names


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
    programmes = [one.id for one in roles.programmes(turn, person, Right.NAMES)]
    if not programmes:
        return turn.say(person, "delivery.not_for_you", press={"why": Typing("why")})
    facts = list(_troubles(turn, person, programmes))
    name = "delivery.overview" if facts else "delivery.all_well"
    return turn.say(person, name, facts=facts)


def _troubles(turn: Turn, reader: Person, programmes: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Names, days and numbers."""
    found = turn.db.execute(_out_of_reach(programmes)).all()
    gone = [(row.name, row.gone_at) for row in found if row.gone_at]
    unknown = [(row.name, row.enrolled_at) for row in found if not row.gone_at]
    for label, people in (("unreachable", gone), ("not_found", unknown)):
        if people:
            yield label, _names(turn, reader, people)
    waiting = _waiting(turn, programmes)
    if waiting:
        yield "waiting", str(waiting)
    for kind, number in turn.db.execute(_not_brought(turn, programmes)):
        yield str(kind), str(number)


def _out_of_reach(programmes: Sequence[int]) -> Select[Any]:
    """Who takes part and has no account, or only such that are gone."""
    since = func.min(func.coalesce(Enrolment.made_at, Programme.made_at)).label("enrolled_at")
    enrolled = (
        select(Enrolment.person_id, since)
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(Enrolment.programme_id.in_(programmes))
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


def _waiting(turn: Turn, programmes: Sequence[int]) -> int:
    people = _out_of_reach(programmes).order_by(None).with_only_columns(Person.id)
    waits = (Post.state == State.PENDING) & Post.person_id.in_(people)
    return turn.db.scalar(select(func.count()).select_from(Post).where(waits)) or 0


def _not_brought(turn: Turn, programmes: Sequence[int]) -> Select[Any, Any]:
    """How many of each kind were given up lately."""
    people = select(Enrolment.person_id).where(Enrolment.programme_id.in_(programmes))
    lately = (Post.state == State.UNDELIVERABLE) & (Post.ended_at > turn.now - LOOKS_BACK)
    return (
        select(Post.kind, func.count()).where(lately, Post.person_id.in_(people)).group_by(Post.kind)
    ).order_by(Post.kind)
