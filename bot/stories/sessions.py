"""Sessions: a time that suits both becomes a rhythm, and the rhythm becomes sessions in both calendars.

Times are offered where both people's working hours overlap. One suggests, the other agrees; the rhythm then
keeps the wall-clock time of whoever suggested it. Where no hours overlap, the two write to each other
instead. Every session can be moved or skipped, by either, at any time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from bot import course, own, planning, speech
from bot.actions import Action, Typing
from bot.calendar import holiday, is_working_day, local, moment, suggest_times
from bot.courtesy import Kind
from bot.dates import a_day, a_time
from bot.invitation import invitations
from bot.messages import Choice, Form, Message, Mistakes, Part
from bot.models import Format, Pair, Person, Session, State
from bot.story import Answers, Place, Story
from bot.turn import Turn

sessions = Story()

ASK_AGAIN = (timedelta(days=1), timedelta(days=2))
MOST_LISTED = 3  # sessions, after the next one
EXCHANGE_DAY = 1  # Tuesday: it is nobody's Sunday, on either side of the date line
EXCHANGE_AT = time(9)


@dataclass(frozen=True)
class Suggest(Action, wire="sessions.suggest"):
    """This weekly time, on the clock of whoever presses."""

    pair: int
    weekday: int
    at: str


@dataclass(frozen=True)
class OtherTime(Action, wire="sessions.other_time", opens_form=True):
    pair: int


@dataclass(frozen=True)
class SuggestOther(Action, wire="sessions.suggest_other"):
    pair: int


@dataclass(frozen=True)
class Agree(Action, wire="sessions.agree"):
    """To the time that the partner suggested. It is in the button: only that one is agreed to."""

    pair: int
    weekday: int
    at: str


@dataclass(frozen=True)
class InWriting(Action, wire="sessions.in_writing"):
    pair: int


@dataclass(frozen=True)
class ShowTimes(Action, wire="sessions.show_times"):
    pair: int


@dataclass(frozen=True)
class ShowSession(Action, wire="sessions.show", keeps_card=True):
    session: int


@dataclass(frozen=True)
class AskMove(Action, wire="sessions.ask_move", opens_form=True):
    session: int


@dataclass(frozen=True)
class Move(Action, wire="sessions.move"):
    session: int


@dataclass(frozen=True)
class Skip(Action, wire="sessions.skip"):
    session: int


@dataclass(frozen=True)
class Unskip(Action, wire="sessions.unskip"):
    session: int


# A rhythm


class Rhythm(NamedTuple):
    format: Format
    chooser: Person  # on whose clock it is
    weekday: int
    at: time


@sessions.when_due(Pair.suggest_at)
def offer_times(turn: Turn, pair: Pair) -> None:
    """To both at first; then, a day and three days later, to whoever has still to say something."""
    first_time = pair.suggestions == 0
    if pair.ended_at or not (first_time or pair.cadence is None):
        return
    if course.anybody_away(turn, pair):
        pair.suggest_at = turn.now + course.LOOK_AGAIN
        return
    for person in pair.people:
        if pair.suggested_by != person.id:
            kind = Kind.APPOINTMENT if first_time else Kind.NUDGE
            turn.post(
                person, _open_question(turn, pair, person), kind, newest_of=_rhythm_of(pair), about=pair
            )
    if pair.suggestions < len(ASK_AGAIN):
        pair.suggest_at = turn.now + ASK_AGAIN[pair.suggestions]
    pair.suggestions += 1


def _rhythm_of(pair: Pair) -> str:
    return f"rhythm:{pair.id}"


def _open_question(turn: Turn, pair: Pair, reader: Person) -> Message:
    """What the partner suggests, or else the times that suit both."""
    if pair.suggested_by is None:
        return times_for(turn, pair, reader)
    return _suggestion(turn, pair, reader)


def times_for(turn: Turn, pair: Pair, reader: Person) -> Message:
    partner = pair.partner_of(reader)
    length = timedelta(minutes=pair.minutes)
    times = suggest_times(reader.hours, partner.hours, turn.now, length, reader.timezone)
    name = "sessions.times" if times else "sessions.no_overlap"
    press: dict[str, Action | list[tuple[str, Action]]] = {
        "suggest": [(_weekly(reader, day, at), Suggest(pair.id, day, f"{at:%H:%M}")) for day, at in times],
        "other": OtherTime(pair.id),
        "writing": InWriting(pair.id),
    }
    if not times:
        press = {name: press[name] for name in ("writing", "other")}
    return turn.say(
        reader,
        name,
        partner=partner.first_name,
        rhythm=turn.prompts.phrase(reader.language, "sessions.rhythm", count=pair.every_weeks),
        minutes=pair.minutes,
        city=speech.zone(partner.timezone),
        press=press,
    )


def _weekly(reader: Person, weekday: int, at: time) -> str:
    return f"{speech.weekday(weekday, reader.language)} {speech.clock(at, reader.language)}"


@sessions.on_press(ShowTimes)
def show_times(turn: Turn, person: Person, press: ShowTimes) -> Message:
    pair = own.pair(turn, person, press.pair)
    return times_for(turn, pair, person) if pair else _gone(turn, person)


@sessions.on_press(Suggest)
def suggest(turn: Turn, person: Person, press: Suggest) -> Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    return _suggest(turn, person, pair, press.weekday, time.fromisoformat(press.at))


def _suggest(turn: Turn, person: Person, pair: Pair, weekday: int, at: time) -> Message:
    partner = pair.partner_of(person)
    if _is_their_rhythm(turn, person, pair, weekday, at):
        return list_sessions(turn, person, "")
    if pair.suggested and _is_what_partner_suggested(turn, person, pair, weekday, at):
        return _settle(turn, person, pair, Rhythm(Format.LIVE, partner, *pair.suggested))
    pair.suggested_by, pair.suggested_weekday, pair.suggested_time = person.id, weekday, at
    _has_chosen(turn, person, pair)
    turn.post(partner, _suggestion(turn, pair, partner), newest_of=_rhythm_of(pair), about=pair)
    return turn.say(
        person,
        "sessions.asked_partner",
        partner=partner.first_name,
        time=_weekly(person, weekday, at),
        press={"times": ShowTimes(pair.id)},
    )


def _has_chosen(turn: Turn, person: Person, pair: Pair) -> None:
    """A question about times that still waits for them is not brought any more."""
    turn.recall(person, _rhythm_of(pair))
    pair.touch(person, turn.now)


def _suggestion(turn: Turn, pair: Pair, reader: Person) -> Message:
    """What the partner suggests, for the reader to agree to: a time on the reader's clock, or to write."""
    partner = pair.partner_of(reader)
    rhythm = turn.prompts.phrase(reader.language, "sessions.rhythm", count=pair.every_weeks)
    if pair.suggested is None:
        agree: Action = InWriting(pair.id)
        name, first = "sessions.suggested_in_writing", local(turn.now, reader.timezone)
    else:
        weekday, at = pair.suggested
        agree = Agree(pair.id, weekday, f"{at:%H:%M}")
        name = "sessions.suggested"
        first = local(moment(_first(turn, partner, weekday, at), partner.timezone), reader.timezone)
    return turn.say(
        reader,
        name,
        partner=partner.first_name,
        rhythm=rhythm,
        time=_weekly(reader, first.weekday(), first.time()),
        first=turn.when(reader, first),
        press={"agree": agree, "times": ShowTimes(pair.id)},
    )


def _is_what_partner_suggested(turn: Turn, person: Person, pair: Pair, weekday: int, at: time) -> bool:
    """Both pressed the same moment of the week, each on their own clock."""
    partner = pair.partner_of(person)
    if pair.suggested_by != partner.id or pair.suggested is None:
        return False
    theirs = moment(_first(turn, partner, *pair.suggested), partner.timezone)
    on_my_clock = local(theirs, person.timezone)
    return (on_my_clock.weekday(), on_my_clock.time()) == (weekday, at)


def _is_their_rhythm(turn: Turn, person: Person, pair: Pair, weekday: int, at: time) -> bool:
    """An older card offers what has been settled since: nobody is asked for it again."""
    if pair.suggested_by or pair.format == Format.ASYNC or pair.cadence is None:
        return False
    chosen = pair.cadence
    earliest = local(turn.now, chosen.zone).date()
    day = earliest + timedelta(days=(chosen.weekday - earliest.weekday()) % 7)
    on_my_clock = local(moment(datetime.combine(day, chosen.at), chosen.zone), person.timezone)
    return (on_my_clock.weekday(), on_my_clock.time()) == (weekday, at)


def _first(turn: Turn, chooser: Person, weekday: int, at: time) -> datetime:
    """The first time of the rhythm, on the clock of who chose it, that leaves both the time to prepare."""
    earliest = local(turn.now + planning.NOTICE, chooser.timezone).replace(tzinfo=None)
    ahead = timedelta(days=(weekday - earliest.weekday()) % 7)
    first = datetime.combine(earliest.date() + ahead, at)
    return first if first >= earliest else first + timedelta(days=7)


@sessions.on_press(OtherTime)
def ask_other_time(turn: Turn, person: Person, press: OtherTime) -> Form | Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    partner = pair.partner_of(person)
    days = [Choice(str(day), speech.weekday(day, person.language)) for day in map(int, person.workdays)]
    return turn.ask(
        person,
        "sessions.time_form",
        SuggestOther(pair.id),
        given={"weekday": days[0].value, "at": "10:00"},
        choices={"weekday": days},
        partner=partner.first_name,
        city=speech.zone(partner.timezone),
    )


@sessions.on_submit(SuggestOther)
def suggest_other(turn: Turn, person: Person, sent: SuggestOther, answers: Answers) -> Message | Mistakes:
    pair = own.pair(turn, person, sent.pair)
    if pair is None:
        return _gone(turn, person)
    at = a_time(answers.get("at", ""))
    if at is None:
        return turn.refuse(person, "sessions.time_form", at="time")
    if answers.get("weekday") not in set("0123456"):
        return turn.refuse(person, "sessions.time_form", weekday="weekday")
    return _suggest(turn, person, pair, int(answers["weekday"]), at)


@sessions.on_press(Agree)
def agree(turn: Turn, person: Person, press: Agree) -> Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    partner, asked = pair.partner_of(person), (press.weekday, time.fromisoformat(press.at))
    if pair.suggested is None or (pair.suggested_by, pair.suggested) != (partner.id, asked):
        is_settled = (pair.weekday, pair.at) == asked
        return list_sessions(turn, person, "") if is_settled else _suggestion_is_over(turn, person, pair)
    return _settle(turn, person, pair, Rhythm(Format.LIVE, partner, *pair.suggested))


def _suggestion_is_over(turn: Turn, person: Person, pair: Pair) -> Message:
    """They press on a card from before: where it stands now is one press away."""
    way = ("sessions", Typing("sessions")) if pair.cadence else ("times", ShowTimes(pair.id))
    return turn.say(person, "sessions.suggestion_is_over", press=dict([way]))


@sessions.on_press(InWriting)
def meet_in_writing(turn: Turn, person: Person, press: InWriting) -> Message:
    """Five working days of writing to each other, counted like a meeting: when both want it."""
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    partner = pair.partner_of(person)
    if pair.format == Format.ASYNC and pair.cadence:
        return list_sessions(turn, person, "")
    if pair.suggested_by == partner.id and pair.suggested is None:
        return _settle(turn, person, pair, Rhythm(Format.ASYNC, partner, EXCHANGE_DAY, EXCHANGE_AT))
    pair.suggested_by, pair.suggested_weekday, pair.suggested_time = person.id, None, None
    _has_chosen(turn, person, pair)
    turn.post(partner, _suggestion(turn, pair, partner), newest_of=_rhythm_of(pair), about=pair)
    return turn.say(
        person,
        "sessions.asked_partner_in_writing",
        partner=partner.first_name,
        press={"times": ShowTimes(pair.id)},
    )


def _settle(turn: Turn, reader: Person, pair: Pair, rhythm: Rhythm) -> Message:
    """The rhythm holds: old plans give way, the first sessions are laid down and go into both calendars."""
    _has_chosen(turn, reader, pair)
    gone = planning.start_over(turn, pair)
    pair.format, pair.zone = rhythm.format, rhythm.chooser.timezone
    pair.weekday, pair.at = rhythm.weekday, rhythm.at
    first = _first(turn, rhythm.chooser, rhythm.weekday, rhythm.at)
    pair.first_on = first.date()
    pair.suggested_by = pair.suggested_weekday = pair.suggested_time = None
    planned = planning.lay_down(turn, pair)
    other, weekly = pair.partner_of(reader), moment(first, rhythm.chooser.timezone)
    told = _rhythm_holds(turn, other, pair, weekly, planned, gone)
    turn.recall(other, _rhythm_of(pair))
    turn.post(other, told, about=pair)  # its invitations are needed, whatever is chosen next
    return _rhythm_holds(turn, reader, pair, weekly, planned, gone)


def _rhythm_holds(
    turn: Turn,
    reader: Person,
    pair: Pair,
    weekly: datetime,
    planned: Sequence[Session],
    gone: Sequence[Session],
) -> Message:
    """`weekly` is the first time by the rhythm; the first session may have had to give way to a holiday."""
    name = "sessions.rhythm_in_writing" if pair.format == Format.ASYNC else "sessions.rhythm_holds"
    on_my_clock = local(weekly, reader.timezone)
    return turn.say(
        reader,
        name,
        partner=pair.partner_of(reader).first_name,
        rhythm=turn.prompts.phrase(reader.language, "sessions.rhythm", count=pair.every_weeks),
        time=_weekly(reader, on_my_clock.weekday(), on_my_clock.time()),
        first=turn.when(reader, planned[0].starts_at if planned else weekly),
        files=invitations(turn, reader, [*gone, *planned]),
        press={"sessions": Typing("sessions"), "other": ShowTimes(pair.id)},
    )


# What is laid down later


@sessions.when_due(Pair.plan_at)
def plan_further(turn: Turn, pair: Pair) -> None:
    for session in own.upcoming(turn, pair):
        planning.schedule(session, turn.now)  # somebody's hours may have changed
    planned = planning.lay_down(turn, pair)
    if not planned:
        return
    for person in pair.people:
        message = turn.say(
            person,
            "sessions.planned",
            count=len(planned),
            partner=pair.partner_of(person).first_name,
            days=speech.listed(
                [turn.when(person, session.starts_at) for session in planned], person.language
            ),
            files=invitations(turn, person, planned),
            press={"sessions": Typing("sessions")},
        )
        turn.post(person, message, about=planned[0])


# Looking, moving, skipping


@sessions.on_command("sessions")
def list_sessions(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = own.pairs(turn, person)
    ahead = sorted((s for pair in pairs for s in own.upcoming(turn, pair)), key=lambda s: s.starts_at)
    if ahead:
        return _next_session(turn, person, ahead)
    if person.paused_at and pairs:
        return turn.say(person, "sessions.away", press={"back": Typing("back")})
    if any(pair.cadence for pair in pairs):
        return turn.say(person, "sessions.nothing_ahead", press={"help": Typing("help")})
    without_rhythm = [pair for pair in pairs if pair.settled_at and pair.cadence is None]
    if without_rhythm:
        return times_for(turn, without_rhythm[0], person)
    name = "sessions.none_yet" if pairs else "sessions.no_pair"
    offered = {"agreement": Typing("agreement")} if pairs else {"help": Typing("help")}
    return turn.say(person, name, press=offered)


def _next_session(turn: Turn, person: Person, ahead: Sequence[Session]) -> Message:
    first, *rest = ahead
    later = [(_line(turn, person, session), ShowSession(session.id)) for session in rest[:MOST_LISTED]]
    press: dict[str, Action | list[tuple[str, Action]]] = {
        "move": AskMove(first.id),
        "skip": Skip(first.id),
        "times": ShowTimes(first.pair_id),
        "then": [*later],
    }
    return turn.say(
        person,
        "sessions.next_in_writing" if first.format == Format.ASYNC else "sessions.next",
        partner=first.pair.partner_of(person).first_name,
        when=turn.when(person, first.starts_at),
        until=turn.when(person, local(first.ends_at, person.timezone).date()),
        files=invitations(turn, person, [first]),
        press=press,
    )


@sessions.on_press(ShowSession)
def show_session(turn: Turn, person: Person, press: ShowSession) -> Message:
    session = _ahead(turn, person, press.session)
    return _next_session(turn, person, [session]) if session else _gone(turn, person)


def _line(turn: Turn, reader: Person, session: Session) -> str:
    return f"{turn.when(reader, session.starts_at)}, {session.pair.partner_of(reader).name}"


@sessions.on_press(AskMove)
def ask_move(turn: Turn, person: Person, press: AskMove) -> Form | Message:
    session = _ahead(turn, person, press.session)
    if session is None:
        return _gone(turn, person)
    starts = local(session.starts_at, person.timezone)
    return turn.ask(
        person,
        "sessions.move_form",
        Move(session.id),
        given={"day": starts.date().isoformat(), "at": f"{starts:%H:%M}"},
        partner=session.pair.partner_of(person).first_name,
        city=speech.zone(session.pair.partner_of(person).timezone),
        when=turn.when(person, session.starts_at),
    )


@sessions.on_submit(Move)
def move(turn: Turn, person: Person, sent: Move, answers: Answers) -> Message | Mistakes:
    session = _ahead(turn, person, sent.session)
    if session is None:
        return _gone(turn, person)
    day, at = (
        a_day(answers.get("day", ""), person.language, turn.today(person)),
        a_time(answers.get("at", "")),
    )
    mistakes = {field: field for field, value in {"day": day, "at": at}.items() if value is None}
    if mistakes or day is None or at is None:
        return turn.refuse(person, "sessions.move_form", **mistakes)
    wall = datetime.combine(day, at)
    mistake = _why_not(turn, session, wall, person)
    if mistake:
        return turn.refuse(person, "sessions.move_form", **mistake)
    before = session.starts_at
    planning.move(turn, session, wall, person.timezone)
    session.pair.touch(person, turn.now)
    partner = session.pair.partner_of(person)
    told = _moved(turn, partner, session, before, "sessions.moved_by_partner")
    turn.post(
        partner, told, once=f"moved:{session.id}:{session.version}", about=session, needed_by=session.ends_at
    )
    return _moved(turn, person, session, before, "sessions.moved")


def _why_not(turn: Turn, session: Session, wall: datetime, mover: Person) -> dict[str, str]:
    """Field to what speaks against this time. Odd hours are theirs to choose, days off are not."""
    starts_at = moment(wall, mover.timezone)
    if starts_at <= turn.now:
        return {"day": "past"}
    for person in session.pair.people:
        day = local(starts_at, person.timezone).date()
        if holiday(person.hours, day):
            return {"day": "holiday"}
        if not is_working_day(person.hours, day):
            return {"day": "day_off"}
        if planning.paused_over(person, starts_at):
            return {"day": "away"}
    return {}


def _moved(turn: Turn, reader: Person, session: Session, before: datetime, name: str) -> Message:
    return turn.say(
        reader,
        name,
        partner=session.pair.partner_of(reader).first_name,
        before=turn.when(reader, before),
        when=turn.when(reader, session.starts_at),
        theirs=turn.when(session.pair.partner_of(reader), session.starts_at, reader.language),
        files=invitations(turn, reader, [session]),
        press={"move": AskMove(session.id), "skip": Skip(session.id)},
    )


@sessions.on_press(Skip)
def skip(turn: Turn, person: Person, press: Skip) -> Message:
    session = _ahead(turn, person, press.session)
    if session is None:
        return _gone(turn, person)
    undo = {"undo": Unskip(session.id)}
    if session.state == State.CANCELLED:
        return _skipped(turn, person, session, "sessions.skipped", undo)
    planning.call_off(turn, session, State.CANCELLED)
    session.pair.touch(person, turn.now)
    partner = session.pair.partner_of(person)
    told = _skipped(turn, partner, session, "sessions.skipped_by_partner", {"move": AskMove(session.id)})
    turn.post(partner, told, once=f"skipped:{session.id}:{session.version}", about=session)
    session.pair.plan_at = turn.now
    return _skipped(turn, person, session, "sessions.skipped", undo)


def _skipped(turn: Turn, reader: Person, session: Session, name: str, press: Mapping[str, Action]) -> Message:
    return turn.say(
        reader,
        name,
        partner=session.pair.partner_of(reader).first_name,
        when=turn.when(reader, session.starts_at),
        files=invitations(turn, reader, [session]),
        press=press,
    )


@sessions.on_press(Unskip)
def unskip(turn: Turn, person: Person, press: Unskip) -> Message:
    session = own.session(turn, person, press.session)
    if session is None or session.starts_at <= turn.now:
        return _gone(turn, person)
    if session.state == State.CANCELLED:
        planning.bring_back(turn, session)
        partner = session.pair.partner_of(person)
        told = _moved(turn, partner, session, session.starts_at, "sessions.stands_again")
        turn.post(partner, told, once=f"stands:{session.id}:{session.version}", about=session)
    return _moved(turn, person, session, session.starts_at, "sessions.stands")


def _ahead(turn: Turn, person: Person, session_id: int) -> Session | None:
    """One's own session that has not begun and that nobody has closed. One that was skipped may be moved."""
    session = own.session(turn, person, session_id)
    if session is None or session.starts_at <= turn.now or session.state in {State.HELD, State.MISSED}:
        return None
    return session


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "sessions.gone", press={"sessions": Typing("sessions")})


# On their own page


@sessions.on_home(Place.RHYTHM)
def ask_for_a_time_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    for pair in own.pairs(turn, person):
        if pair.settled_at and pair.cadence is None and pair.suggested_by != person.id:
            yield turn.part(person, "helping.next", _open_question(turn, pair, person))


@sessions.on_home(Place.SESSION)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    ahead = [session for pair in own.pairs(turn, person) for session in own.upcoming(turn, pair)]
    for session in sorted(ahead, key=lambda session: session.starts_at)[:1]:
        message = turn.say(
            person,
            "sessions.at_home",
            partner=session.pair.partner_of(person).first_name,
            when=turn.when(person, session.starts_at),
            press={"show": ShowSession(session.id), "prep": Typing("prep")},
        )
        yield turn.part(person, "helping.next", message)
