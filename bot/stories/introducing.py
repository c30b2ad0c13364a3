"""Introducing: a draft becomes pairs. First what would go out, to how many and when; then one press.

What has changed since the draft was made is said before anything happens. Each introduction goes out at a
decent hour of whoever reads it, and may be called off as long as neither of the two has read it. Whoever
stays without somebody hears why, kindly, and how long it may take.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.actions import Action, Typing
from bot.calendar import local
from bot.courtesy import Kind
from bot.desk import audit, roles
from bot.desk.roles import Right
from bot.matching import introducing as acting
from bot.matching import making, runs
from bot.matching.explaining import WhyNot
from bot.matching.introducing import Plan
from bot.matching.models import LeftOver, Proposed, Run, RunState, Standing
from bot.matching.people import Clash
from bot.matching.runs import AskToIntroduce, ShowDraft
from bot.matching.waiting import Circle, Rest, Want
from bot.messages import Message
from bot.models import Person
from bot.prompts import Press
from bot.story import Story
from bot.turn import Turn

introducing = Story()

LISTED = 8  # names
WHY_NOT = {  # said to somebody who stays without a mentor
    WhyNot.NOBODY: "introducing.no_places",
    WhyNot.FULL: "introducing.all_full",
}
FALLEN = {
    Clash.UNKNOWN: "introducing.is_gone",
    Clash.TWICE: "introducing.is_gone",
    Clash.FULL: "introducing.is_full",
    Clash.BARRED: "introducing.is_apart",
}


@dataclass(frozen=True)
class Introduce(Action, wire="introducing.introduce"):
    run: int
    check: str  # over what was shown


@dataclass(frozen=True)
class AskToCallOff(Action, wire="introducing.ask_to_call_off", keeps_card=True):
    run: int


@dataclass(frozen=True)
class CallOff(Action, wire="introducing.call_off"):
    run: int


# What would go out


@introducing.on_press(AskToIntroduce)
def ask(turn: Turn, person: Person, press: AskToIntroduce) -> Message:
    run = runs.draft(turn, person, press.run)
    if run is None:
        return _gone(turn, person)
    return _dry_run(turn, person, run, acting.plan(turn, run))


def _dry_run(turn: Turn, person: Person, run: Run, plan: Plan, *, is_other: bool = False) -> Message:
    if not plan.pairs:
        return turn.say(
            person,
            "introducing.nobody",
            facts=_changed(turn, person, run, plan),
            press={"draft": ShowDraft(run.id)},
        )
    return turn.say(
        person,
        "introducing.changed" if is_other else "introducing.dry_run",
        people=len(plan.people),
        pairs=len(plan.pairs),
        facts=_facts(turn, person, run, plan),
        press={"introduce": Introduce(run.id, plan.check), "draft": ShowDraft(run.id)},
    )


def _facts(turn: Turn, reader: Person, run: Run, plan: Plan) -> Iterator[tuple[str, str]]:
    phrase, language = turn.prompts.phrase, reader.language
    moments = plan.moments(turn)
    if moments:
        zones = len({person.timezone for person in plan.people.values()})
        first, last = (
            turn.when(reader, local(at, reader.timezone).date()) for at in (min(moments), max(moments))
        )
        name = "introducing.on_one_day" if first == last else "introducing.between"
        yield "when", phrase(language, name, first=first, last=last, count=zones)
    if plan.waiting_to_start:
        yield "later", phrase(language, "introducing.when_started", count=plan.waiting_to_start)
    mentees = [one.person for one in plan.alone if not one.is_mentor]
    mentors = [one.person for one in plan.alone if one.is_mentor and one.person.started_at]
    hear = [person for person in mentees if person.started_at]
    for label, people in (("alone", hear), ("idle", mentors)):
        if people:
            yield label, _listed(turn, reader, [person.name for person in people])
    if len(hear) < len(mentees):
        yield "alone_later", _listed(turn, reader, [one.name for one in mentees if one not in hear])
    yield from _changed(turn, reader, run, plan)


def _changed(turn: Turn, reader: Person, run: Run, plan: Plan) -> Iterator[tuple[str, str]]:
    """Since the draft was made."""
    fallen = [pair for pair in making.standing(turn, run, *IN_THE_DRAFT) if pair.id in plan.fallen]
    if fallen:
        lines = [_fallen(turn, reader, pair, plan.fallen[pair.id]) for pair in fallen]
        yield "fallen", _listed(turn, reader, lines)


IN_THE_DRAFT = (Standing.PROPOSED, Standing.LOCKED)


def _fallen(turn: Turn, reader: Person, pair: Proposed, why: Clash) -> str:
    return turn.prompts.phrase(reader.language, FALLEN[why], mentee=pair.mentee.name, mentor=pair.mentor.name)


def _listed(turn: Turn, reader: Person, lines: Sequence[str]) -> str:
    more = len(lines) - LISTED
    rest = [turn.prompts.phrase(reader.language, "introducing.and_more", count=more)] if more > 0 else []
    return "\n".join([*lines[:LISTED], *rest])


# It goes out


@introducing.on_press(Introduce)
def introduce(turn: Turn, person: Person, press: Introduce) -> Message:
    """Only what was shown: if something has changed meanwhile, that is shown first."""
    run = runs.draft(turn, person, press.run)
    if run is None:
        return _gone(turn, person)
    plan = acting.plan(turn, run)
    if plan.check != press.check or not plan.pairs:
        return _dry_run(turn, person, run, plan, is_other=True)
    acting.introduce(turn, run, person, plan)
    for left in plan.alone:
        _tell_left_over(turn, run, left)
    detail = str(len(plan.pairs))
    audit.record(turn, person, "introducing.did_introduce", programme=run.programme, detail=detail)
    ways: Press = {"call_off": AskToCallOff(run.id), "match": Typing("match")}
    return turn.say(person, "introducing.on_their_way", count=len(plan.pairs), press=ways)


def _tell_left_over(turn: Turn, run: Run, left: LeftOver) -> None:
    """Whoever has not begun with the bot yet is not told of what they have not asked for."""
    reader, programme = left.person, run.programme
    if reader.started_at is None:
        return
    if left.is_mentor:
        press: Press = {"rest": Rest(programme.id)}
        message = turn.say(reader, "introducing.no_mentee", programme=programme.name, press=press)
    else:
        press = {"want": Want(programme.id), "circle": Circle(programme.id, 1), "rest": Rest(programme.id)}
        message = turn.say(
            reader,
            "introducing.no_mentor",
            programme=programme.name,
            why=turn.prompts.phrase(
                reader.language, WHY_NOT.get(WhyNot(left.why), "introducing.nobody_suits")
            ),
            wait=_wait(turn, reader, left),
            press=press,
        )
    turn.post(reader, message, Kind.NUDGE, newest_of=_left_over(run))


def _left_over(run: Run) -> str:
    return f"left_over:{run.id}"


def _wait(turn: Turn, reader: Person, left: LeftOver) -> str:
    if left.until is None:
        return turn.prompts.phrase(reader.language, "introducing.nobody_knows")
    return turn.prompts.phrase(reader.language, "introducing.until", day=turn.when(reader, left.until))


# Called off


@introducing.on_command("introductions", at_desk=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    programme = roles.chosen(turn, person, Right.ACT)
    if programme is None:
        audit.record(turn, person, "refused", detail="introductions")
        return turn.say(person, "introducing.not_for_you", press={"help": Typing("help")})
    for run in runs.lately_accepted(turn, programme):
        quiet = len(acting.still_quiet(turn, run))
        if quiet:
            return _under_way(turn, person, run, quiet)
    return turn.say(person, "introducing.all_out", programme=programme.name, press={"match": Typing("match")})


def _under_way(turn: Turn, person: Person, run: Run, quiet: int) -> Message:
    day = turn.when(person, local(run.ended_at or turn.now, person.timezone).date())
    press: Press = {"call_off": AskToCallOff(run.id), "match": Typing("match")}
    return turn.say(person, "introducing.under_way", count=quiet, day=day, press=press)


@introducing.on_press(AskToCallOff)
def ask_to_call_off(turn: Turn, person: Person, press: AskToCallOff) -> Message:
    run = runs.one(turn, person, press.run, RunState.ACCEPTED)
    if run is None:
        return _gone(turn, person)
    quiet = len(acting.still_quiet(turn, run))
    made = len(making.standing(turn, run, Standing.MADE))
    if not quiet:
        return turn.say(person, "introducing.too_late", press={"match": Typing("match")})
    ways: dict[str, Action] = {"call_off": CallOff(run.id), "keep": Typing("match")}
    return turn.say(person, "introducing.confirm", count=quiet, stay=made - quiet, press=ways)


@introducing.on_press(CallOff)
def call_off(turn: Turn, person: Person, press: CallOff) -> Message:
    run = runs.one(turn, person, press.run, RunState.ACCEPTED)
    if run is None:
        return _gone(turn, person)
    off, stay = acting.call_off(turn, run, person)
    for left in making.alone(turn, run):
        turn.recall(left.person, _left_over(run))
    detail = str(off)
    audit.record(turn, person, "introducing.did_call_off", programme=run.programme, detail=detail)
    return turn.say(person, "introducing.called_off", count=off, stay=stay, press={"match": Typing("match")})


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "introducing.gone", press={"match": Typing("match")})
