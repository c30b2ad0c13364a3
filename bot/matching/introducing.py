"""Introducing: a draft becomes pairs. What has changed since it was made is looked at again before that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot import outbox, parting
from bot.courtesy import Defer, Kind, Send
from bot.matching import making, waiting
from bot.matching.explaining import WhyNot
from bot.matching.making import Two
from bot.matching.models import LeftOver, Proposed, Run, RunState, Standing, Wanting
from bot.matching.people import Clash, Conflict
from bot.matching.pool import Pool
from bot.models import Enrolment, Pair, Person, Post, Programme, Role
from bot.outbox import State
from bot.turn import Turn

INTRODUCTIONS = ("intro.your_mentor", "intro.your_mentee")


@dataclass(frozen=True)
class Plan:
    """What would happen now."""

    pairs: Sequence[Proposed]
    fallen: Mapping[int, Clash]  # by `Proposed.id`: what can no longer be
    alone: Sequence[LeftOver]  # those who stay without anybody and hear why

    @property
    def check(self) -> str:
        """Another one as soon as somebody else would be introduced or left."""
        return f"{len(self.pairs)}.{sum(pair.id for pair in self.pairs)}.{len(self.alone)}"

    @property
    def people(self) -> Mapping[int, Person]:
        return {person.id: person for pair in self.pairs for person in (pair.mentee, pair.mentor)}

    @property
    def waiting_to_start(self) -> int:
        """Pairs of which somebody has not begun with the bot yet."""
        return sum(not (pair.mentee.started_at and pair.mentor.started_at) for pair in self.pairs)

    def moments(self, turn: Turn) -> Sequence[datetime]:
        """When each of them would have it; whoever cannot be reached is left out."""
        ready = [pair for pair in self.pairs if pair.mentee.started_at and pair.mentor.started_at]
        people = {id_ for pair in ready for id_ in (pair.mentee_id, pair.mentor_id)}
        verdicts = outbox.forecast(turn.db, people, Kind.APPOINTMENT, turn.now).values()
        later = [verdict.until for verdict in verdicts if isinstance(verdict, Defer)]
        return [*later, *(turn.now for verdict in verdicts if isinstance(verdict, Send))]


def plan(turn: Turn, run: Run) -> Plan:
    pairs = making.standing(turn, run, Standing.PROPOSED, Standing.LOCKED)
    pool = making.pool_of(turn, run)
    fallen = {} if pool.fingerprint == run.input_hash else _fallen(pool, pairs)
    still = [pair for pair in pairs if pair.id not in fallen]
    return Plan(still, fallen, _alone(turn, run, pool, [pair for pair in pairs if pair.id in fallen], still))


def _fallen(pool: Pool, pairs: Sequence[Proposed]) -> Mapping[int, Clash]:
    from bot.matching.grid import Grid  # noqa: PLC0415 - only some need it

    grid = Grid(pool.people, pool.rules, ())
    ids = dict(zip(making.named(pairs), (pair.id for pair in pairs), strict=True))
    fallen: dict[int, Clash] = {}
    still: list[Two] = list(ids)
    while True:
        try:
            grid.hold(still)
        except Conflict as conflict:
            two = (conflict.mentee, conflict.mentor)
            still.remove(two)
            fallen[ids[two]] = conflict.why
        else:
            return fallen


def _alone(
    turn: Turn, run: Run, pool: Pool, fallen: Sequence[Proposed], still: Sequence[Proposed]
) -> Sequence[LeftOver]:
    """Who was left over and is still there; and mentees whose pair can no longer be."""
    looking = {int(person.id) for person in pool.people if person.is_mentee}
    offering = {int(person.id) for person in pool.people if person.places}
    served = {pair.mentee_id for pair in still}
    left = [
        one
        for one in making.alone(turn, run)
        if one.person_id in (offering if one.is_mentor else looking - served)
    ]
    known = {one.person_id for one in left if not one.is_mentor} | served
    more = [pair.mentee for pair in fallen if pair.mentee_id in looking - known]
    return [
        *left,
        *(
            LeftOver(run_id=run.id, person_id=one.id, person=one, is_mentor=False, why=WhyNot.FULL)
            for one in more
        ),
    ]


def introduce(turn: Turn, run: Run, person: Person, planned: Plan) -> None:
    """From now on each introduction goes out at a decent hour of whoever reads it."""
    cohorts = dict(
        turn.db.execute(
            select(Enrolment.person_id, Enrolment.cohort).where(
                Enrolment.programme_id == run.programme_id, Enrolment.role == Role.MENTEE
            )
        ).all()
    )
    for pair in making.standing(turn, run, Standing.PROPOSED, Standing.LOCKED):
        if pair.id in planned.fallen:
            pair.state = Standing.FELL_AWAY
    for pair in planned.pairs:
        made = _pair(turn, run.programme, pair, cohorts.get(pair.mentee_id, ""))
        pair.state, pair.pair = Standing.MADE, made
    turn.db.add_all(planned.alone)
    run.state, run.ended_at, run.ended_by_id = RunState.ACCEPTED, turn.now, person.id
    turn.db.flush()


def _pair(turn: Turn, programme: Programme, two: Proposed, cohort: str) -> Pair:
    """Two who were called off before are there already."""
    ids = {"programme_id": programme.id, "mentor_id": two.mentor_id, "mentee_id": two.mentee_id}
    know_cairn = (
        two.mentee.started_at and two.mentor.started_at
    )  # else the second of them to start sets it off
    pair = turn.db.scalar(select(Pair).filter_by(**ids))
    if pair is None:
        pair = Pair(**ids, made_at=turn.now)
        turn.db.add(pair)
    pair.ended_at, pair.cohort = None, cohort or programme.cohort
    pair.introduce_at = turn.now if know_cairn else None
    return pair


# As long as nobody has read it


def still_quiet(turn: Turn, run: Run) -> Sequence[Proposed]:
    """Of whose introduction neither has read anything yet."""
    made = [one for one in making.standing(turn, run, Standing.MADE) if one.pair and not one.pair.ended_at]
    waits = _unread(
        turn, [one.pair_id for one in made if one.pair_id and one.pair and one.pair.introduced_at]
    )
    return [one for one in made if one.pair and (one.pair.introduced_at is None or one.pair_id in waits)]


def _unread(turn: Turn, pairs: Sequence[int]) -> frozenset[int]:
    both = (
        select(Post.pair_id)
        .where(Post.pair_id.in_(pairs), Post.name.in_(INTRODUCTIONS), Post.state == State.PENDING)
        .group_by(Post.pair_id)
        .having(func.count() == 2)
    )
    return frozenset(turn.db.scalars(both)) if pairs else frozenset()


def call_off(turn: Turn, run: Run, person: Person) -> tuple[int, int]:
    """How many are off, and how many stay because one of the two has read it."""
    off = sum(_call_off(turn, one) for one in still_quiet(turn, run))
    stay = len(making.standing(turn, run, Standing.MADE)) - off
    run.state, run.ended_at, run.ended_by_id = RunState.CALLED_OFF, turn.now, person.id
    return off, stay


def _call_off(turn: Turn, two: Proposed) -> bool:
    """A sender may be faster: then the introduction stands."""
    held = select(Pair).where(Pair.id == two.pair_id).with_for_update(of=Pair)
    pair = turn.db.scalars(held.execution_options(populate_existing=True)).one()
    if pair.introduced_at:
        if pair.id not in _held_back(turn, pair):
            return False
        waiting.say(turn, pair.mentee, pair.programme, Wanting.FIRST)
    for one in pair.people:
        turn.recall(one, f"intro:{pair.id}")
    outbox.drop_waiting(turn.db, pair.id, ("agreement", "intro"), turn.now)
    pair.ended_at, pair.introduced_at, pair.planned_end = turn.now, None, None
    parting.nothing_is_due(pair)
    two.state = Standing.CALLED_OFF
    return True


def _held_back(turn: Turn, pair: Pair) -> frozenset[int]:
    """Both messages, held so that no sender takes one of them."""
    waits = (Post.pair_id == pair.id) & Post.name.in_(INTRODUCTIONS) & (Post.state == State.PENDING)
    found = turn.db.scalars(select(Post.id).where(waits).with_for_update(skip_locked=True)).all()
    return frozenset({pair.id}) if len(found) == 2 else frozenset()
