"""What was changed shows in every reading that it belongs to, and is not written for any other."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, event, func, select, update
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased
from world import Someone, World

from bot import own
from bot.models import ActionItem, Conversation, Pair, Person, Session
from bot.turn import Turn

Reading = Callable[[], Select[Any]]


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


def _written(db: Transaction) -> list[str]:
    """The tables that are written, as they are."""
    written: list[str] = []
    event.listen(
        db, "after_flush", lambda db, _: written.extend(row.__tablename__ for row in (*db.new, *db.dirty))
    )
    return written


OTHERS: dict[str, Reading] = {
    "another table": lambda: select(Conversation.person_id),
    "a part of it": lambda: select(func.count()).where(Conversation.listens.is_(None)),
}
ITS_OWN: dict[str, Reading] = {
    "the table": lambda: select(Person),
    "a column": lambda: select(Person.timezone),
    "what is read along": lambda: select(ActionItem),
    "a join": lambda: select(Pair.id).join(Pair.mentor),
    "a condition": lambda: select(Pair.id).where(Pair.mentor_id.in_(select(Person.id))),
    "another name": lambda: select(aliased(Person).name),
    "within another": lambda: select(select(Person.id).subquery().c.id),
    "with another": lambda: select(select(Person.id).cte().c.id),
    "a value": lambda: select(select(func.max(Person.id)).scalar_subquery()),
    "counting": lambda: select(func.count()).select_from(Person),
}


@pytest.mark.parametrize("reading", OTHERS.values(), ids=OTHERS.keys())
def test_does_not_write_for_what_it_cannot_show_in(world: World, pair: Pair, reading: Reading) -> None:
    with world.bot.open_transaction.begin() as db:
        written = _written(db)
        db.get_one(Person, pair.mentor_id).country = "IE"
        db.execute(reading())
        assert written == []
    assert written == ["people"]


@pytest.mark.parametrize("reading", ITS_OWN.values(), ids=ITS_OWN.keys())
def test_writes_before_what_it_may_show_in(world: World, pair: Pair, reading: Reading) -> None:
    with world.bot.open_transaction.begin() as db:
        written = _written(db)
        db.get_one(Person, pair.mentor_id).country = "IE"
        db.scalars(reading())
        assert written == ["people"]


def test_writes_before_anything_but_a_reading(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        written = _written(db)
        db.get_one(Person, pair.mentor_id).country = "IE"
        db.execute(update(Conversation).values(listens=None))
        assert written == ["people"]


def test_one_row_can_be_read_while_another_waits_to_be_written(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        turn = Turn(db, world.clock(), world.bot.prompts)
        mentee = db.get_one(Person, pair.mentee_id)
        first, second = db.scalars(select(Session).order_by(Session.id).limit(2))
        written = _written(db)
        first.version += 1
        assert own.session(turn, mentee, second.id) is second
        assert written == []
        assert own.session(turn, mentee, first.id) is first
        assert written == ["sessions"]
        assert first.version == 1
