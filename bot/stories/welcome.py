"""Welcome: the first minute. Who invited you, what the bot sees, your clock, and one small question.

Nothing is assumed that can be asked, and "Not now" is as large as "Start". Somebody who says nothing is
asked twice more, a day and three days later, and then left in peace.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot import conversation, own, planning, speech
from bot.actions import Action, Typing
from bot.calendar import DAY, known_zone, local
from bot.courtesy import Kind
from bot.dates import a_time
from bot.desk import roles
from bot.messages import Choice, Form, Message, Mistakes, Part
from bot.models import Enrolment, Pair, Person, Programme
from bot.prompts import Press
from bot.story import Answers, Place, Story
from bot.text import is_blank
from bot.turn import Turn

welcome = Story()

ASK_AGAIN = (timedelta(days=1), timedelta(days=3))
NOT_NOW = timedelta(days=7)
WISH_ROOM = timedelta(days=1)  # for the first question, before an introduction takes its place


@dataclass(frozen=True)
class Begin(Action, wire="welcome.begin"):
    pass


@dataclass(frozen=True)
class NotNow(Action, wire="welcome.not_now"):
    pass


@dataclass(frozen=True)
class ClockIsRight(Action, wire="welcome.clock_is_right"):
    pass


@dataclass(frozen=True)
class ChangeClock(Action, wire="welcome.change_clock", opens_form=True):
    pass


@dataclass(frozen=True)
class SetClock(Action, wire="welcome.set_clock"):
    pass


@dataclass(frozen=True)
class SayWish(Action, wire="welcome.say_wish"):
    pass


@dataclass(frozen=True)
class SkipWish(Action, wire="welcome.skip_wish"):
    pass


@welcome.on_arrival
def plan_welcome(turn: Turn, person: Person) -> None:
    person.welcome_at = turn.now


@welcome.when_due(Person.welcome_at)
def invite(turn: Turn, person: Person) -> None:
    if person.started_at or person.left_at:
        return
    if person.unreachable_since:
        person.welcome_at = turn.now + DAY
        return
    turn.post(person, hello(turn, person), Kind.NUDGE, once=f"welcome:{person.welcomes}")
    if person.welcomes < len(ASK_AGAIN):
        person.welcome_at = turn.now + ASK_AGAIN[person.welcomes]
    person.welcomes += 1


def hello(turn: Turn, person: Person) -> Message:
    """In full the first time, in a line after that."""
    press = {"begin": Begin(), "later": NotNow(), "leave": Typing("leave")}
    if person.welcomes:
        programme, _host = _invited_by(turn, person)
        return turn.say(person, "welcome.hello_again", programme=programme, press=press)
    return _in_full(turn, person, press)


def _in_full(turn: Turn, person: Person, press: Press) -> Message:
    programme, host = _invited_by(turn, person)
    return turn.say(
        person,
        "welcome.hello" if host else "welcome.hello_without_host",
        name=person.first_name,
        programme=programme,
        host=host,
        press=press,
    )


def _invited_by(turn: Turn, person: Person) -> tuple[str, str]:
    """The name of the programme, and of who runs it (not of the person themselves)."""
    programme = turn.db.scalars(
        select(Programme).join(Enrolment).where(Enrolment.person_id == person.id).order_by(Programme.id)
    ).first()
    if programme is None:
        return "", ""
    runs_it = (Enrolment.programme_id == programme.id) & Enrolment.role.in_(roles.RUNS)
    host = turn.db.scalars(
        select(Person.name).join(Enrolment).where(runs_it, Person.id != person.id).order_by(Person.id)
    ).first()
    return programme.name, host or ""


@welcome.on_press(NotNow)
def not_now(turn: Turn, person: Person, _press: NotNow) -> Message:
    if person.started_at:
        return _all_set(turn, person)
    if person.welcomes <= len(ASK_AGAIN):
        person.welcome_at, person.welcomes = turn.now + NOT_NOW, len(ASK_AGAIN) + 1
    name = "welcome.not_now" if person.welcome_at else "welcome.not_again"
    when = turn.when(person, local(person.welcome_at or turn.now, person.timezone).date())
    return turn.say(person, name, when=when, press={"begin": Begin()})


def _all_set(turn: Turn, person: Person) -> Message:
    ways = {name: Typing(name) for name in ("sessions", "settings", "help")}
    return turn.say(person, "welcome.all_set", press=ways)


@welcome.on_press(Begin)
def begin(turn: Turn, person: Person, _press: Begin) -> Message:
    return show_clock(turn, person)


@welcome.on_command("start")
def start(turn: Turn, person: Person, _rest: str) -> Message:
    return show_clock(turn, person)


def show_clock(turn: Turn, person: Person) -> Message:
    if person.left_at:
        return _has_left(turn, person)
    return turn.say(
        person,
        "welcome.clock",
        city=speech.zone(person.timezone),
        now=speech.clock(local(turn.now, person.timezone), person.language),
        hours=_hours(person),
        days=_days(person),
        press={"yes": ClockIsRight(), "edit": ChangeClock()},
    )


def _has_left(turn: Turn, person: Person) -> Message:
    """Back in is for whoever runs the programme: nothing is to be set up until then."""
    return turn.say(person, "pause.has_left", press={"mydata": Typing("mydata")})


def _hours(person: Person) -> str:
    return (
        f"{speech.clock(person.day_starts, person.language)}–{speech.clock(person.day_ends, person.language)}"
    )


def _days(person: Person) -> str:
    return speech.listed(
        [speech.weekday(int(day), person.language) for day in person.workdays], person.language
    )


@welcome.on_command("settings")
def settings(turn: Turn, person: Person, _rest: str) -> Form:
    return ask_for_clock(turn, person, ChangeClock())


@welcome.on_press(ChangeClock)
def ask_for_clock(turn: Turn, person: Person, _press: ChangeClock) -> Form:
    return turn.ask(
        person,
        "welcome.clock_form",
        SetClock(),
        given={
            "zone": person.timezone,
            "starts": f"{person.day_starts:%H:%M}",
            "ends": f"{person.day_ends:%H:%M}",
            "days": ",".join(person.workdays),
            "language": person.language,
        },
        choices={
            "days": [Choice(str(day), speech.weekday(day, person.language)) for day in range(7)],
            "language": [
                Choice(code, turn.prompts.phrase(code, "welcome.language"))
                for code in sorted(turn.prompts.languages)
            ],
        },
    )


@welcome.on_submit(SetClock)
def set_clock(turn: Turn, person: Person, _set: SetClock, answers: Answers) -> Message | Mistakes:
    mistakes = _mistakes(turn, answers)
    if mistakes:
        return turn.refuse(person, "welcome.clock_form", **mistakes)
    person.timezone = known_zone(answers["zone"]) or person.timezone
    person.day_starts = a_time(answers["starts"]) or person.day_starts
    person.day_ends = a_time(answers["ends"]) or person.day_ends
    person.workdays = "".join(sorted(answers["days"].split(",")))
    person.language = answers["language"]
    planning.clock_changed(turn, person)
    return (
        finish(turn, person)
        if person.started_at is None
        else turn.say(
            person,
            "welcome.clock_set",
            hours=_hours(person),
            days=_days(person),
            city=speech.zone(person.timezone),
        )
    )


def _mistakes(turn: Turn, answers: Answers) -> dict[str, str]:
    """Field to the name of what is wrong with it."""
    wrong = {}
    if known_zone(answers.get("zone", "")) is None:
        wrong["zone"] = "zone"
    for field in ("starts", "ends"):
        if a_time(answers.get(field, "")) is None:
            wrong[field] = "time"
    if not set(answers.get("days", "").split(",")) <= set("0123456") or not answers.get("days"):
        wrong["days"] = "days"
    if answers.get("language") not in turn.prompts.languages:
        wrong["language"] = "language"
    return wrong


@welcome.on_press(ClockIsRight)
def clock_is_right(turn: Turn, person: Person, _press: ClockIsRight) -> Message:
    return finish(turn, person)


def finish(turn: Turn, person: Person) -> Message:
    """They are in. One small question, and the introductions that waited for them."""
    if person.left_at:
        return _has_left(turn, person)
    if person.started_at is None:
        person.started_at = turn.now
        person.welcome_at = None
        turn.note("started", person=person)
        _plan_introductions(turn, person)
    roles.open_desk(turn, person)
    if roles.only_runs(turn, person):
        return turn.say(person, "welcome.running", press=_ways_to_run())
    if not own.pairs(turn, person):
        ways = {"profile": Typing("profile"), "help": Typing("help")}
        return turn.say(person, "welcome.waiting", press=ways)
    return turn.say(person, "welcome.wish", listens=SayWish(), press={"skip": SkipWish()})


def _ways_to_run() -> dict[str, Action]:
    return {name: Typing(name) for name in ("health", "next", "desk")}


def _plan_introductions(turn: Turn, person: Person) -> None:
    """When both have said what they wish, or would rather not; at most a day after the second has started."""
    for pair in _to_introduce(turn, person):
        pair.introduce_at = turn.now + WISH_ROOM


def _to_introduce(turn: Turn, person: Person) -> list[Pair]:
    ready = [pair for pair in own.pairs(turn, person) if pair.partner_of(person).started_at]
    return [pair for pair in ready if pair.introduced_at is None]


def _has_no_question_left(turn: Turn, person: Person) -> None:
    turn.hush(person)
    for pair in _to_introduce(turn, person):
        if not _is_asked_for_a_wish(turn, pair.partner_of(person)):
            pair.introduce_at = turn.now


def _is_asked_for_a_wish(turn: Turn, person: Person) -> bool:
    question = conversation.recall(turn.db, person.id, turn.now).question
    lately = person.started_at is not None and person.started_at > turn.now - WISH_ROOM
    return lately and isinstance(question, SayWish)


@welcome.on_words(SayWish)
def keep_wish(turn: Turn, person: Person, _wish: SayWish, text: str) -> Message:
    if is_blank(text):
        return turn.say(person, "welcome.wish", listens=SayWish(), press={"skip": SkipWish()})
    person.wish = text
    _has_no_question_left(turn, person)
    return _what_is_next(turn, person, "welcome.wish_kept")


@welcome.on_press(SkipWish)
def skip_wish(turn: Turn, person: Person, _skip: SkipWish) -> Message:
    _has_no_question_left(turn, person)
    return _what_is_next(turn, person, "welcome.wish_skipped")


def _what_is_next(turn: Turn, person: Person, name: str) -> Message:
    following = _following(turn, person, own.pairs(turn, person))
    return turn.say(person, name, following=following, press={"help": Typing("help")})


def _following(turn: Turn, person: Person, pairs: Sequence[Pair]) -> str:
    partners = [pair.partner_of(person) for pair in pairs]
    all_ready = all(partner.started_at for partner in partners)
    return turn.prompts.phrase(
        person.language,
        "welcome.both_ready" if all_ready else "welcome.not_ready",
        partner=speech.listed([partner.name for partner in partners], person.language),
    )


# On their own page


@welcome.on_home(Place.WELCOME)
def welcome_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    if person.started_at is None:
        message = _in_full(turn, person, {"begin": Begin(), "leave": Typing("leave")})
        yield turn.part(person, "helping.next", message)


@welcome.on_home(Place.NOTHING)
def wait_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    """They have met nobody yet."""
    pairs = own.pairs(turn, person)
    if any(pair.has_begun for pair in pairs) or (not pairs and own.has_been_paired(turn, person)):
        return
    press = {"help": Typing("help")}
    if roles.only_runs(turn, person):
        message = turn.say(
            person, "welcome.running_at_home", press={"health": Typing("health"), "next": Typing("next")}
        )
        yield turn.part(person, "helping.next", message)
        return
    if not pairs:
        ways = {"profile": Typing("profile"), **press}
        yield turn.part(person, "helping.next", turn.say(person, "welcome.waiting_at_home", press=ways))
        return
    following = _following(turn, person, pairs)
    message = turn.say(person, "welcome.nearly_met", following=following, press=press)
    yield turn.part(person, "helping.next", message)


@welcome.on_home(Place.SETTINGS)
def settings_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    pause: dict[str, Action] = {} if person.paused_at else {"pause": Typing("pause")}
    ways = {name: Typing(name) for name in ("nudges", "status")}
    message = turn.say(
        person,
        "welcome.settings_at_home",
        city=speech.zone(person.timezone),
        now=speech.clock(local(turn.now, person.timezone), person.language),
        hours=_hours(person),
        days=_days(person),
        press={"edit": ChangeClock(), **ways, **pause, "leave": Typing("leave")},
    )
    yield turn.part(person, "welcome.my_settings", message)
