"""Whoever the rules name is found among many, and nobody else."""

from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select
from world import World

from bot.desk import health, health_names
from bot.desk.health_rules import Health
from bot.models import Format, Pair, Person, Programme, Session, State
from bot.turn import Turn

PAIRS = 200
BY_RULE = set(health_names.BECAUSE)


def scatter(turn: Turn, random: Random) -> None:
    """Pairs of whom everything was at some time in the last seventy days, or never."""

    def ago(first: float = 0, last: float = 30) -> datetime:
        return turn.now - timedelta(days=random.uniform(first, last))

    def maybe(first: float, last: float) -> datetime | None:
        return random.choice((None, ago(first, last), ago(first, last)))

    programme = turn.db.scalars(select(Programme)).one()
    for n in range(PAIRS):
        two = [Person(name=f"{side} {n}", timezone="Europe/Dublin") for side in ("Mentor", "Mentee")]
        turn.db.add_all(two)
        turn.db.flush()
        each = [maybe(0, 30), maybe(0, 30)]
        pair = Pair(
            programme_id=programme.id,
            mentor_id=two[0].id,
            mentee_id=two[1].id,
            made_at=ago(70, 80),
            introduced_at=ago(35, 70),
            settled_at=maybe(25, 70),
            active_at=max((at for at in each if at), default=None),
            mentor_active_at=each[0],
            mentee_active_at=each[1],
            every_weeks=random.choice((1, 2, 4)),
        )
        turn.db.add(pair)
        turn.db.flush()
        for number in range(random.randrange(4)):
            state = random.choice((State.PLANNED, State.HELD, State.MISSED, State.CANCELLED))
            start = ago(-5, 60)
            turn.db.add(
                Session(
                    pair_id=pair.id,
                    number=number + 1,
                    state=state,
                    starts_at=start,
                    ends_at=start + timedelta(hours=1),
                    wall=start.replace(tzinfo=None),
                    zone="UTC",
                    minutes=60,
                    format=Format.LIVE,
                )
            )
    turn.db.flush()


@pytest.mark.usefixtures("cora")
def test_whoever_the_rules_name_is_found_among_many(world: World) -> None:
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        scatter(turn, Random(7))
        programme = db.scalars(select(Programme)).one()
        judged = list(health.judged(db, turn.now, Pair.programme_id == programme.id))
        needing = {
            one.pair_id: one.judgement for one in judged if one.judgement.health is Health.NEEDS_A_HAND
        }

        names = health_names.named(turn, programme, "", most=PAIRS)

        assert {named.pair.id: named.judgement for named in names.listed} == needing
        assert {judgement.reason for judgement in needing.values()} == BY_RULE
