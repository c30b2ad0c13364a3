"""The summary: what a coordinator wants to know of a rehearsal, in plain words and numbers."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from adapters.rehearsal.audience import REPLY
from adapters.rehearsal.gallery import Gallery
from adapters.rehearsal.tally import HELD, MISSED, OFF, Record, Tally
from bot import digest, trial_report
from bot.bot import Bot
from bot.calendar import DAY, WEEK, Hours, holiday, local
from bot.courtesy import Kind, Reason
from bot.happenings import Posted, endings, posted, promises
from bot.trial_report import about_answers, about_nudges

MANY_MENTEES = 3  # for one mentor; more than that is a lot beside a job
MOST_NAMED = 5  # pairs or people, in one remark

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
    Reason.FEWER: "a wish for none",
    Reason.RECALLED: "it had settled itself",
}

NUDGES: Mapping[str, str] = {
    "turns.nudge": "an answer",
    "turns.nudge_with_choices": "an answer, the last time",
    "turns.nudge_draft": "a draft",
    "turns.promised_day_is_over": "a day that was named",
    "actions.nudge": "an action",
    "pulse.ask": "a pulse",
    "pulse.remind": "a pulse, again",
    "quiet.ask": "a quiet pair",
    "quiet.ask_again": "a quiet pair, again",
}

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    title: str
    rows: Rows


@dataclass(frozen=True)
class Summary:
    title: str
    sections: Sequence[Section]
    remarks: Sequence[str]
    too_large: Sequence[str]  # what a platform would not take: the bot is not ready for it


def summary_of(tally: Tally, bot: Bot, now: datetime, errors: int, gallery: Gallery) -> Summary:
    lasted, mail, drawn = now - tally.start, posted(bot), list(gallery.figures())
    with bot.open_transaction.begin() as db:
        report = trial_report.read(db, bot.prompts, now)
    return Summary(
        title=f"{_long(lasted)} from {tally.start.day} {tally.start:%B %Y}: "
        f"{len(tally.rows)} people, {len(tally.pairs)} pairs",
        sections=[
            Section("Getting started", _beginnings(tally)),
            Section("Sessions", _sessions(tally.sessions.values(), now)),
            Section("Between sessions", [*about_answers(report), *_between(tally, endings(bot))]),
            Section("Action items", _promises(promises(bot))),
            Section(
                "Nudges",
                [*about_nudges(report), *_digests(tally, mail), *_ways(mail, Kind.NUDGE)],
            ),
            Section("Messages", _all_messages(tally, mail, lasted / WEEK)),
            *([Section("Drawn for each platform", drawn)] if drawn else []),
            Section("Inside", [("Errors, all of them in the log", str(errors))]),
        ],
        remarks=list(_remarks(tally)),
        too_large=list(gallery.too_large()),
    )


def _beginnings(tally: Tally) -> Rows:
    took = [(at - tally.introduced.get(pair, at)) / DAY for pair, at in tally.agreed.items()]
    half = f", half of them within {_days(median(took))}" if took else ""
    return [
        ("Said yes", f"{tally.started} of {len(tally.rows)} people"),
        ("Introduced", f"{len(tally.introduced)} of {len(tally.pairs)} pairs"),
        ("Agreed how to work", f"{len(tally.agreed)} pairs{half}"),
    ]


def _sessions(records: Collection[Record], now: datetime) -> Rows:
    held = [record for record in records if record.ended == HELD]
    live = [record for record in held if record.is_live]
    off = [record for record in records if record.ended == OFF]
    began = sum(record.meeting.starts_at <= now and record.ended != OFF for record in records)
    return [
        ("Planned", f"{len(records)}, of which {began} came to their day"),
        ("Held", f"{len(held)}, of which {len(held) - len(live)} in writing"),
        ("Not held", str(sum(record.ended == MISSED for record in records))),
        ("Moved", str(sum(record.was_moved for record in records))),
        ("Called off", f"{len(off)} (skipped, another rhythm, or a pause)"),
        ("Prep answered", _share(_count(held, "prepared"), _count(held, "asked"))),
        ("Brief before the session", _share(_count(live, "briefed"), 2 * len(live))),
        ("Closed the same day", _share(sum(record.closed_the_same_day for record in live), len(live))),
    ]


def _count(records: Iterable[Record], what: str) -> int:
    return sum(len(getattr(record, what)) for record in records)


def _promises(states: Mapping[str, int]) -> Rows:
    ended = [(state.capitalize(), str(states[state])) for state in ("done", "dropped", "open")]
    return [("Made", str(sum(states.values()))), *ended]


def _all_messages(tally: Tally, mail: Sequence[Posted], weeks: float) -> Rows:
    return [*_messages(tally, weeks), *_ways(mail, Kind.APPOINTMENT), _lost(mail)]


def _messages(tally: Tally, weeks: float) -> Rows:
    each = {
        kind: [count for (of_class, _), count in tally.messages.items() if of_class == kind]
        for kind in (*Kind, REPLY)
    }
    a_week = [
        (f"{kind.capitalize()}s for one person in a week", _a_week(each[kind], len(tally.rows), weeks))
        for kind in Kind
    ]
    return [*a_week, ("Answers to what people did", f"{sum(each[REPLY]):,}")]


def _a_week(counts: Sequence[int], people: int, weeks: float) -> str:
    if not counts or not weeks:
        return "none"
    return f"{sum(counts) / people / weeks:.1f}, at most {max(counts) / weeks:.1f}"


def _ways(mail: Sequence[Posted], kind: Kind) -> Rows:
    """What became of the nudges, or of the appointments, that did not come alone and at once."""
    mail = [one for one in mail if one.kind == kind]
    return [
        ("Put off for", _reasons(one for one in mail if one.reason and one.state in {"sent", "merged"})),
        ("Left out for", _reasons(one for one in mail if one.state == "dropped")),
    ]


def _lost(mail: Iterable[Posted]) -> tuple[str, str]:
    lost = sum(one.count for one in mail if one.state in {"undeliverable", "unknown"})
    return "Never arrived, and should have", str(lost)


def _digests(tally: Tally, mail: Iterable[Posted]) -> Rows:
    merged = sum(one.count for one in mail if one.state == "merged" and one.kind == Kind.NUDGE)
    names = Counter({name: tally.names[name] for name in NUDGES if tally.names[name]})
    brought = ", ".join(f"{NUDGES[name]} {count}" for name, count in names.most_common())
    return [
        ("Brought, alone or in a digest", brought or "none"),
        ("Merged into digests", f"{merged} in {tally.names[digest.NUDGES]}"),
    ]


def _between(tally: Tally, ended: Mapping[str, int]) -> Rows:
    """What else happens between two sessions, and how it comes to an end."""
    how = ", ".join(f"{kind} {count}" for kind, count in sorted(ended.items()))
    noted, asked = tally.noted, tally.names["pulse.ask"]
    goals = f"{noted['goal_made']}, of which {noted['goal_reached']} reached, {noted['goal_let_go']} let go"
    return [
        ("Drafts shown", f"{noted['draft_sent']}, and {noted['draft_answered']} answers to them"),
        ("Goals", goals),
        ("Pulses answered", _share(noted["pulse_answered"], asked)),
        ("Quiet pairs asked", f"{len(tally.quiet)} of {len(tally.pairs)}"),
        ("Pairs at their end", how or "none"),
    ]


def _reasons(mail: Iterable[Posted]) -> str:
    counts: Counter[str] = Counter()
    for one in mail:
        counts[one.reason] += one.count
    return ", ".join(f"{REASONS.get(why, why)} {count:,}" for why, count in counts.most_common()) or "nothing"


# What to look at before it begins


def _remarks(tally: Tally) -> Iterator[str]:
    if tally.without_overlap:
        yield f"No working hours in common: {_listed(list(_how_they_meet(tally)))}."
    put_off = Counter(record.pair for records in _rhythms(tally) for record in _put_off_days(tally, records))
    if put_off:
        pairs = [f"{_two(tally, pair)} ({count})" for pair, count in put_off.most_common()]
        yield f"Public holidays collide with the rhythm: {_listed(pairs)}."
    mentees = Counter(mentor for _, mentor in tally.pairs.values())
    many = [f"{tally.rows[m].name} ({count})" for m, count in mentees.most_common() if count > MANY_MENTEES]
    if many:
        yield f"Mentors with more than {MANY_MENTEES} mentees: {_listed(many)}."


def _how_they_meet(tally: Tally) -> Iterator[str]:
    writing = {record.pair for record in tally.sessions.values() if not record.is_live}
    for pair in sorted(tally.without_overlap):
        how = "they write" if pair in writing else "they have found no way yet"
        yield f"{_two(tally, pair)} ({how})"


def _rhythms(tally: Tally) -> Iterable[Sequence[Record]]:
    """Sessions at the same time on the same clock, pair by pair."""
    found: defaultdict[tuple[object, ...], list[Record]] = defaultdict(list)
    for record in tally.sessions.values():
        at = local(record.planned.starts_at, record.planned.zone).time()
        found[record.pair, record.planned.zone, at].append(record)
    return found.values()


def _put_off_days(tally: Tally, rhythm: Sequence[Record]) -> Iterator[Record]:
    """A few days earlier, on another weekday of their rhythm, one of the two had a holiday."""
    weekdays = {record.day.weekday() for record in rhythm}
    for record in rhythm:
        late = [(record.day.weekday() - usual) % 7 for usual in weekdays]
        if any(_celebrate(tally, record, days) for days in late if days):
            yield record


def _celebrate(tally: Tally, record: Record, days: int) -> bool:
    hours = [Hours(tally.rows[email].timezone) for email in tally.pairs[record.pair]]
    return any(holiday(one, record.day - days * DAY) for one in hours)


def _two(tally: Tally, pair: int) -> str:
    mentee, mentor = tally.pairs[pair]
    return f"{tally.rows[mentee].name} and {tally.rows[mentor].name}"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    more = [f"and {rest} more"] if rest > 0 else []
    return ", ".join([*names[:MOST_NAMED], *more])


# Numbers in words


def _long(span: timedelta) -> str:
    return f"{span.days} days" if span % WEEK else f"{span // WEEK} weeks"


def _days(days: float) -> str:
    return f"{days:.1f} days" if days > 1 else "a day"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"
