"""Wishing: up to five mentors whom a mentee would like, and mentors who would rather not be with one."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from bot.matching import giving
from bot.matching.models import Veto, Wish
from bot.matching.people import MOST_WISHES
from bot.matching.phrases import likeness, stems
from bot.matching.places import free_places
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.text import key
from bot.turn import Turn


def concerns(turn: Turn, person: Person) -> bool:
    """Somebody who may wish, or was wished for."""
    return programme_of(turn, person) is not None or bool(wishers(turn, person))


def programme_of(turn: Turn, person: Person, id_: int | None = None) -> Programme | None:
    """One, or their first, in which they are a mentee and have no mentor. That is the permission check."""
    mine = select(Enrolment.programme_id).where(
        Enrolment.person_id == person.id, Enrolment.role == Role.MENTEE
    )
    paired = select(Pair.programme_id).where(Pair.mentee_id == person.id, Pair.ended_at.is_(None))
    found = select(Programme).where(
        Programme.id.in_(mine), Programme.id.not_in(paired), Programme.closed_at.is_(None)
    )
    if person.left_at:
        return None
    return turn.db.scalars(
        (found if id_ is None else found.where(Programme.id == id_)).order_by(Programme.id)
    ).first()


def of(turn: Turn, mentee: Person, programme: Programme) -> Sequence[Wish]:
    """The dearest first."""
    theirs = (Wish.mentee_id == mentee.id) & (Wish.programme_id == programme.id)
    return turn.db.scalars(select(Wish).where(theirs).order_by(Wish.rank, Wish.id)).all()


def mentors(turn: Turn, mentee: Person, programme: Programme) -> Sequence[Person]:
    """Who has room, those who offer what the mentee wants first; what is equal is drawn by lot."""
    room = [id_ for id_, places in free_places(turn.db, programme).items() if places and id_ != mentee.id]
    not_with = {one.other_id for one in giving.apart(turn, mentee)}
    people = turn.db.scalars(select(Person).where(Person.id.in_(set(room) - not_with))).all()
    wants = stems(mentee.goals)
    return sorted(people, key=lambda one: (-likeness(wants, stems(one.skills)), _lot(mentee, one)))


def _lot(one: Person, other: Person) -> bytes:
    return hashlib.blake2b(f"{one.id}:{other.id}".encode(), digest_size=8).digest()


def about(people: Sequence[Person], words: str) -> Sequence[Person]:
    """Those whose name this is a part of, and those who offer something of it."""
    topic, part = stems(words), key(words)
    return [one for one in people if part in key(one.name) or topic & stems(one.skills)]


def add(turn: Turn, mentee: Person, programme: Programme, mentor: Person) -> bool:
    """Whether there was room for it. Asked twice, it is kept once."""
    there = of(turn, mentee, programme)
    if mentor.id in {wish.mentor_id for wish in there}:
        return True
    if len(there) >= MOST_WISHES:
        return False
    rank = max((wish.rank for wish in there), default=0) + 1
    turn.db.add(Wish(programme_id=programme.id, mentee_id=mentee.id, mentor_id=mentor.id, rank=rank))
    return True


def keep_only(turn: Turn, mentee: Person, programme: Programme, in_order: Sequence[int]) -> None:
    """These of their wishes, in this order."""
    for wish in of(turn, mentee, programme):
        if wish.mentor_id in in_order:
            wish.rank = in_order.index(wish.mentor_id) + 1
        else:
            turn.db.delete(wish)


# Who was wished for


def wishers(turn: Turn, mentor: Person) -> Sequence[Person]:
    """Mentees without a mentor who would like this one."""
    paired = select(Pair.id).where(
        Pair.mentee_id == Wish.mentee_id, Pair.programme_id == Wish.programme_id, Pair.ended_at.is_(None)
    )
    theirs = select(Wish.mentee_id).where(Wish.mentor_id == mentor.id, ~paired.exists())
    still_there = Person.id.in_(theirs) & Person.left_at.is_(None)
    return turn.db.scalars(select(Person).where(still_there).order_by(Person.name, Person.id)).all()


def vetoes(turn: Turn, mentor: Person) -> frozenset[int]:
    return frozenset(turn.db.scalars(select(Veto.mentee_id).where(Veto.mentor_id == mentor.id)))
