"""A round of coffee in a test: when it happens, and what people do in it."""

from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.models import Role
from bot.rounds.models import CoffeeHabit, Cup

ASKED = "2026-02-10"  # a Tuesday, a week after the world begins
DRAWN = "2026-02-12"  # everybody has heard by the end of this day
ENDS = "2026-02-23"  # the Monday before the next round
NEXT = "2026-02-24"


def join(world: World, *people: Someone, role: Role = Role.MENTEE) -> None:
    world.start(*people)
    world.enrol(role, *people)


def begin(cora: Someone, **rhythm: str) -> None:
    cora.says("rounds")
    cora.presses("Set up coffee rounds")
    cora.fills(**rhythm)
    cora.presses("Start")


def rest_for_good(*people: Someone) -> None:
    """They are not asked, so that a round is between the others."""
    world, ids = people[0].world, [one.row.id for one in people]
    with world.bot.open_transaction.begin() as db:
        db.add_all(CoffeeHabit(person_id=id_, rests_since=world.clock()) for id_ in ids)


def to(world: World, day: str, clock: str = "18:00") -> None:
    world.until(at(day, clock, "UTC"))


def say(answer: str, *people: Someone) -> None:
    for someone in people:
        someone.presses(answer)


def cup(world: World, someone: Someone) -> Cup:
    with world.bot.open_transaction() as db:
        mine = select(Cup).where(Cup.person_id == someone.row.id).order_by(Cup.id.desc())
        return db.scalars(mine).first()  # type: ignore[return-value]


def habit(world: World, someone: Someone) -> CoffeeHabit | None:
    with world.bot.open_transaction() as db:
        return db.get(CoffeeHabit, someone.row.id)


def meets(someone: Someone) -> list[str]:
    return [as_text(message).partition(":")[0] for message in someone.received("coffee.meet")]
