"""A crowd: many pairs at once, for numbers of which a few pairs would say nothing."""

from datetime import timedelta

from sqlalchemy import select
from world import World

from bot.models import Enrolment, Pair, Person, Programme, Role


def crowd(world: World, pairs: int, cohort: str = "Spring") -> None:
    """A cohort of so many pairs that met a while ago and are lively, made without a chat of their own."""
    now = world.clock()
    with world.bot.open_transaction.begin() as db:
        programme = db.scalars(select(Programme)).one()
        people = [
            Person(name=f"P{n} Test", timezone="Europe/Dublin", started_at=now) for n in range(2 * pairs)
        ]
        db.add_all(people)
        db.flush()
        for mentor, mentee in zip(people[::2], people[1::2], strict=True):
            for person, role in ((mentor, Role.MENTOR), (mentee, Role.MENTEE)):
                db.add(
                    Enrolment(
                        programme_id=programme.id,
                        person_id=person.id,
                        role=role,
                        made_at=now,
                        cohort=cohort,
                    )
                )
            db.add(
                Pair(
                    programme_id=programme.id,
                    mentor_id=mentor.id,
                    mentee_id=mentee.id,
                    made_at=now,
                    cohort=cohort,
                    introduced_at=now - timedelta(days=60),
                    settled_at=now - timedelta(days=20),
                    active_at=now,
                    mentee_active_at=now,
                    mentor_active_at=now,
                )
            )
