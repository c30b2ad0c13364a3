"""Join: whoever would like to take part says so, at once or for somebody who runs the programme to look at.

Also somebody whom nobody has enrolled, where their platform vouches for who they are. Nothing is kept of them
until they press Join; if they take that back they are forgotten again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot import joining, parting, vault
from bot.actions import Action, Typing
from bot.calendar import DAY, WEEK, known_zone
from bot.desk.models import Decision, EnrolmentRequest
from bot.enrol import take_in, welcome_back
from bot.events import Came, Commanded, Pressed, Said
from bot.joining import HOLDS, PEER, StepOut
from bot.messages import Message
from bot.models import AccountRow, Enrolment, Erasure, Pair, Person, Programme, ProgrammeFormat, Role
from bot.prompts import FALLBACK, LONGEST_LABEL, Press
from bot.story import Story
from bot.terms import suggested
from bot.text import clean_name, key
from bot.turn import Turn

join = Story()

MORE_ROOM = (2, 3, 4)  # mentees that a mentor may take, beside one
LISTED = 10  # programmes
TIME_TO_READ = 2 * WEEK  # that there is no place, and what else is open
NEXT = ("profile",)  # told by another story
FORMATS = {
    ProgrammeFormat.ONE_TO_ONE: "join.one_to_one",
    ProgrammeFormat.REVERSE: "join.reverse",
    ProgrammeFormat.PEER: "join.peers",
}
WISHES = {Role.MENTEE: "join.wish_mentee", Role.MENTOR: "join.wish_mentor", PEER: "join.wish_peer"}
AS_WHAT = {Role.MENTEE: "join.as_mentee", Role.MENTOR: "join.as_mentor", PEER: "join.as_peer"}


@dataclass(frozen=True)
class Look(Action, wire="join.look"):
    programme: int


@dataclass(frozen=True)
class Join(Action, wire="join.join"):
    programme: int
    joined_as: str


@dataclass(frozen=True)
class TakeMore(Action, wire="join.take_more"):
    programme: int
    capacity: int


# What is open


@join.on_command("join")
def show(turn: Turn, person: Person, named: str) -> Message:
    if person.leave_at:
        return turn.say(person, "join.leaving", press={"stay": Typing("stay")})
    open_ = [one for one in joining.open_to(turn, person) if joining.ways_left(turn, one, person)]
    chosen = [one for one in open_ if key(one.name) == named] or open_
    if not chosen:
        return _nothing_open(turn, person)
    if len(chosen) > 1:
        return _which(turn, person.language, chosen)
    return _offer(turn, person, chosen[0], joining.ways_left(turn, chosen[0], person))


def _nothing_open(turn: Turn, person: Person) -> Message:
    asked = select(Programme.name).join(EnrolmentRequest).where(EnrolmentRequest.person_id == person.id)
    names = turn.db.scalars(asked.where(EnrolmentRequest.state == Decision.WAITING)).all()
    if names:
        return turn.say(person, "join.still_waits", programme=names[0], press={"help": Typing("help")})
    return turn.say(person, "join.nothing_open", press={"help": Typing("help")})


def _which(turn: Turn, language: str, open_: Sequence[Programme]) -> Message:
    ways = [(one.name, Look(one.id)) for one in open_[:LISTED]]
    return turn.prompts.say(language, "join.which", press={"choose": ways})


@join.on_press(Look)
def look(turn: Turn, person: Person, press: Look) -> Message:
    programme = _open_to(turn, person, press.programme)
    ways = joining.ways_left(turn, programme, person) if programme else []
    if programme is None or not ways:
        return turn.say(person, "join.too_late", press={"join": Typing("join")})
    return _offer(turn, person, programme, ways)


def _open_to(turn: Turn, person: Person, programme_id: int) -> Programme | None:
    return next((one for one in joining.open_to(turn, person) if one.id == programme_id), None)


def _offer(turn: Turn, reader: Person, programme: Programme, ways: Sequence[str]) -> Message:
    """`reader` may be somebody who is kept nowhere."""
    press = {str(way): Join(programme.id, str(way)) for way in ways}
    return turn.say(
        reader,
        "join.offer_on_request" if programme.needs_approval else "join.offer",
        programme=programme.name,
        until=joining.last_day(turn, programme, reader),
        facts=_what_it_is(turn, reader.language, programme),
        press=press,
    )


def _what_it_is(turn: Turn, language: str, programme: Programme) -> Iterator[tuple[str, str]]:
    if programme.purpose:
        yield "purpose", programme.purpose
    yield "format", turn.prompts.phrase(language, FORMATS[ProgrammeFormat(programme.format)])
    yield "length", turn.prompts.phrase(language, "join.weeks", count=programme.weeks)
    yield "rhythm", suggested(turn.prompts, language, programme)


# Joining


@join.on_press(Join)
def ask_or_join(turn: Turn, person: Person, press: Join) -> Message:
    _hold(turn, person)
    programme = _open_to(turn, person, press.programme)
    if person.leave_at:
        return show(turn, person, "")
    if programme is None or press.joined_as not in joining.ways_in(programme):
        return turn.say(person, "join.too_late", press={"join": Typing("join")})
    if press.joined_as not in joining.ways_left(turn, programme, person):
        return _already(turn, person, programme, press.joined_as)
    had_left = person.left_at is not None
    welcome_back(person, turn.now)
    if programme.needs_approval:
        person.welcome_at = None if had_left else person.welcome_at
        return _ask(turn, person, programme, press.joined_as)
    take_in(turn.db, programme, person, HOLDS[press.joined_as], turn.now)
    return _joined(turn, person, programme, press.joined_as)


def _hold(turn: Turn, person: Person) -> None:
    """Of two presses at the same moment the second sees what the first has done."""
    turn.db.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def _already(turn: Turn, person: Person, programme: Programme, way: str) -> Message:
    if joining.waiting(turn, programme, person):
        press = {"undo": StepOut(programme.id, way)}
        return turn.say(person, "join.still_waits_for", programme=programme.name, press=press)
    return _joined(turn, person, programme, way)


def _ask(turn: Turn, person: Person, programme: Programme, way: str) -> Message:
    turn.db.add(EnrolmentRequest(programme_id=programme.id, person_id=person.id, role=way, asked_at=turn.now))
    turn.db.flush()
    joining.tell_runners(turn, programme, somebody_new=True)
    days = joining.days_to_an_answer(turn, programme)
    phrase = turn.prompts.phrase
    wait = phrase(person.language, "join.answer_unknown")
    if days is not None:
        wait = phrase(person.language, "join.answer_in_days", count=days)
    return turn.say(
        person,
        "join.asked",
        programme=programme.name,
        role=phrase(person.language, WISHES[way]),
        wait=wait,
        press={"undo": StepOut(programme.id, way)},
    )


def _as_what(turn: Turn, person: Person, way: str) -> str:
    return turn.prompts.phrase(person.language, AS_WHAT[way])


def _joined(turn: Turn, person: Person, programme: Programme, way: str) -> Message:
    """Whoever is new here reads the promise first."""
    room: Press = {"room": [(str(number), TakeMore(programme.id, number)) for number in MORE_ROOM]}
    mentors = room if way == Role.MENTOR else {}
    undo = {"undo": StepOut(programme.id, way)}
    if person.started_at is None:
        return _welcome(turn, person, programme, way, {"start": Typing("start"), **mentors, **undo})
    press = {**{name: Typing(name) for name in NEXT}, **mentors, **undo}
    return turn.say(
        person,
        "join.joined_as_mentor" if mentors else "join.joined",
        programme=programme.name,
        role=_as_what(turn, person, way),
        wait=_until_paired(turn, person, programme),
        press=press,
    )


def _welcome(turn: Turn, person: Person, programme: Programme, way: str, press: Press) -> Message:
    """It takes the place of the invitation. Whoever does not start now is asked again as usual."""
    person.welcomes, person.welcome_at = 1, turn.now + DAY
    return turn.say(
        person,
        "join.welcome_mentor" if way == Role.MENTOR else "join.welcome",
        name=person.first_name,
        programme=programme.name,
        role=_as_what(turn, person, way),
        wait=_until_paired(turn, person, programme),
        press=press,
    )


def _until_paired(turn: Turn, person: Person, programme: Programme) -> str:
    days = joining.days_to_a_partner(turn, programme)
    if days is None:
        return turn.prompts.phrase(person.language, "join.partner_unknown")
    return turn.prompts.phrase(person.language, "join.partner_in_days", count=days)


@join.on_press(TakeMore)
def take_more(turn: Turn, person: Person, press: TakeMore) -> Message:
    theirs = (Enrolment.person_id == person.id) & (Enrolment.programme_id == press.programme)
    enrolment = turn.db.scalar(select(Enrolment).where(theirs, Enrolment.role == Role.MENTOR))
    if enrolment is None or press.capacity not in MORE_ROOM:
        return turn.say(person, "join.too_late", press={"join": Typing("join")})
    enrolment.capacity = press.capacity
    starts: dict[str, Action] = {} if person.started_at else {"start": Typing("start")}
    press_next = {**starts, "undo": StepOut(press.programme, Role.MENTOR.value)}
    return turn.say(person, "join.room_for", count=press.capacity, press=press_next)


# Out again


@join.on_press(StepOut)
def step_out(turn: Turn, person: Person, press: StepOut) -> Message:
    _hold(turn, person)
    programme = turn.db.get(Programme, press.programme)
    held = programme and _is_in(turn, programme, person, press.joined_as)
    if programme is None or not held:
        return turn.say(person, "join.not_in", press={"join": Typing("join")})
    if joining.paired_in(turn, programme, person, press.joined_as):
        return turn.say(person, "join.has_partner", press={"finish": Typing("finish")})
    _take_out(turn, programme, person, press.joined_as)
    if _is_here_for_nothing_else(turn, person):
        _forget(turn, person)
        return turn.say(person, "join.forgotten")
    return turn.say(person, "join.out", programme=programme.name, press={"join": Typing("join")})


def _is_in(turn: Turn, programme: Programme, person: Person, way: str) -> bool:
    asked = any(request.role == way for request in joining.waiting(turn, programme, person))
    return way in HOLDS and (asked or bool(set(HOLDS[way]) & set(joining.roles_in(turn, programme, person))))


def _take_out(turn: Turn, programme: Programme, person: Person, way: str) -> None:
    for request in joining.waiting(turn, programme, person):
        if request.role == way:
            request.state, request.tell_at = Decision.WITHDRAWN, None
    theirs = (Enrolment.programme_id == programme.id) & (Enrolment.person_id == person.id)
    turn.db.execute(delete(Enrolment).where(theirs, Enrolment.role.in_(HOLDS[way])))
    turn.db.flush()
    joining.tell_runners(turn, programme)


def _is_here_for_nothing_else(turn: Turn, person: Person) -> bool:
    """They came by themselves, and are in nothing."""
    if person.started_at or person.left_at:
        return False
    paired = (Pair.mentor_id == person.id) | (Pair.mentee_id == person.id)
    asked = (EnrolmentRequest.person_id == person.id) & (EnrolmentRequest.state == Decision.WAITING)
    in_something = (
        select(Enrolment.id).where(Enrolment.person_id == person.id),
        select(Pair.id).where(paired),
        select(EnrolmentRequest.id).where(asked),
    )
    return not any(turn.db.scalar(one.limit(1)) for one in in_something)


def _forget(turn: Turn, person: Person) -> None:
    parting.nothing_is_due(person)
    person.left_at = turn.now
    person.erasure, person.erase_at = Erasure.EVERYTHING, turn.now


# What becomes of a request


@join.when_due(EnrolmentRequest.tell_at)
def tell(turn: Turn, request: EnrolmentRequest) -> None:
    person, programme = request.person, request.programme
    if person.left_at or request.state not in {Decision.ACCEPTED, Decision.DECLINED}:
        return
    if request.state == Decision.DECLINED:
        _decline(turn, request)
        return
    take_in(turn.db, programme, person, HOLDS[request.role], turn.now)
    turn.post(person, _joined(turn, person, programme, request.role))


def _decline(turn: Turn, request: EnrolmentRequest) -> None:
    person, name = request.person, "join.declined"
    if _is_here_for_nothing_else(turn, person):
        request.forget_at, name = turn.now + TIME_TO_READ, "join.declined_for_now"
    turn.post(person, turn.say(person, name, programme=request.programme.name))


@join.when_due(EnrolmentRequest.forget_at)
def forget(turn: Turn, request: EnrolmentRequest) -> None:
    """Unless they have joined something else meanwhile."""
    if _is_here_for_nothing_else(turn, request.person):
        _forget(turn, request.person)


# Somebody whom nobody has enrolled


@join.on_stranger
def meet(turn: Turn, came: Came) -> Message | None:
    """What is open where they are; nothing of it, where nothing is."""
    open_ = joining.open_beside(turn, came.who)
    if not open_ or _is_somebody_else(turn, came):
        return None
    stranger = _unsaved(turn, came)
    wish = _wish(came)
    chosen = [one for one in open_ if wish and one.id == wish.programme] or open_
    offer = _which(turn, stranger.language, chosen) if len(chosen) > 1 else None
    offer = offer or _offer(turn, stranger, chosen[0], joining.ways_in(chosen[0]))
    meant = wish or _typed(came, offer)
    if isinstance(meant, Join) and any(button.action == meant for button in offer.buttons):
        return ask_or_join(turn, _save(turn, came, stranger), meant)
    if isinstance(meant, Look) and len(chosen) > 1:
        [programme] = [one for one in chosen if one.id == meant.programme]
        return _offer(turn, stranger, programme, joining.ways_in(programme))
    return offer


def _is_somebody_else(turn: Turn, came: Came) -> bool:
    """Whoever gives themselves somebody's address on a platform does not become that person."""
    same = Person.email_print == vault.key().fingerprint(key(came.email))
    return turn.db.scalar(select(Person.id).where(same)) is not None


def _wish(came: Came) -> Join | Look | None:
    match came.did:
        case Pressed(action=(Join() | Look()) as wish):
            return wish
    return None


def _typed(came: Came, offer: Message) -> Action | None:
    """Nothing is remembered of what they saw, but whoever types a label means its button."""
    match came.did:
        case Said(text=text) | Commanded(text=text):
            typed = key(text[:LONGEST_LABEL])
            return next((button.action for button in offer.buttons if key(button.label) == typed), None)
    return None


def _unsaved(turn: Turn, came: Came) -> Person:
    """They would be this, if they joined. Not added to anything yet."""
    profile = came.profile
    return Person(
        name=clean_name(profile.name) or came.email.partition("@")[0],
        email=came.email,
        email_print=vault.key().fingerprint(key(came.email)),
        timezone=known_zone(profile.timezone) or "UTC",
        language=profile.language if profile.language in turn.prompts.languages else FALLBACK,
    )


def _save(turn: Turn, came: Came, person: Person) -> Person:
    """Who they are, and where they are written to."""
    who = came.who
    turn.db.add(person)
    turn.db.flush()
    account = AccountRow(
        platform=who.platform,
        workspace=who.workspace,
        user=who.user,
        person=person,
        address=came.address,
        timezone=known_zone(came.profile.timezone),
    )
    turn.db.add(account)
    turn.db.flush()
    person.account_id = account.id
    return person
