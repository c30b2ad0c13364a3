"""The summary: what a coordinator wants to know of a rehearsal, in plain words and numbers."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median

from adapters.rehearsal.audience import REPLY, Delivered
from bot.bot import Bot
from bot.calendar import DAY, WEEK, Hours, holiday, local
from bot.courtesy import Kind, Reason
from bot.happenings import Happened, Meeting, Posted, posted, promises
from bot.roster import Row

MANY_MENTEES = 3  # for one mentor; more than that is a lot beside a job
MOST_NAMED = 5  # pairs or people, in one remark
LIVE = "live"
ITEM_STATES = ("done", "dropped", "open")
ENDINGS = {"session_held": "held", "session_missed": "missed", "session_called_off": "called off"}

REASONS: Mapping[str, str] = {
    Reason.QUIET_HOURS: "quiet hours",
    Reason.DAY_OFF: "a day off",
    Reason.HOLIDAY: "a public holiday",
    Reason.PAUSED: "a pause",
    Reason.BUDGET: "enough nudges for the moment",
    Reason.TOO_LATE: "too late for what it was about",
    Reason.STALE: "no longer news",
    Reason.LEFT: "the person had left",
    Reason.NEVER: "working hours that leave no moment",
}


Rhythm = tuple[int, str, time]  # pair, zone and wall-clock time


@dataclass
class Record:
    """One session, as it has gone so far."""

    pair: int
    planned: Meeting
    meeting: Meeting
    ended: str = ""  # one of ENDINGS, or still ahead
    was_moved: bool = False
    closed_at: datetime | None = None
    asked: set[str] = field(default_factory=set)
    prepared: set[str] = field(default_factory=set)
    briefed: set[str] = field(default_factory=set)  # before it began


@dataclass(frozen=True)
class Section:
    title: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Summary:
    title: str
    sections: Sequence[Section]
    remarks: Sequence[str]


class Tally:
    """Counts along while the rehearsal goes on."""

    def __init__(self, rows: Sequence[Row], pairs: Mapping[int, tuple[str, str]], start: datetime) -> None:
        self._names = {row.email: row.name for row in rows}
        self._zones = {row.email: row.timezone for row in rows}
        self._pairs = pairs
        self._start = start
        self._started = 0
        self._introduced: dict[int, datetime] = {}
        self._agreed: dict[int, datetime] = {}
        self._sessions: dict[int, Record] = {}
        self._messages: Counter[tuple[str, str]] = Counter()  # by class and person
        self._without_overlap: set[int] = set()

    # As it goes on

    def delivered(self, delivered: Delivered) -> None:
        self._messages[delivered.of_class, delivered.to] += 1
        if delivered.kind == "sessions.no_overlap" and delivered.pair:
            self._without_overlap.add(delivered.pair)
        record = self._sessions.get(delivered.session or 0)
        if record and delivered.kind in {"prep.ask", "prep.remind"}:
            record.asked.add(delivered.to)
        if record and delivered.kind == "prep.brief" and delivered.at < record.meeting.starts_at:
            record.briefed.add(delivered.to)

    def happened(self, happened: Happened) -> None:
        match happened.what:
            case "started":
                self._started += 1
            case "introduced":
                self._introduced[happened.pair or 0] = happened.at
            case "agreed":
                self._agreed[happened.pair or 0] = happened.at
            case _ if happened.meeting and happened.pair:
                self._note_session(happened, happened.pair, happened.meeting)

    def _note_session(self, happened: Happened, pair: int, meeting: Meeting) -> None:
        record = self._sessions.setdefault(meeting.id, Record(pair, meeting, meeting))
        record.meeting = meeting
        match happened.what:
            case "session_planned" | "session_moved":
                record.ended = ""
                record.was_moved |= happened.what == "session_moved"
            case what if what in ENDINGS:
                record.ended, record.closed_at = ENDINGS[what], happened.at
            case "prepared":
                record.prepared.add(happened.who)

    # In the end

    def summary(self, bot: Bot, now: datetime, failures: int) -> Summary:
        began = f"{_long(now - self._start)} from {self._start:%-d %B %Y}"
        return Summary(
            title=f"{began}: {len(self._names)} people, {len(self._pairs)} pairs",
            sections=[
                Section("Getting started", self._beginnings()),
                Section("Sessions", self._about_sessions(now)),
                Section("Action items", _promised(promises(bot))),
                Section("Messages", self._about_messages(posted(bot), (now - self._start) / WEEK)),
                Section("Inside", [("Errors, all of them in the log", str(failures))]),
            ],
            remarks=[remark for remark in (self._overlaps(), self._holidays(), self._mentors()) if remark][
                :3
            ],
        )

    def _beginnings(self) -> list[tuple[str, str]]:
        days = [(at - self._introduced[pair]).total_seconds() / 86_400 for pair, at in self._agreed.items()]
        half = f", half of them within {_days(median(days))}" if days else ""
        return [
            ("Said yes", f"{self._started} of {len(self._names)} people"),
            ("Introduced", f"{len(self._introduced)} of {len(self._pairs)} pairs"),
            ("Agreed how to work", f"{len(self._agreed)} pairs{half}"),
        ]

    def _about_sessions(self, now: datetime) -> list[tuple[str, str]]:
        ended = Counter(record.ended for record in self._sessions.values())
        held = [record for record in self._sessions.values() if record.ended == "held"]
        live = [record for record in held if record.meeting.format == LIVE]
        began = [record for record in self._sessions.values() if _began(record, now)]
        return [
            ("Planned", f"{len(self._sessions)}, of which {len(began)} came to their day"),
            ("Held", f"{len(held)}, of which {len(held) - len(live)} in writing"),
            ("Not held", str(ended["missed"])),
            ("Moved", str(sum(record.was_moved for record in self._sessions.values()))),
            ("Skipped, replaced by another rhythm, or in a pause", str(ended["called off"])),
            ("Prep answered", _share(_count(held, "prepared"), _count(held, "asked"))),
            ("Brief before the session", _share(_count(live, "briefed"), 2 * len(live))),
            ("Closed the same day", _share(sum(map(_same_day, live)), len(live))),
        ]

    def _about_messages(self, mail: Sequence[Posted], weeks: float) -> list[tuple[str, str]]:
        rows = [
            (f"{kind.capitalize()}s for one person in a week", self._a_week(kind, weeks)) for kind in Kind
        ]
        rows.append(("Answers to what people did", f"{self._sum(REPLY):,}"))
        rows += _by_reason("Put off for", [one for one in mail if one.reason and one.state == "sent"])
        rows += _by_reason("Left out for", [one for one in mail if one.state == "dropped"])
        lost = sum(one.count for one in mail if one.state in {"undeliverable", "unknown"})
        rows.append(("Never arrived, and should have", str(lost)))
        return rows

    def _a_week(self, kind: str, weeks: float) -> str:
        each = [count for (of_class, _), count in self._messages.items() if of_class == kind]
        if not each or not weeks:
            return "none"
        mean, most = self._sum(kind) / len(self._names) / weeks, max(each) / weeks
        return f"{mean:.1f}, at most {most:.1f}"

    def _sum(self, kind: str) -> int:
        return sum(count for (of_class, _), count in self._messages.items() if of_class == kind)

    # What to look at before it begins

    def _overlaps(self) -> str:
        writing = {r.pair for r in self._sessions.values() if r.meeting.format != LIVE}
        pairs = [
            f"{self._two(pair)} ({'they write' if pair in writing else 'they have not agreed on a way yet'})"
            for pair in sorted(self._without_overlap)
        ]
        return f"No working hours in common: {_listed(pairs)}." if pairs else ""

    def _holidays(self) -> str:
        """Sessions that the rhythm would have laid on a public holiday."""
        put_off: Counter[int] = Counter()
        for records in self._by_rhythm().values():
            days = {_day(record).weekday() for record in records}
            put_off.update(record.pair for record in records if self._was_put_off(record, days))
        pairs = [f"{self._two(pair)} ({count})" for pair, count in put_off.most_common()]
        return f"Public holidays collide with the rhythm: {_listed(pairs)}." if pairs else ""

    def _by_rhythm(self) -> Mapping[Rhythm, list[Record]]:
        found: defaultdict[Rhythm, list[Record]] = defaultdict(list)
        for record in self._sessions.values():
            at = local(record.planned.starts_at, record.planned.zone).time()
            found[record.pair, record.planned.zone, at].append(record)
        return found

    def _was_put_off(self, record: Record, days: Collection[int]) -> bool:
        """A few days earlier, on another day of its rhythm, one of the two had a holiday."""
        day = _day(record)
        earlier = (day - (day.weekday() - other) % 7 * DAY for other in days if other != day.weekday())
        hours = [Hours(self._zones[email]) for email in self._pairs[record.pair]]
        return any(holiday(one, usual) for usual in earlier for one in hours)

    def _mentors(self) -> str:
        mentees = Counter(mentor for _, mentor in self._pairs.values())
        many = [f"{self._names[m]} ({n})" for m, n in mentees.most_common() if n > MANY_MENTEES]
        return f"Mentors with more than {MANY_MENTEES} mentees: {_listed(many)}." if many else ""

    def _two(self, pair: int) -> str:
        mentee, mentor = self._pairs[pair]
        return f"{self._names[mentee]} and {self._names[mentor]}"


def _began(record: Record, now: datetime) -> bool:
    return record.ended != "called off" and record.meeting.starts_at <= now


def _same_day(record: Record) -> bool:
    zone, ends_at = record.meeting.zone, record.meeting.ends_at
    return (
        record.closed_at is not None and local(record.closed_at, zone).date() == local(ends_at, zone).date()
    )


def _day(record: Record) -> date:
    return local(record.planned.starts_at, record.planned.zone).date()


def _count(records: Iterable[Record], what: str) -> int:
    return sum(len(getattr(record, what)) for record in records)


def _promised(states: Mapping[str, int]) -> list[tuple[str, str]]:
    made = sum(states.values())
    return [("Made", str(made)), *((state.capitalize(), str(states[state])) for state in ITEM_STATES)]


def _by_reason(label: str, mail: Iterable[Posted]) -> list[tuple[str, str]]:
    counts: Counter[str] = Counter()
    for one in mail:
        counts[one.reason] += one.count
    reasons = [f"{REASONS.get(reason, reason)} {count}" for reason, count in counts.most_common()]
    return [(label, ", ".join(reasons) or "nothing")]


def _long(span: timedelta) -> str:
    return f"{span.days} days" if span % WEEK else f"{span // WEEK} weeks"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def _days(days: float) -> str:
    return f"{days:.1f} days" if days >= 1 else "a day"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    more = [f"and {rest} more"] if rest > 0 else []
    return ", ".join([*names[:MOST_NAMED], *more])
