"""Admitted: whether somebody may do at the desk what they ask for, now. That they may not is kept, too.

A programme that is somebody else's, and one that does not exist, are both None.
"""

from bot.desk import audit, roles
from bot.desk.roles import Right
from bot.models import Person, Programme
from bot.turn import Turn


def to_chosen(turn: Turn, person: Person, right: Right, what: str) -> Programme | None:
    """To the programme that their desk is about; `what` names the story that they asked."""
    found = roles.chosen(turn, person, right)
    if found is None:
        audit.record(turn, person, "refused", detail=what)
    return found


def to(turn: Turn, person: Person, programme_id: int, right: Right, what: str) -> Programme | None:
    """To this programme. Whoever runs it sees in the audit that somebody else wanted to."""
    found = roles.programme(turn, person, programme_id, right)
    if found is None:
        asked_for = turn.db.get(Programme, programme_id)
        audit.record(turn, person, "refused", programme=asked_for, detail=what)
    return found
