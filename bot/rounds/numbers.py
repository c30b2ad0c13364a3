"""Numbers: what whoever runs the programme sees of a round. No names, and no group of fewer than five.

A group that is smaller is told together with others. Where even those together are fewer than five, neither
they nor how many there are in all is said: whoever knows both could subtract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from bot.rounds import drawing, proof
from bot.rounds.models import Answer, Cup, Outcome, Round
from bot.rounds.proof import Line, State
from bot.turn import Turn

SMALLEST = 5  # people in a group that is counted out


@dataclass(frozen=True)
class Counted:
    """Groups that may be told, by name; the others together, or none if that is too few."""

    told: Mapping[str, int]
    others: int | None  # none: there are some, and fewer than may be told


def counted(groups: Mapping[str, int]) -> Counted:
    there = {name: count for name, count in groups.items() if count}
    small = {name for name, count in there.items() if count < SMALLEST}
    if small and sum(there[name] for name in small) < SMALLEST and len(there) > len(small):
        large = there.keys() - small
        small.add(min(large, key=lambda name: (there[name], name)))
    together = sum(there[name] for name in small)
    told = {name: count for name, count in there.items() if name not in small}
    return Counted(told, None if 0 < together < SMALLEST else together)


@dataclass(frozen=True)
class Told:
    """How a round went."""

    people: int | None
    pairs: int
    trios: int
    absent: Counted  # by State
    met: int | None  # people in groups of whom somebody said that they met; none: too few to say
    missed: int
    some_wait: bool  # for the next round, since nobody was left for them

    @property
    def is_countable(self) -> bool:
        return 2 * self.pairs + 3 * self.trios >= SMALLEST


def of_round(turn: Turn, one: Round) -> Told:
    sizes = _sizes(turn, one)
    outcomes = _outcomes(turn, one)
    absent = counted(_absent(outcomes))
    grouped = sum(sizes.values())
    is_told = grouped >= SMALLEST and absent.others is not None
    others = sum(absent.told.values()) + (absent.others or 0)
    trios = sum(size == proof.LARGEST for size in sizes.values())
    return Told(
        people=grouped + others if is_told else None,
        pairs=len(sizes) - trios,
        trios=trios,
        absent=absent,
        met=_met(turn, one, sizes),
        missed=one.missed,
        some_wait=outcomes.get(Outcome.NOBODY, 0) > 0,
    )


def _sizes(turn: Turn, one: Round) -> Mapping[int, int]:
    """How many people are at each table."""
    seated = (Cup.round_id == one.id) & Cup.table_number.is_not(None)
    tables = select(Cup.table_number, func.count()).where(seated).group_by(Cup.table_number)
    return {table: count for table, count in turn.db.execute(tables) if table is not None}


def _outcomes(turn: Turn, one: Round) -> Mapping[str, int]:
    outcomes = select(Cup.outcome, func.count()).where(Cup.round_id == one.id).group_by(Cup.outcome)
    return {str(outcome): int(count) for outcome, count in turn.db.execute(outcomes)}


def _absent(outcomes: Mapping[str, int]) -> Mapping[str, int]:
    absent: dict[str, int] = {}
    for outcome, count in outcomes.items():
        if outcome in drawing.STATES and outcome != Outcome.GROUPED:
            state = drawing.STATES[outcome]
            absent[state] = absent.get(state, 0) + count
    return absent


def _met(turn: Turn, one: Round, sizes: Mapping[int, int]) -> int | None:
    """Told only if both they and all others are enough."""
    said = (Cup.round_id == one.id) & (Cup.met == Answer.YES)
    tables = set(turn.db.scalars(select(Cup.table_number).where(said).distinct()))
    met = sum(size for table, size in sizes.items() if table in tables)
    others = sum(sizes.values()) - met
    return met if met >= SMALLEST and (others == 0 or others >= SMALLEST) else None


def lines(turn: Turn, one: Round) -> list[Line]:
    """The proof. Where a reason is that of few, all of those without a group have the same."""
    made = drawing.lines(turn, one)
    if all(count >= SMALLEST for count in _absent(_outcomes(turn, one)).values()):
        return made
    return [line if line.group is not None else replace(line, state=State.NOT_THIS_TIME) for line in made]
