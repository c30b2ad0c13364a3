"""Coffee: every few weeks each is asked whether they would like to meet somebody new, and meets them.

Whoever says nothing has said no. Whoever says yes is put together with somebody they have not met lately, and
nobody is left out: an odd one makes a trio, and somebody for whom there is nobody at all hears it kindly and
comes first the next time. At the end each is asked once whether they met. That somebody would rather not meet
somebody again stays with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select

from bot import speech
from bot.actions import Typing
from bot.calendar import DAY, WEEK, local, moment, overlap
from bot.courtesy import Kind
from bot.meeting import Accounts, accounts_of, way_to
from bot.messages import Message, Run, Text
from bot.models import Person, Post
from bot.outbox import State
from bot.rounds import drawing, guests, page, planning
from bot.rounds.models import Answer, CoffeeHabit, Cup, NeverAgain, Outcome, Round
from bot.rounds.page import (
    Always,
    AskAgain,
    LeaveMeBe,
    MayMeet,
    Met,
    NextTime,
    NotAgain,
    NotMet,
    Rest,
    SayNo,
    SayYes,
)
from bot.story import Story
from bot.turn import Turn

coffee = Story()

RESTS_FOR = timedelta(weeks=12)
ASKED_IN_VAIN = 3  # rounds; then they are asked whether to go on, and left alone
TOPICS = (
    "coffee.topic_mind",
    "coffee.topic_shortcut",
    "coffee.topic_helped",
    "coffee.topic_learning",
    "coffee.topic_first_week",
    "coffee.topic_question",
    "coffee.topic_stopped",
    "coffee.topic_unfinished",
)


# A round begins


@coffee.when_due(Round.ask_at)
def begin(turn: Turn, one: Round) -> None:
    if one.ended_at or not one.rhythm.goes_on or one.rhythm.programme.closed_at:
        one.draw_at = one.end_at = None
        one.ended_at = one.ended_at or turn.now
        return
    planning.make_room(turn, one)
    one.asked_at = turn.now
    guests.invite(turn, one)


@coffee.when_due(Cup.ask_at)
def ask(turn: Turn, cup: Cup) -> None:
    person, draw_at = cup.person, cup.round.draw_at
    if not cup.round.is_open or draw_at is None or cup.answer or guests.is_away(person, turn.now):
        return
    cup.asked_at = turn.now
    message = turn.say(
        person,
        "coffee.ask",
        programme=cup.round.rhythm.programme.name,
        when=turn.when(person, draw_at),
        press={"yes": SayYes(cup.id), "no": SayNo(cup.id), "rest": Rest()},
    )
    turn.post(person, message, Kind.NUDGE, once=_question(cup), stale_after=draw_at)


def _question(cup: Cup) -> str:
    return f"coffee:{cup.id}"


# What people answer


@coffee.on_press(SayYes)
def say_yes(turn: Turn, person: Person, press: SayYes) -> Message:
    cup = guests.own_cup(turn, person, press.cup)
    if cup is None:
        return _gone(turn, person)
    habit = _answers(turn, person)
    habit.rests_since = habit.rests_until = None
    if not cup.round.is_open or cup.round.draw_at is None:
        return _too_late(turn, person, cup)
    cup.answer = Answer.YES
    cup.outcome = Outcome.OPEN
    turn.withdraw(person, _question(cup))
    return turn.say(
        person,
        "coffee.yes",
        when=turn.when(person, cup.round.draw_at),
        press={"always": Always(1), "no": SayNo(cup.id)},
    )


def _answers(turn: Turn, person: Person) -> CoffeeHabit:
    habit = guests.habit_of(turn, person)
    habit.silent = 0
    return habit


def _too_late(turn: Turn, person: Person, cup: Cup) -> Message:
    """They are in the next round, unless they are in this one."""
    if cup.outcome == Outcome.GROUPED:
        return page.show(turn, person)
    return next_time(turn, person, NextTime(1))


@coffee.on_press(SayNo)
def say_no(turn: Turn, person: Person, press: SayNo) -> Message:
    cup = guests.own_cup(turn, person, press.cup)
    if cup is None:
        return _gone(turn, person)
    _answers(turn, person)
    if not cup.round.is_open:
        return page.show(turn, person)
    cup.answer = Answer.NO
    turn.withdraw(person, _question(cup))
    return turn.say(person, "coffee.no", press={"yes": SayYes(cup.id), "rest": Rest()})


@coffee.on_press(NextTime)
def next_time(turn: Turn, person: Person, press: NextTime) -> Message:
    """Too late for this round, or ahead of the next one."""
    habit = _answers(turn, person)
    habit.next_time = bool(press.yes)
    if not press.yes:
        return page.show(turn, person)
    habit.rests_since = habit.rests_until = None
    return turn.say(person, "coffee.next_time", press={"not_next_time": NextTime(0)})


@coffee.on_press(Rest)
def rest(turn: Turn, person: Person, _press: Rest) -> Message:
    until = moment(datetime.combine(turn.today(person) + RESTS_FOR, time()), person.timezone)
    _rests(turn, person, until)
    return turn.say(person, "coffee.rests", until=page.day(turn, person, until), press={"again": AskAgain()})


@coffee.on_press(LeaveMeBe)
def leave_me_be(turn: Turn, person: Person, _press: LeaveMeBe) -> Message:
    _rests(turn, person, None)
    return turn.say(person, "coffee.rests_for_good", press={"again": AskAgain()})


def _rests(turn: Turn, person: Person, until: datetime | None) -> None:
    """From now on, also in a round that has begun."""
    habit = _answers(turn, person)
    habit.rests_since, habit.rests_until = turn.now, until
    habit.always = habit.next_time = False
    for cup in _open_cups(turn, person):
        cup.answer = Answer.NO
        turn.withdraw(person, _question(cup))


def _open_cups(turn: Turn, person: Person) -> Iterator[Cup]:
    is_open = Round.asked_at.is_not(None) & Round.drawn_at.is_(None) & Round.ended_at.is_(None)
    mine = select(Cup.id).join(Round).where(Cup.person_id == person.id, is_open)
    for id_ in turn.db.scalars(mine.order_by(Cup.id)).all():
        cup = guests.own_cup(turn, person, id_)
        if cup and cup.round.is_open:
            yield cup


@coffee.on_press(AskAgain)
def ask_again(turn: Turn, person: Person, _press: AskAgain) -> Message:
    habit = _answers(turn, person)
    habit.rests_since = habit.rests_until = None
    return turn.say(person, "coffee.asks_again", press={"coffee": Typing("coffee"), "rest": Rest()})


@coffee.on_press(Always)
def always(turn: Turn, person: Person, press: Always) -> Message:
    habit = _answers(turn, person)
    habit.always = bool(press.yes)
    if not press.yes:
        return turn.say(person, "coffee.each_time", press={"always": Always(1), "coffee": Typing("coffee")})
    habit.rests_since = habit.rests_until = None
    for cup in _open_cups(turn, person):
        cup.answer = cup.answer or Answer.YES
        turn.withdraw(person, _question(cup))
    return turn.say(person, "coffee.always", press={"each_time": Always(0), "coffee": Typing("coffee")})


# Who meets whom


@coffee.when_due(Round.draw_at)
def put_together(turn: Turn, one: Round) -> None:
    if one.ended_at or one.drawn_at:
        return
    tables = drawing.draw(turn, one)
    one.drawn_at = turn.now
    people = [cup.person for cups in tables.values() for cup in cups]
    accounts = accounts_of(turn, people)
    for cups in tables.values():
        for cup in cups:
            others = [other.person for other in cups if other is not cup]
            first = next(other.person for other in cups if other.begins)
            _introduce(turn, cup, others, first, accounts)
    turn.db.flush()
    _tell_whoever_is_alone(turn, one)
    _stop_asking_in_vain(turn, one)


def _introduce(turn: Turn, cup: Cup, others: Sequence[Person], first: Person, accounts: Accounts) -> None:
    reader, one = cup.person, cup.round
    language = reader.language
    writes_first = (
        turn.prompts.phrase(language, "coffee.you_begin")
        if first is reader
        else turn.prompts.phrase(language, "coffee.they_begin", first=first.first_name)
    )
    message = turn.say(
        reader,
        "coffee.meet",
        partners=speech.listed([other.name for other in others], language),
        until=turn.when(reader, planning.last_day_of(one)),
        first=writes_first,
        facts=_about(turn, cup, others),
        press={"met": Met(cup.id), "coffee": Typing("coffee")},
    )
    opening = _opening(turn, [reader, *others], _topic(one)) if first is reader else ()
    meet = way_to(turn, others, reader, opening, accounts)
    once = f"coffee_meet:{cup.id}"
    turn.post(reader, replace(message, meet=meet), once=once, stale_after=one.end_at)


def _topic(one: Round) -> str:
    return TOPICS[one.number % len(TOPICS)]


def _about(turn: Turn, cup: Cup, others: Sequence[Person]) -> Iterator[tuple[str, str]]:
    reader = cup.person
    lines = [
        turn.prompts.phrase(
            reader.language,
            "coffee.person",
            name=other.first_name,
            city=speech.zone(other.timezone),
            hours=_shared_hours(turn, reader, other),
        )
        for other in others
    ]
    yield "who", "\n".join(lines)
    yield "topic", turn.prompts.phrase(reader.language, _topic(cup.round))


def _shared_hours(turn: Turn, reader: Person, other: Person) -> str:
    """The next ones from tomorrow on, on the reader's clock."""
    tomorrow = turn.now + DAY
    span = next(overlap(reader.hours, other.hours, tomorrow, tomorrow + WEEK), None)
    if span is None:
        return turn.prompts.phrase(reader.language, "coffee.no_hours")
    closes = speech.clock(local(span.closes, reader.timezone), reader.language)
    return turn.prompts.phrase(
        reader.language, "coffee.hours", opens=turn.when(reader, span.opens), closes=closes
    )


def _opening(turn: Turn, people: Sequence[Person], topic: str) -> Text:
    """All of them read it, so it is said in the language of each."""
    runs: list[Run] = []
    for language in dict.fromkeys(person.language for person in people):
        names = speech.listed([person.first_name for person in people], language)
        about = turn.prompts.phrase(language, topic)
        said = turn.prompts.say(language, "coffee.opening", names=names, topic=about)
        runs += [Run("\n\n"), *said.text]
    return tuple(runs[1:])


def _tell_whoever_is_alone(turn: Turn, one: Round) -> None:
    alone = select(Cup).where(Cup.round_id == one.id, Cup.outcome == Outcome.NOBODY).order_by(Cup.id)
    for cup in turn.db.scalars(alone):
        message = turn.say(cup.person, "coffee.nobody", press={"coffee": Typing("coffee")})
        turn.post(cup.person, message, once=f"coffee_nobody:{cup.id}", stale_after=one.end_at)


def _stop_asking_in_vain(turn: Turn, one: Round) -> None:
    """Only questions that reached somebody count. Without an answer to the last one they are left alone."""
    silent = select(Cup).where(Cup.round_id == one.id, Cup.outcome == Outcome.SILENT).order_by(Cup.id)
    cups = turn.db.scalars(silent).all()
    reached = _reached(turn, cups)
    known = dict(guests.habits(turn, reached))
    for cup in cups:
        if cup.person_id not in reached:
            continue
        habit = known.get(cup.person_id) or guests.habit_of(turn, cup.person)
        habit.silent += 1
        if habit.silent >= ASKED_IN_VAIN and not habit.rests(turn.now):
            habit.rests_since, habit.rests_until = turn.now, None
            _ask_whether_to_stop(turn, cup)


def _reached(turn: Turn, cups: Sequence[Cup]) -> set[int]:
    questions = {f"{cup.person_id}:{_question(cup)}": cup.person_id for cup in cups}
    asked = Post.person_id.in_(list(questions.values())) & (Post.name == "coffee.ask")
    arrived = asked & Post.state.in_((State.SENT, State.MERGED))
    found = turn.db.scalars(select(Post.once).where(arrived))
    return {questions[once] for once in found if once in questions}


def _ask_whether_to_stop(turn: Turn, cup: Cup) -> None:
    message = turn.say(cup.person, "coffee.stop_asking", press={"again": AskAgain(), "stop": LeaveMeBe()})
    once = f"coffee_stop:{cup.id}"
    turn.post(cup.person, message, Kind.NUDGE, once=once, stale_after=turn.now + 2 * WEEK)


# Whether they met


@coffee.when_due(Round.end_at)
def end(turn: Turn, one: Round) -> None:
    if one.ended_at is None:
        guests.end(turn, one)
        planning.lay_down(turn, one.rhythm, planning.day_after(one, turn.now))


@coffee.when_due(Cup.check_at)
def check(turn: Turn, cup: Cup) -> None:
    company = guests.company(turn, cup)
    if cup.met or not company:
        return
    person = cup.person
    message = turn.say(
        person,
        "coffee.check",
        partners=speech.listed([one.first_name for one in company], person.language),
        press={"met": Met(cup.id), "not_met": NotMet(cup.id), "never": _rather_not(cup, company)},
    )
    stale_after = turn.now + guests.WORTH_ASKING
    turn.post(person, message, Kind.NUDGE, once=f"coffee_check:{cup.id}", stale_after=stale_after)


def _rather_not(cup: Cup, company: Sequence[Person]) -> list[tuple[str, NotAgain]]:
    return [(one.first_name, NotAgain(cup.id, one.id)) for one in company]


@coffee.on_press(Met)
def they_met(turn: Turn, person: Person, press: Met) -> Message:
    return _has_said(turn, person, press.cup, Answer.YES, "coffee.met")


@coffee.on_press(NotMet)
def they_did_not_meet(turn: Turn, person: Person, press: NotMet) -> Message:
    return _has_said(turn, person, press.cup, Answer.NO, "coffee.not_met")


def _has_said(turn: Turn, person: Person, cup_id: int, answer: Answer, name: str) -> Message:
    cup = guests.own_cup(turn, person, cup_id)
    if cup is None or cup.outcome != Outcome.GROUPED:
        return _gone(turn, person)
    cup.met, cup.check_at = answer, None
    turn.withdraw(person, f"coffee_check:{cup.id}")
    company = guests.company(turn, cup)
    ways: page.Buttons = {"never": _rather_not(cup, company), "coffee": Typing("coffee")}
    return turn.say(person, name, press=ways)


@coffee.on_press(NotAgain)
def not_again(turn: Turn, person: Person, press: NotAgain) -> Message:
    """The other is not told, and nobody but the person can see it."""
    cup = guests.own_cup(turn, person, press.cup)
    other = next((one for one in guests.company(turn, cup) if one.id == press.other), None) if cup else None
    if cup is None or other is None:
        return _gone(turn, person)
    if other.id not in {never.other_id for never in guests.nevers(turn, person)}:
        turn.db.add(NeverAgain(person_id=person.id, other_id=other.id, since=turn.now))
    cup.check_at = None
    turn.withdraw(person, f"coffee_check:{cup.id}")
    ways = {"undo": MayMeet(other.id), "coffee": Typing("coffee")}
    return replace(turn.say(person, "coffee.never", partner=other.first_name, press=ways), discreet=True)


@coffee.on_press(MayMeet)
def may_meet(turn: Turn, person: Person, press: MayMeet) -> Message:
    other = next((one.other for one in guests.nevers(turn, person) if one.other_id == press.other), None)
    if other is None:
        return page.show(turn, person)
    mine = (NeverAgain.person_id == person.id) & (NeverAgain.other_id == press.other)
    turn.db.execute(delete(NeverAgain).where(mine))
    return turn.say(person, "coffee.may_meet", partner=other.first_name, press={"coffee": Typing("coffee")})


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "coffee.gone", press={"coffee": Typing("coffee")})


# Their own page


@coffee.on_command("coffee")
def show(turn: Turn, person: Person, _rest: str) -> Message:
    return page.show(turn, person)
