"""Swapping: another mentor for one mentee of a draft, as whoever runs the programme would rather have it."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, select

from bot.matching import making, propose
from bot.matching.explained import for_keeping
from bot.matching.explaining import WhyNot
from bot.matching.models import LeftOver, Proposed, Run, Standing
from bot.matching.pool import Pool
from bot.models import Person
from bot.turn import Turn

MOST = 20  # to choose from
A_LITTLE, CLEARLY = 60, 150  # points of 1000
IN_THE_DRAFT = (Standing.PROPOSED, Standing.LOCKED)


class Other(NamedTuple):
    mentor_id: int
    name: str
    score: int


def leave_out(turn: Turn, run: Run, two: Proposed) -> None:
    """The mentee has nobody then, until the coordinator chooses somebody or has it done again."""
    two.state = Standing.LEFT_OUT
    turn.db.add(LeftOver(run_id=run.id, person_id=two.mentee_id, is_mentor=False, why=WhyNot.LEFT_OUT))
    turn.db.flush()


def served(turn: Turn, run: Run, two: Proposed) -> Proposed | None:
    """The pair that the mentee has by now, where these two are none."""
    if two.state in IN_THE_DRAFT:
        return None
    pairs = making.standing(turn, run, *IN_THE_DRAFT)
    return next((pair for pair in pairs if pair.mentee_id == two.mentee_id), None)


def put_back(turn: Turn, run: Run, two: Proposed) -> bool:
    """Not where the mentee or the place has been given to somebody else meanwhile."""
    pairs = making.standing(turn, run, *IN_THE_DRAFT)
    pool = making.pool_of(turn, run)
    has_room = _room(pool, pairs).get(str(two.mentor_id), 0) > 0
    if not has_room or served(turn, run, two):
        return False
    two.state = Standing.PROPOSED
    _is_served(turn, run, two)
    return True


def _is_served(turn: Turn, run: Run, two: Proposed) -> None:
    theirs = (LeftOver.run_id == run.id) & (LeftOver.person_id == two.mentee_id) & ~LeftOver.is_mentor
    turn.db.execute(delete(LeftOver).where(theirs))
    mentors = (LeftOver.run_id == run.id) & (LeftOver.person_id == two.mentor_id) & LeftOver.is_mentor
    turn.db.execute(delete(LeftOver).where(mentors))
    turn.db.flush()


def _room(pool: Pool, pairs: Sequence[Proposed]) -> dict[str, int]:
    """Places beside those of the draft, by mentor."""
    taken = Counter(str(pair.mentor_id) for pair in pairs)
    return {one.id: one.places - taken[one.id] for one in pool.people if one.places > taken[one.id]}


def others(turn: Turn, run: Run, two: Proposed) -> Sequence[Other]:
    """Whom else the mentee could have: mentors with a place that is free beside the draft, the best first."""
    pool = making.pool_of(turn, run)
    room = _room(pool, making.standing(turn, run, *IN_THE_DRAFT))
    people = list(making.for_one(pool, str(two.mentee_id), room))
    left_out = making.named(making.standing(turn, run, Standing.LEFT_OUT))
    if not any(person.places for person in people):
        return []
    scores = propose(people, pool.rules, run.seed, (), left_out).scores(every=True)
    best = sorted(((score, int(mentor)) for _, mentor, score in scores if mentor in room), reverse=True)
    found = [(score, mentor) for score, mentor in best if mentor != two.mentor_id][:MOST]
    ids = [mentor for _, mentor in found]
    names = dict(turn.db.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    return [Other(mentor, names[mentor], score) for score, mentor in found]


def swap(turn: Turn, run: Run, two: Proposed, mentor_id: int) -> Proposed:
    """Chosen by somebody, so it is locked. It explains itself like every other."""
    pool = making.pool_of(turn, run)
    room = _room(pool, making.standing(turn, run, *IN_THE_DRAFT))
    people = list(making.for_one(pool, str(two.mentee_id), room))
    chosen = (str(two.mentee_id), str(mentor_id))
    [pair] = propose(people, pool.rules, run.seed, [chosen]).pairs
    if two.state in IN_THE_DRAFT:
        turn.db.delete(two)
        turn.db.flush()
    new = Proposed(run_id=run.id, mentee_id=two.mentee_id, mentor_id=mentor_id, state=Standing.LOCKED)
    for_keeping(new, pair, next(one.offers for one in pool.people if one.id == pair.mentor))
    turn.db.add(new)
    _is_served(turn, run, new)
    turn.db.refresh(new)
    return new


def name_of_loss(points: int) -> str:
    """How much less somebody else would suit, as a name in prompts."""
    if points <= 0:
        return "match.suits_as_well"
    if points < A_LITTLE:
        return "match.suits_a_little_less"
    return "match.suits_less" if points < CLEARLY else "match.suits_much_less"
