"""Disclosure: what of the numbers of one week may be shown to whom, in words, pictures and files alike.

No group of fewer people than the programme's smallest, and nothing from which one could be worked out: not
its neighbours, where their sum is known, not the few who are left over from a share of people, and not the
few who have not come a step further. Whoever takes part in the programme themselves knows one person more
than others do, so for them a group has to be larger by one.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bot.desk import side_by_side
from bot.desk.groups import is_of_group
from bot.desk.health_rules import Health
from bot.desk.metrics import Metric, Number, Step
from bot.models import Enrolment, Person, Programme, Role
from bot.suppression import FEWEST, suppressed
from bot.turn import Turn

GOING_WELL = "going_well"  # the name of a number, see overview.py
OF_PEOPLE = frozenset(
    {Metric.PARTICIPATION, Metric.ACTIVE, Metric.MATCHED, Metric.DROPPED_OUT, Metric.COMPLETED}
    | {Metric.ENDED_EARLY, GOING_WELL}
)
STATE, STEP, RHYTHM = "state", "step", "rhythm"  # before the dot, in the name of a number
RECOMMENDED = "recommended"  # the name of a number, see recommended.py


def smallest(turn: Turn, reader: Person, programme: Programme) -> int:
    """The fewest people of whom this reader may be told a number. It may be raised, and not lowered."""
    takes_part = Enrolment.role.in_((Role.MENTOR, Role.MENTEE)) & (Enrolment.person_id == reader.id)
    here = select(Enrolment.id).where(takes_part, Enrolment.programme_id == programme.id)
    return smallest_for_anybody(programme) if turn.db.scalar(here.limit(1)) else _smallest(programme)


def smallest_for_anybody(programme: Programme) -> int:
    """The same for those who take part as well."""
    return _smallest(programme) + 1


def _smallest(programme: Programme) -> int:
    return max(FEWEST, programme.smallest_group)


def shown(numbers: Mapping[str, Number], k: int) -> frozenset[str]:
    """The names of those that may be told as they are, of one scope in one week."""
    beside_others = _states_hidden(numbers, k) | _steps_hidden(numbers, k) | _ends_hidden(numbers, k)
    return side_by_side.names_told(numbers, k) | (_large(numbers, k) - beside_others)


def hidden_beside_others(numbers: Mapping[str, Number], k: int) -> frozenset[str]:
    """The names of those that are large enough, and would tell of a small group beside another number."""
    return _large(numbers, k) - shown(numbers, k)


def _large(numbers: Mapping[str, Number], k: int) -> frozenset[str]:
    return frozenset(name for name, number in numbers.items() if may_stand_alone(name, number, k))


def may_stand_alone(name: str, number: Number, k: int) -> bool:
    if is_of_group(name):
        return False
    if name in OF_PEOPLE:
        return number.people >= k and is_large_on_both_sides(number, k)
    if name == RECOMMENDED:
        return is_large_on_every_side(number, k)
    return name.startswith((f"{STATE}.", f"{STEP}.")) or number.people >= k


def is_large_on_both_sides(number: Number, k: int) -> bool:
    return number.part >= k and number.whole - number.part >= k


def is_large_on_every_side(number: Number, k: int) -> bool:
    """Of those for it less those against it, among people of whom some are neither.

    How many are for it, against it, or neither cannot be told from that: each of the three has more than `k`
    sizes that it may have, of which the largest is no fewer than `k` people, and so has what is left of it.
    """
    return number.people >= k and number.whole - abs(number.part) >= 2 * k


def _ends_hidden(numbers: Mapping[str, Number], k: int) -> frozenset[str]:
    """Some ends are neither completed nor early; both shares would tell how many those are."""
    none = Number(0, 0, 0)
    completed, early = (numbers.get(name, none) for name in (Metric.COMPLETED, Metric.ENDED_EARLY))
    is_told = is_large_on_both_sides(completed, k) and early.whole - early.part - completed.part < k
    return frozenset({Metric.ENDED_EARLY.value}) if is_told else frozenset()


def _states_hidden(numbers: Mapping[str, Number], k: int) -> frozenset[str]:
    """They add up to all pairs, and how many those are is no secret."""
    people = {name: numbers[name].people for state in Health if (name := f"{STATE}.{state.value}") in numbers}
    return suppressed(people, k).hidden


def _steps_hidden(numbers: Mapping[str, Number], k: int) -> frozenset[str]:
    names = [name for step in Step if (name := f"{STEP}.{step.value}") in numbers]
    counts = steps_shown([numbers[name].part for name in names], k)
    return frozenset(name for name, count in zip(names, counts, strict=True) if count is None)


def steps_shown(counts: Sequence[int], k: int) -> list[int | None]:
    """Of groups that lie within each other, those of which no difference is small."""
    told: list[int | None] = []
    last = None
    for count in counts:
        is_small = count < k or (last is not None and 0 < last - count < k)
        told.append(None if is_small else count)
        last = last if is_small else count
    return told
