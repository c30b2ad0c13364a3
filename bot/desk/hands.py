"""Hands: somebody in a pair has asked for one. Their partner is not told; whoever runs the programme is."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from bot.desk.models import Hand, HandState
from bot.desk.pairs import WITH_PEOPLE
from bot.desk.people import WITHOUT_WORDS
from bot.models import Pair, Person
from bot.turn import Turn

WHAT_FOR = {
    "time": "hand.for_time",
    "topics": "hand.for_topics",
    "silence": "hand.for_silence",
    "match": "hand.for_match",
    "other": "hand.for_other",
}
"""What it may be about, and its words. There is no field for more: that is for the talk that follows."""


def of_pair(turn: Turn, pair: Pair) -> Sequence[Hand]:
    """Those that are not over, oldest first."""
    still = (Hand.pair_id == pair.id) & (Hand.state != HandState.OVER)
    apart = (lazyload(Hand.pair), joinedload(Hand.person).options(*WITHOUT_WORDS))
    return turn.db.scalars(select(Hand).where(still).options(*apart).order_by(Hand.id)).all()


def of_person(turn: Turn, person: Person, pair: Pair) -> Hand | None:
    return next((hand for hand in of_pair(turn, pair) if hand.person_id == person.id), None)


def ask(turn: Turn, person: Person, pair: Pair, what_for: str) -> Hand:
    """Once for each, however often they press: the newest choice holds."""
    hand = of_person(turn, person, pair)
    if hand is None:
        hand = Hand(pair=pair, pair_id=pair.id, person=person, person_id=person.id, asked_at=turn.now)
        hand.state = HandState.OPEN
        turn.db.add(hand)
    hand.what_for = what_for
    turn.db.flush()
    return hand


def take(turn: Turn, hand: Hand, by: Person) -> bool:
    """Says whether it was still open: of two who press at once, one is on it."""
    if hand.state != HandState.OPEN:
        return False
    hand.state, hand.taken_by_id = HandState.TAKEN, by.id
    return True


def end(turn: Turn, hand: Hand) -> None:
    hand.state, hand.ended_at = HandState.OVER, hand.ended_at or turn.now


def end_all(turn: Turn, pair: Pair, person: Person | None = None) -> None:
    """The pair has ended, or the person says that all is well."""
    for hand in of_pair(turn, pair):
        if person is None or hand.person_id == person.id:
            end(turn, hand)


def locked(turn: Turn, hand_id: int) -> Hand | None:
    apart = (joinedload(Hand.pair).options(*WITH_PEOPLE), joinedload(Hand.person).options(*WITHOUT_WORDS))
    held = select(Hand).where(Hand.id == hand_id).options(*apart).with_for_update(of=Hand)
    return turn.db.scalar(held.execution_options(populate_existing=True))
