"""Pairs of a programme, as whoever runs it may see them in a list: who with whom, and since when.

Whether a pair is on track, quiet or paused is not in it, and no query in here reads a sealed column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import aliased, lazyload

from bot.desk.people import in_order
from bot.models import Pair, Person, Programme
from bot.text import key
from bot.turn import Turn


class Which(StrEnum):
    GOING_ON = "going_on"  # also those who have not been introduced yet
    WAITING = "waiting"  # not introduced yet
    ENDED = "ended"


@dataclass(frozen=True)
class Listed:
    id: int
    mentee: str
    mentor: str
    cohort: str
    made_at: datetime
    introduced_at: datetime | None
    ended_at: datetime | None


WITHOUT_PEOPLE = (lazyload(Pair.mentor), lazyload(Pair.mentee))
_MENTEE, _MENTOR = aliased(Person), aliased(Person)
_LISTED = (
    select(
        Pair.id,
        _MENTEE.name.label("mentee"),
        _MENTOR.name.label("mentor"),
        *(Pair.cohort, Pair.made_at, Pair.introduced_at, Pair.ended_at),
    )
    .join(_MENTEE, _MENTEE.id == Pair.mentee_id)
    .join(_MENTOR, _MENTOR.id == Pair.mentor_id)
)
_WHERE = {
    Which.GOING_ON: Pair.ended_at.is_(None),
    Which.WAITING: Pair.ended_at.is_(None) & Pair.introduced_at.is_(None),
    Which.ENDED: Pair.ended_at.is_not(None),
}


def listed(turn: Turn, programme: Programme, which: Which, search: str = "") -> Sequence[Listed]:
    """By cohort and the name of the mentee."""
    here = _LISTED.where(Pair.programme_id == programme.id, _WHERE[which])
    found = [Listed(*row) for row in turn.db.execute(here)]
    wanted = key(search)
    hits = [one for one in found if wanted in key(one.mentee) or wanted in key(one.mentor)]
    return sorted(hits, key=lambda one: (in_order(one.cohort), in_order(one.mentee), one.id))


def one(turn: Turn, programme: Programme, pair_id: int) -> Listed | None:
    here = _LISTED.where(Pair.programme_id == programme.id, Pair.id == pair_id)
    row = turn.db.execute(here).first()
    return Listed(*row) if row else None


def known_to(turn: Turn, person_id: int) -> Sequence[int]:
    """The ids of all pairs that somebody is or was in, and knows of."""
    theirs = (Pair.mentor_id == person_id) | (Pair.mentee_id == person_id)
    have_met = Pair.introduced_at.is_not(None) | Pair.settled_at.is_not(None)
    return turn.db.scalars(select(Pair.id).where(theirs, have_met)).all()


def locked(turn: Turn, programme: Programme, pair_id: int) -> Pair | None:
    """To change something about it; as it is now, and without its people, whose words come with them."""
    here = select(Pair).where(Pair.programme_id == programme.id, Pair.id == pair_id)
    fresh = here.options(*WITHOUT_PEOPLE).with_for_update(of=Pair).execution_options(populate_existing=True)
    return turn.db.scalar(fresh)
