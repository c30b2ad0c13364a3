"""Parting: what becomes of everything that two people had ahead of them when their pair comes to an end."""

from sqlalchemy import select

from bot import away, ledger, outbox, own, planning
from bot.desk import hands
from bot.matching import waiting
from bot.models import ActionItem, Base, Ending, Goal, ItemState, Pair, Pulse, Review, Session, State
from bot.turn import Turn

OVER = (  # of what waits to be brought; what one wrote to the other, and what a calendar needs, still comes
    *("actions", "agreement", "exchange", "goals", "pulse", "quiet", "turns", "ending.near"),
    *("prep.ask", "prep.ask_in_writing", "prep.remind", "prep.brief", "prep.brief_in_writing"),
    *("closing.did_you_meet", "closing.did_you_write", "closing.both_wrote"),
    *("closing.going_on", "closing.partner_says_not_met"),
    *("sessions.times", "sessions.no_overlap", "sessions.suggested", "sessions.suggested_in_writing"),
    *("sessions.planned", "sessions.moved_by_partner", "sessions.stands_again"),
    *("review.ask", "review.remind", "monthly.asked", "drafts.partner_has_seen"),
    *("monthly.mentor_shows", "monthly.mentee_shows", "monthly.mentee_reviews", "monthly.mentee_asks"),
    *("pause.partner_away", "pause.partner_away_until", "pause.partner_unreachable", "pause.partner_back"),
)


def part(turn: Turn, pair: Pair) -> list[Session]:
    """The pair ends now, and nothing of it is due any more; returns the sessions that are off."""
    for session in own.upcoming(turn, pair):
        planning.call_off(turn, session, State.AWAY)
    off = list(away.off(turn, pair))
    outbox.drop_waiting(turn.db, pair.id, OVER, turn.now)
    pair.ended_at, pair.extend_by = turn.now, None
    waiting.after_the_end(turn, pair)
    hands.end_all(turn, pair)
    nothing_is_due(pair)
    ledger.settle(turn, ledger.open_waits(turn, pair), Ending.PARTED)
    for item in turn.db.scalars(select(ActionItem).where(ActionItem.pair_id == pair.id)):
        _let_go(turn, item)
    for model in (Goal, Pulse, Review):
        for row in turn.db.scalars(select(model).where(model.pair_id == pair.id)):
            nothing_is_due(row)
    for session in turn.db.scalars(select(Session).where(Session.pair_id == pair.id)):
        for seat in session.seats:
            nothing_is_due(seat)
            turn.hush_about(seat.person, session)
    return off


def _let_go(turn: Turn, item: ActionItem) -> None:
    """Nobody waits for it any more."""
    nothing_is_due(item)
    if item.state == ItemState.OPEN:
        item.state, item.ended_at = ItemState.DROPPED, turn.now
        turn.note("action_ended", pair=item.pair, person=item.owner)


def nothing_is_due(row: Base, but: str = "") -> None:
    for column in row.__table__.columns:
        if column.info.get("due") and column.name != but:
            setattr(row, column.name, None)
