"""Runs: the proposal that is open in a programme, and those that were accepted, for those who may act."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.actions import Action
from bot.calendar import WEEK
from bot.desk import roles
from bot.desk.roles import Right
from bot.matching.models import Proposed, Run, RunState
from bot.models import Person, Programme
from bot.turn import Turn

LATELY = 2 * WEEK


@dataclass(frozen=True)
class ShowDraft(Action, wire="matching.runs.show_draft", keeps_card=True):
    run: int


@dataclass(frozen=True)
class AskToIntroduce(Action, wire="matching.runs.ask_to_introduce", keeps_card=True):
    """What would go out, to how many, and when. Nothing goes out yet."""

    run: int


def one(turn: Turn, person: Person, run_id: int, *states: RunState) -> Run | None:
    """Locked: of two who press at the same moment the second sees what the first has done."""
    found = turn.db.get(Run, run_id)
    if found is None or roles.programme(turn, person, found.programme_id, Right.ACT) is None:
        return None
    held = select(Run).where(Run.id == run_id, Run.state.in_(states)).with_for_update(of=Run)
    return turn.db.scalar(held.execution_options(populate_existing=True))


def draft(turn: Turn, person: Person, run_id: int) -> Run | None:
    return one(turn, person, run_id, RunState.DRAFT)


def proposed(turn: Turn, person: Person, proposed_id: int) -> tuple[Run, Proposed] | None:
    """Two of an open draft."""
    found = turn.db.get(Proposed, proposed_id)
    run = draft(turn, person, found.run_id) if found else None
    if found is None or run is None:
        return None
    turn.db.refresh(found)
    return run, found


def open_one(turn: Turn, programme: Programme) -> Run | None:
    is_open = Run.state.in_((RunState.DRAFT, RunState.WORKING))
    return turn.db.scalar(select(Run).where(Run.programme_id == programme.id, is_open))


def lately_accepted(turn: Turn, programme: Programme) -> Sequence[Run]:
    """The newest first. After two weeks whoever is not away has read their introduction."""
    theirs = (Run.programme_id == programme.id) & (Run.state == RunState.ACCEPTED)
    theirs = theirs & (Run.ended_at > turn.now - LATELY)
    return turn.db.scalars(select(Run).where(theirs).order_by(Run.id.desc())).all()


def how_many(turn: Turn, programme: Programme) -> int:
    return len(turn.db.scalars(select(Run.id).where(Run.programme_id == programme.id)).all())
