"""Notes: words that are kept for the next session of a pair and come back in its brief.

Somebody asked for it, or wrote them for a session that was then called off. What is shared and what is
private lie apart, so that more of one never opens or hides the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot import own
from bot.actions import Action
from bot.messages import Fact
from bot.models import Answer, Pair, Person, Seat, Session, State
from bot.text import is_blank
from bot.turn import Turn

NOTE = "note"
NOTES = (NOTE, "note_too")  # the second where the first is not for the same eyes
STILL_WORTH_READING = timedelta(days=3)  # after the session
KEPT_FOR = timedelta(days=60)  # from the session that was called off
CALLED_OFF = (State.CANCELLED, State.AWAY)


@dataclass(frozen=True)
class WholeBrief(Action, wire="notes.whole_brief"):
    session: int


def next_session(turn: Turn, pairs: Sequence[Pair]) -> Session | None:
    ahead = [session for pair in pairs for session in own.upcoming(turn, pair)]
    return min(ahead, key=lambda session: session.starts_at, default=None)


def add(turn: Turn, session: Session, person: Person, text: str, shared: bool = True) -> Answer:
    """Put it beside what was kept before. Said twice it is kept once."""
    seat = session.seat_of(person)
    name = _place(seat, shared)
    before = answer_to(seat, name)
    if before is None or is_blank(before.text):
        return write_down(turn, seat, name, text, shared)
    if f"\n\n{text}\n\n" not in f"\n\n{before.text}\n\n":
        before.text = f"{before.text}\n\n{text}"
        before.shared = before.shared and shared
        _tell_partner_if_late(turn, seat, before, text)
    return before


def _place(seat: Seat, shared: bool) -> str:
    """Where it lies with its like. If there is no such place left, it is rather hidden than shown."""
    kept = {name: answer_to(seat, name) for name in NOTES}
    same = [name for name, answer in kept.items() if answer and answer.shared == shared]
    free = [name for name, answer in kept.items() if answer is None or is_blank(answer.text)]
    return (*same, *free, *NOTES)[0]


def write_down(turn: Turn, seat: Seat, question: str, text: str, shared: bool = True) -> Answer:
    answer = answer_to(seat, question)
    if answer is None:
        answer = Answer(seat_id=seat.id, question=question, shared=shared, written_at=turn.now)
        seat.answers.append(answer)
    is_new = not answer.text and bool(text)
    answer.text, answer.shared = text, shared
    answer.said_in = turn.said_in or None
    if is_new:
        answer.written_at = turn.now
        _tell_partner_if_late(turn, seat, answer, text)
    return answer


def answer_to(seat: Seat, question: str) -> Answer | None:
    return next((answer for answer in seat.answers if answer.question == question), None)


def of(seat: Seat) -> str:
    """All that is kept for this person, as they wrote it."""
    kept = [answer.text for answer in seat.answers if answer.question in NOTES and answer.text]
    return "\n\n".join(kept)


def _tell_partner_if_late(turn: Turn, seat: Seat, answer: Answer, text: str) -> None:
    """Their brief has gone already: what came late reaches them on its own."""
    session = seat.session
    partner = session.pair.partner_of(seat.person)
    if not answer.shared or session.seat_of(partner).briefed_at is None:
        return
    label = turn.prompts.short(partner.language, "prep.form", answer.question)
    message = turn.say(
        partner,
        "prep.late",
        partner=seat.person.first_name,
        facts=[Fact(label, text)],
        press={"brief": WholeBrief(session.id)},
    )
    turn.post(
        partner,
        message,
        once="" if answer.question in NOTES else f"late:{session.id}:{answer.question}",
        about=session,
        stale_after=session.ends_at + STILL_WORTH_READING,
    )


# From a session that was called off


def carry_over(turn: Turn, seat: Seat) -> None:
    """What was written for sessions that are off, and cannot come back any more, goes with this one."""
    for before in _seats_called_off(turn, seat):
        for shared in (True, False):
            written = [answer.text for answer in before.answers if answer.text and answer.shared == shared]
            if written:
                add(turn, seat.session, seat.person, "\n\n".join(written), shared)
        _forget(turn, before)


def _forget(turn: Turn, seat: Seat) -> None:
    """It lies with the later session now, and once."""
    for answer in seat.answers:
        turn.db.delete(answer)
    turn.db.flush()
    turn.db.expire(seat, ["answers"])


def _seats_called_off(turn: Turn, seat: Seat) -> Sequence[Seat]:
    recent = (Session.starts_at <= turn.now) & (Session.starts_at > turn.now - KEPT_FOR)
    theirs = (Seat.person_id == seat.person_id) & (Session.pair_id == seat.session.pair_id)
    rows = select(Seat).join(Session).where(theirs, recent, Session.state.in_(CALLED_OFF))
    return turn.db.scalars(rows.order_by(Session.starts_at)).all()
