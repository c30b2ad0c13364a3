"""Quiet: a pair that nobody has touched for four weeks is asked, both in the same words, how to go on.

Shorter, later, another topic, a pause, or an end: all are fine, and so is "all is well". Whatever either of
them answers or does, the quiet is over. Without an answer it is asked once more after a week; a week later
both hear that the pair is about to end, and one press keeps it going. The days on which one of them is away
do not count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot import away, course, own
from bot.actions import Action, Typing
from bot.calendar import DAY
from bot.courtesy import Kind
from bot.messages import Message
from bot.models import Pair, Person, Post
from bot.outbox import State
from bot.story import Story
from bot.turn import Turn

quiet = Story()

# One question alone ends a fifth of the living pairs in a simulation, three end a fortieth (make bench)
QUESTIONS = ("quiet.ask", "quiet.ask_again", "quiet.ends_soon")
GRACE = timedelta(days=7)  # from the moment at which one of them could read the question
LATER = timedelta(weeks=2)


@dataclass(frozen=True)
class Shorter(Action, wire="quiet.shorter"):
    pair: int


@dataclass(frozen=True)
class LeaveBe(Action, wire="quiet.later"):
    pair: int


@dataclass(frozen=True)
class OtherTopic(Action, wire="quiet.topic"):
    pair: int


@dataclass(frozen=True)
class AllIsWell(Action, wire="quiet.well"):
    pair: int


@quiet.when_due(Pair.quiet_at)
def look(turn: Turn, pair: Pair) -> None:
    since = pair.active_at or pair.introduced_at or pair.settled_at
    if pair.ended_at or since is None or _ends_soon(turn, pair):
        return
    if course.anybody_away(turn, pair):
        pair.quiet_at = max(away.back_at(turn, one) for one in pair.people if one.paused_at)
    elif pair.asked_quiet_at:
        _end_of_grace(turn, pair, pair.asked_quiet_at)
    else:
        _ask_if_quiet(turn, pair, since)


def _ends_soon(turn: Turn, pair: Pair) -> bool:
    return pair.end_at is not None and pair.end_at < turn.now + course.LAST_STRETCH


def _ask_if_quiet(turn: Turn, pair: Pair, since: datetime) -> None:
    quiet_for = turn.now - since - course.away_days(turn, pair, since)
    if quiet_for < pair.quiet_after:
        pair.quiet_at = turn.now + pair.quiet_after - quiet_for
        return
    pair.quiet_questions = 0
    _ask(turn, pair)


def _ask(turn: Turn, pair: Pair) -> None:
    name = QUESTIONS[pair.quiet_questions]
    pair.quiet_questions += 1
    pair.asked_quiet_at, pair.quiet_at = turn.now, turn.now + GRACE
    for person in pair.people:
        message = _question(turn, person, pair, name)
        matter = _matter(pair)
        turn.post(person, message, Kind.NUDGE, newest_of=matter, about=pair, stale_after=turn.now + GRACE)


def _matter(pair: Pair) -> str:
    return f"quiet:{pair.id}"


def _question(turn: Turn, person: Person, pair: Pair, name: str) -> Message:
    return turn.say(
        person,
        name,
        partner=pair.partner_of(person).first_name,
        press={
            "well": AllIsWell(pair.id),
            "shorter": Shorter(pair.id),
            "later": LeaveBe(pair.id),
            "topic": OtherTopic(pair.id),
            "pause": Typing("pause"),
            "finish": Typing("finish"),
        },
    )


def _end_of_grace(turn: Turn, pair: Pair, asked_at: datetime) -> None:
    """A pause was an answer too, and a question that reached nobody was none."""
    read_at = _read_at(turn, pair, asked_at)
    if read_at is None or course.away_days(turn, pair, asked_at):
        pair.asked_quiet_at, pair.quiet_at = None, turn.now + DAY
    elif turn.now < read_at + GRACE:
        pair.quiet_at = read_at + GRACE
    elif pair.quiet_questions < len(QUESTIONS):
        _ask(turn, pair)
    else:
        pair.end_at = turn.now


def _read_at(turn: Turn, pair: Pair, asked_at: datetime) -> datetime | None:
    """When both had it, in this spell. Nobody's pair ends without a word to them."""
    asked = (Post.pair_id == pair.id) & Post.name.in_(QUESTIONS) & (Post.posted_at >= asked_at)
    arrived = asked & Post.state.in_((State.SENT, State.MERGED))
    got_it = select(Post.person_id, func.max(Post.ended_at)).where(arrived).group_by(Post.person_id)
    times = [at for _, at in turn.db.execute(got_it) if at]
    return max(times) if len(times) == len(pair.people) else None


# Any answer ends it


@quiet.on_press(AllIsWell)
def all_is_well(turn: Turn, person: Person, press: AllIsWell) -> Message:
    pair = _answered(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    pair.touch_for_both(turn.now)
    return turn.say(person, "quiet.well", press={"sessions": Typing("sessions")})


@quiet.on_press(Shorter)
def shorter(turn: Turn, person: Person, press: Shorter) -> Message:
    pair = _answered(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    partner = pair.partner_of(person).first_name
    press_ = {"agreement": Typing("agreement")}
    return turn.say(person, "quiet.shorter", partner=partner, press=press_)


@quiet.on_press(OtherTopic)
def other_topic(turn: Turn, person: Person, press: OtherTopic) -> Message:
    pair = _answered(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    return turn.say(
        person,
        "quiet.topic",
        partner=pair.partner_of(person).first_name,
        press={"prep": Typing("prep"), "sessions": Typing("sessions")},
    )


def _answered(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    pair = own.pair(turn, person, pair_id)
    if pair:
        pair.touch(person, turn.now)
        _say_no_more(turn, pair)
    return pair


def _say_no_more(turn: Turn, pair: Pair) -> None:
    """One has answered for both."""
    for person in pair.people:
        turn.recall(person, _matter(pair))


@quiet.on_press(LeaveBe)
def later(turn: Turn, person: Person, press: LeaveBe) -> Message:
    """For two weeks. On an old card, in a pair that is not quiet any more, it changes nothing."""
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    if pair.asked_quiet_at:
        pair.asked_quiet_at, pair.quiet_at = None, turn.now + LATER
        _say_no_more(turn, pair)
    return turn.say(person, "quiet.later", press={"sessions": Typing("sessions"), "pause": Typing("pause")})


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "quiet.gone", press={"help": Typing("help")})
