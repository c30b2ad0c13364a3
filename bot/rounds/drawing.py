"""Drawing: from what people have said to who meets whom, written down and proved, all in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import select

from bot import vault
from bot.calendar import WEEK, Hours, country_of, windows
from bot.matching.models import Apart, Exclusion
from bot.models import Enrolment, Pair, Person
from bot.rounds import grouping, guests, proof
from bot.rounds.grouping import FORGOTTEN, WINDOW, Guest, Past, pair
from bot.rounds.models import Answer, Cup, NeverAgain, Outcome, Round
from bot.turn import Turn

HALF_HOUR = timedelta(minutes=30)
CODE = 8  # characters: enough to find one's own line by

STATES: Mapping[str, proof.State] = {
    Outcome.GROUPED: proof.State.GROUPED,
    Outcome.NO: proof.State.OPTED_OUT,
    Outcome.SILENT: proof.State.OPTED_OUT,
    Outcome.RESTING: proof.State.OPTED_OUT,
    Outcome.AWAY: proof.State.AWAY,
    Outcome.NOBODY: proof.State.CAPACITY,
    Outcome.ELSEWHERE: proof.State.CAPACITY,
}


class DrawnWrongly(Exception):
    """The drawing does not pass its proof, so nobody is told of it. The tick tries again later."""


def draw(turn: Turn, one: Round) -> Mapping[int, list[Cup]]:
    """Put together whoever said yes; returns the cups of each table."""
    cups = turn.db.scalars(select(Cup).where(Cup.round_id == one.id).order_by(Cup.person_id)).all()
    enrolled = guests.still_enrolled(turn, one)
    for cup in cups:
        cup.outcome = _outcome(cup, turn.now, cup.person_id in enrolled)
    coming = [cup for cup in cups if cup.outcome == Outcome.OPEN]
    history = _History(turn, one)
    past = Past(_met(turn, one, history), _never(turn, one), [cup.person_id for cup in cups], one.number)
    seed = one.rhythm.seed + one.number
    drawn = grouping.draw(_as_guests(turn, one, coming, history), past, seed)
    by_person = {cup.person_id: cup for cup in coming}
    tables = {number: [by_person[id_] for id_ in group] for number, group in enumerate(drawn.groups, start=1)}
    for number, seated in tables.items():
        for cup in seated:
            cup.outcome, cup.table_number = Outcome.GROUPED, number
    for id_ in drawn.alone:
        by_person[id_].outcome = Outcome.NOBODY
    turn.db.flush()  # one statement for all of them, and one for those who begin
    for group in drawn.groups:
        by_person[grouping.beginner(group, history.begun, seed)].begins = True
    one.missed = _proved(enrolled, cups, past)
    return tables


def _outcome(cup: Cup, now: datetime, is_enrolled: bool) -> str:
    """Open means that they are coming."""
    if not is_enrolled or guests.is_away(cup.person, now):
        return Outcome.AWAY
    if cup.answer == Answer.YES:
        return Outcome.OPEN
    if cup.answer == Answer.NO:
        return Outcome.NO
    if cup.outcome != Outcome.OPEN:
        return cup.outcome
    return Outcome.SILENT if cup.asked_at else Outcome.AWAY


# Their past


class _History:
    """Who met whom in which round of the programme, who began, and for whom nobody was left."""

    def __init__(self, turn: Turn, one: Round) -> None:
        self.last_met: dict[grouping.Pair, int] = {}
        self.begun: Counter[int] = Counter()
        self._last: dict[int, int] = {}
        self._alone: dict[int, list[int]] = defaultdict(list)
        tables: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, table, person, begins, outcome in turn.db.execute(_before(one)):
            if outcome == Outcome.NOBODY:
                self._alone[person].append(number)
                continue
            tables[number, table].append(person)
            self.begun[person] += begins
            self._last[person] = number
        for (number, _), people in tables.items():
            self.last_met |= {pair(*two): number for two in combinations(people, 2)}

    def waited(self, person: int) -> int:
        return sum(number > self._last.get(person, 0) for number in self._alone.get(person, ()))


def _before(one: Round) -> Any:
    columns = (Round.number, Cup.table_number, Cup.person_id, Cup.begins, Cup.outcome)
    lately = Round.number.between(one.number - FORGOTTEN, one.number - 1)
    told = Cup.outcome.in_((Outcome.GROUPED, Outcome.NOBODY))
    of_programme = select(*columns).join(Round).where(Round.rhythm_id == one.rhythm_id, lately, told)
    return of_programme.order_by(Round.number)


def _met(turn: Turn, one: Round, history: _History) -> Mapping[grouping.Pair, int]:
    """How many rounds ago. A mentor and their mentee know each other: they are no news to each other."""
    known = select(Pair.mentor_id, Pair.mentee_id).where(
        Pair.programme_id == one.rhythm.programme_id, Pair.ended_at.is_(None)
    )
    partners = {pair(mentor, mentee): WINDOW for mentor, mentee in turn.db.execute(known)}
    return partners | {two: one.number - number for two, number in history.last_met.items()}


def _never(turn: Turn, one: Round) -> frozenset[grouping.Pair]:
    there = select(Cup.person_id).where(Cup.round_id == one.id)
    said = select(NeverAgain.person_id, NeverAgain.other_id).where(NeverAgain.person_id.in_(there))
    not_with = Exclusion.person_id.in_(there) & (Exclusion.kind == Apart.NOT_WITH)
    in_their_profile = select(Exclusion.person_id, Exclusion.other_id).where(not_with)
    return frozenset(pair(one_, other) for one_, other in turn.db.execute(said.union(in_their_profile)))


def _as_guests(turn: Turn, one: Round, coming: Sequence[Cup], history: _History) -> list[Guest]:
    enrolled = select(Enrolment.person_id, Enrolment.cohort, Enrolment.role).where(
        Enrolment.programme_id == one.rhythm.programme_id
    )
    found = {person: (cohort, role) for person, cohort, role in turn.db.execute(enrolled)}
    weeks: dict[Hours, int] = {}
    made = []
    for cup in coming:
        person = cup.person
        hours = person.hours
        if hours not in weeks:
            weeks[hours] = _week(hours, turn.now)
        cohort, role = found.get(person.id, ("", ""))
        traits = (cohort, role, person.country or country_of(person.timezone))
        made.append(Guest(person.id, weeks[hours], traits, history.waited(person.id)))
    return made


def _week(hours: Hours, now: datetime) -> int:
    """The half hours of the coming week in which they work, one bit each."""
    bits = 0
    for opens, closes in windows(hours, now, now + WEEK):
        first, last = -((now - opens) // HALF_HOUR), (closes - now) // HALF_HOUR
        bits |= ((1 << max(0, last - first)) - 1) << first
    return bits


# The proof


def code(one: Round, person: Person) -> str:
    """By which somebody finds their own line, and nobody else's."""
    return _code(one.id, person.id)


def _code(round_id: int, person_id: int) -> str:
    return vault.key().fingerprint(f"coffee:{round_id}:{person_id}")[:CODE]


def _proved(enrolled: set[int], cups: Sequence[Cup], past: Past) -> int:
    """How many people joined while the round was under way; anything else that is wrong stops the drawing."""
    there = [cup for cup in cups if cup.person_id in enrolled]
    lines = [_line(cup, str(cup.person_id)) for cup in there]
    roster = {str(cup.person_id) for cup in there}
    never = {frozenset(map(str, two)) for two in past.never}
    busy = {str(cup.person_id) for cup in there if cup.outcome == Outcome.ELSEWHERE}
    found = proof.faults(roster, lines, never, busy)
    if found:
        raise DrawnWrongly(f"{len(found)} faults")
    return len(enrolled - {cup.person_id for cup in cups})


def _line(cup: Cup, person: str) -> proof.Line:
    return proof.Line(person, STATES.get(cup.outcome, ""), cup.table_number)


def lines(turn: Turn, one: Round) -> list[proof.Line]:
    """The drawing as it was made, in the order of the codes."""
    cups = turn.db.scalars(select(Cup).where(Cup.round_id == one.id))
    return sorted((_line(cup, _code(one.id, cup.person_id)) for cup in cups), key=lambda line: line.person)
