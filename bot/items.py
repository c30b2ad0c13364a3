"""Action items: small promises, how they are made and how they read.

"Ben: Send the draft, by Friday 6 March (after stand-up)".
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from bot import own, trial
from bot.calendar import decent_before, decent_from, local, moment
from bot.dates import split_off_day
from bot.models import ActionItem, ItemState, Pair, Person, Session, State
from bot.text import key
from bot.turn import Turn

RULE = "action"  # in the trial
BULLETS = "-–—•*· \t"


def lines(text: str) -> list[str]:
    """One promise a line, however people mark their lists."""
    stripped = (line.strip().lstrip(BULLETS) for line in text.splitlines())
    return [line for line in stripped if line]


def make(
    turn: Turn,
    pair: Pair,
    owner: Person,
    what: str,
    *,
    due_on: date | None = None,
    where: str = "",
    session: Session | None = None,
) -> ActionItem:
    item = ActionItem(
        pair_id=pair.id,
        pair=pair,
        session_id=session and session.id,
        owner_id=owner.id,
        owner=owner,
        what=what,
        where=where,
        state=ItemState.OPEN,
        made_at=turn.now,
    )
    plan_for(turn, item, due_on)
    turn.db.add(item)
    turn.db.flush()
    turn.note("action_made", pair=pair, session=session, person=owner)
    return item


def note_down(
    turn: Turn,
    pair: Pair,
    writer: Person,
    owner: Person,
    line: str,
    *,
    due_on: date | None = None,
    where: str = "",
    session: Session | None = None,
) -> tuple[ActionItem, bool]:
    """What the line promises, by the day it ends with; and whether any of it is new.

    Said twice it is one promise: by both of them, or by two presses of one button.
    """
    what, day = (line, due_on) if due_on else split_off_day(line, writer.language, turn.today(writer))
    before = of_session(turn, session) if session else own.open_items(turn, pair)
    for item in before:
        if item.owner_id == owner.id and key(item.what) == key(what) and _agree(item, day, where):
            return item, _complete(turn, item, day, where)
    return make(turn, pair, owner, what, due_on=day, where=where, session=session), True


def _agree(item: ActionItem, day: date | None, where: str) -> bool:
    """Whether it can be the same promise: one may say more than the other, but nothing else."""
    same_day = item.due_on == day or None in {item.due_on, day}
    return same_day and (item.where == where or "" in {item.where, where})


def _complete(turn: Turn, item: ActionItem, day: date | None, where: str) -> bool:
    new_day, new_place = bool(day and not item.due_on), bool(where and not item.where)
    if new_day:
        plan_for(turn, item, day)
    if new_place:
        item.where = where
    return new_day or new_place


def plan_for(turn: Turn, item: ActionItem, day: date | None) -> None:
    if item.id:
        trial.withdraw(turn, item.owner, RULE, item.id)  # what waits speaks of the day before
    item.due_on = day
    item.remind_at = morning_of(turn, item.owner, day) if day else None


def morning_of(turn: Turn, owner: Person, day: date) -> datetime | None:
    """When their day begins, or before it if it is one of rest; None if that has passed."""
    opens = moment(datetime.combine(day, owner.day_starts), owner.timezone)
    decent = decent_from(owner.hours, opens)
    if local(decent, owner.timezone).date() > day:
        decent = decent_before(owner.hours, opens)
    return decent if decent > turn.now else None


def of_session(turn: Turn, session: Session) -> Sequence[ActionItem]:
    theirs = select(ActionItem).where(ActionItem.session_id == session.id)
    return turn.db.scalars(theirs.order_by(ActionItem.id)).all()


def open_from_before(turn: Turn, session: Session) -> list[ActionItem]:
    """What is still open in the pair and was not promised in this session."""
    return [item for item in own.open_items(turn, session.pair) if item.session_id != session.id]


def ended_lately(turn: Turn, pair: Pair, since: datetime | None = None) -> Sequence[ActionItem]:
    """Done or dropped since the two last met, and since that moment."""
    met = select(Session.closed_at).where(Session.pair_id == pair.id, Session.state == State.HELD)
    last_met = turn.db.scalars(met.order_by(Session.closed_at.desc())).first() or pair.made_at
    ended = (ActionItem.pair_id == pair.id) & (ActionItem.ended_at > max(last_met, since or last_met))
    not_erased = ActionItem.what_sealed.is_not(None)
    return turn.db.scalars(select(ActionItem).where(ended, not_erased).order_by(ActionItem.id)).all()


_LINES = {
    (False, False): "actions.line",
    (True, False): "actions.line_by",
    (False, True): "actions.line_where",
    (True, True): "actions.line_by_where",
}


def as_line(turn: Turn, reader: Person, item: ActionItem) -> str:
    """A promise as one line of a list, in the reader's language."""
    return turn.prompts.phrase(
        reader.language,
        _name_of_line(item),
        owner=called(item.pair, item.owner),
        what=item.what,
        day=turn.when(reader, item.due_on) if item.due_on else "",
        where=item.where,
        because=item.because,
    )


def _name_of_line(item: ActionItem) -> str:
    if item.state == ItemState.DONE:
        return "actions.line_done"
    if item.state == ItemState.DROPPED:
        return "actions.line_dropped_because" if item.because else "actions.line_dropped"
    return _LINES[item.due_on is not None, bool(item.where)]


def as_lines(turn: Turn, reader: Person, items: Sequence[ActionItem]) -> str:
    return "\n".join(as_line(turn, reader, item) for item in items)


def called(pair: Pair, person: Person) -> str:
    """By first name, unless both have the same."""
    alike = pair.mentor.first_name == pair.mentee.first_name
    return person.name if alike else person.first_name
