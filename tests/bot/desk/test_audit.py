"""The audit: nothing in it can be changed, moved or removed unnoticed, and people see what concerns them."""

import pytest
from sqlalchemy import delete, select, update
from world import Someone, World

from bot.desk import audit
from bot.desk.models import AuditEntry
from bot.models import Pair
from bot.turn import Turn


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


@pytest.fixture
def three(world: World, pair: Pair, ben: Someone) -> list[int]:
    """Rows about Ben and his pair."""
    person = ben.row
    for what in ("health.pair", "roles.given", "export.made"):
        with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
            audit.record(turn, None, what, pair=pair, person=person)
    return [row.id for row in rows(world)]


def rows(world: World) -> list[AuditEntry]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def first_broken(world: World) -> int | None:
    with world.bot.open_transaction.begin() as db:
        return audit.first_broken(db)


@pytest.mark.usefixtures("three")
def test_a_chain_that_nobody_touched_is_whole(world: World) -> None:
    assert first_broken(world) is None


def test_nothing_at_all_is_whole_too(world: World) -> None:
    assert first_broken(world) is None


@pytest.mark.parametrize("values", [{"what": "nothing"}, {"who_id": 7}, {"detail": "x"}, {"pair_id": None}])
def test_a_row_that_was_changed_is_found(world: World, three: list[int], values: dict[str, object]) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(update(AuditEntry).where(AuditEntry.id == three[1]).values(**values))

    assert first_broken(world) == three[1]


def test_a_row_that_was_removed_is_missed(world: World, three: list[int]) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(delete(AuditEntry).where(AuditEntry.id == three[0]))

    assert first_broken(world) == three[1]


def test_the_newest_rows_are_missed_as_well(world: World, three: list[int]) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(delete(AuditEntry).where(AuditEntry.id >= three[1]))

    assert first_broken(world) == 0


def test_people_see_what_others_did_about_them_and_not_what_they_did_themselves(
    world: World, pair: Pair, ben: Someone, ana: Someone
) -> None:
    mentee, mentor = ben.row, ana.row
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        audit.record(turn, mentor, "health.pair", pair=pair)
        audit.record(turn, mentor, "roles.given", person=mentor)

        assert [row.what for row in audit.about(turn, mentee, [pair.id], 10)] == ["health.pair"]
        assert audit.about(turn, mentor, [pair.id], 10) == []
