"""Admitted: whether somebody may do at the desk what they ask for, now. That they may not is kept, too.

A programme that is somebody else's, and one that does not exist, are both None.

may = Guard("rounds", _not_for_you)

@rounds.on_press(Pause)
@may(Right.ACT)                  # the handler is handed the programme; whoever may not reads _not_for_you
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import select

from bot.desk import audit, roles
from bot.desk.roles import Right
from bot.messages import Message, Reply
from bot.models import Enrolment, Person, Programme
from bot.turn import Turn


class OfProgramme(Protocol):
    """An action that says which programme it is about."""

    @property
    def programme(self) -> int: ...


A = TypeVar("A", bound=OfProgramme)
P = ParamSpec("P")  # what comes after the action: the answers of a form
R = TypeVar("R", bound=Reply)
Handler = Callable[Concatenate[Turn, Person, Programme, A, P], R]
Guarded = Callable[Concatenate[Turn, Person, A, P], R | Message]


@dataclass(frozen=True)
class Guard:
    """Stands before the handlers of a story; `what` names it, and `otherwise` answers whoever may not."""

    what: str
    otherwise: Callable[[Turn, Person], Message]

    def __call__(self, right: Right) -> Callable[[Handler[A, P, R]], Guarded[A, P, R]]:
        def guard(handler: Handler[A, P, R]) -> Guarded[A, P, R]:
            @wraps(handler)
            def ask(turn: Turn, person: Person, action: A, /, *rest: P.args, **more: P.kwargs) -> R | Message:
                programme = to(turn, person, action.programme, right, self.what)
                if programme is None:
                    return self.otherwise(turn, person)
                return handler(turn, person, programme, action, *rest, **more)

            return ask

        return guard


def to_chosen(turn: Turn, person: Person, right: Right, what: str) -> Programme | None:
    """To the programme that their desk is about; `what` names the story that they asked."""
    found = roles.chosen(turn, person, right)
    if found is None:
        audit.record(turn, person, "refused", programme=_theirs(turn, person), detail=what)
    return found


def _theirs(turn: Turn, person: Person) -> Programme | None:
    """One in which they take part: those who run it see that somebody wanted to look behind the desk."""
    enrolled = select(Enrolment.programme_id).where(Enrolment.person_id == person.id)
    first = enrolled.order_by(Enrolment.id).limit(1).scalar_subquery()
    return turn.db.scalar(select(Programme).where(Programme.id == first))


def to(turn: Turn, person: Person, programme_id: int, right: Right, what: str) -> Programme | None:
    """To this programme. Whoever runs it sees in the audit that somebody else wanted to."""
    found = roles.programme(turn, person, programme_id, right)
    if found is None:
        asked_for = turn.db.get(Programme, programme_id)
        audit.record(turn, person, "refused", programme=asked_for, detail=what)
    return found
