"""Guests: who may take part in a round, who is asked, and what people have said about coffee so far.

Everybody who is enrolled and has started may, in whatever role. Those who are away, who do not want to be
asked for a while, or who have a coffee in another programme already, are not asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, insert, or_, select

from bot.models import Enrolment, Person, Programme
from bot.planning import paused_over
from bot.rounds import planning
from bot.rounds.models import Answer, CoffeeHabit, Cup, NeverAgain, Outcome, Rhythm, Round
from bot.turn import Turn

WORTH_ASKING = timedelta(hours=20)  # whether they met; then the next question comes


class Fate(StrEnum):
    ASK = "ask"
    TAKES_PART = "takes_part"  # has said always yes, or yes ahead of time
    RESTS = "rests"
    AWAY = "away"
    ELSEWHERE = "elsewhere"


PRESET = {Fate.RESTS: Outcome.RESTING, Fate.ELSEWHERE: Outcome.ELSEWHERE}


def is_away(person: Person, at: datetime) -> bool:
    gone = person.left_at or person.leave_at or person.unreachable_since
    return bool(gone) or paused_over(person, at)


def _enrolled(programme: Programme) -> ColumnElement[bool]:
    return Person.id.in_(select(Enrolment.person_id).where(Enrolment.programme_id == programme.id))


def everybody(turn: Turn, programme: Programme) -> Sequence[Person]:
    """Whoever may take part."""
    takes_part = _enrolled(programme) & Person.started_at.is_not(None) & Person.left_at.is_(None)
    return turn.db.scalars(select(Person).where(takes_part).order_by(Person.id)).all()


def not_started(turn: Turn, programme: Programme) -> int:
    waits = _enrolled(programme) & Person.started_at.is_(None) & Person.left_at.is_(None)
    return turn.db.scalar(select(func.count()).select_from(Person).where(waits)) or 0


def sorted_out(turn: Turn, programme: Programme, at: datetime) -> Mapping[Fate, list[Person]]:
    """What becomes of each of them in a round that asks from then on: by what is so in its morning."""
    people, morning = everybody(turn, programme), at + planning.FIRST_CLOCK
    said, busy = habits(turn, [person.id for person in people]), _busy(turn, programme)
    fates: dict[Fate, list[Person]] = defaultdict(list)
    for person in people:
        fates[_fate(person, said.get(person.id), person.id in busy, morning)].append(person)
    return fates


def _fate(person: Person, habit: CoffeeHabit | None, is_busy: bool, at: datetime) -> Fate:
    if is_away(person, at):
        return Fate.AWAY
    if is_busy:
        return Fate.ELSEWHERE
    if habit and habit.next_time:
        return Fate.TAKES_PART
    if habit and habit.rests(at):
        return Fate.RESTS
    return Fate.TAKES_PART if habit and habit.always else Fate.ASK


def _busy(turn: Turn, programme: Programme) -> set[int]:
    """Those who have a coffee in another programme at the time, or are being asked for one."""
    going_on = (Rhythm.programme_id != programme.id) & Round.asked_at.is_not(None) & Round.ended_at.is_(None)
    waits = Round.drawn_at.is_(None) & (Cup.answer == Answer.NONE) & (Cup.outcome == Outcome.OPEN)
    may_go = Round.drawn_at.is_(None) & (Cup.answer == Answer.YES)
    theirs = select(Cup.person_id).join(Round).join(Rhythm)
    return set(turn.db.scalars(theirs.where(going_on, waits | may_go | (Cup.outcome == Outcome.GROUPED))))


def invite(turn: Turn, one: Round) -> None:
    """A cup for everybody, in one go; each says when its person is asked, or why they are not."""
    rhythm = one.rhythm
    fates = sorted_out(turn, rhythm.programme, turn.now)
    cups = [_cup(turn, one, person, fate) for fate, people in fates.items() for person in people]
    for habit in habits(turn, [person.id for person in fates.get(Fate.TAKES_PART, ())]).values():
        habit.next_time = False
    turn.db.flush()
    if cups:
        turn.db.execute(insert(Cup), cups)


def _cup(turn: Turn, one: Round, person: Person, fate: Fate) -> Mapping[str, object]:
    morning = planning.morning_of(person, one.day, one.rhythm.at, turn.now) if fate is Fate.ASK else None
    return {
        "round_id": one.id,
        "person_id": person.id,
        "ask_at": morning if morning and one.draw_at and morning < one.draw_at else None,
        "answer": Answer.YES if fate is Fate.TAKES_PART else Answer.NONE,
        "outcome": PRESET.get(fate, Outcome.OPEN),
    }


def end(turn: Turn, one: Round) -> None:
    """It is over. Each is asked once, in their morning, whether they met, unless the next question is due."""
    one.ended_at, one.end_at = turn.now, None
    day, next_day = (turn.now + planning.FIRST_CLOCK).date(), planning.next_day(one.rhythm, one.day)
    together = select(Cup).where(
        Cup.round_id == one.id, Cup.outcome == Outcome.GROUPED, Cup.met == Answer.NONE
    )
    for cup in turn.db.scalars(together):
        asked = planning.morning_of(cup.person, day, one.rhythm.at, turn.now)
        again = planning.morning_of(cup.person, next_day, one.rhythm.at, turn.now)
        is_in_time = asked and again and again - asked > WORTH_ASKING
        cup.check_at = asked if is_in_time else None


# What people have said


def habits(turn: Turn, ids: Iterable[int]) -> Mapping[int, CoffeeHabit]:
    theirs = select(CoffeeHabit).where(CoffeeHabit.person_id.in_(list(ids)))
    return {habit.person_id: habit for habit in turn.db.scalars(theirs)}


def habit_of(turn: Turn, person: Person) -> CoffeeHabit:
    """Theirs to change."""
    habit = said_so_far(turn, person)
    turn.db.add(habit)
    return habit


def said_so_far(turn: Turn, person: Person) -> CoffeeHabit:
    """To read. Whoever has said nothing has no row."""
    found = habits(turn, [person.id]).get(person.id)
    return found or CoffeeHabit(person_id=person.id, always=False, next_time=False, silent=0)


def own_cup(turn: Turn, person: Person, cup_id: int) -> Cup | None:
    """One of the person's own, while its round stands still: a drawing waits for those who are answering."""
    number = select(Cup.round_id).where(Cup.id == cup_id, Cup.person_id == person.id)
    held = select(Round).where(Round.id.in_(number)).with_for_update(read=True, of=Round)
    if turn.db.scalars(held.execution_options(populate_existing=True)).first() is None:
        return None
    mine = select(Cup).where(Cup.id == cup_id).with_for_update(of=Cup)
    return turn.db.scalars(mine.execution_options(populate_existing=True)).one()


def cups_in(turn: Turn, one: Round) -> Sequence[Cup]:
    return turn.db.scalars(select(Cup).where(Cup.round_id == one.id).order_by(Cup.id)).all()


def cups_of(person: Person) -> Select[Cup]:
    """The newest first."""
    return select(Cup).where(Cup.person_id == person.id).order_by(Cup.id.desc())


def company(turn: Turn, cup: Cup) -> Sequence[Person]:
    """Whoever the person meets in that round."""
    if cup.table_number is None:
        return []
    same = (Cup.round_id == cup.round_id) & (Cup.table_number == cup.table_number) & (Cup.id != cup.id)
    return [other.person for other in turn.db.scalars(select(Cup).where(same).order_by(Cup.id))]


def met_so_far(turn: Turn, person: Person) -> Sequence[Person]:
    """Everybody they were put together with, the newest first; those who are nobody any more are left out."""
    mine = select(Cup.round_id, Cup.table_number).where(
        Cup.person_id == person.id, Cup.table_number.is_not(None)
    )
    together = mine.subquery()
    same = (Cup.round_id == together.c.round_id) & (Cup.table_number == together.c.table_number)
    newest = func.max(Cup.id)
    ids = select(Cup.person_id).join(together, same).where(Cup.person_id != person.id).group_by(Cup.person_id)
    in_order = turn.db.scalars(ids.order_by(newest.desc())).all()
    known = {one.id: one for one in turn.db.scalars(select(Person).where(Person.id.in_(in_order)))}
    return [known[id_] for id_ in in_order if known[id_].left_at is None]


def nevers(turn: Turn, person: Person) -> Sequence[NeverAgain]:
    return turn.db.scalars(
        select(NeverAgain).where(NeverAgain.person_id == person.id).order_by(NeverAgain.id)
    ).all()


def rhythms_of(turn: Turn, person: Person) -> Sequence[Rhythm]:
    """Those of the person's programmes in which there are rounds."""
    theirs = select(Enrolment.programme_id).where(Enrolment.person_id == person.id)
    goes_on = Rhythm.paused_at.is_(None) & Rhythm.stopped_at.is_(None)
    return turn.db.scalars(
        select(Rhythm).where(goes_on, Rhythm.programme_id.in_(theirs)).order_by(Rhythm.id)
    ).all()


def next_round_of(turn: Turn, rhythms: Sequence[Rhythm]) -> Round | None:
    ahead = Round.rhythm_id.in_([rhythm.id for rhythm in rhythms]) & Round.ask_at.is_not(None)
    return turn.db.scalars(select(Round).where(ahead).order_by(Round.day).limit(1)).first()


def still_enrolled(turn: Turn, one: Round) -> set[int]:
    """By the enrolments and not by the cups: whoever may take part since before the round began."""
    then = one.asked_at or turn.now
    enrolled = (Enrolment.programme_id == one.rhythm.programme_id) & or_(
        Enrolment.made_at.is_(None), Enrolment.made_at <= then
    )
    takes_part = (Person.started_at <= then) & Person.left_at.is_(None)
    return set(
        turn.db.scalars(
            select(Person.id).join(Enrolment, Enrolment.person_id == Person.id).where(enrolled, takes_part)
        )
    )
