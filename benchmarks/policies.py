"""Policies: our nudging beside that of three peers, on the same simulated people, in one run.

Everybody is told of a new message by their partner; the policies differ in what comes after that. What people
do is assumed, not known: every assumption is in `People`, with its reason, and `POPULATIONS` take the
important ones away again. A result that does not survive that is an artefact.
"""

import random
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import sqrt

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table

from bot import nudging
from bot.calendar import DAY, WEEK, Hours, Span, is_decent, local, moment
from bot.courtesy import Defer, Kind, Recipient, Send, may_send
from bot.models import QUIET_AFTER
from bot.stories.quiet import QUESTIONS
from bot.working_time import after, worked, working_day

HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 2, 2, tzinfo=UTC)
LENGTH = 26 * WEEK
END = BEGIN + LENGTH
LOST = 6 * WEEK  # a wait of which nobody heard for so long is lost, whatever comes later
FOUND = 10 * WEEK
MENTORS = 25
SEEDS = 10
CHOSEN_ON, JUDGED_ON = 0, 100  # the first seeds: what is proposed is not judged by what it was chosen on
T_OF_SEEDS = 2.262  # Student's t for an interval over ten seeds


# Policies


def _none(_: int) -> tuple[float, ...]:
    return ()


@dataclass(frozen=True)
class Policy:
    title: str
    ladder: Callable[[int], tuple[float, ...]] = _none  # working days after the turn began
    after: tuple[timedelta, ...] = ()  # reminders to the responder, by the calendar
    close_after: timedelta | None = None  # of waiting
    ask_both_after: timedelta | None = None  # quiet
    questions: int = 1  # to both, unanswered, until the pair is closed
    between: timedelta = timedelta(0)  # from the end of the grace to the next question
    rounds: timedelta | None = None  # a check-in with both in each
    strikes: int = 3  # unanswered check-ins in a row before the pair is paused
    courteous: bool = False  # decent hours, known leave, a budget, the partner's words
    promise_from: int = 1  # the rung from which on one may promise
    held_out: float = 0.0


OURS = Policy(
    "ours",
    nudging.rungs,
    ask_both_after=QUIET_AFTER,
    questions=len(QUESTIONS),
    courteous=True,
    promise_from=0,
    held_out=nudging.HOLDOUT,
)
GRACE = 7 * DAY  # from the question to both until the pair is closed; Guider's is the same
PEERS = (
    Policy("Exercism", after=(7 * DAY, 14 * DAY, 21 * DAY), close_after=28 * DAY),
    Policy("Guider", ask_both_after=90 * DAY),
    Policy("Donut", rounds=2 * WEEK),
)


@dataclass(frozen=True)
class People:
    """What is assumed of people. Hours are hours of their own working time.

    Nobody has published a trustworthy number about replies in chat. What has no source is chosen so that
    without any message of the bot a typical pair has half of its replies within the agreed time.
    """

    # One wait
    reply: float = 10.0  # hours until the typical person replies while they think of it: a bit over a day
    spread: float = 0.8  # of the logarithm of that from person to person: one in six is 2.2 times as slow
    forget: float = 18.0  # hours until it drops out of mind, the first reason named (Exercism #4713)
    recall: float = 150.0  # hours until a forgotten wait comes to mind by itself: three weeks and more
    # What a message does
    reminds: float = 0.5  # chance that a plain reminder brings it back, if it is the first in a week
    words: float = (
        0.65  # with the partner's words and one-tap replies: a small task helps (Brockman 2023) ...
    )
    both: float = 0.3  # ... and a general message does not: the same of a question to both
    fatigue: float = 0.8  # each other message in a week leaves so much of the effect (Ohly and Bastin 2023)
    off_hours: float = 0.6  # effect left at night, on a weekend or on leave: it is seen in between, and sinks
    annoys: float = 0.97  # each message in a week slows replies by so much, one off-hours counts three times
    answers: float = 0.55  # chance that somebody answers a question whether to go on
    answers_differ: float = 0.8  # and from person to person it is up to so much less or more of itself
    # Promises
    promises: float = 0.35  # of those who think of it when they are offered to promise
    plan_speeds: float = 2.0  # plans raise follow-through, d = .27 to .65 (Gollwitzer, Sheeran 2006, 2024)
    plan_keeps: float = 2.0  # and what is planned stays in mind longer
    # Pairs
    pairs: tuple[int, ...] = (1, 2, 2, 3, 4)  # of a mentor; Exercism allows four
    gap: float = 27.0  # hours from a reply to the next message: two or three a month in all (MentorNet 1999)
    gone: float = 0.12  # pairs that lose somebody within the half year; twice MentorNet's 35 of 550 in a year
    agreed: tuple[int, ...] = (1, 2, 2, 2, 3, 5)  # working days; two is the default
    leaves: int = 2  # times a person is away for one or two weeks
    declared: float = 0.6  # of those are known to the bot; none of the peers asks


POPULATIONS = (
    ("as assumed", People()),
    ("messages do half as much", People(reminds=0.25, words=0.325, both=0.15, answers=0.4)),
    ("the partner's words add nothing", People(words=0.5)),
    ("promises change nothing", People(plan_speeds=1.0, plan_keeps=1.0)),
    ("the hour does not matter", People(off_hours=1.0, annoys=1.0, fatigue=1.0)),
    ("messages tire people", People(fatigue=0.5, annoys=0.9)),
    ("people rarely forget", People(forget=60.0)),
    ("slow and forgetful", People(reply=20.0, forget=12.0)),
    ("a third of the pairs end", People(gone=0.33)),
)

ZONES = (
    "America/Denver",
    "America/New_York",
    "Europe/Dublin",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "America/Sao_Paulo",
)
ALONE = Policy("no message")


# People, pairs and waits


@dataclass(eq=False)
class Person:
    hours: Hours
    pace: float  # how much quicker than the typical person
    answers: float
    leaves: tuple[Span, ...]
    declared: tuple[Span, ...]
    told: list[datetime] = field(default_factory=list)  # messages the policy sent them
    annoyed: list[tuple[datetime, int]] = field(default_factory=list)


@dataclass(eq=False)
class Pair:
    two: tuple[Person, Person]
    agreed: int
    first: datetime
    gone: Person | None  # for good, from `gone_at` on
    gone_at: datetime
    active: datetime = BEGIN  # the last sign of life that the bot can see
    closed_at: datetime | None = None
    strikes: int = 0
    asked_after: datetime = BEGIN  # the last time when both were asked whether to go on
    waits: list["Wait"] = field(default_factory=list)


@dataclass(eq=False)
class Wait:
    pair: Pair
    responder: Person
    begun: datetime
    in_mind: bool = True
    thought: int = 0  # which of their thoughts about it is the last
    replied_at: datetime | None = None
    heard_at: datetime | None = None  # the partner learned how it stands
    promised_by: datetime | None = None


def _crowd(people: People, seed: int) -> list[Pair]:
    chance = random.Random(seed)
    pairs = []
    for _ in range(MENTORS):
        mentor = _person(people, chance)
        pairs += [
            _pair(people, chance, mentor, _person(people, chance)) for _ in range(chance.choice(people.pairs))
        ]
    return pairs


def _person(people: People, chance: random.Random) -> Person:
    zone = chance.choice(ZONES)
    hours = Hours(zone, time(chance.choice((8, 9, 9, 10))), time(chance.choice((17, 18, 18))))
    leaves = []
    for _ in range(people.leaves):
        starts = BEGIN + chance.random() * LENGTH
        leaves.append(Span(starts, starts + chance.choice((1, 2)) * WEEK))
    declared = [leave for leave in leaves if chance.random() < people.declared]
    pace = chance.lognormvariate(0, people.spread)
    answers = people.answers * (1 + people.answers_differ * chance.uniform(-1, 1))
    return Person(hours, pace, answers, tuple(leaves), tuple(declared))


def _pair(people: People, chance: random.Random, mentor: Person, mentee: Person) -> Pair:
    ends = chance.random() < people.gone
    gone = chance.choice((mentor, mentee)) if ends else None
    first = BEGIN + chance.random() * 2 * WEEK
    return Pair((mentor, mentee), chance.choice(people.agreed), first, gone, BEGIN + chance.random() * LENGTH)


# One programme


class Programme:
    """Twenty-six weeks, event by event."""

    def __init__(self, people: People, policy: Policy, seed: int) -> None:
        self.people, self.policy = people, policy
        self.chance = random.Random(1000 + seed)
        self.pairs = _crowd(people, seed)
        self.reminders: list[bool] = []  # for each, whether they thought of it anyway
        self.now = BEGIN
        self._later: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = count()

    def run(self) -> "Programme":
        for pair in self.pairs:
            self.at(pair.first, partial(self.write, pair))
            if self.policy.rounds:
                self.at(_at_ten_in_london(BEGIN + self.policy.rounds), partial(self.check_in, pair, BEGIN))
        while self._later and self._later[0][0] < END:
            self.now, _, happen = heappop(self._later)
            happen()
        return self

    def at(self, when: datetime, happen: Callable[[], None]) -> None:
        heappush(self._later, (when, next(self._number), happen))

    def working(self, person: Person, hours: float) -> datetime:
        return after(person.hours, self.now, hours * HOUR, person.leaves)

    def lasts(self, hours: float) -> float:
        return self.chance.expovariate(1 / hours)

    # What people do

    def write(self, pair: Pair) -> None:
        if pair.closed_at:
            return
        writer, responder = self.chance.sample(pair.two, 2)
        if self.is_gone(pair) and writer is pair.gone:
            writer, responder = responder, writer
        pair.active = self.now
        wait = Wait(pair, responder, self.now)
        pair.waits.append(wait)
        self.think(wait)
        self.follow(wait)

    def is_gone(self, pair: Pair) -> bool:
        return pair.gone is not None and pair.gone_at <= self.now

    def think(self, wait: Wait) -> None:
        """They reply, or it drops out of mind, whatever comes first."""
        people, person = self.people, wait.responder
        wait.thought += 1
        wait.in_mind = True
        planned = wait.promised_by is not None and self.now < wait.promised_by
        pace = person.pace * self.patience(person) * (people.plan_speeds if planned else 1)
        reply = self.lasts(people.reply / pace)
        forget = self.lasts(people.forget * (people.plan_keeps if planned else 1))
        happen = self.reply if reply < forget else self.forget
        self.at(self.working(person, min(reply, forget)), partial(happen, wait, wait.thought))

    def patience(self, person: Person) -> float:
        recent = sum(weight for at, weight in person.annoyed if self.now - at < WEEK)
        return float(self.people.annoys**recent)

    def reply(self, wait: Wait, thought: int) -> None:
        if self.is_over(wait) or thought != wait.thought or self.is_gone(wait.pair):
            return
        wait.replied_at = wait.pair.active = self.now
        wait.heard_at = wait.heard_at or self.now
        next_one = self.working(wait.responder, self.lasts(self.people.gap))
        self.at(next_one, partial(self.write, wait.pair))

    def forget(self, wait: Wait, thought: int) -> None:
        if thought == wait.thought:
            wait.in_mind = False
            back = self.working(wait.responder, self.lasts(self.people.recall))
            self.at(back, partial(self.come_to_mind, wait, thought))

    def come_to_mind(self, wait: Wait, thought: int) -> None:
        if thought == wait.thought and not self.is_over(wait):
            self.think(wait)

    def is_over(self, wait: Wait) -> bool:
        return wait.replied_at is not None or wait.pair.closed_at is not None

    # What a message does

    def tell(self, person: Person) -> float:
        """How much of its usual effect the message has."""
        decent = is_decent(person.hours, self.now) and not _inside(person.leaves, self.now)
        recent = sum(self.now - at < WEEK for at in person.told)
        person.told.append(self.now)
        person.annoyed.append((self.now, 1 if decent else 3))
        return float(self.people.fatigue**recent) * (1 if decent else self.people.off_hours)

    def inform(self, person: Person) -> None:
        self.tell(person)

    def remind(self, wait: Wait, strength: float, promise: bool = False) -> float:
        effect = self.tell(wait.responder)
        self.reminders.append(wait.in_mind)
        if self.is_gone(wait.pair):
            return effect
        if not wait.in_mind and self.chance.random() < strength * effect:
            self.think(wait)
        if promise and wait.in_mind and self.chance.random() < self.people.promises:
            self.promise(wait)
        return effect

    def promise(self, wait: Wait) -> None:
        day = working_day(wait.responder.hours)
        wait.promised_by = self.working(wait.responder, self.chance.choice((1, 2, 2, 3, 5)) * day / HOUR)
        wait.pair.active = self.now
        wait.heard_at = wait.heard_at or self.now
        self.think(wait)
        self.courteously(wait.responder, wait.promised_by, partial(self.check_promise, wait))
        self.watch(wait.pair)

    def check_promise(self, wait: Wait) -> None:
        if not self.is_over(wait):
            self.remind(wait, self.people.words)

    def ask(self, person: Person, pair: Pair) -> None:
        """A question to both about the pair, which may remind them of what waits as well."""
        wait = self.open_wait(pair)
        if wait and wait.responder is person:
            effect = self.remind(wait, self.people.both)
        else:
            effect = self.tell(person)
        if not self.is_gone(pair) and self.chance.random() < person.answers * effect:
            self.at(self.working(person, self.lasts(4)), partial(self.show_life, pair))

    def show_life(self, pair: Pair) -> None:
        """They say that they would like to go on."""
        pair.active = self.now
        self.watch(pair)

    def open_wait(self, pair: Pair) -> Wait | None:
        return pair.waits[-1] if pair.waits and not self.is_over(pair.waits[-1]) else None

    # What the policies do

    def follow(self, wait: Wait) -> None:
        policy, person = self.policy, wait.responder
        for rung, days in enumerate(policy.ladder(wait.pair.agreed)):
            due = after(person.hours, wait.begun, days * working_day(person.hours), person.declared)
            if self.chance.random() >= policy.held_out:
                self.courteously(person, due, partial(self.nudge, wait, rung))
        for late in policy.after:
            self.at(wait.begun + late, partial(self.nudge, wait, -1))
        if policy.close_after:
            self.at(wait.begun + policy.close_after, partial(self.give_up, wait))
        self.watch(wait.pair)

    def nudge(self, wait: Wait, rung: int) -> None:
        if not self.is_over(wait) and wait.promised_by is None:
            strength = self.people.words if self.policy.courteous else self.people.reminds
            self.remind(wait, strength, promise=rung >= self.policy.promise_from)

    def courteously(
        self, person: Person, when: datetime, happen: Callable[[], None], waits: bool = False
    ) -> None:
        """As bot/outbox.py does it: put off to a decent hour and within the budget, or left out in a pause.

        What `waits` comes after the pause.
        """
        self.at(when, partial(self.send, person, happen, waits))

    def send(self, person: Person, happen: Callable[[], None], waits: bool) -> None:
        leave = next((leave for leave in person.declared if leave.opens <= self.now < leave.closes), None)
        recent = tuple(at for at in person.told if self.now - at < WEEK)
        paused_from, paused_until = leave or (None, None)
        to = Recipient(person.hours, paused_from, paused_until, nudges=recent)
        verdict = may_send(to, Kind.NUDGE, self.now)
        if isinstance(verdict, Send):
            happen()
        elif isinstance(verdict, Defer):
            self.courteously(person, verdict.until, happen, waits)
        elif leave and waits:
            self.courteously(person, leave.closes, happen, waits)

    def watch(self, pair: Pair) -> None:
        if self.policy.ask_both_after:
            self.at(pair.active + self.policy.ask_both_after, partial(self.look, pair))

    def look(self, pair: Pair) -> None:
        quiet = self.policy.ask_both_after
        if pair.closed_at or quiet is None or self.now - pair.active < quiet:
            return
        if pair.asked_after > BEGIN and self.now - pair.asked_after < GRACE:
            return
        if pair.active > pair.asked_after:
            pair.strikes = 0
        pair.asked_after = self.now
        asked: list[Person] = []
        for person in pair.two:
            happen = partial(self.ask_about_quiet, person, pair, pair.active, asked)
            if self.policy.courteous:
                self.courteously(person, self.now, happen, waits=True)
            else:
                happen()

    def ask_about_quiet(self, person: Person, pair: Pair, since: datetime, asked: list[Person]) -> None:
        if pair.closed_at or (pair.active > since and not asked):
            return
        wait = self.open_wait(pair)
        if wait and wait.responder is not person:
            wait.heard_at = wait.heard_at or self.now
        self.ask(person, pair)
        asked.append(person)
        if len(asked) == 2:
            self.at(self.now + GRACE, partial(self.settle, pair, since))

    def settle(self, pair: Pair, since: datetime) -> None:
        if pair.active > since or pair.closed_at:
            return
        pair.strikes += 1
        if pair.strikes >= self.policy.questions:
            self.close(pair)
        else:
            self.at(self.now + self.policy.between, partial(self.look, pair))

    def check_in(self, pair: Pair, since: datetime) -> None:
        if pair.closed_at:
            return
        pair.strikes = 0 if pair.active > since or since == BEGIN else pair.strikes + 1
        if pair.strikes >= self.policy.strikes:
            self.close(pair)
            return
        for person in pair.two:
            self.ask(person, pair)
        self.at(_at_ten_in_london(self.now + 2 * WEEK), partial(self.check_in, pair, self.now))

    def give_up(self, wait: Wait) -> None:
        if not self.is_over(wait):
            self.close(wait.pair)

    def close(self, pair: Pair) -> None:
        wait = self.open_wait(pair)
        if wait:
            wait.heard_at = wait.heard_at or self.now
        pair.closed_at = self.now
        for person in pair.two:
            if self.policy.courteous:
                self.courteously(person, self.now, partial(self.inform, person), waits=True)
            else:
                self.inform(person)


def _inside(spans: Sequence[Span], at: datetime) -> bool:
    return any(span.opens <= at < span.closes for span in spans)


def _at_ten_in_london(at: datetime) -> datetime:
    return moment(datetime.combine(local(at, "Europe/London").date(), time(10)), "Europe/London")


# What came of it


@dataclass(frozen=True)
class Outcome:
    """Shares are of the waits that began six weeks before the end or earlier, unless it says otherwise.

    In the first three each pair counts once. Otherwise a policy that loses its slow pairs would look quick.
    """

    in_time: float  # the agreed one, or by a promised day
    unpromised: float  # the same without promises
    in_twice: float  # the agreed time
    lost: float  # for six weeks, without their own leave, the partner had no answer and no word about it
    closed_alive: float  # of the pairs
    found: float  # closed within ten weeks, of the pairs of which somebody was gone
    needless: float  # reminders of what people thought of anyway
    messages: float  # per person and week
    replies: float  # per pair and month


def outcome(programme: Programme) -> Outcome:
    waits = [wait for pair in programme.pairs for wait in pair.waits]
    early = [wait for wait in waits if wait.begun < END - LOST]
    people = {id(person): person for pair in programme.pairs for person in pair.two}.values()
    over = [pair for pair in programme.pairs if pair.gone and pair.gone_at < END - FOUND]
    return Outcome(
        in_time=_by_pair(programme, lambda wait: _in_time(wait) or _as_promised(wait)),
        unpromised=_by_pair(programme, _in_time),
        in_twice=_by_pair(programme, lambda wait: _in_time(wait, 2) or _as_promised(wait)),
        lost=_share(_is_lost(wait) for wait in early),
        closed_alive=_share(_is_closed_alive(pair) for pair in programme.pairs),
        found=_share(pair.closed_at is not None and pair.closed_at < pair.gone_at + FOUND for pair in over),
        needless=_share(programme.reminders),
        messages=sum(len(person.told) for person in people) / len(people) / (LENGTH / WEEK),
        replies=sum(wait.replied_at is not None for wait in waits) / len(programme.pairs) / 6,
    )


def _by_pair(programme: Programme, good: Callable[[Wait], bool]) -> float:
    early = [[wait for wait in pair.waits if wait.begun < END - LOST] for pair in programme.pairs]
    return statistics.fmean(_share(map(good, waits)) for waits in early if waits)


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return statistics.fmean(counted) if counted else 0.0


def _is_lost(wait: Wait) -> bool:
    writer = next(person for person in wait.pair.two if person is not wait.responder)
    heard = wait.heard_at or END
    away = sum((_both(leave, wait.begun, heard) for leave in writer.leaves), timedelta(0))
    return heard - wait.begun - away > LOST


def _both(span: Span, start: datetime, end: datetime) -> timedelta:
    return max(min(span.closes, end) - max(span.opens, start), timedelta(0))


def _in_time(wait: Wait, times: int = 1) -> bool:
    person = wait.responder
    if wait.replied_at is None:
        return False
    took = worked(person.hours, wait.begun, wait.replied_at, person.leaves)
    return took <= times * wait.pair.agreed * working_day(person.hours)


def _as_promised(wait: Wait) -> bool:
    if wait.replied_at is None or wait.promised_by is None:
        return False
    zone = wait.responder.hours.timezone
    return local(wait.replied_at, zone).date() <= local(wait.promised_by, zone).date()


def _is_closed_alive(pair: Pair) -> bool:
    return pair.closed_at is not None and (pair.gone is None or pair.closed_at < pair.gone_at)


# The tables

COLUMNS = {
    "in_time": "in agreed time",
    "unpromised": "without promises",
    "in_twice": "in twice it",
    "lost": "silent loss",
    "closed_alive": "closed alive",
    "found": "ended, found",
    "messages": "messages a week",
    "replies": "replies a month",
}
OF_TIMINGS = ("in_time", "unpromised", "in_twice", "closed_alive", "found", "needless", "messages")
COMPARED = ("in_time", "unpromised", "in_twice", "lost", "closed_alive", "messages")
COUNTS = ("messages", "replies")  # the others are shares
BETTER_LOW = ("lost", "closed_alive")
CAPTION = (
    "In agreed time: replied within the responder's agreed working time, or by the day they promised; each "
    "pair counts once. Silent loss: for six weeks (their own leave apart) the partner had no answer and no "
    "word about it. Closed alive: pairs closed though both were there. Ended, found: closed within ten weeks "
    "after somebody was gone. Needless: reminders of what people thought of anyway. Messages: the bot's, per "
    "person. Replies: per pair. Per cent, with 95 % intervals over ten programmes of about 60 pairs and 26 "
    "weeks. Our timings were chosen on other programmes than those that judge them."
)


def _ladder(steps: Sequence[tuple[float, float]], agreed_days: int) -> tuple[float, ...]:
    """Each step is a multiple of the agreed days, and days added to it."""
    return tuple(times * agreed_days + more for times, more in steps)


def _steps(*steps: tuple[float, float]) -> Callable[[int], tuple[float, ...]]:
    return partial(_ladder, steps)


# Before we had compared: a nudge after the agreed time, a promise only in the second, one question
FIRST_IDEA = replace(OURS, title="first idea", ladder=_steps((1, 1), (2, 2)), promise_from=1, questions=1)
TIMINGS = (
    ALONE,
    FIRST_IDEA,
    replace(FIRST_IDEA, title="promise in the first", promise_from=0),
    replace(FIRST_IDEA, title="at 1/2 and twice", ladder=_steps((0.5, 0), (2, 0))),
    replace(FIRST_IDEA, title="half a day before, twice", ladder=_steps((1, -0.5), (2, 0))),
    replace(FIRST_IDEA, title="at the time and twice", ladder=_steps((1, 0), (2, 0))),
    replace(FIRST_IDEA, title="half a day before, alone", ladder=_steps((1, -0.5))),
    replace(FIRST_IDEA, title="before, +1, and twice", ladder=_steps((1, -0.5), (1, 1), (2, 2))),
    replace(FIRST_IDEA, title="asks both twice", questions=2),
    replace(FIRST_IDEA, title="asks both three times", questions=3),
    replace(FIRST_IDEA, title="three times, by fortnight", questions=3, between=GRACE),
    OURS,
    replace(OURS, title="ours, at 1/2", ladder=_steps((0.5, 0), (2, 0))),
    replace(OURS, title="ours, asks twice", questions=2),
)

Results = dict[str, list[Outcome]]


def measure() -> Group:
    everything = {
        title: _results(people, (*PEERS, FIRST_IDEA, OURS), JUDGED_ON) for title, people in POPULATIONS
    }
    tables = [_table(f"People: {title}", results, COLUMNS) for title, results in everything.items()]
    against = [_against_peers(policy.title, everything) for policy in (FIRST_IDEA, OURS)]
    timings = _table(
        "Our timings, people as assumed", _results(POPULATIONS[0][1], TIMINGS, CHOSEN_ON), OF_TIMINGS
    )
    return Group(*tables, *against, timings, CAPTION)


def _results(people: People, policies: Sequence[Policy], first: int) -> Results:
    runs = [(people, policy, first + n) for policy in policies for n in range(SEEDS)]
    with ProcessPoolExecutor() as processes:
        outcomes = list(processes.map(_outcome, runs))
    return {policy.title: outcomes[n * SEEDS : (n + 1) * SEEDS] for n, policy in enumerate(policies)}


def _outcome(run: tuple[People, Policy, int]) -> Outcome:
    return outcome(Programme(*run).run())


def _table(title: str, results: Results, columns: Iterable[str]) -> Table:
    table = _empty(title, columns)
    for policy, outcomes in results.items():
        table.add_row(policy, *(_cell(name, _values(outcomes, name)) for name in columns))
    return table


def _against_peers(ours: str, everything: Mapping[str, Results]) -> Table:
    """The difference to whichever peer is best at it; at messages, to the one with the most."""
    table = _empty(f"{ours.capitalize()}, minus the best peer (at messages: the worst)", COMPARED)
    for title, results in everything.items():
        table.add_row(title, *(_difference(name, ours, results) for name in COMPARED))
    return table


def _difference(name: str, ours: str, results: Results) -> str:
    peers = [_values(results[peer.title], name) for peer in PEERS]
    best = min(peers, key=statistics.fmean) if name in BETTER_LOW else max(peers, key=statistics.fmean)
    pairs = zip(_values(results[ours], name), best, strict=True)
    return _cell(name, [one - two for one, two in pairs], sign="+")


def _empty(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for name in columns:
        table.add_column(COLUMNS.get(name, name), justify="right")
    return table


def _values(outcomes: Sequence[Outcome], name: str) -> list[float]:
    return [getattr(one, name) for one in outcomes]


def _cell(name: str, values: Sequence[float], sign: str = "") -> str:
    mean = statistics.fmean(values)
    half = T_OF_SEEDS * statistics.stdev(values) / sqrt(len(values))
    if name in COUNTS:
        return f"{mean:{sign}.2f}±{half:.2f}"
    return f"{100 * mean:{sign}.1f}±{100 * half:.1f}"
