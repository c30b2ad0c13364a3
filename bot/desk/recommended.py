"""Recommended: would people recommend a programme, once their pair has ended; one number over many of them.

What somebody says lies sealed in their farewell. When that has been read and is not changed any more, it is
added to a sum that names nobody. The sum waits until so many have answered, and so differently, that it may
be told. Then it goes into the score as a whole, and stays there for a year: from one week to the next, the
score changes by what might be told by itself, or not at all. Whether a sum may be told is looked at only
after as many more have answered; else the moment would tell of the last who did. Nobody is in it twice.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from bot.desk import disclosure
from bot.desk.metrics import Number
from bot.desk.models import Recommendations
from bot.models import Farewell, Programme
from bot.turn import Turn

SCORES = tuple(map(str, range(11)))
FOR_IT = 9  # and more
AGAINST_IT = 6  # and less
STAYS = timedelta(weeks=52)


def count(turn: Turn, farewell: Farewell) -> None:
    """Once. Who has said it at another end, and is still in the score with it, is not counted again."""
    if not farewell.sent_at or farewell.counted_in or farewell.recommends not in SCORES:
        return
    programme_id = farewell.pair.programme_id
    _one_at_a_time(turn, programme_id)
    if _is_in_already(turn, farewell):
        return
    sum_ = _waiting(turn, programme_id)
    if sum_ is None:
        sum_ = Recommendations(programme_id=programme_id, answers=0, balance=0, seen=0)
        turn.db.add(sum_)
    sum_.answers += 1
    sum_.balance += _weight(int(farewell.recommends))
    turn.db.flush()
    farewell.counted_in = sum_.id


def _weight(score: int) -> int:
    return int(score >= FOR_IT) - int(score <= AGAINST_IT)


def _one_at_a_time(turn: Turn, programme_id: int) -> None:
    turn.db.execute(select(Programme.id).where(Programme.id == programme_id).with_for_update())


def _waiting(turn: Turn, programme_id: int) -> Recommendations | None:
    here = (Recommendations.programme_id == programme_id) & Recommendations.told_at.is_(None)
    fresh = select(Recommendations).where(here).execution_options(populate_existing=True)
    return turn.db.scalars(fresh).first()


def _is_in_already(turn: Turn, farewell: Farewell) -> bool:
    """By another end of theirs, in a sum that waits, or that was told within the year."""
    its = (Recommendations.id == Farewell.counted_in) & (Farewell.person_id == farewell.person_id)
    here = Recommendations.programme_id == farewell.pair.programme_id
    is_in = Recommendations.told_at.is_(None) | (Recommendations.told_at > turn.now - STAYS)
    found = select(Recommendations.id).join(Farewell, its).where(here, is_in).limit(1)
    return turn.db.scalar(found) is not None


def score(turn: Turn, programme_id: int) -> Number:
    """`part` are those who said 9 or 10 less those who said 0 to 6, so it may be negative."""
    _one_at_a_time(turn, programme_id)
    _tell_if_possible(turn, programme_id)
    return _told(turn.db, programme_id, turn.now - STAYS)


def _tell_if_possible(turn: Turn, programme_id: int) -> None:
    """For whoever may read it: also for those who take part and know what they said themselves."""
    k = disclosure.smallest_for_anybody(turn.db.get_one(Programme, programme_id))
    sum_ = _waiting(turn, programme_id)
    if sum_ is None or sum_.answers - sum_.seen < k:
        return
    sum_.seen = sum_.answers
    if disclosure.is_large_on_every_side(Number(sum_.balance, sum_.answers, sum_.answers), k):
        sum_.told_at = turn.now
    turn.db.flush()


def _told(db: Transaction, programme_id: int, since: datetime) -> Number:
    here = (Recommendations.programme_id == programme_id) & (Recommendations.told_at > since)
    sums = select(func.sum(Recommendations.balance), func.sum(Recommendations.answers)).where(here)
    balance, answers = db.execute(sums).one()
    return Number(balance or 0, answers or 0, answers or 0)
