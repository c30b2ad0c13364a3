"""Enrol: whoever runs a programme lets people in, by a call, by their requests, or by a list that is pasted.

Before anything is done to many at once it is said what would happen, and nothing happens half. What was
decided about a request can be taken back for ten minutes; only then does the person hear of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot import enrol as enrolling
from bot import joining, speech, vault
from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.calendar import decent_from, local, moment
from bot.courtesy import Kind
from bot.dates import a_day
from bot.desk import admitted, audit, lists, roles
from bot.desk.lists import PastedList
from bot.desk.models import Decision, EnrolmentRequest
from bot.desk.roles import Right
from bot.desk.views import OpenCall
from bot.joining import BOTH, HOLDS, PEER, ShowRequests, StepOut
from bot.messages import Form, Message, Mistakes, Reply
from bot.models import AccountRow, Enrolment, Person, Programme, ProgrammeFormat, Role
from bot.prompts import Press
from bot.roster import Finding, Roster, Row, read_pasted
from bot.story import Answers, Story
from bot.text import is_blank, key
from bot.turn import Turn

enrol = Story()

PAGE = 5  # requests on one card
PROBLEMS = 8  # of a pasted list, at its field
NAMED = 10  # people, in one line
WISHES = {Role.MENTEE: "enrol.wants_mentor", Role.MENTOR: "enrol.wants_mentee", PEER: "enrol.wants_peer"}
DID = {Decision.ACCEPTED: "enrol.did_accept", Decision.DECLINED: "enrol.did_decline"}
ADDED_AS = {Role.MENTEE: "join.as_mentee", Role.MENTOR: "join.as_mentor"}
RUN_IT = frozenset({Role.OWNER, Role.COORDINATOR, Role.ANALYST})


@dataclass(frozen=True)
class Call(Action, wire="enrol.call"):
    programme: int


@dataclass(frozen=True)
class EndCall(Action, wire="enrol.end_call"):
    programme: int


@dataclass(frozen=True)
class More(Action, wire="enrol.more"):
    programme: int
    after: int  # the request that was shown last


@dataclass(frozen=True)
class Accept(Action, wire="enrol.accept"):
    request: int


@dataclass(frozen=True)
class Decline(Action, wire="enrol.decline"):
    request: int


@dataclass(frozen=True)
class Undecide(Action, wire="enrol.undecide"):
    request: int


@dataclass(frozen=True)
class AskAll(Action, wire="enrol.ask_all"):
    programme: int


@dataclass(frozen=True)
class AcceptAll(Action, wire="enrol.accept_all"):
    """Everybody who was there when it was asked, and nobody who has come since."""

    programme: int
    newest: int


@dataclass(frozen=True)
class UndecideAll(Action, wire="enrol.undecide_all"):
    programme: int


@dataclass(frozen=True)
class Paste(Action, wire="enrol.paste", opens_form=True):
    programme: int


@dataclass(frozen=True)
class Check(Action, wire="enrol.check", about_others=True):
    programme: int


@dataclass(frozen=True)
class EnrolThem(Action, wire="enrol.enrol_them"):
    pasted: int


@dataclass(frozen=True)
class Forget(Action, wire="enrol.forget"):
    pasted: int


# How people come in


@enrol.on_command("enrol", at_desk=True)
def show(turn: Turn, person: Person, named: str) -> Message:
    mine = roles.programmes(turn, person, Right.ACT)
    found = [one for one in mine if named and key(one.name) == named]
    one = found[0] if found else roles.chosen(turn, person, Right.ACT)
    if one is None:
        audit.record(turn, person, "refused", detail="enrol")
        return _not_for_you(turn, person)
    return _look(turn, person, one)


def _not_for_you(turn: Turn, person: Person, words: str = "") -> Message:
    """Also in the middle of a form: what was typed in it is given back."""
    facts = [("yours", words)] if words else []
    return turn.say(person, "enrol.not_for_you", facts=facts, press={"help": Typing("help")})


may = admitted.Guard("enrol", _not_for_you)


@enrol.on_press(ShowRequests)
@may(Right.ACT)
def look(turn: Turn, person: Person, one: Programme, _press: ShowRequests) -> Message:
    return _look(turn, person, one)


@enrol.on_press(More)
@may(Right.ACT)
def more(turn: Turn, person: Person, one: Programme, press: More) -> Message:
    return _look(turn, person, one, press.after)


def _look(turn: Turn, person: Person, one: Programme, after: int = 0) -> Message:
    roles.choose(turn, person, one)
    if one.closed_at:
        return turn.say(
            person, "enrol.is_closed", programme=one.name, press={"programme": Typing("programme")}
        )
    waiting = joining.undecided(turn, one)
    shown = [request for request in waiting if request.id > after][:PAGE] or list(waiting[:PAGE])
    return turn.say(
        person,
        "enrol.card" if one.open_until else "enrol.card_without_call",
        programme=one.name,
        facts=_how_it_stands(turn, person, one, waiting, shown),
        press=_ways(one, waiting, shown),
    )


def _how_it_stands(
    turn: Turn,
    reader: Person,
    one: Programme,
    waiting: Sequence[EnrolmentRequest],
    shown: Sequence[EnrolmentRequest],
) -> Iterator[tuple[str, str]]:
    if one.open_until:
        yield "until", joining.last_day(turn, one, reader)
        yield "who", turn.prompts.phrase(reader.language, _who(one))
        joined = _joined_since(turn, one)
        yield "joined", str(sum(joined.values()))
    if one.cohort:
        yield "cohort", one.cohort
    if waiting:
        yield "waiting", "\n".join(_request(turn, reader, request, waiting) for request in shown)
        rest = len(waiting) - len(shown)
        if rest:
            yield "besides", str(rest)


def _who(one: Programme) -> str:
    if one.format == ProgrammeFormat.PEER:
        return "enrol.peers_on_request" if one.needs_approval else "enrol.peers_at_once"
    at_once = {BOTH: "enrol.both_at_once", Role.MENTOR: "enrol.mentors_at_once"}
    on_request = {BOTH: "enrol.both_on_request", Role.MENTOR: "enrol.mentors_on_request"}
    if one.needs_approval:
        return on_request.get(one.open_to, "enrol.mentees_on_request")
    return at_once.get(one.open_to, "enrol.mentees_at_once")


def _request(
    turn: Turn, reader: Person, request: EnrolmentRequest, waiting: Sequence[EnrolmentRequest]
) -> str:
    return turn.prompts.phrase(
        reader.language,
        "enrol.request",
        number=_place(request, waiting),
        name=request.person.name,
        wish=turn.prompts.phrase(reader.language, WISHES[request.role]),
        day=turn.when(reader, local(request.asked_at, reader.timezone).date()),
    )


def _place(request: EnrolmentRequest, waiting: Sequence[EnrolmentRequest]) -> int:
    return [each.id for each in waiting].index(request.id) + 1


def _ways(one: Programme, waiting: Sequence[EnrolmentRequest], shown: Sequence[EnrolmentRequest]) -> Press:
    named = [(f"{_place(request, waiting)}. {request.person.name}", request.id) for request in shown]
    accept: list[tuple[str, Action]] = [(name, Accept(id_)) for name, id_ in named]
    decline: list[tuple[str, Action]] = [(name, Decline(id_)) for name, id_ in named]
    requests: Press = {"accept": accept, "decline": decline} if shown else {}
    all_: Press = {"all": AskAll(one.id)} if len(waiting) > 1 else {}
    more_: Press = {"more": More(one.id, shown[-1].id)} if len(waiting) > len(shown) else {}
    call: Press = {"change": OpenCall(one.id), "end": EndCall(one.id)} if one.open_until else {}
    if not call:
        call = {"open": OpenCall(one.id)}
    return {**requests, **all_, **more_, **call, "paste": Paste(one.id)}


# A call


@enrol.on_press(OpenCall)
@may(Right.ACT)
def ask_about_call(turn: Turn, person: Person, one: Programme, _press: OpenCall) -> Form | Message:
    if one.closed_at:
        return _look(turn, person, one)
    until = joining.last_date(turn, one, person) if one.open_until else None
    given = {"until": f"{until or ''}", "who": one.open_to, "approval": _yes(one.needs_approval)}
    asked = ["until", "approval"] if one.format == ProgrammeFormat.PEER else None
    return turn.ask(person, "enrol.call_form", Call(one.id), given=given, only=asked, programme=one.name)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


@enrol.on_submit(Call)
@may(Right.ACT)
def open_call(
    turn: Turn, person: Person, one: Programme, _sent: Call, answers: Answers
) -> Message | Mistakes:
    if one.closed_at:
        return _look(turn, person, one)
    until = a_day(answers.get("until", ""), person.language, turn.today(person))
    who = BOTH if one.format == ProgrammeFormat.PEER else answers.get("who")
    wrong = {} if until else {"until": "day"}
    if who not in {BOTH, Role.MENTOR, Role.MENTEE}:
        wrong["who"] = "choose"
    if answers.get("approval") not in {"yes", "no"}:
        wrong["approval"] = "choose"
    if until is None or wrong:
        return turn.refuse(person, "enrol.call_form", **wrong)
    one.opened_at = one.opened_at if one.open_until else turn.now
    one.open_until = moment(datetime.combine(until + timedelta(days=1), datetime.min.time()), person.timezone)
    one.open_to, one.needs_approval = str(who), answers["approval"] == "yes"
    on_request = ",on request" if one.needs_approval else ""
    audit.record(turn, person, "enrol.did_open", programme=one, detail=f"{until},{who}{on_request}")
    return _call_is_open(turn, person, one)


def _call_is_open(turn: Turn, person: Person, one: Programme) -> Message:
    return turn.say(
        person,
        "enrol.call_is_open",
        programme=one.name,
        until=joining.last_day(turn, one, person),
        who=turn.prompts.phrase(person.language, _who(one)),
        press={"enrol": ShowRequests(one.id), "change": OpenCall(one.id), "end": EndCall(one.id)},
    )


@enrol.on_press(EndCall)
@may(Right.ACT)
def end_call(turn: Turn, person: Person, one: Programme, _press: EndCall) -> Message:
    """Before its day. Who has asked already still gets an answer."""
    if one.open_until is None:
        return _look(turn, person, one)
    one.open_until = None
    audit.record(turn, person, "enrol.did_end", programme=one)
    return _how_many_came(turn, person, one)


@enrol.when_due(Programme.open_until)
def call_has_ended(turn: Turn, one: Programme) -> None:
    if one.closed_at:
        return
    for runner in roles.runners(turn, one):
        turn.post(runner, _how_many_came(turn, runner, one), Kind.NUDGE, newest_of=f"call:{one.id}")


def _how_many_came(turn: Turn, reader: Person, one: Programme) -> Message:
    joined, waiting = _joined_since(turn, one), len(joining.undecided(turn, one))
    counts = [("mentees", joined[Role.MENTEE]), ("mentors", joined[Role.MENTOR]), ("waiting", waiting)]
    return turn.say(
        reader,
        "enrol.call_has_ended",
        programme=one.name,
        facts=[(name, str(count)) for name, count in counts],
        press={"enrol": ShowRequests(one.id), "open": OpenCall(one.id)},
    )


def _joined_since(turn: Turn, one: Programme) -> Counter[str]:
    """Since the call began, by a press or by a list."""
    since = (Enrolment.programme_id == one.id) & (Enrolment.made_at >= (one.opened_at or one.made_at))
    counted = select(Enrolment.role, func.count()).where(
        since, Enrolment.role.in_((Role.MENTEE, Role.MENTOR))
    )
    return Counter(dict(turn.db.execute(counted.group_by(Enrolment.role)).all()))


# Requests


def _mine(turn: Turn, person: Person, request_id: int) -> EnrolmentRequest | None:
    """One of a programme in which they act; locked, so that two of them never decide at once."""
    locked = select(EnrolmentRequest).where(EnrolmentRequest.id == request_id)
    fresh = locked.with_for_update(of=EnrolmentRequest).execution_options(populate_existing=True)
    request = turn.db.scalar(fresh)
    programme_id = request.programme_id if request else 0  # none has that id
    return request if admitted.to(turn, person, programme_id, Right.ACT, "enrol") else None


@enrol.on_press(Accept)
def accept(turn: Turn, person: Person, press: Accept) -> Message:
    return _decide(turn, person, press.request, Decision.ACCEPTED)


@enrol.on_press(Decline)
def decline(turn: Turn, person: Person, press: Decline) -> Message:
    return _decide(turn, person, press.request, Decision.DECLINED)


def _decide(turn: Turn, person: Person, request_id: int, decision: Decision) -> Message:
    request = _mine(turn, person, request_id)
    if request is None:
        return _not_for_you(turn, person)
    if request.state != Decision.WAITING:
        return _is_decided(turn, person, request)
    _mark(turn, person, request, decision)
    joining.tell_runners(turn, request.programme)
    name = "enrol.accepted" if decision == Decision.ACCEPTED else "enrol.declined"
    return turn.say(
        person,
        name,
        name=request.person.name,
        when=turn.when(person, request.tell_at or turn.now),
        press={"undo": Undecide(request.id), "next": ShowRequests(request.programme_id)},
    )


def _mark(turn: Turn, who: Person, request: EnrolmentRequest, decision: Decision) -> None:
    request.state, request.tell_at = decision, turn.now + UNDO_WITHIN
    request.decided_at, request.decided_by_id = turn.now, who.id
    turn.db.flush()
    audit.record(
        turn,
        who,
        DID[decision],
        programme=request.programme,
        person=request.person,
        detail=str(request.role),
    )


def _is_decided(turn: Turn, person: Person, request: EnrolmentRequest) -> Message:
    names = {Decision.ACCEPTED: "enrol.was_accepted", Decision.DECLINED: "enrol.was_declined"}
    name = names.get(Decision(request.state), "enrol.was_withdrawn")
    undo: dict[str, Action] = {"undo": Undecide(request.id)} if request.tell_at else {}
    press = {**undo, "next": ShowRequests(request.programme_id)}
    return turn.say(person, name, name=request.person.name, press=press)


@enrol.on_press(Undecide)
def undecide(turn: Turn, person: Person, press: Undecide) -> Message:
    request = _mine(turn, person, press.request)
    if request is None:
        return _not_for_you(turn, person)
    if request.tell_at is None:
        return _is_decided(turn, person, request)
    _take_back(turn, person, request)
    joining.tell_runners(turn, request.programme)
    return _look(turn, person, request.programme)


def _take_back(turn: Turn, who: Person, request: EnrolmentRequest) -> None:
    request.state, request.tell_at = Decision.WAITING, None
    request.decided_at = request.decided_by_id = None
    turn.db.flush()
    audit.record(turn, who, "enrol.did_undo", programme=request.programme, person=request.person)


@enrol.on_press(AskAll)
@may(Right.ACT)
def ask_about_all(turn: Turn, person: Person, one: Programme, _press: AskAll) -> Message:
    """What would happen, and nothing has."""
    waiting = joining.undecided(turn, one)
    if not waiting or one.closed_at:
        return _look(turn, person, one)
    hear = sorted(decent_from(each.person.hours, turn.now + UNDO_WITHIN) for each in waiting)
    return turn.say(
        person,
        "enrol.all",
        programme=one.name,
        count=len(waiting),
        first=turn.when(person, hear[0]),
        last=turn.when(person, hear[-1]),
        facts=[
            ("roles", _counted(role for each in waiting for role in HOLDS[each.role])),
            ("zones", _counted(speech.zone(each.person.timezone) for each in waiting)),
        ],
        press={"all": AcceptAll(one.id, waiting[-1].id), "back": ShowRequests(one.id)},
    )


def _counted(things: Iterable[str]) -> str:
    return "\n".join(f"{thing}: {count}" for thing, count in Counter(things).most_common())


@enrol.on_press(AcceptAll)
@may(Right.ACT)
def accept_all(turn: Turn, person: Person, one: Programme, press: AcceptAll) -> Message:
    waiting = [each for each in joining.undecided(turn, one) if each.id <= press.newest]
    for request in waiting:
        fresh = _mine(turn, person, request.id)
        if fresh and fresh.state == Decision.WAITING and not one.closed_at:
            _mark(turn, person, fresh, Decision.ACCEPTED)
    joining.tell_runners(turn, one)
    if not waiting:
        return _look(turn, person, one)
    return turn.say(
        person,
        "enrol.all_accepted",
        count=len(waiting),
        when=turn.when(person, turn.now + UNDO_WITHIN),
        press={"undo": UndecideAll(one.id), "next": ShowRequests(one.id)},
    )


@enrol.on_press(UndecideAll)
@may(Right.ACT)
def undecide_all(turn: Turn, person: Person, one: Programme, _press: UndecideAll) -> Message:
    """What they themselves have accepted, and nobody has heard of."""
    theirs = (EnrolmentRequest.programme_id == one.id) & (EnrolmentRequest.decided_by_id == person.id)
    untold = EnrolmentRequest.tell_at.is_not(None) & (EnrolmentRequest.state == Decision.ACCEPTED)
    for request in turn.db.scalars(select(EnrolmentRequest).where(theirs, untold)).all():
        fresh = _mine(turn, person, request.id)
        if fresh and fresh.tell_at:
            _take_back(turn, person, fresh)
    joining.tell_runners(turn, one)
    return _look(turn, person, one)


# A list


@enrol.on_press(Paste)
@may(Right.ACT)
def ask_for_list(turn: Turn, person: Person, one: Programme, _press: Paste) -> Form | Message:
    if one.closed_at:
        return _look(turn, person, one)
    return turn.ask(person, "enrol.list_form", Check(one.id), programme=one.name)


@enrol.on_submit(Check)
def check(turn: Turn, person: Person, sent: Check, answers: Answers) -> Reply:
    one = admitted.to(turn, person, sent.programme, Right.ACT, "enrol")
    pasted = answers.get("list", "")
    if one is None or one.closed_at:
        return _not_for_you(turn, person, pasted)
    wrong = dict(turn.prompts.too_long(person.language, "enrol.list_form", answers))
    if is_blank(pasted):
        wrong["list"] = "nothing"
    if wrong:
        return turn.refuse(person, "enrol.list_form", **wrong)
    roster = read_pasted(pasted, turn.prompts.languages)
    problems = [*roster.problems, *_not_allowed(turn, person, one, roster)]
    if problems or not roster.rows:
        return Mistakes({"list": _told(turn, person, problems or [Finding("roster.nobody")])})
    kept = PastedList(
        programme_id=one.id, person_id=person.id, made_at=turn.now, forget_at=turn.now + lists.KEPT_FOR
    )
    kept.people = lists.to_json(roster.rows)
    turn.db.add(kept)
    turn.db.flush()
    return _preview(turn, person, one, kept, roster)


def _not_allowed(turn: Turn, person: Person, one: Programme, roster: Roster) -> Iterator[Finding]:
    """Who runs it is said by those who may; and nobody is taken out of another company."""
    may_name = roles.programme(turn, person, one.id, Right.ROLES) is not None
    for row in roster.rows:
        if row.roles & RUN_IT and not may_name:
            yield Finding("roster.not_yours_to_give", {}, row.number, "role")
        known = _known(turn, row)
        if known and _places(turn, known) and not _is_near(turn, person, known):
            yield Finding("roster.is_elsewhere", {}, row.number, "email")


def _known(turn: Turn, row: Row) -> Person | None:
    known_by = vault.key().fingerprint(key(row.email))
    return turn.db.scalar(select(Person).where(Person.email_print == known_by))


def _is_near(turn: Turn, runner: Person, person: Person) -> bool:
    """In a programme that they run, or in a workspace of theirs. Of nobody else the name is theirs to see."""
    mine = [one.id for one in roles.programmes(turn, runner, Right.ACT)]
    in_mine = (Enrolment.person_id == person.id) & Enrolment.programme_id.in_(mine)
    if turn.db.scalar(select(Enrolment.id).where(in_mine).limit(1)):
        return True
    return bool(_places(turn, runner) & _places(turn, person))


def _places(turn: Turn, person: Person) -> set[tuple[str, str]]:
    theirs = select(AccountRow.platform, AccountRow.workspace).where(AccountRow.person_id == person.id)
    return {(platform, workspace) for platform, workspace in turn.db.execute(theirs)}


def _told(turn: Turn, reader: Person, problems: Sequence[Finding]) -> str:
    in_order = sorted(problems, key=lambda problem: problem.row)
    lines = [problem.said(turn.prompts, reader.language) for problem in in_order[:PROBLEMS]]
    if len(in_order) > PROBLEMS:
        more_ = Finding("roster.more_problems", {"more": len(in_order) - PROBLEMS})
        lines.append(more_.said(turn.prompts, reader.language))
    return "\n".join(lines)


def _preview(turn: Turn, person: Person, one: Programme, kept: PastedList, roster: Roster) -> Message:
    """What would happen, and nothing has."""
    return turn.say(
        person,
        "enrol.preview",
        programme=one.name,
        count=len(roster.rows),
        facts=_would_enrol(turn, person, one, roster),
        press={"enrol": EnrolThem(kept.id), "forget": Forget(kept.id)},
    )


def _would_enrol(turn: Turn, reader: Person, one: Programme, roster: Roster) -> Iterator[tuple[str, str]]:
    yield "roles", _counted(role for row in roster.rows for role in sorted(row.roles))
    yield "zones", _counted(speech.zone(row.timezone) for row in roster.rows)
    pairs = sum(bool(row.mentor) for row in roster.rows)
    if pairs:
        yield "pairs", str(pairs)
    if one.cohort:
        yield "cohort", one.cohort
    found = [person for row in roster.rows if (person := _known(turn, row))]
    known = [person for person in found if _is_near(turn, reader, person)]
    left = [person for person in known if person.left_at]
    for label, people in (("known", [each for each in known if not each.left_at]), ("had_left", left)):
        if people:
            yield label, _names(turn, reader, people)
    notes = "\n".join(note.said(turn.prompts, reader.language) for note in roster.notes)
    if notes:
        yield "notes", notes


def _names(turn: Turn, reader: Person, people: Sequence[Person]) -> str:
    names = [person.name for person in people[:NAMED]]
    if len(people) > NAMED:
        more_ = speech.number(len(people) - NAMED, reader.language)
        names.append(turn.prompts.phrase(reader.language, "enrol.more_names", more=more_))
    return speech.listed(names, reader.language)


@enrol.on_press(EnrolThem)
def enrol_them(turn: Turn, person: Person, press: EnrolThem) -> Message:
    kept = _kept(turn, person, press.pasted)
    if kept is None:
        return turn.say(person, "enrol.list_is_gone", press={"enrol": Typing("enrol")})
    rows = kept.rows
    turn.db.delete(kept)
    right = Right.ROLES if any(row.roles & RUN_IT for row in rows) else Right.ACT
    one = admitted.to(turn, person, kept.programme_id, right, "enrol")
    if one is None:
        return _not_for_you(turn, person)
    if one.closed_at:
        return _look(turn, person, one)
    count = enrolling.enrol_in(turn.db, rows, one, turn.now)
    for someone, new in count.added.values():
        audit.record(turn, person, "enrol.did_enrol", programme=one, person=someone, detail=",".join(new))
        _let_them_know(turn, someone, one, new)
    return turn.say(
        person,
        "enrol.enrolled",
        programme=one.name,
        count=len(rows),
        facts=[("new", str(count.people)), ("known", str(count.known)), ("pairs", str(count.pairs))],
        press={"enrol": ShowRequests(one.id)},
    )


def _kept(turn: Turn, person: Person, list_id: int) -> PastedList | None:
    """Their own, and only once."""
    theirs = select(PastedList).where(PastedList.id == list_id, PastedList.person_id == person.id)
    return turn.db.scalar(theirs.with_for_update())


def _let_them_know(turn: Turn, person: Person, one: Programme, new: Iterable[str]) -> None:
    """Whoever is new here is invited by the welcome."""
    ways = [Role(role) for role in new if Role(role) in ADDED_AS]
    if person.started_at is None or not ways:
        return
    way = PEER if one.format == ProgrammeFormat.PEER else str(ways[0])
    message = turn.say(
        person,
        "enrol.added",
        programme=one.name,
        role=turn.prompts.phrase(person.language, ADDED_AS[ways[0]]),
        press={"out": StepOut(one.id, way)},
    )
    turn.post(person, message, Kind.NUDGE, newest_of=f"added:{one.id}")


@enrol.on_press(Forget)
def forget(turn: Turn, person: Person, press: Forget) -> Message:
    kept = _kept(turn, person, press.pasted)
    if kept is None:
        return turn.say(person, "enrol.list_is_gone", press={"enrol": Typing("enrol")})
    turn.db.delete(kept)
    return turn.say(person, "enrol.forgotten", press={"enrol": Typing("enrol")})


@enrol.when_due(PastedList.forget_at)
def forget_list(turn: Turn, kept: PastedList) -> None:
    """A day has gone by without a word."""
    turn.db.delete(kept)
