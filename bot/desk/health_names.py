"""Names: the pairs that whoever runs a programme may see by name, why, and what would change it.

Each look is kept in the audit, where the two can see it: once a day for each pair and each who looks.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from bot.calendar import local
from bot.desk import audit, hands, health, pairs
from bot.desk.health import NOT_HELD, SIGN, Judged
from bot.desk.health_rules import (
    LONG_WITHOUT,
    NAMED_AFTER,
    ONE_SIDED,
    TIME_TO_ANSWER,
    Health,
    Judgement,
    Reason,
)
from bot.desk.models import AuditEntry, Hand, HandState
from bot.models import Pair, Person, Programme, Session, State
from bot.turn import Turn

LOOKED_THROUGH = 300  # of those without a sign for the longest: whoever is listed is among them
LOOK = "health.did_look"
ONCE_IN = timedelta(days=1)
BECAUSE = {
    Reason.NEVER_BEGAN: "health.because_never_began",
    Reason.SILENT: "health.because_silent",
    Reason.SILENT_FOR_A_RHYTHM: "health.because_silent_for_a_rhythm",
    Reason.ONE_SIDED: "health.because_one_sided",
    Reason.NO_SESSIONS: "health.because_no_sessions",
}
CHANGES = {
    Reason.ASKED: "health.change_asked",
    Reason.NEVER_BEGAN: "health.change_never_began",
    Reason.SILENT: "health.change_silent",
    Reason.SILENT_FOR_A_RHYTHM: "health.change_silent",
    Reason.ONE_SIDED: "health.change_one_sided",
    Reason.NO_SESSIONS: "health.change_no_sessions",
}


class Named(NamedTuple):
    pair: Pair
    judgement: Judgement


class Names(NamedTuple):
    listed: Sequence[Named]
    more: int  # that need a hand as well
    at_least: bool  # and maybe even more


def named(turn: Turn, programme: Programme, cohort: str, most: int) -> Names:
    """Who asked comes first, then those without a sign for the longest."""
    here = Pair.programme_id == programme.id
    if cohort:
        here &= Pair.cohort == cohort
    asked = [one for one in health.judged(turn.db, turn.now, here & _asked()) if _needs_a_hand(one)]
    first = {one.pair_id for one in asked}
    unheard = or_(_without_a_sign(turn), _one_sided(turn), _without_a_session(turn))
    silent = health.silent_first(turn.db, turn.now, here & unheard, LOOKED_THROUGH)
    found = [*asked, *(one for one in silent if _needs_a_hand(one) and one.pair_id not in first)]
    known = pairs.by_id(turn, [one.pair_id for one in found[:most]])
    listed = [Named(known[one.pair_id], one.judgement) for one in found[:most]]
    return Names(listed, max(0, len(found) - most), len(silent) == LOOKED_THROUGH)


def _needs_a_hand(one: Judged) -> bool:
    return one.judgement.health is Health.NEEDS_A_HAND


def _asked() -> ColumnElement[bool]:
    return Pair.id.in_(select(Hand.pair_id).where(Hand.state != HandState.OVER))


def _without_a_sign(turn: Turn) -> ColumnElement[bool]:
    return turn.now - NAMED_AFTER > SIGN


def _one_sided(turn: Turn) -> ColumnElement[bool]:
    since = turn.now - ONE_SIDED
    signs = (func.coalesce(one, Pair.introduced_at) for one in (Pair.mentee_active_at, Pair.mentor_active_at))
    waits = ((sign <= since) & _not_held_between(sign, turn.now - TIME_TO_ANSWER) for sign in signs)
    return or_(*waits) & ~_held_since(since)


def _without_a_session(turn: Turn) -> ColumnElement[bool]:
    """For as long as any rhythm needs before a rule says something."""
    since = turn.now - LONG_WITHOUT
    return (Pair.settled_at <= since) & ~_held_since(since)


def _held_since(moment: datetime) -> ColumnElement[bool]:
    lately = (Session.state == State.HELD) & (Session.ends_at > moment)
    return select(Session.id).where(Session.pair_id == Pair.id, lately).exists()


def _not_held_between(sign: ColumnElement[datetime], until: datetime) -> ColumnElement[bool]:
    gone_by = NOT_HELD & (Session.starts_at > sign) & (Session.starts_at <= until)
    return select(Session.id).where(Session.pair_id == Pair.id, gone_by).exists()


def judgement_of(turn: Turn, pair: Pair) -> Judgement:
    [one] = health.judged(turn.db, turn.now, Pair.id == pair.id)
    return one.judgement


def note_look(turn: Turn, who: Person, programme: Programme, pair: Pair) -> None:
    same = (AuditEntry.pair_id == pair.id) & (AuditEntry.who_id == who.id) & (AuditEntry.what == LOOK)
    if turn.db.scalar(select(AuditEntry.id).where(same, AuditEntry.at > turn.now - ONCE_IN).limit(1)) is None:
        audit.record(turn, who, LOOK, programme=programme, pair=pair)


def because(turn: Turn, reader: Person, named: Named) -> str:
    """Why the pair is named; of those who asked, who it was and what for."""
    pair, judgement = named
    since = turn.when(reader, local(judgement.since or turn.now, reader.timezone).date())
    if judgement.reason is not Reason.ASKED:
        return turn.prompts.phrase(reader.language, BECAUSE[judgement.reason], since=since)
    asked = [
        turn.prompts.phrase(
            reader.language,
            "health.because_asked",
            name=hand.person.name,
            what_for=turn.prompts.phrase(reader.language, hands.WHAT_FOR[hand.what_for]),
            since=since,
        )
        for hand in hands.of_pair(turn, pair)
    ]
    return "\n".join(asked)


def change(turn: Turn, reader: Person, judgement: Judgement) -> str:
    return turn.prompts.phrase(reader.language, CHANGES[judgement.reason])


def both(pair: Pair) -> str:
    return f"{pair.mentee.name} · {pair.mentor.name}"
