"""Swapping: another mentor for one mentee of a draft, as whoever runs the programme would rather have it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import delete, select

from bot.matching import making, propose
from bot.matching.explained import for_keeping
from bot.matching.explaining import Proposed as Explained
from bot.matching.explaining import WhyNot
from bot.matching.making import Two
from bot.matching.models import LeftOver, Proposed, Run, Standing
from bot.matching.pool import Pool
from bot.models import Person
from bot.turn import Turn

MOST, MOST_EXCHANGES = 20, 10  # to choose from
A_LITTLE, CLEARLY = 60, 150  # points of 1000
IN_THE_DRAFT = (Standing.PROPOSED, Standing.LOCKED)


class Other(NamedTuple):
    value: str  # of the choice in a form
    name: str
    instead: str  # the mentee who would have the old mentor in exchange; nobody where there is a place
    loss: int  # points, of all whom it concerns


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
    """Whom else the mentee could have, best first: who has a place beside the draft, then who has none.

    Where somebody has none, their mentee has the old mentor in exchange, unless that pair is locked.
    """
    pool, pairs = making.pool_of(turn, run), making.standing(turn, run, *IN_THE_DRAFT)
    left_out = making.named(making.standing(turn, run, Standing.LEFT_OUT))
    theirs = {mentor: score for _, mentor, score in _scores(pool, run, left_out, mentee=str(two.mentee_id))}
    room = _room(pool, pairs)
    free = [(two.score - score, mentor, None) for mentor, score in theirs.items() if mentor in room]
    held = _exchanges(pool, run, two, pairs, left_out, theirs) if two.state in IN_THE_DRAFT else []
    found = [
        *sorted(one for one in free if one[1] != str(two.mentor_id))[:MOST],
        *sorted(held, key=lambda one: one[0])[:MOST_EXCHANGES],
    ]
    ids = [int(mentor) for _, mentor, _ in found]
    names = dict(turn.db.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    return [
        Other(
            f"{mentor}.{pair.id}" if pair else mentor,
            names[int(mentor)],
            pair.mentee.name if pair else "",
            loss,
        )
        for loss, mentor, pair in found
    ]


def _exchanges(
    pool: Pool,
    run: Run,
    two: Proposed,
    pairs: Sequence[Proposed],
    left_out: Sequence[Two],
    theirs: Mapping[str, int],
) -> Sequence[tuple[int, str, Proposed]]:
    back = {mentee: score for mentee, _, score in _scores(pool, run, left_out, mentor=str(two.mentor_id))}
    return [
        (two.score + pair.score - theirs[mentor] - back[mentee], mentor, pair)
        for pair in pairs
        for mentee, mentor in making.named([pair])
        if pair.state != Standing.LOCKED and pair.mentor_id != two.mentor_id
        if mentor in theirs and mentee in back
    ]


def _scores(
    pool: Pool, run: Run, left_out: Sequence[Two], *, mentee: str = "", mentor: str = ""
) -> Iterator[tuple[str, str, int]]:
    """Of all who may be with this one."""
    people = [
        replace(
            person,
            is_mentee=person.is_mentee and mentee in ("", person.id),
            is_mentor=person.is_mentor and mentor in ("", person.id),
        )
        for person in pool.people
    ]
    return propose(people, pool.rules, run.seed, (), left_out).scores(every=True)


def swap(turn: Turn, run: Run, two: Proposed, choice: str) -> Proposed:
    """Chosen by somebody, so it is locked. It explains itself like every other."""
    mentor, _, held = choice.partition(".")
    old = [two] if two.state in IN_THE_DRAFT else []
    chosen = [(str(two.mentee_id), mentor)]
    if held:
        other = turn.db.get_one(Proposed, int(held))
        chosen.append((str(other.mentee_id), str(two.mentor_id)))
        old.append(other)
    for pair in old:
        turn.db.delete(pair)
    turn.db.flush()
    new, *_ = [_locked(turn, run, pair, offers) for pair, offers in _explained(turn, run, chosen)]
    _is_served(turn, run, new)
    turn.db.refresh(new)
    return new


def _explained(turn: Turn, run: Run, chosen: Sequence[Two]) -> Sequence[tuple[Explained, Sequence[str]]]:
    """The chosen pairs, in this order, and what each of the mentors offers."""
    pool = making.pool_of(turn, run)
    mentees, places = {mentee for mentee, _ in chosen}, Counter(mentor for _, mentor in chosen)
    people = [
        replace(person, is_mentee=person.id in mentees, places=places[person.id]) for person in pool.people
    ]
    found = {(pair.mentee, pair.mentor): pair for pair in propose(people, pool.rules, run.seed, chosen).pairs}
    offers = {person.id: person.offers for person in pool.people}
    return [(found[two], offers[two[1]]) for two in chosen]


def _locked(turn: Turn, run: Run, pair: Explained, offers: Sequence[str]) -> Proposed:
    new = Proposed(
        run_id=run.id, mentee_id=int(pair.mentee), mentor_id=int(pair.mentor), state=Standing.LOCKED
    )
    for_keeping(new, pair, offers)
    turn.db.add(new)
    return new


def name_of_loss(points: int) -> str:
    """How much less somebody else would suit, as a name in prompts."""
    if points <= 0:
        return "match.suits_as_well"
    if points < A_LITTLE:
        return "match.suits_a_little_less"
    return "match.suits_less" if points < CLEARLY else "match.suits_much_less"


def name_of_exchange(points: int) -> str:
    """The same for two pairs together."""
    if points <= 0:
        return "match.together_as_well"
    if points < A_LITTLE:
        return "match.together_a_little_less"
    return "match.together_less" if points < CLEARLY else "match.together_much_less"
