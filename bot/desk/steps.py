"""Steps: what helps a programme most today, in the order in which it does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from sqlalchemy import func, select

from bot.actions import Action, Typing
from bot.desk import health_names
from bot.desk.health_names import Named
from bot.desk.health_rules import Reason
from bot.desk.models import Decision, EnrolmentRequest
from bot.desk.people import WITHOUT_WORDS
from bot.desk.views import Draft, DraftTo, DraftToAll, ShowPair
from bot.matching.models import Seeking, Wanting
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.turn import Turn

MOST = 3
LOOKED_AT = 30  # pairs
TOGETHER = 3  # pairs for which one message to all is drafted
LEFT_OUT_AFTER = timedelta(days=7)
AGAIN_AFTER = timedelta(days=3)
WANTED = (Wanting.FIRST, Wanting.QUEUE)
STEPS = {
    "asked": "next.step_asked",
    "silent": "next.step_silent",
    "all_silent": "next.step_all_silent",
    "begin": "next.step_begin",
    "requests": "next.step_requests",
    "match": "next.step_match",
    "welcome": "next.step_welcome",
    "unreachable": "next.step_unreachable",
}


@dataclass(frozen=True)
class Step:
    kind: str  # of STEPS
    action: Action
    who: str = ""
    count: int = 0


def best(turn: Turn, person: Person, programme: Programme) -> list[Step]:
    """At most three."""
    return list(islice(_steps(turn, person, programme), MOST))


def _steps(turn: Turn, person: Person, programme: Programme) -> Iterator[Step]:
    names = health_names.named(turn, programme, "", LOOKED_AT).listed
    yield from _for_pairs(turn, person, programme, names)
    requests = _requests(turn, programme)
    if requests:
        yield Step("requests", Typing("enrol"), count=requests)
    yield from _for_those_without_a_partner(turn, programme)
    unreachable = _unreachable(turn, programme)
    if unreachable:
        yield Step("unreachable", Typing("undelivered"), count=unreachable)


def _for_pairs(turn: Turn, person: Person, programme: Programme, names: Sequence[Named]) -> Iterator[Step]:
    """Whoever asked comes first. Of many that are silent, one message to all is one step."""
    asked = [pair for pair, judgement in names if judgement.reason is Reason.ASKED]
    begin = [pair for pair, judgement in names if judgement.reason is Reason.NEVER_BEGAN]
    silent = [pair for pair, _ in names if pair not in asked and pair not in begin]
    for pair in asked:
        yield _about(turn, person, programme, "asked", pair, ShowPair(pair.id))
    if len(silent) >= TOGETHER:
        yield Step("all_silent", DraftToAll("check_in", programme.id), count=len(silent))
    else:
        for pair in silent:
            yield _about(turn, person, programme, "silent", pair, Draft("check_in", pair.id))
    for pair in begin[:1]:
        yield _about(turn, person, programme, "begin", pair, Draft("check_in", pair.id))


def _about(turn: Turn, person: Person, programme: Programme, kind: str, pair: Pair, action: Action) -> Step:
    health_names.note_look(turn, person, programme, pair)
    return Step(kind, action, who=f"{pair.mentee.first_name} · {pair.mentor.first_name}")


def _requests(turn: Turn, programme: Programme) -> int:
    waiting = (EnrolmentRequest.programme_id == programme.id) & (EnrolmentRequest.state == Decision.WAITING)
    return turn.db.scalar(select(func.count()).select_from(EnrolmentRequest).where(waiting)) or 0


def _for_those_without_a_partner(turn: Turn, programme: Programme) -> Iterator[Step]:
    """Where there is room, matching helps; where there is none, a word to whoever has waited longest does."""
    waiting = left_out(turn, programme)
    if not waiting:
        return
    if len(waiting) > 1:
        yield Step("match", Typing("match"), count=len(waiting))
    first = waiting[0]
    yield Step("welcome", DraftTo("welcome", programme.id, first.id), who=first.name)


def left_out(turn: Turn, programme: Programme) -> list[Person]:
    """Mentees who have started, have no partner, and have waited for long; the longest first.

    For who had one before, long is three days, for newcomers a week. Who would rather rest does not wait.
    """
    here = (Enrolment.programme_id == programme.id) & (Enrolment.role == Role.MENTEE)
    asked = select(Seeking.person_id).where(Seeking.programme_id == programme.id)
    again = asked.where(Seeking.state.in_(WANTED), Seeking.since < turn.now - AGAIN_AFTER)
    rests = asked.where(Seeking.state.not_in(WANTED))
    is_long = (Enrolment.made_at < turn.now - LEFT_OUT_AFTER) | Person.id.in_(again)
    long_enough = here & is_long & Person.id.not_in(rests)
    going_on = (Pair.programme_id == programme.id) & Pair.ended_at.is_(None)
    paired = select(Pair.id).where(Pair.mentee_id == Person.id, going_on).exists()
    present = Person.started_at.is_not(None) & Person.left_at.is_(None) & Person.paused_at.is_(None)
    waiting = select(Person).join(Enrolment, Enrolment.person_id == Person.id).where(long_enough, present)
    in_order = waiting.where(~paired).order_by(Enrolment.made_at, Person.id)
    return list(turn.db.scalars(in_order.options(*WITHOUT_WORDS).limit(LOOKED_AT)))


def _unreachable(turn: Turn, programme: Programme) -> int:
    members = select(Enrolment.person_id).where(Enrolment.programme_id == programme.id)
    gone = Person.id.in_(members) & Person.unreachable_since.is_not(None) & Person.left_at.is_(None)
    return turn.db.scalar(select(func.count()).select_from(Person).where(gone)) or 0
