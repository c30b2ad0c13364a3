"""Workspaces: when the bot is taken out of one, everything stops there, and after a month nothing is kept.

Whoever runs a programme and can be reached elsewhere hears it once. If the bot is put back in time, all goes
on. Otherwise whoever was only there is erased, without a message to anybody.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased

from bot import accounts, own, parting
from bot.calendar import local
from bot.courtesy import Kind
from bot.desk.roles import RUNS
from bot.messages import Message
from bot.models import AccountRow, Enrolment, Erasure, Person, Programme, Workspace
from bot.story import Story
from bot.turn import Turn

workspaces = Story()


@workspaces.when_due(Workspace.tell_at)
def tell_coordinators(turn: Turn, workspace: Workspace) -> None:
    """If the bot is back before they have heard of it, they need not."""
    for programme, name, people in turn.db.execute(_programmes_there(workspace)).all():
        for coordinator in turn.db.scalars(_reachable_coordinators(programme)).all():
            matter = f"workspace:{workspace.id}.{programme}"
            turn.recall(coordinator, matter)
            if workspace.erase_at:
                message = _taken_out(turn, coordinator, name, people, workspace.erase_at)
                stale_after = workspace.erase_at
                turn.post(coordinator, message, Kind.NUDGE, newest_of=matter, stale_after=stale_after)


def _taken_out(turn: Turn, reader: Person, programme: str, people: int, erase_at: datetime) -> Message:
    day = turn.when(reader, local(erase_at, reader.timezone).date())
    return turn.say(reader, "workspaces.gone", programme=programme, count=people, day=day)


def _programmes_there(workspace: Workspace) -> Select[Any, Any, Any]:
    people = func.count(Enrolment.person_id.distinct())
    there = _is_in(workspace)
    enrolled = select(Programme.id, Programme.name, people).join(Enrolment)
    with_account = enrolled.join(AccountRow, AccountRow.person_id == Enrolment.person_id).where(there)
    return with_account.group_by(Programme.id, Programme.name).order_by(Programme.id)


def _is_in(workspace: Workspace) -> ColumnElement[bool]:
    return (AccountRow.workspace == workspace.workspace) & (AccountRow.platform == workspace.platform)


def _reachable_coordinators(programme: int) -> Select[Person]:
    runs_it = (Enrolment.programme_id == programme) & Enrolment.role.in_(RUNS)
    here = select(AccountRow.person_id).where(AccountRow.gone_at.is_(None))
    return (
        select(Person)
        .where(Person.id.in_(select(Enrolment.person_id).where(runs_it)))
        .where(Person.left_at.is_(None), Person.id.in_(here))
        .order_by(Person.id)
    )


@workspaces.when_due(Workspace.erase_at)
def let_go(turn: Turn, workspace: Workspace) -> None:
    """Some now, and the next at once; erasing itself is for the story that erases what people ask for."""
    if workspace.gone_at is None:
        return
    people = _only_there(turn, workspace)
    for person in people:
        _part_with(turn, person)
    if people:
        workspace.erase_at = turn.now


def _only_there(turn: Turn, workspace: Workspace) -> Sequence[Person]:
    """Those with no account in use, and none in a workspace that is still there or was so lately."""
    other, theirs = aliased(AccountRow), aliased(Workspace)
    long_gone = exists().where(
        theirs.platform == other.platform,
        theirs.workspace == other.workspace,
        theirs.gone_at <= turn.now - accounts.KEPT_FOR,
    )
    elsewhere = exists().where(other.person_id == Person.id, other.gone_at.is_(None) | ~long_gone)
    there = select(AccountRow.person_id).where(_is_in(workspace))
    kept = select(Person).where(Person.id.in_(there), Person.erasure != Erasure.EVERYTHING, ~elsewhere)
    return turn.db.scalars(kept.order_by(Person.id).limit(accounts.FORGOTTEN_AT_ONCE).with_for_update()).all()


def _part_with(turn: Turn, person: Person) -> None:
    """As if they had left, and had wished for everything to be erased."""
    for pair in own.pairs(turn, person):
        parting.part(turn, pair)
    if person.left_at is None:
        turn.note("left", person=person)
        person.left_at = turn.now
    parting.nothing_is_due(person)
    person.erasure, person.erase_at = Erasure.EVERYTHING, turn.now
