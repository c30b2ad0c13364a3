"""Pause: quiet at once, without a reason. Leaving is as easy, and as kind.

The sessions inside a pause are off, and come back if the person does in time. For ten minutes all of it can
be undone without a trace; then the partner learns that somebody is away, and until when, and nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot import away, conversation, own, parting, speech
from bot.actions import Action, Typing
from bot.calendar import local, moment
from bot.dates import a_day
from bot.desk import roles
from bot.invitation import invitations
from bot.messages import Form, Message, Mistakes, Part
from bot.models import Pair, Person, Programme, Session, State
from bot.story import Answers, Place, Story
from bot.turn import Turn

pause = Story()


@dataclass(frozen=True)
class ComeBack(Action, wire="pause.come_back"):
    pass


@dataclass(frozen=True)
class AskUntil(Action, wire="pause.ask_until", opens_form=True):
    pass


@dataclass(frozen=True)
class SetUntil(Action, wire="pause.set_until"):
    pass


@dataclass(frozen=True)
class SayUntil(Action, wire="pause.say_until"):
    """The next typed words say until when."""


@dataclass(frozen=True)
class FollowStatus(Action, wire="pause.follow_status"):
    """Whether what they set on the platform may pause the bot: 1 or 0."""

    yes: int


@dataclass(frozen=True)
class Leave(Action, wire="pause.leave"):
    pass


@dataclass(frozen=True)
class Stay(Action, wire="pause.stay"):
    pass


# Quiet, at once


@pause.on_command("pause", with_details=True)
def go_quiet(turn: Turn, person: Person, rest: str) -> Message:
    if person.left_at or person.leave_at:
        return _on_the_way_out(turn, person)
    until = _day_ahead(turn, person, rest)
    changed = _go_away(turn, person, until)
    if rest and until is None:
        return _ask_for_day(turn, person, changed)
    return _paused(turn, person, changed)


def _day_ahead(turn: Turn, person: Person, text: str) -> date | None:
    today = turn.today(person)
    day = a_day(text, person.language, today)
    return day if day and day > today else None


def _go_away(turn: Turn, person: Person, until: date | None) -> list[Session]:
    """Until the beginning of that day, or until they come back; returns the sessions that this changes."""
    begins = moment(datetime.combine(until, time()), person.timezone) if until else None
    return away.begin_pause(turn, person, begins)


def _paused(turn: Turn, person: Person, changed: Iterable[Session] = ()) -> Message:
    partners = [pair.partner_of(person).first_name for pair in _introduced(turn, person)]
    return turn.say(
        person,
        _name_of_pause(person, partners),
        until=_until(turn, person, person),
        count=len(partners),
        partners=speech.listed(partners, person.language),
        facts=_what_is_off(turn, person),
        files=invitations(turn, person, changed),
        press=_ways_out(),
    )


def _name_of_pause(person: Person, partners: Sequence[str]) -> str:
    if person.paused_until is None:
        return "pause.for_now" if partners else "pause.for_now_alone"
    return "pause.until" if partners else "pause.until_alone"


def _introduced(turn: Turn, person: Person) -> list[Pair]:
    return [pair for pair in own.pairs(turn, person) if pair.introduced_at]


def _until(turn: Turn, reader: Person, person: Person) -> str:
    """The day on which the person is back, as they have said it."""
    if person.paused_until is None:
        return ""
    return turn.when(reader, local(person.paused_until, person.timezone).date())


def _what_is_off(turn: Turn, person: Person) -> Iterator[tuple[str, str]]:
    sessions = away.all_off(turn, person)
    if sessions:
        yield "off", "\n".join(_line(turn, person, session) for session in sessions)


def _line(turn: Turn, reader: Person, session: Session) -> str:
    return turn.prompts.phrase(
        reader.language,
        "pause.session",
        when=turn.when(reader, session.starts_at),
        partner=session.pair.partner_of(reader).first_name,
    )


def _ways_out() -> dict[str, Action]:
    return {"undo": ComeBack(), "until": AskUntil(), "leave": Typing("leave")}


# Until when


def _ask_for_day(turn: Turn, person: Person, changed: Iterable[Session]) -> Message:
    return turn.say(
        person,
        "pause.until_when",
        facts=_what_is_off(turn, person),
        files=invitations(turn, person, changed),
        listens=SayUntil(),
        press=_ways_out(),
    )


@pause.on_words(SayUntil)
def hear_day(turn: Turn, person: Person, _ask: SayUntil, text: str) -> Message:
    """It may be a day, or something else altogether, which is kept."""
    turn.hush(person)
    until = _day_ahead(turn, person, text)
    if until and person.paused_at:
        return _paused(turn, person, _go_away(turn, person, until))
    conversation.of(turn.db, person.id).unplaced = text
    return turn.say(person, "pause.not_a_day", press={"keep": Typing("keep"), "until": AskUntil()})


@pause.on_press(AskUntil)
def ask_until(turn: Turn, person: Person, _press: AskUntil) -> Form | Message:
    if person.left_at or person.leave_at:
        return _on_the_way_out(turn, person)
    return turn.ask(person, "pause.until_form", SetUntil(), given={"until": _until(turn, person, person)})


@pause.on_submit(SetUntil)
def set_until(turn: Turn, person: Person, _set: SetUntil, answers: Answers) -> Message | Mistakes:
    if person.left_at or person.leave_at:
        return _on_the_way_out(turn, person)
    until = _day_ahead(turn, person, answers.get("until", ""))
    if answers.get("until") and until is None:
        return turn.refuse(person, "pause.until_form", until="day")
    return _paused(turn, person, _go_away(turn, person, until))


# Ten minutes later


@pause.when_due(Person.tell_partner_at)
def tell_partners(turn: Turn, person: Person) -> None:
    if person.paused_at is None or person.left_at:
        return
    for pair in _introduced(turn, person):
        _tell_partner(turn, person, pair)
    person.told_partner_at = turn.now


def _tell_partner(turn: Turn, person: Person, pair: Pair) -> None:
    partner = pair.partner_of(person)
    off = away.off(turn, pair)
    stands_again = own.upcoming(turn, pair) if person.told_partner_at else []
    message = turn.say(
        partner,
        _what_partners_hear(person),
        partner=person.first_name,
        until=_until(turn, partner, person),
        facts=[("off", "\n".join(turn.when(partner, session.starts_at) for session in off))] if off else [],
        files=invitations(turn, partner, [*off, *stands_again]),
    )
    matter = _absence_of(person, pair)
    turn.post(partner, message, newest_of=matter, about=pair, stale_after=person.paused_until)


def _what_partners_hear(person: Person) -> str:
    if person.paused_as_unreachable:
        return "pause.partner_unreachable"
    return "pause.partner_away_until" if person.paused_until else "pause.partner_away"


def _absence_of(person: Person, pair: Pair) -> str:
    return f"absence:{pair.id}.{person.id}"


# Back


@pause.on_command("back")
def come_back_by_word(turn: Turn, person: Person, _rest: str) -> Message:
    return come_back(turn, person, ComeBack())


@pause.on_press(ComeBack)
def come_back(turn: Turn, person: Person, _press: ComeBack) -> Message:
    if person.left_at or person.leave_at:
        return stay(turn, person, Stay())
    if person.paused_at is None:
        return _here(turn, person, "pause.not_away")
    name = "pause.welcome_back" if person.told_partner_at else "pause.undone"
    return _here(turn, person, name, _resume(turn, person))


@pause.when_due(Person.resume_at)
def resume(turn: Turn, person: Person) -> None:
    """The day has come. The message waits for the first decent hour of it."""
    if person.paused_at is None or person.left_at:
        return
    if person.unreachable_since:
        away.pause_as_unreachable(turn, person)
        return
    unnoticed = person.paused_as_unreachable and person.told_partner_at is None
    message = _here(turn, person, "pause.welcome_back", _resume(turn, person))
    if not unnoticed:
        turn.post(person, message)


def _resume(turn: Turn, person: Person) -> list[Session]:
    """What nobody was told of stands as before. Otherwise both hear what is planned now."""
    partners_know = person.told_partner_at is not None
    away.end_pause(turn, person)
    if not partners_know:
        return away.bring_back(turn, person)
    return [session for pair in own.pairs(turn, person) for session in _start_again(turn, person, pair)]


def _start_again(turn: Turn, person: Person, pair: Pair) -> list[Session]:
    changed = away.start_again(turn, pair)
    partner = pair.partner_of(person)
    if pair.introduced_at:
        ahead = own.upcoming(turn, pair)[:1]
        message = turn.say(
            partner,
            "pause.partner_back",
            partner=person.first_name,
            facts=[*_off_for_good(turn, partner, changed), *_next_of(turn, partner, ahead)],
            files=invitations(turn, partner, changed),
        )
        turn.post(partner, message, newest_of=_absence_of(person, pair), about=pair)
    return changed


def _off_for_good(turn: Turn, reader: Person, changed: Sequence[Session]) -> Iterator[tuple[str, str]]:
    """What was too near to prepare for, so that nobody sits there alone."""
    off = [turn.when(reader, session.starts_at) for session in changed if session.state == State.CANCELLED]
    if off:
        yield "off", "\n".join(off)


def _next_of(turn: Turn, reader: Person, ahead: Sequence[Session]) -> Iterator[tuple[str, str]]:
    for session in ahead:
        yield "next", turn.when(reader, session.starts_at)


def _here(turn: Turn, person: Person, name: str, changed: Iterable[Session] = ()) -> Message:
    ahead = [session for pair in own.pairs(turn, person) for session in own.upcoming(turn, pair)]
    ahead.sort(key=lambda session: session.starts_at)
    return turn.say(
        person,
        name,
        facts=[("next", _line(turn, person, session)) for session in ahead[:1]],
        files=invitations(turn, person, changed),
        press={"actions": Typing("actions"), "pause": Typing("pause")},
    )


# By their status on the platform, if they have allowed it


@pause.on_command("status")
def show_status(turn: Turn, person: Person, _rest: str) -> Message:
    return turn.say(
        person,
        "pause.follows_status" if person.follows_status else "pause.follows_no_status",
        press={"no": FollowStatus(0)} if person.follows_status else {"yes": FollowStatus(1)},
    )


@pause.on_press(FollowStatus)
def follow_status(turn: Turn, person: Person, press: FollowStatus) -> Message:
    person.follows_status = bool(press.yes)
    return show_status(turn, person, "")


@pause.on_status
def take_status(turn: Turn, person: Person, is_away: bool, until: datetime | None) -> None:
    """What they have said to the bot themselves counts for more: their own pause stays as it is."""
    gone = person.left_at or person.leave_at
    said_themselves = person.paused_at and not person.paused_by_status
    known = is_away and person.paused_by_status and person.paused_until == until
    if gone or known or said_themselves or not person.follows_status:
        return
    if is_away and (until is None or until > turn.now):
        away.begin_pause(turn, person, until)
        person.paused_by_status = True
    elif person.paused_at:
        resume(turn, person)


# Leaving


@pause.on_command("leave")
def ask_about_leaving(turn: Turn, person: Person, _rest: str) -> Message:
    if person.left_at or person.leave_at:
        return _on_the_way_out(turn, person)
    if programme := roles.to_hand_over(turn, person):
        return _hand_over_first(turn, person, programme)
    return turn.say(person, "pause.leave", press={"leave": Leave(), "pause": Typing("pause"), "stay": Stay()})


@pause.on_press(Leave)
def leave(turn: Turn, person: Person, _press: Leave) -> Message:
    if person.left_at or person.leave_at:
        return _on_the_way_out(turn, person)
    if programme := roles.to_hand_over(turn, person):
        return _hand_over_first(turn, person, programme)
    return _on_the_way_out(turn, person, away.begin_leaving(turn, person))


def _hand_over_first(turn: Turn, person: Person, programme: Programme) -> Message:
    """Somebody has to be there for the people in it. To erase everything is still theirs to do."""
    ways = {name: Typing(name) for name in ("coordinators", "pause", "mydata")}
    return turn.say(person, "coordinators.hand_over", programme=programme.name, press=ways)


def _on_the_way_out(turn: Turn, person: Person, off: Iterable[Session] = ()) -> Message:
    if person.left_at or person.leave_at is None:
        return turn.say(person, "pause.has_left", press={"mydata": Typing("mydata")})
    return turn.say(
        person,
        "pause.leaving",
        when=turn.when(person, person.leave_at),
        files=invitations(turn, person, off),
        press={"undo": Stay(), "mydata": Typing("mydata")},
    )


@pause.on_press(Stay)
def stay(turn: Turn, person: Person, _press: Stay) -> Message:
    if person.left_at:
        return _on_the_way_out(turn, person)
    stand_again = away.stay(turn, person)
    if person.paused_at:
        return _paused(turn, person, stand_again)
    return _here(turn, person, "pause.staying", stand_again)


@pause.when_due(Person.leave_at)
def say_goodbye(turn: Turn, person: Person) -> None:
    """The last words to the person were the answer to their press. The partners hear it kindly, and whose."""
    if person.left_at:
        return
    for pair in own.pairs(turn, person):
        _part(turn, person, pair)
    person.left_at = turn.now
    parting.nothing_is_due(person, but="erase_at")
    turn.note("left", person=person)


def _part(turn: Turn, person: Person, pair: Pair) -> None:
    off = parting.part(turn, pair)
    if pair.introduced_at:
        partner = pair.partner_of(person)
        message = turn.say(
            partner,
            "pause.partner_left",
            partner=person.name,
            files=invitations(turn, partner, off),
            press={"help": Typing("help")},
        )
        turn.post(partner, message, about=pair)


# On their own page


@pause.on_home(Place.AWAY)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    if person.left_at or person.leave_at:
        yield turn.part(person, "helping.next", _on_the_way_out(turn, person))
    elif person.paused_at:
        name = "pause.at_home_until" if person.paused_until else "pause.at_home"
        press = {"back": Typing("back"), "until": AskUntil()}
        message = turn.say(person, name, until=_until(turn, person, person), press=press)
        yield turn.part(person, "helping.next", message)
