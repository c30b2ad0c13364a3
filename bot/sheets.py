"""Sheets: what each of two fills in alone before both see both: the look back at half-time, the last words.

When both are in, or after a week with what is there, each is shown what both wrote. Leaving it out is as
good as filling it in. Whoever writes later than that is read too. Last words come early only when both have
written them, so that the moment does not say who left them out.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select

from bot.models import Farewell, Pair, Person, Review
from bot.story import Answers
from bot.turn import Turn

S = TypeVar("S", Review, Farewell)

SHOWN_AFTER = timedelta(days=7)


def hand_out(turn: Turn, pair: Pair, person: Person, kind: type[S]) -> S:
    sheet = kind(pair_id=pair.id, pair=pair, person_id=person.id, person=person)
    sheet.show_at = turn.now + SHOWN_AFTER
    turn.db.add(sheet)
    turn.db.flush()
    return sheet


def newest(turn: Turn, person: Person, kind: type[S]) -> S | None:
    theirs = select(kind).where(kind.person_id == person.id).order_by(kind.id.desc())
    return turn.db.scalars(theirs).first()


def of_partner(turn: Turn, sheet: S) -> S | None:
    kind = type(sheet)
    other = (kind.pair_id == sheet.pair_id) & (kind.person_id != sheet.person_id)
    fresh = select(kind).where(other).execution_options(populate_existing=True)
    return turn.db.scalars(fresh).first()


def is_over(sheet: Review | Farewell) -> bool:
    """It was sent and has been read: it is not changed any more."""
    return bool(sheet.sent_at and sheet.shown_at)


def typed(answers: Answers, names: Sequence[str]) -> str:
    return "\n\n".join(answers[name] for name in names if answers.get(name))


def written(sheet: Review | Farewell, names: Sequence[str]) -> str:
    return "\n\n".join(text for name in names if (text := getattr(sheet, name)))


def send(turn: Turn, sheet: S) -> bool:
    """Its words are in; says whether they go to the partner now."""
    sheet.sent_at, sheet.skipped_at = turn.now, None
    return _show_when_both_are_in(turn, sheet)


def skip(turn: Turn, sheet: S) -> None:
    if sheet.sent_at is None:
        sheet.skipped_at = turn.now
    if sheet.shown_at is None:
        _show_when_both_are_in(turn, sheet)


def _show_when_both_are_in(turn: Turn, sheet: S) -> bool:
    """Or, where the week is over, to the partner alone, who has not read this yet."""
    theirs = of_partner(turn, sheet)
    if theirs is None or not (sheet.shown_at or (_is_in(sheet) and _is_in(theirs))):
        return False
    theirs.show_at = turn.now
    if sheet.shown_at is None:
        sheet.show_at = turn.now
    return True


def _is_in(sheet: Review | Farewell) -> bool:
    return bool(sheet.sent_at or (sheet.skipped_at and isinstance(sheet, Review)))
