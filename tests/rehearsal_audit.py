"""An audit of a rehearsal by somebody who was not there: it reads transcript and roster, and nothing else.

It shares no code with the bot, so that a mistake in the bot's calendar cannot hide here too.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

Line = Mapping[str, Any]

FOR_EVER = datetime.max.replace(tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SHORT_NOTICE = timedelta(hours=36)  # what is planned or moved later than this leaves no time to ask
EXCHANGE = timedelta(days=5)  # at least; five working days
BEFORE_IT_LEFT = timedelta(days=5)  # a letter that was written on the evening before a long weekend
DIGESTING = timedelta(days=12)  # what is put off by Easter and a weekend has come by then
RHYTHM = frozenset({"sessions.rhythm_holds", "sessions.rhythm_in_writing"})
OVER = "turns.promised_day_is_over"
TURN = ("turns.nudge", OVER)
LETTERS = ("asks.wrote", "asks.answered")  # the first one makes it the reader's turn, the next one answers
ASKED = ("prep.ask", "prep.remind", "prep.done")  # to meet or in writing; or they did it unasked


@dataclass(frozen=True)
class Hours:
    zone: ZoneInfo
    country: str
    starts: time = time(9)
    ends: time = time(18)
    days: frozenset[int] = frozenset(range(5))

    def refuse(self, at: datetime) -> str:
        """Why nothing may be brought at this moment, or nothing."""
        wall = at.astimezone(self.zone)
        if not self.starts <= wall.time() < self.ends:
            return f"quiet hours ({wall:%H:%M})"
        return self.day_off(wall.date())

    def day_off(self, day: date) -> str:
        if day.weekday() not in self.days:
            return f"day off ({day:%A})"
        return f"public holiday ({day})" if day in _holidays(self.country, day.year) else ""


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year)) if country else frozenset()


@cache
def _countries() -> Mapping[str, str]:
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    return {zone: country for country, _, zone, *_ in (line.split("\t") for line in lines if line[:1] != "#")}


@dataclass(frozen=True)
class Pause:
    since: datetime
    until: datetime


@dataclass
class Turn:
    """A stretch in which somebody owes an answer, and the end of the day by which they said they give it."""

    pair: int
    until: datetime | None = None


@dataclass
class Person:
    hours: Hours
    pauses: list[Pause] = field(default_factory=list)
    nudges: list[datetime] = field(default_factory=list)
    turns: dict[int, Turn] = field(default_factory=dict)  # the open ones of theirs

    def is_away(self, since: datetime, until: datetime | None = None) -> bool:
        """At a moment, or at any time between two."""
        return any(pause.since <= (until or since) and since < pause.until for pause in self.pauses)

    def goes(self, at: datetime, until: datetime | None) -> None:
        self.comes_back(at)
        self.pauses.append(Pause(at, until or FOR_EVER))

    def comes_back(self, at: datetime) -> None:
        if self.pauses:
            last = self.pauses.pop()
            self.pauses.append(Pause(last.since, min(last.until, at)))


@dataclass
class Session:
    pair: int
    people: tuple[str, str]
    zone: ZoneInfo
    plans: list[tuple[datetime, datetime]] = field(default_factory=list)  # said at, starts at
    was_moved: bool = False
    in_writing: bool = False
    held_at: datetime | None = None
    asked: dict[str, datetime] = field(default_factory=dict)
    listed: dict[str, datetime] = field(default_factory=dict)
    sent: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    letters: Counter[str] = field(default_factory=Counter)

    @property
    def starts_at(self) -> datetime:
        return self.plans[-1][1]

    @property
    def ended_by_itself(self) -> bool:
        """Both have written, and neither has said so: an exchange is closed without a list a week later."""
        if self.held_at is None or any(at <= self.held_at for at in self.listed.values()):
            return False
        return self.in_writing and self.held_at > self.starts_at + EXCHANGE + WEEK

    @property
    def wall(self) -> datetime:
        """As the rhythm laid it down, on the clock of whoever chose the rhythm."""
        return self.plans[0][1].astimezone(self.zone)


class Audit:
    """`Audit(roster).read(transcript)` gives every breach, each as a sentence."""

    def __init__(self, roster: Path) -> None:
        with roster.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        self.people = {row["email"]: Person(_hours(row["timezone"])) for row in rows}
        with_mentor = [(row["email"], row["mentor"]) for row in rows if row["mentor"]]
        self.pairs = dict(enumerate(with_mentor, start=1))
        self.introduced: defaultdict[int, dict[str, datetime]] = defaultdict(dict)
        self.sessions: dict[int, Session] = {}
        self.rhythms: defaultdict[int, list[datetime]] = defaultdict(list)
        self.promised: Counter[tuple[int, str]] = Counter()
        self.lines = 0

    def read(self, transcript: Path) -> list[str]:
        lines = [json.loads(line) for line in transcript.read_text(encoding="utf-8").splitlines()]
        self.lines = len(lines)
        end = _moment(lines[-1]["at"])
        return [
            *_out_of_order(lines),
            *(breach for line in lines for breach in self._take(line)),
            *(breach for pair in self.introduced for breach in self._introduced(pair, end)),
            *(breach for session in self.sessions.items() for breach in self._session(*session, end)),
            *(breach for session in self.sessions.items() for breach in self._letters(*session, end)),
            *(breach for pair in self.rhythms for breach in self._wall_clock(pair)),
        ]

    def _take(self, line: Line) -> Iterator[str]:
        match line["event"]:
            case "delivered":
                yield from self._delivered(line, _moment(line["at"]))
            case "paused" | "resumed":
                self._absence(line)
            case "action_made" | "action_ended":
                yield from self._promise(line)
            case "turn_began" | "turn_promised" | "turn_ended":
                self._note_turn(line)
            case _:
                self._note_session(line)

    # Messages

    def _delivered(self, line: Line, at: datetime) -> Iterator[str]:
        person = self.people[line["to"]]
        if line["class"] != "reply":
            yield from self._bot_started(line, person, at)
        if line["kind"] == "asks.taken_back":
            self._take_back(line["to"], at)
        if line["kind"] in RHYTHM and line["class"] == "reply":
            self.rhythms[line["pair"]].append(at)
        for part in (line, *line.get("parts", ())):
            yield from self._about_turn(part, line, person, at)
            if part["kind"].startswith("intro.") and part["pair"]:  # not where it is opened out of a digest
                self.introduced[part["pair"]][line["to"]] = at
            if part["session"] in self.sessions:
                self._about_session(part["kind"], line, self.sessions[part["session"]], at)
        if "hours" in line:
            person.hours = _chosen(line["hours"])

    def _about_session(self, kind: str, line: Line, session: Session, at: datetime) -> None:
        match kind:
            case "closing.list" | "closing.both_wrote":
                session.listed.setdefault(line["to"], at)
            case "exchange.sent":
                session.sent[line["to"]].append(at)
            case kind if kind in LETTERS and line["class"] != "reply":  # what is opened again has come before
                session.letters[line["to"]] += 1
            case kind if kind.startswith(ASKED):
                session.asked.setdefault(line["to"], at)

    def _take_back(self, email: str, at: datetime) -> None:
        """In time: what they had sent last does not reach anybody."""
        sent = [session.sent[email] for session in self.sessions.values() if session.sent[email]]
        last = max(sent, key=lambda times: times[-1], default=[])
        if last and at - last[-1] < BEFORE_IT_LEFT:
            last.pop()

    def _about_turn(self, part: Line, line: Line, person: Person, at: datetime) -> Iterator[str]:
        """Nobody is nudged to an answer that they do not owe, nor before the day they named is over."""
        if line["class"] == "reply" or not part["kind"].startswith(TURN):
            return
        theirs = [turn for turn in person.turns.values() if turn.pair == part["pair"]]
        about = f"{part['kind']} to {line['to']} at {line['at']}"
        if not theirs:
            yield f"{about} while it was not their turn in pair {part['pair']}"
        elif part["kind"] == OVER:
            if not any(turn.until and turn.until <= at for turn in theirs):
                yield f"{about} before the day they named was over"
        elif all(turn.until for turn in theirs):
            yield f"{about} although they had named a day"

    def _note_turn(self, line: Line) -> None:
        turns = self.people[line["who"]].turns
        match line["event"]:
            case "turn_began":
                turns[line["turn"]] = Turn(line["pair"])
            case "turn_promised":
                turns[line["turn"]].until = _moment(line["until"])
            case "turn_ended":
                turns.pop(line["turn"])

    def _bot_started(self, line: Line, person: Person, at: datetime) -> Iterator[str]:
        reason = "a pause" if person.is_away(at) else person.hours.refuse(at)
        if reason:
            yield f"{_named(line)} reached {line['to']} in {reason}"
        if line["class"] == "nudge":
            yield from self._nudge(line, person, at)

    def _nudge(self, line: Line, person: Person, at: datetime) -> Iterator[str]:
        today = at.astimezone(person.hours.zone).date()
        if any(sent.astimezone(person.hours.zone).date() == today for sent in person.nudges):
            yield f"{_named(line)} is the second nudge of the day for {line['to']}"
        if sum(at - sent < WEEK for sent in person.nudges) >= 2:
            yield f"{_named(line)} is the third nudge in seven days for {line['to']}"
        person.nudges.append(at)

    def _absence(self, line: Line) -> None:
        person, at = self.people[line["who"]], _moment(line["at"])
        if line["event"] == "paused":
            person.goes(at, _moment(line["until"]) if line["until"] else None)
        else:
            person.comes_back(at)

    # Promises

    def _promise(self, line: Line) -> Iterator[str]:
        whose = (line["pair"], line["owner"])
        self.promised[whose] += 1 if line["event"] == "action_made" else -1
        if self.promised[whose] < 0:
            yield f"{_named(line)}: more promises of {line['owner']} have ended than were made"

    @property
    def open_promises(self) -> int:
        return self.promised.total()

    # Sessions

    def _note_session(self, line: Line) -> None:
        session = self.sessions.setdefault(
            line["session"],
            Session(line["pair"], (line["mentee"], line["mentor"]), ZoneInfo(line["anchor_zone"])),
        )
        at = _moment(line["at"])
        if line["event"] == "session_held":
            session.held_at = at
        elif line["event"] != "session_missed":
            session.plans.append((at, _moment(line["starts_at"])))
            session.was_moved |= line["event"] == "session_moved"
        session.in_writing = line["format"] == "async"

    def _session(self, number: int, session: Session, end: datetime) -> Iterator[str]:
        if session.held_at is None:
            return
        given_up = set(session.people) if session.ended_by_itself else set()
        if session.held_at < session.starts_at:
            yield f"session {number} was held before it began"
        for email in session.people:
            if not self._was_asked(session, email):
                yield f"session {number} ({session.starts_at}) was held, and {email} was not asked before it"
            if email not in session.listed.keys() | given_up and self._had_time(email, session.held_at, end):
                yield f"session {number} ({session.starts_at}) was closed, and {email} never saw the list"

    def _letters(self, number: int, session: Session, end: datetime) -> Iterator[str]:
        for writer, reader in (session.people, session.people[::-1]):
            sent = [at for at in session.sent[writer] if self._had_time(reader, at, end)]
            if session.letters[reader] < len(sent):
                yield f"session {number}: {len(sent)} letters to {reader}, and {session.letters[reader]} came"

    def _introduced(self, pair: int, end: datetime) -> Iterator[str]:
        """Whoever hears of the other is known to the other."""
        known = self.introduced[pair]
        for email in self.pairs[pair]:
            if email not in known and self._had_time(email, min(known.values()), end):
                yield f"pair {pair}: {email} was never introduced"

    def _had_time(self, email: str, since: datetime, end: datetime) -> bool:
        """Something that happened then should have reached them by the end, also if they were away."""
        return since < end - DIGESTING and not self.people[email].is_away(end - DIGESTING, end)

    def _was_asked(self, session: Session, email: str) -> bool:
        asked = session.asked.get(email)
        if asked and asked < session.starts_at:
            return True
        said_at, starts_at = session.plans[-1]
        was_away = self.people[email].is_away(starts_at - SHORT_NOTICE, starts_at)
        return was_away or starts_at - said_at < SHORT_NOTICE

    def _wall_clock(self, pair: int) -> Iterator[str]:
        """In each rhythm the same time on the anchor's clock, and the same weekday but for days off."""
        for begins, ends in pairwise([*self.rhythms[pair], FOR_EVER]):
            planned = [s for s in self.sessions.values() if s.pair == pair and begins <= s.plans[0][0] < ends]
            walls = [session.wall for session in planned]
            if len({wall.time() for wall in walls}) > 1:
                yield f"pair {pair} meets at different times: {', '.join(map(str, walls))}"
            if walls and not any(self._is_usual(wall.weekday(), planned) for wall in walls):
                yield f"pair {pair} meets on different days without a reason: {', '.join(map(str, walls))}"

    def _is_usual(self, weekday: int, planned: Sequence[Session]) -> bool:
        """Whatever is not on this weekday has been put off from it, because one of the two was off."""
        return all(
            any(self._off(email, session.wall - late * DAY) for email in session.people)
            for session in planned
            if (late := (session.wall.weekday() - weekday) % 7)
        )

    def _off(self, email: str, wall: datetime) -> bool:
        hours = self.people[email].hours
        return bool(hours.day_off(wall.astimezone(hours.zone).date()))


def _out_of_order(lines: Sequence[Line]) -> Iterator[str]:
    for before, after in pairwise(lines):
        if _moment(after["at"]) < _moment(before["at"]):
            yield f"{_named(after)} stands after a line of {before['at']}"


def _named(line: Line) -> str:
    return f"{line.get('kind', line['event'])} at {line['at']}"


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    assert at.utcoffset() == timedelta(), f"{text} is not UTC"
    return at


def _hours(zone: str) -> Hours:
    return Hours(ZoneInfo(zone), _countries().get(zone, ""))


def _chosen(hours: Mapping[str, str]) -> Hours:
    return replace(
        _hours(hours["timezone"]),
        starts=time.fromisoformat(hours["starts"]),
        ends=time.fromisoformat(hours["ends"]),
        days=frozenset(map(int, hours["days"])),
    )
