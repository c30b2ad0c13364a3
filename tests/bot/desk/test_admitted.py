"""Admitted: the desk of a programme is for those who run it, whatever button or form somebody makes up."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import select
from world import Someone, World

from bot.actions import Action
from bot.desk.models import AuditEntry
from bot.joining import StepOut
from bot.matching.waiting import Circle, Rest, Want
from bot.messages import Message
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.stories import STORIES
from bot.stories.join import Join, Look, TakeMore
from bot.stories.wishes import Browse, Find, Order, Search, SetOrder, WishFor
from bot.story import together
from bot.turn import Turn

STORY = together(STORIES)
FOR_THOSE_WHO_TAKE_PART = {
    *(Look, Join, TakeMore, StepOut, Want, Rest, Circle),
    *(Browse, Search, Find, WishFor, Order, SetOrder),
}


@pytest.fixture
def otto(world: World) -> Someone:
    """Owns another programme."""
    otto = world.add("Otto Kern", "Europe/Berlin")
    world.start(otto)
    owner = otto.row.id
    with world.bot.open_transaction.begin() as db:
        db.add(other := Programme(name="Other", made_at=world.clock()))
        db.flush()
        db.add(Enrolment(programme_id=other.id, person_id=owner, role=Role.OWNER, made_at=world.clock()))
    return otto


def at_the_desk(handlers: dict[type[Action], Any], programme: int) -> list[Action]:
    """One of each that says which programme it is about."""
    return [
        made_up(kind, programme)
        for kind in handlers
        if kind not in FOR_THOSE_WHO_TAKE_PART and "programme" in {field.name for field in fields(kind)}
    ]


def made_up(kind: type[Action], programme: int) -> Action:
    blank = {field.name: 1 if field.type is int else "" for field in fields(kind)}
    return kind(**blank | {"programme": programme})


def kept(turn: Turn) -> list[tuple[str, int | None, int | None]]:
    entries = turn.db.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.what, entry.who_id, entry.programme_id) for entry in entries]


@pytest.mark.parametrize("who", ["ben", "otto"])
def test_every_press_and_form_of_somebody_elses_desk_is_refused_and_that_is_kept(
    world: World, pair: Pair, otto: Someone, who: str
) -> None:
    """C1, C3, C5: by a mentee, and by somebody who runs another programme."""
    programme, someone = pair.programme_id, world.people[f"{who}@example.org"].row.id
    presses, forms = (at_the_desk(handlers, programme) for handlers in (STORY.presses, STORY.submits))
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        person = db.get_one(Person, someone)
        said = [STORY.presses[type(press)](turn, person, press) for press in presses]
        said += [STORY.submits[type(form)](turn, person, form, {}) for form in forms]

        assert len(said) > 50
        assert {type(reply) for reply in said} == {Message}
        assert kept(turn) == [("refused", someone, programme)] * len(said)
