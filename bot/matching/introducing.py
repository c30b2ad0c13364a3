"""Introducing: a draft becomes pairs. What has changed since it was made is looked at again before that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager

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

AT_ONCE = 100  # introductions that wait in the outbox
INTRODUCTIONS = ("intro.your_mentor", "intro.your_mentee", "intro.your_peer")


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
    for two in making.standing(turn, run, Standing.PROPOSED, Standing.LOCKED):
        if two.id in planned.fallen:
            two.state = Standing.FELL_AWAY
    cohorts, there = _cohorts(turn, run), _pairs_there(turn, run)
    for two in planned.pairs:
        pair = there.get((two.mentor_id, two.mentee_id)) or _new_pair(turn, run.programme, two)
        know_cairn = two.mentee.started_at and two.mentor.started_at
        pair.ended_at, pair.cohort = None, cohorts.get(two.mentee_id) or run.programme.cohort
        pair.introduce_at = turn.now if know_cairn else None  # else the second of them to start sets it off
        two.state, two.pair = Standing.MADE, pair
    turn.db.add_all(planned.alone)
    run.state, run.ended_at, run.ended_by_id = RunState.ACCEPTED, turn.now, person.id
    turn.db.flush()


def _cohorts(turn: Turn, run: Run) -> Mapping[int, str]:
    mentees = (Enrolment.programme_id == run.programme_id) & (Enrolment.role == Role.MENTEE)
    return dict(turn.db.execute(select(Enrolment.person_id, Enrolment.cohort).where(mentees)).all())


def _pairs_there(turn: Turn, run: Run) -> Mapping[tuple[int, int], Pair]:
    """Two who were called off before they heard of it."""
    before = (Pair.programme_id == run.programme_id) & Pair.introduced_at.is_(None)
    found = turn.db.scalars(select(Pair).where(before, Pair.ended_at.is_not(None)))
    return {(pair.mentor_id, pair.mentee_id): pair for pair in found}


def _new_pair(turn: Turn, programme: Programme, two: Proposed) -> Pair:
    pair = Pair(programme_id=programme.id, mentor_id=two.mentor_id, mentee_id=two.mentee_id, made_at=turn.now)
    turn.db.add(pair)
    return pair


# As long as nobody has read it


def still_quiet(turn: Turn, run: Run) -> Sequence[Proposed]:
    """Of whose introduction neither has read anything yet."""
    going_on = (Proposed.run_id == run.id) & (Proposed.state == Standing.MADE) & Pair.ended_at.is_(None)
    unread = or_(Pair.introduced_at.is_(None), Pair.id.in_(_unread()))
    made = select(Proposed).join(Pair, Pair.id == Proposed.pair_id).where(going_on, unread)
    return turn.db.scalars(made.options(contains_eager(Proposed.pair)).order_by(Pair.id)).all()


def _unread() -> Select[int | None]:
    """Both messages wait."""
    waits = Post.name.in_(INTRODUCTIONS) & (Post.state == State.PENDING)
    both = select(Post.pair_id).where(waits, Post.pair_id == Pair.id).correlate(Pair)
    return both.group_by(Post.pair_id).having(func.count() == 2)


def call_off(turn: Turn, run: Run, person: Person) -> tuple[int, int]:
    """How many are off, and how many stay because one of the two has read it."""
    made = len(making.standing(turn, run, Standing.MADE))
    quiet = len(still_quiet(turn, run))
    run.state, run.ended_at, run.ended_by_id = RunState.CALLED_OFF, turn.now, person.id
    go_on_calling_off(turn, run)
    return quiet, made - quiet


def go_on_calling_off(turn: Turn, run: Run) -> None:
    """Those that wait in the outbox take a moment each, so of many the rest is left to the next tick."""
    quiet = still_quiet(turn, run)
    pairs = _held(turn, [two.pair_id for two in quiet if two.pair_id])
    in_the_outbox = 0
    for two, pair in zip(quiet, pairs, strict=True):
        in_the_outbox += pair.introduced_at is not None
        if in_the_outbox > AT_ONCE:
            run.work_at = turn.now
            return
        _call_off(turn, two, pair)


def _held(turn: Turn, ids: Sequence[int]) -> Sequence[Pair]:
    """Locked, in the order of their ids, and as they are now."""
    held = select(Pair).where(Pair.id.in_(ids)).order_by(Pair.id).with_for_update(of=Pair)
    return turn.db.scalars(held.execution_options(populate_existing=True)).all()


def _call_off(turn: Turn, two: Proposed, pair: Pair) -> None:
    """A sender may be faster: then the introduction stands."""
    if pair.introduced_at:
        if not _hold_back(turn, pair):
            return
        outbox.drop_waiting(turn.db, pair.id, ("agreement", "intro"), turn.now)
        waiting.say(turn, pair.mentee, pair.programme, Wanting.FIRST)
    pair.ended_at, pair.introduced_at, pair.planned_end = turn.now, None, None
    parting.nothing_is_due(pair)
    two.state = Standing.CALLED_OFF


def _hold_back(turn: Turn, pair: Pair) -> bool:
    """Both messages, held so that no sender takes one of them."""
    waits = (Post.pair_id == pair.id) & Post.name.in_(INTRODUCTIONS) & (Post.state == State.PENDING)
    return len(turn.db.scalars(select(Post.id).where(waits).with_for_update(skip_locked=True)).all()) == 2
