"""Match: whoever runs a programme has pairs proposed, sees why, and changes what should be otherwise.

A draft is for them alone; nothing goes out with it. The weakest pair comes first. Each says why, what it
cost and what would change it, and may be locked, left out, or given another mentor. How a draft becomes pairs
is in introducing.py.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.actions import Action, Typing
from bot.calendar import local
from bot.desk import audit, roles
from bot.desk.admitted import Guard
from bot.desk.roles import Right
from bot.matching import accounting, introducing, making, runs, swapping
from bot.matching.explained import explained, in_a_word, named_in
from bot.matching.models import LeftOver, MatchRules, Proposed, Run, RunState, Seeking, Standing
from bot.matching.people import Sites
from bot.matching.places import free_places, without_mentor
from bot.matching.pool import rules_of
from bot.matching.runs import AskToIntroduce, ShowDraft
from bot.matching.swapping import Other
from bot.matching.waiting import waiting_for_partner
from bot.matching.wording import Wording
from bot.messages import Choice, Form, Message, Mistakes
from bot.models import Person, Programme
from bot.prompts import Press
from bot.story import Answers, Story
from bot.turn import Turn

match = Story()

AT_ONCE = 60_000  # pairs to compare; more take longer than somebody should wait for an answer
A_PAGE = 8
LISTED = 8  # names, in a summary
SMALLEST = 5  # people in a group that is counted out
HOURS = ("0", "1", "2", "4", "8")  # of the form, a week
YES_NO = ("no", "yes")


@dataclass(frozen=True)
class Propose(Action, wire="match.propose", keeps_card=True):
    """`waiting`: 1 is for those who wait for somebody new, 0 for everybody."""

    programme: int
    waiting: int


@dataclass(frozen=True)
class AskRules(Action, wire="match.ask_rules", opens_form=True):
    programme: int


@dataclass(frozen=True)
class SetRules(Action, wire="match.set_rules"):
    programme: int


@dataclass(frozen=True)
class Again(Action, wire="match.again", keeps_card=True):
    run: int


@dataclass(frozen=True)
class Discard(Action, wire="match.discard"):
    run: int


@dataclass(frozen=True)
class ShowPairs(Action, wire="match.show_pairs", keeps_card=True):
    run: int
    page: int


@dataclass(frozen=True)
class ShowAlone(Action, wire="match.show_alone", keeps_card=True):
    run: int
    page: int


@dataclass(frozen=True)
class ShowTwo(Action, wire="match.show_two", keeps_card=True):
    proposed: int


@dataclass(frozen=True)
class Lock(Action, wire="match.lock"):
    proposed: int


@dataclass(frozen=True)
class Unlock(Action, wire="match.unlock"):
    proposed: int


@dataclass(frozen=True)
class NotThese(Action, wire="match.not_these"):
    proposed: int


@dataclass(frozen=True)
class PutBack(Action, wire="match.put_back"):
    proposed: int


@dataclass(frozen=True)
class Swap(Action, wire="match.swap", opens_form=True):
    proposed: int


@dataclass(frozen=True)
class SetSwap(Action, wire="match.set_swap"):
    proposed: int


# What there is


@match.on_command("match", at_desk=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    programme = roles.chosen(turn, person, Right.ACT)
    if programme is None:
        audit.record(turn, person, "refused", detail="match")
        return turn.say(person, "match.not_for_you", press={"help": Typing("help")})
    return _open_draft(turn, person, programme) or _overview(turn, person, programme)


def _open_draft(turn: Turn, person: Person, programme: Programme) -> Message | None:
    there = runs.open_one(turn, programme)
    if there and there.state == RunState.WORKING:
        return _working(turn, person, there)
    return _draft(turn, person, there) if there else None


def _overview(turn: Turn, person: Person, programme: Programme) -> Message:
    mentees, places = without_mentor(turn.db, programme, turn.now), free_places(turn.db, programme)
    again = waiting_for_partner(turn, programme)
    ways: dict[str, Action] = {"propose": Propose(programme.id, 0)} if mentees else {}
    if again:
        ways["waiting"] = Propose(programme.id, 1)
    ways["rules"] = AskRules(programme.id)
    if runs.lately_accepted(turn, programme):
        ways["introductions"] = Typing("introductions")
    facts = [
        ("mentees", str(len(mentees))),
        ("places", str(sum(places.values()))),
        *accounting.of_profiles(turn, person, mentees, programme.smallest_group),
        *([("again", str(len(again)))] if again else []),
        *_circle(turn, programme),
        ("rules", _rules_in_words(turn, person, rules_of(turn.db, programme))),
    ]
    return turn.say(person, "match.overview", programme=programme.name, facts=facts, press=ways)


def _circle(turn: Turn, programme: Programme) -> Iterator[tuple[str, str]]:
    would = (Seeking.programme_id == programme.id) & Seeking.circle
    count = turn.db.scalar(select(func.count()).select_from(Seeking).where(would)) or 0
    if count >= max(SMALLEST, programme.smallest_group):
        yield "circle", str(count)


def _rules_in_words(turn: Turn, reader: Person, rules: MatchRules) -> str:
    language, phrase = reader.language, turn.prompts.phrase
    named = {Sites.SAME: "match.site_same", Sites.OTHER: "match.site_other"}
    lines = [phrase(language, named[Sites(rules.sites)])] if rules.sites in named else []
    lines.append(phrase(language, "match.line_allowed" if rules.line else "match.line_apart"))
    if rules.hours:
        lines.append(phrase(language, "match.least_hours", count=rules.hours))
    return "\n".join([*lines, phrase(language, "match.always_apart")])


# The rules


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "match.gone", press={"match": Typing("match")})


may = Guard("match", _gone)


@match.on_press(AskRules)
@may(Right.ACT)
def ask_rules(turn: Turn, person: Person, programme: Programme, _press: AskRules) -> Form | Message:
    rules = rules_of(turn.db, programme)
    held = {"sites": rules.sites, "line": "yes" if rules.line else "no", "hours": str(rules.hours)}
    return turn.ask(person, "match.rules_form", SetRules(programme.id), given=held)


@match.on_submit(SetRules)
@may(Right.ACT)
def set_rules(
    turn: Turn, person: Person, programme: Programme, _sent: SetRules, answers: Answers
) -> Message | Mistakes:
    allowed = {"sites": set(Sites), "line": YES_NO, "hours": HOURS}
    wrong = {name: "choose" for name, values in allowed.items() if answers[name] not in values}
    if wrong:
        return turn.refuse(person, "match.rules_form", **wrong)
    rules = rules_of(turn.db, programme)
    rules.sites, rules.line, rules.hours = answers["sites"], answers["line"] == "yes", int(answers["hours"])
    turn.db.add(rules)
    turn.db.flush()
    audit.record(turn, person, "match.did_change_rules", programme=programme, detail=str(rules.hours))
    return _overview(turn, person, programme)


# A draft


@match.on_press(Propose)
@may(Right.ACT)
def propose(turn: Turn, person: Person, programme: Programme, press: Propose) -> Message:
    """Of two who press at once the second finds what the first has made."""
    turn.db.refresh(programme, with_for_update=True)
    there = _open_draft(turn, person, programme)
    if there:
        return there
    if not without_mentor(turn.db, programme, turn.now):
        return _overview(turn, person, programme)
    run = _new(turn, person, programme)
    run.waiting_only = press.waiting == 1
    return _begin(turn, person, run)


def _new(turn: Turn, person: Person, programme: Programme) -> Run:
    run = Run(
        programme_id=programme.id,
        programme=programme,
        made_by_id=person.id,
        made_at=turn.now,
        state=RunState.WORKING,
        seed=1 + runs.how_many(turn, programme),
        rules="",
        waiting_only=False,
    )
    turn.db.add(run)
    turn.db.flush()
    audit.record(turn, person, "match.did_propose", programme=programme, detail=str(run.id))
    return run


def _begin(turn: Turn, person: Person, run: Run) -> Message:
    room = sum(places > 0 for places in free_places(turn.db, run.programme).values())
    if len(without_mentor(turn.db, run.programme, turn.now)) * room > AT_ONCE:
        run.work_at = turn.now
        return _working(turn, person, run)
    _make(turn, run)
    return _draft(turn, person, run)


def _working(turn: Turn, person: Person, run: Run) -> Message:
    return turn.say(person, "match.working", press={"discard": Discard(run.id)})


def _make(turn: Turn, run: Run) -> None:
    before = turn.db.get(Run, run.follows_id) if run.follows_id else None
    locked = making.named(making.standing(turn, before, Standing.LOCKED)) if before else []
    left_out = making.named(making.standing(turn, before, Standing.LEFT_OUT)) if before else []
    making.make(turn, run, making.pool_of(turn, run), locked, left_out)


@match.when_due(Run.work_at)
def work(turn: Turn, run: Run) -> None:
    """It took a while; whoever asked for it hears that it is there."""
    if run.state == RunState.CALLED_OFF:
        introducing.go_on_calling_off(turn, run)
    if run.state != RunState.WORKING:
        return
    _make(turn, run)
    asked = turn.db.get(Person, run.made_by_id) if run.made_by_id else None
    if asked and roles.programme(turn, asked, run.programme_id, Right.ACT):
        message = turn.say(
            asked, "match.ready", programme=run.programme.name, press={"draft": ShowDraft(run.id)}
        )
        turn.post(asked, message, once=f"match:{run.id}")


@match.on_press(Again)
def again(turn: Turn, person: Person, press: Again) -> Message:
    """What was locked stays, and what was left out stays out."""
    old = runs.draft(turn, person, press.run)
    if old is None:
        return _gone(turn, person)
    _end(turn, person, old)
    run = _new(turn, person, old.programme)
    run.follows_id, run.waiting_only = old.id, old.waiting_only
    return _begin(turn, person, run)


def _end(turn: Turn, person: Person, run: Run) -> None:
    run.state, run.ended_at, run.ended_by_id = RunState.DISCARDED, turn.now, person.id
    turn.db.flush()


@match.on_press(Discard)
def discard(turn: Turn, person: Person, press: Discard) -> Message:
    run = runs.one(turn, person, press.run, RunState.DRAFT, RunState.WORKING)
    if run is None:
        return _gone(turn, person)
    _end(turn, person, run)
    audit.record(turn, person, "match.did_drop", programme=run.programme, detail=str(run.id))
    return turn.say(person, "match.discarded", press={"match": Typing("match")})


@match.on_press(ShowDraft)
def show_draft(turn: Turn, person: Person, press: ShowDraft) -> Message:
    run = runs.draft(turn, person, press.run)
    return _draft(turn, person, run) if run else _gone(turn, person)


def _draft(turn: Turn, person: Person, run: Run) -> Message:
    pairs = making.standing(turn, run, Standing.PROPOSED, Standing.LOCKED)
    alone = [one for one in making.alone(turn, run) if not one.is_mentor]
    audit.record(turn, person, "match.did_look", programme=run.programme, detail=str(run.id))
    ways: dict[str, Action] = (
        {"accept": AskToIntroduce(run.id), "pairs": ShowPairs(run.id, 0)} if pairs else {}
    )
    if alone:
        ways["alone"] = ShowAlone(run.id, 0)
    made_by = turn.db.get(Person, run.made_by_id) if run.made_by_id else None
    return turn.say(
        person,
        "match.draft",
        count=len(pairs),
        programme=run.programme.name,
        who=made_by.name if made_by else "",
        day=turn.when(person, local(run.made_at, person.timezone).date()),
        facts=_summary(turn, person, run, pairs, alone),
        press={**ways, "again": Again(run.id), "discard": Discard(run.id)},
    )


def _summary(
    turn: Turn, reader: Person, run: Run, pairs: Sequence[Proposed], alone: Sequence[LeftOver]
) -> Iterator[tuple[str, str]]:
    report: dict[str, Any] = json.loads(run.report)
    if pairs:
        yield "suit", accounting.how_they_suit(turn, reader, pairs)
        yield "weakest", _two(turn, reader, pairs[0])
    if alone:
        yield "alone", accounting.names(turn, reader, [one.person for one in alone], LISTED)
    if pairs and report["is_best"]:
        yield "best", turn.prompts.phrase(reader.language, "match.nothing_better")
    if report["blocking"]:
        yield "blocking", accounting.of_blocking(turn, reader, report)
    parity = accounting.of_parity(turn, reader, report["parity"])
    if parity:
        yield "parity", parity


def _two(turn: Turn, reader: Person, two: Proposed) -> str:
    name = "match.two_locked" if two.state == Standing.LOCKED else "match.two"
    suits = turn.prompts.phrase(reader.language, in_a_word(two.score))
    return turn.prompts.phrase(
        reader.language, name, mentee=two.mentee.name, mentor=two.mentor.name, suits=suits
    )


# Pair by pair


@match.on_press(ShowPairs)
def show_pairs(turn: Turn, person: Person, press: ShowPairs) -> Message:
    run = runs.draft(turn, person, press.run)
    if run is None:
        return _gone(turn, person)
    pairs = making.standing(turn, run, Standing.PROPOSED, Standing.LOCKED)
    first = min(max(press.page, 0) * A_PAGE, max(len(pairs) - 1, 0) // A_PAGE * A_PAGE)
    shown = pairs[first : first + A_PAGE]
    audit.record(turn, person, "match.did_look", programme=run.programme, detail=str(run.id))
    ways: dict[str, Action | Sequence[tuple[str, Action]]] = {
        "two": [(f"{n}. {two.mentee.name}", ShowTwo(two.id)) for n, two in enumerate(shown, first + 1)]
    }
    if first + A_PAGE < len(pairs):
        ways["more"] = ShowPairs(run.id, first // A_PAGE + 1)
    lines = [f"{number}. {_two(turn, person, two)}" for number, two in enumerate(shown, first + 1)]
    return turn.say(
        person,
        "match.pairs",
        count=len(pairs),
        facts=[("pairs", "\n".join(lines))],
        press={**ways, "draft": ShowDraft(run.id), "accept": AskToIntroduce(run.id)},
    )


@match.on_press(ShowTwo)
def show_two(turn: Turn, person: Person, press: ShowTwo) -> Message:
    found = runs.proposed(turn, person, press.proposed)
    if found is None:
        return _gone(turn, person)
    run, two = found
    audit.record(turn, person, "match.did_look", programme=run.programme, detail=str(run.id))
    return _card(turn, person, run, two)


def _card(turn: Turn, person: Person, run: Run, two: Proposed) -> Message:
    if two.state == Standing.LEFT_OUT:
        return _left_out(turn, person, two)
    lock: dict[str, Action] = {"lock": Lock(two.id)}
    if two.state == Standing.LOCKED:
        lock = {"unlock": Unlock(two.id)}
    after = _next(turn, run, two)
    more: dict[str, Action] = {"next": ShowTwo(after.id)} if after else {}
    ways: Press = {
        **lock,
        "not_these": NotThese(two.id),
        "swap": Swap(two.id),
        **more,
        "pairs": ShowPairs(run.id, 0),
    }
    return turn.say(
        person,
        "match.one_locked" if two.state == Standing.LOCKED else "match.one",
        mentee=two.mentee.name,
        mentor=two.mentor.name,
        suits=turn.prompts.phrase(person.language, in_a_word(two.score)),
        facts=_why(turn, person, two),
        press=ways,
    )


def _next(turn: Turn, run: Run, two: Proposed) -> Proposed | None:
    in_order = making.standing(turn, run, Standing.PROPOSED, Standing.LOCKED)
    later = [other for other in in_order if (other.score, other.id) > (two.score, two.id)]
    return later[0] if later else None


def _why(turn: Turn, reader: Person, two: Proposed) -> Iterator[tuple[str, str]]:
    pair = explained(two)
    people = turn.db.execute(select(Person.id, Person.name).where(Person.id.in_(set(named_in(two)))))
    wording = Wording(turn.prompts, reader.language, {str(id_): name for id_, name in people})
    yield "why", "\n".join(wording.reason(pair, reason) for reason in pair.reasons)
    yield "cost", wording.cost(pair.mentee, pair.cost)
    if pair.changes:
        yield "changes", "\n".join(map(wording.change, pair.changes))


@match.on_press(Lock)
def lock(turn: Turn, person: Person, press: Lock) -> Message:
    return _set(turn, person, press.proposed, Standing.LOCKED)


@match.on_press(Unlock)
def unlock(turn: Turn, person: Person, press: Unlock) -> Message:
    return _set(turn, person, press.proposed, Standing.PROPOSED)


SETS = {Standing.LOCKED: "match.did_lock", Standing.PROPOSED: "match.did_unlock"}


def _set(turn: Turn, person: Person, proposed: int, state: Standing) -> Message:
    found = runs.proposed(turn, person, proposed)
    if found is None:
        return _gone(turn, person)
    run, two = found
    if two.state in (Standing.PROPOSED, Standing.LOCKED) and two.state != state:
        two.state = state
        turn.db.flush()
        audit.record(turn, person, SETS[state], programme=run.programme, detail=str(run.id))
    return _card(turn, person, run, two)


@match.on_press(NotThese)
def not_these(turn: Turn, person: Person, press: NotThese) -> Message:
    found = runs.proposed(turn, person, press.proposed)
    if found is None:
        return _gone(turn, person)
    run, two = found
    if two.state != Standing.LEFT_OUT:
        swapping.leave_out(turn, run, two)
        audit.record(turn, person, "match.did_leave_out", programme=run.programme, detail=str(run.id))
    return _left_out(turn, person, two)


def _left_out(turn: Turn, person: Person, two: Proposed) -> Message:
    return turn.say(
        person,
        "match.left_out",
        mentee=two.mentee.name,
        mentor=two.mentor.name,
        press={
            "swap": Swap(two.id),
            "again": Again(two.run_id),
            "undo": PutBack(two.id),
            "pairs": ShowPairs(two.run_id, 0),
        },
    )


@match.on_press(PutBack)
def put_back(turn: Turn, person: Person, press: PutBack) -> Message:
    found = runs.proposed(turn, person, press.proposed)
    if found is None:
        return _gone(turn, person)
    run, two = found
    if two.state == Standing.LEFT_OUT and not swapping.put_back(turn, run, two):
        return turn.say(
            person, "match.not_put_back", mentee=two.mentee.name, press={"draft": ShowDraft(run.id)}
        )
    audit.record(turn, person, "match.did_put_back", programme=run.programme, detail=str(run.id))
    return _card(turn, person, run, two)


# Somebody else


@match.on_press(Swap)
def swap(turn: Turn, person: Person, press: Swap) -> Form | Message:
    found = runs.proposed(turn, person, press.proposed)
    if found is None:
        return _gone(turn, person)
    run, two = found
    served = swapping.served(turn, run, two)
    if served:
        return _card(turn, person, run, served)
    others = swapping.others(turn, run, two)
    if not others:
        ways: Press = {"two": [(two.mentee.name, ShowTwo(two.id))], "again": Again(run.id)}
        return turn.say(person, "match.nobody_else", press=ways)
    choices = [Choice(other.value, _loss(turn, person, other)) for other in others]
    return turn.ask(
        person,
        "match.swap_form",
        SetSwap(two.id),
        choices={"mentor": choices},
        mentee=two.mentee.name,
        mentor=two.mentor.name,
    )


def _loss(turn: Turn, reader: Person, other: Other) -> str:
    """ "Ana Byrne: suits a little less"; or "Ana Byrne, Dara in exchange: together a little less"."""
    name = swapping.name_of_exchange(other.loss) if other.instead else swapping.name_of_loss(other.loss)
    return turn.prompts.phrase(reader.language, name, mentor=other.name, mentee=other.instead)


@match.on_submit(SetSwap)
def set_swap(turn: Turn, person: Person, sent: SetSwap, answers: Answers) -> Message | Mistakes:
    found = runs.proposed(turn, person, sent.proposed)
    if found is None:
        return _gone(turn, person)
    run, two = found
    served = swapping.served(turn, run, two)
    if served:
        return _card(turn, person, run, served)
    others = {other.value for other in swapping.others(turn, run, two)}
    if answers["mentor"] not in others:
        return turn.refuse(person, "match.swap_form", mentor="choose")
    new = swapping.swap(turn, run, two, answers["mentor"])
    audit.record(turn, person, "match.did_swap", programme=run.programme, detail=str(run.id))
    return _card(turn, person, run, new)


# Without a pair


@match.on_press(ShowAlone)
def show_alone(turn: Turn, person: Person, press: ShowAlone) -> Message:
    run = runs.draft(turn, person, press.run)
    if run is None:
        return _gone(turn, person)
    alone = making.alone(turn, run)
    first = min(max(press.page, 0) * A_PAGE, max(len(alone) - 1, 0) // A_PAGE * A_PAGE)
    shown = alone[first : first + A_PAGE]
    audit.record(turn, person, "match.did_look", programme=run.programme, detail=str(run.id))
    facts = [
        (label, "\n".join(_reason(turn, person, one) for one in some))
        for label, some in (
            ("mentees", [one for one in shown if not one.is_mentor]),
            ("mentors", [one for one in shown if one.is_mentor]),
        )
        if some
    ]
    more: dict[str, Action] = {}
    if first + A_PAGE < len(alone):
        more["more"] = ShowAlone(run.id, first // A_PAGE + 1)
    return turn.say(person, "match.alone", facts=facts, press={**more, "draft": ShowDraft(run.id)})


def _reason(turn: Turn, reader: Person, left: LeftOver) -> str:
    why = turn.prompts.phrase(reader.language, accounting.why_not(left.why))
    until = ""
    if left.until:
        date = turn.when(reader, left.until)
        until = turn.prompts.phrase(reader.language, "match.until", date=date)
    return f"{left.person.name}: {why} {until}".rstrip()
