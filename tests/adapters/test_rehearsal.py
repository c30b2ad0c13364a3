"""The dress rehearsal: weeks of a real programme with simulated people, and somebody who checks all of it."""

import csv
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rehearsal_audit import Audit
from rich.console import Console
from sqlalchemy import select
from typer.testing import CliRunner

import app
from adapters.drawn import Drawn, Returned, Shown, Venue
from adapters.rehearsal import habits, moves, players
from adapters.rehearsal.dice import Dice
from adapters.rehearsal.gallery import Gallery
from adapters.rehearsal.habits import FORGETFUL, KINDS, Habits
from adapters.rehearsal.moves import Press
from adapters.rehearsal.show import perform, tell
from adapters.rehearsal.summary import Summary
from adapters.rehearsal.words import CANARY
from adapters.slack import drawing as slack_drawing
from adapters.slack import limits as slack_limits
from adapters.teams import drawing as teams_drawing
from adapters.virtual_time import VirtualClock
from bot import happenings, nudging, trial_report
from bot.actions import Outdated
from bot.bot import Bot
from bot.database import connect, sessions
from bot.messages import Form, Home, Message, Run
from bot.models import AccountRow, Base
from bot.prompts import Prompts
from bot.roster import read_roster
from bot.statistics import Verdict
from bot.stories import STORIES
from bot.story import together

ROOT = Path(__file__).parents[2]
ROSTER = ROOT / "examples" / "roster.csv"
SPRING = date(2026, 2, 23)  # Denver changes its clocks on 8 March, Dublin on 29 March, Sydney on 5 April
AUTUMN = date(2026, 9, 14)  # Auckland on 27 September, Sydney on 4 October, Dublin on 25 October

FIELDS = {
    "delivered": {"event", "at", "to", "kind", "class", "pair", "session"},
    "session": {"event", "at", "pair", "session", "starts_at", "anchor_zone", "format", "mentee", "mentor"},
    "action": {"event", "at", "pair", "owner"},
    "turn": {"event", "at", "pair", "turn", "who"},
    "paused": {"event", "at", "who", "until"},
    "resumed": {"event", "at", "who"},
}


MAY_HAVE = {"delivered": {"hours", "parts"}, "action_made": {"again"}, "turn_promised": {"until"}}


class Rehearsal:
    """One that is over."""

    def __init__(
        self,
        prompts: Prompts,
        file: Path,
        seed: int,
        weeks: int,
        start: date = SPRING,
        roster: Path = ROSTER,
        venues: Sequence[Venue] = (),
    ) -> None:
        engine = connect("sqlite://")
        Base.metadata.create_all(engine)
        clock = VirtualClock(datetime.combine(start, time(), UTC))
        self.bot = Bot(sessions(engine), prompts, together(STORIES), clock)
        self.file = file
        rows = read_roster(roster, prompts.languages, ("slack", "teams")).rows
        with file.open("w", encoding="utf-8") as transcript:
            self.summary = perform(
                self.bot, clock, rows, weeks=weeks, seed=seed, transcript=transcript, venues=venues
            )

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def three_weeks(prompts: Prompts, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    return Rehearsal(prompts, tmp_path_factory.mktemp("rehearsal") / "out.jsonl", seed=7, weeks=3)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "start"), [(1, SPRING), (3, AUTUMN)])
def test_keeps_every_promise_through_the_change_of_the_clocks(
    prompts: Prompts, tmp_path: Path, seed: int, start: date
) -> None:
    rehearsal = Rehearsal(prompts, tmp_path / "out.jsonl", seed, weeks=16, start=start)

    audit = Audit(ROSTER)

    assert audit.read(rehearsal.file) == []
    assert any(line["kind"] == "turns.nudge" for line in brought(rehearsal.lines))
    assert any(line.get("parts") for line in rehearsal.lines)
    assert audit.open_promises == happenings.promises(rehearsal.bot)["open"]
    assert {line["event"] for line in rehearsal.lines} >= {"session_held", "session_missed", "session_moved"}


def test_writes_what_the_page_on_rehearsals_says(three_weeks: Rehearsal) -> None:
    for line in three_weeks.lines:
        kind = line["event"].partition("_")[0]
        expected = FIELDS.get(line["event"]) or FIELDS[kind]
        assert expected <= line.keys() <= expected | MAY_HAVE.get(line["event"], set())
        assert line.get("class") in {None, "appointment", "nudge", "reply"}


def test_lets_no_word_out(prompts: Prompts, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")

    rehearsal = Rehearsal(prompts, tmp_path / "out.jsonl", seed=5, weeks=2)

    assert CANARY not in rehearsal.file.read_text(encoding="utf-8")
    assert CANARY not in told(rehearsal.summary)
    assert CANARY not in caplog.text


NOT_YET = "Nudges towards an answer or an action: fewer than 5 people\n"


def test_tells_a_coordinator_how_it_went(three_weeks: Rehearsal) -> None:
    text = told(three_weeks.summary)

    assert text.startswith("3 weeks from 23 February 2026: 24 people, 10 pairs\n")
    assert "  Introduced: 10 of 10 pairs\n" in text
    assert "\nBetween sessions\n  Asks: " in text
    assert "\nNudges\n  Moments for a nudge: " in text or f"\nNudges\n  {NOT_YET}" in text
    assert "No working hours in common: Aroha Ngata and Jonas Weber" in text
    assert "  Errors, all of them in the log: 0\n" in text


def test_counts_what_the_transcript_shows(three_weeks: Rehearsal) -> None:
    rows = {label: value for section in three_weeks.summary.sections for label, value in section.rows}
    held = [line for line in three_weeks.lines if line["event"] == "session_held"]

    assert rows["Held"].startswith(f"{len({line['session'] for line in held})},")
    assert rows["Open"] == str(happenings.promises(three_weeks.bot)["open"])


def test_goes_the_same_way_with_the_same_seed(tmp_path: Path) -> None:
    files = [tmp_path / "one.jsonl", tmp_path / "other.jsonl"]
    command = [sys.executable, "app.py", "rehearse", "--roster", str(ROSTER), "--start", "2026-03-02"]

    for file, hash_seed in zip(files, "01", strict=True):
        again = [*command, "--weeks", "2", "--seed", "7", "--transcript", str(file)]
        done = subprocess.run(
            again, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, check=True
        )
        assert done.stdout.startswith(b"2 weeks from 2 March 2026: 24 people, 10 pairs")
        assert done.stderr == b""

    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(files[0].read_bytes().splitlines()) > 100


def test_goes_another_way_with_another_seed(three_weeks: Rehearsal, prompts: Prompts, tmp_path: Path) -> None:
    other = Rehearsal(prompts, tmp_path / "out.jsonl", seed=8, weeks=1)

    assert other.lines[:100] != three_weeks.lines[:100]


def test_ends_in_good_order_at_ctrl_c(prompts: Prompts, tmp_path: Path) -> None:
    class Impatient(StringIO):
        def write(self, line: str) -> int:
            if self.tell() < 5000 <= self.tell() + len(line):
                signal.raise_signal(signal.SIGINT)
            return super().write(line)

    before = signal.getsignal(signal.SIGINT)
    written = Impatient()
    clock = VirtualClock(datetime(2026, 2, 2, tzinfo=UTC))
    engine = connect("sqlite://")
    Base.metadata.create_all(engine)
    bot = Bot(sessions(engine), prompts, together(STORIES), clock)

    perform(bot, clock, read_roster(ROSTER, prompts.languages).rows, weeks=12, seed=7, transcript=written)

    assert all(json.loads(line) for line in written.getvalue().splitlines())
    assert clock() < datetime(2026, 2, 9, tzinfo=UTC)
    assert signal.getsignal(signal.SIGINT) is before


# What it looks like


def two_platforms(folder: Path) -> Path:
    """The mentees are in Slack, the mentors in Teams; of others it is not said."""
    with ROSTER.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    places = {"mentee": "slack", "mentor": "Teams"}
    roster = folder / "roster.csv"
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "platform"])
        writer.writeheader()
        writer.writerows(row | {"platform": places.get(row["role"], "")} for row in rows)
    return roster


@pytest.fixture
def venues(prompts: Prompts) -> Sequence[Venue]:
    return (slack_drawing.venue(), teams_drawing.venue(prompts))


def test_pairs_on_two_platforms_live_as_others_do(
    prompts: Prompts, tmp_path: Path, three_weeks: Rehearsal, venues: Sequence[Venue]
) -> None:
    """What is drawn, and where somebody is, changes nothing of what happens."""
    roster = two_platforms(tmp_path)

    both = Rehearsal(prompts, tmp_path / "out.jsonl", seed=7, weeks=3, roster=roster, venues=venues)

    assert both.lines == three_weeks.lines
    assert both.summary.too_large == []
    assert platforms(both.bot) == {"slack": 14, "teams": 10}


def test_draws_everything_for_both_platforms(
    prompts: Prompts, tmp_path: Path, venues: Sequence[Venue]
) -> None:
    seen: dict[str, list[Shown]] = {"slack": [], "teams": []}

    def watched(venue: Venue) -> Venue:
        def draw(shown: Shown) -> Iterable[Drawn]:
            seen[venue.platform].append(shown)
            return venue.draw(shown)

        return replace(venue, draw=draw)

    shown = Rehearsal(
        prompts, tmp_path / "out.jsonl", seed=7, weeks=3, venues=[watched(venue) for venue in venues]
    )

    assert seen["slack"] == seen["teams"]
    assert {type(one) for one in seen["slack"]} == {Message, Form, Returned, Home}
    delivered = Counter(line["kind"] for line in shown.lines if line["event"] == "delivered")
    assert Counter(one.name for one in seen["teams"] if isinstance(one, Message)) == delivered
    text = told(shown.summary)
    for platform in ("Slack", "Teams"):
        assert re.search(rf"  {platform}: [\d,]+ cards, the largest [\w.]+ with [\d,]+ bytes\n", text)


def test_says_what_a_platform_would_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.limits.MOST_ACTIONS", 2)
    monkeypatch.setitem(slack_limits.LENGTHS, "button", {"text": 12})
    command = ["rehearse", "--roster", str(ROSTER), "--start", "2026-03-02", "--weeks", "1"]

    done = CliRunner().invoke(app.cli, command)

    assert done.exit_code == 1
    _, _, text = done.stdout.partition("\nToo large for a platform\n")
    slack, teams = r"text of button: \d+ of 12 \(\d+ too many", r"actions: \d of 2 \(\d too many, seen"
    assert re.search(rf"  - Slack does not take [\w.]+ \(de\): {slack}", text)
    assert re.search(rf"  - Teams does not take [\w.]+ \(en\): {teams}", text)
    assert CANARY not in text


def test_what_is_too_long_is_named_where_it_cannot_go_on(venues: Sequence[Venue]) -> None:
    """A message goes on in another card; a form cannot."""
    long, gallery = (Run("x" * 45_000),), Gallery(venues)
    form = Form(name="prep.form", title="Prep", intro=long, fields=(), submit="Go", action=Outdated())

    gallery.hang("prep.ask", "de", Message(name="prep.ask", text=long))
    gallery.hang("prep.form", "de", form)

    [line] = gallery.too_large()
    assert re.fullmatch(
        r"Teams does not take prep.form \(de\): bytes: 9\d,\d+ of 80,000 \(1\d,\d+ too many, seen 2 times\)",
        line,
    )


# What nudges change


ONLY_ASK = replace(  # and forget, and remember some of it weeks later
    FORGETFUL,
    reply_after=timedelta(hours=1),
    sleeps_on_it=0.0,
    answers=0.0,
    joins=1.0,
    asks_a_week=1.0,
    replies=0.1,
    remembers=0.8,
    names_a_day=0.1,
    whims_a_week=0.0,
    leaves=0.0,
    gives_up=0.0,
)


@pytest.fixture
def half_of_the_nudges_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudging.is_held_out, "__defaults__", (0.5,))
    monkeypatch.setattr(players, "KINDS", {ONLY_ASK: 1.0})


def colleagues(folder: Path, pairs: int) -> Path:
    lines = ["email,name,role,timezone,language,mentor"]
    for n in range(pairs):
        lines.append(f"m{n}@example.org,Mentor {n},mentor,Europe/Dublin,en,")
        lines.append(f"e{n}@example.org,Mentee {n},mentee,Europe/Berlin,en,m{n}@example.org")
    roster = folder / "roster.csv"
    roster.write_text("\n".join(lines))
    return roster


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reminds", "weeks", "verdict"), [(0.9, 5, Verdict.HELPS), (0.0, 7, Verdict.CANNOT_TELL)]
)
@pytest.mark.usefixtures("half_of_the_nudges_held_out")
def test_sees_what_nudges_change_and_nothing_where_they_change_nothing(
    prompts: Prompts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reminds: float,
    weeks: int,
    verdict: Verdict,
) -> None:
    monkeypatch.setattr(habits, "A_NUDGE_REMINDS", reminds)

    rehearsal = Rehearsal(
        prompts, tmp_path / "out.jsonl", seed=7, weeks=weeks, roster=colleagues(tmp_path, pairs=24)
    )

    with rehearsal.bot.open_transaction() as db:
        effect = trial_report.read(db, prompts, rehearsal.bot.now()).effect
    assert effect.verdict == verdict, effect


# The audit itself: every promise that is broken on purpose is noticed


def late_at_night(lines: list[dict[str, Any]]) -> None:
    first = next(line for line in lines if line.get("class") == "appointment")
    first["at"] = first["at"][:11] + "23:59:00+00:00"
    lines.sort(key=lambda line: line["at"])


def in_a_pause(lines: list[dict[str, Any]]) -> None:
    first = next(line for line in lines if line.get("class") == "appointment")
    lines.insert(0, {"event": "paused", "at": lines[0]["at"], "who": first["to"], "until": None})


def at_another_time(lines: list[dict[str, Any]]) -> None:
    held = next(line for line in lines if line["event"] == "session_planned")
    at = datetime.fromisoformat(held["starts_at"])
    lines.append({**held, "session": 9999, "starts_at": at.replace(minute=59).isoformat(), "at": held["at"]})
    lines.sort(key=lambda line: line["at"])


def without_prep(lines: list[dict[str, Any]]) -> None:
    lines[:] = [line for line in lines if not str(line.get("kind")).startswith("prep.")]


def without_a_list(lines: list[dict[str, Any]]) -> None:
    lines[:] = [line for line in lines if line.get("kind") != "closing.list"]
    lines.append({**lines[0], "at": "2027-01-04T12:00:00+00:00", "class": "reply"})


def with_a_promise_too_many(lines: list[dict[str, Any]]) -> None:
    lines.append({"event": "action_ended", "at": lines[-1]["at"], "pair": 99, "owner": "ben@example.org"})


def nudged_thrice(lines: list[dict[str, Any]]) -> None:
    nudge = next(line for line in lines if line.get("class") == "nudge")
    lines[:0] = [nudge, nudge]


def nudged_without_a_turn(lines: list[dict[str, Any]]) -> None:
    lines.append(nudge_about_a_turn(lines))


def nudged_after_naming_a_day(lines: list[dict[str, Any]]) -> None:
    nudge = nudge_about_a_turn(lines)
    turn = {"pair": nudge["pair"], "turn": 9999, "who": nudge["to"], "at": nudge["at"]}
    lines.append({**turn, "event": "turn_began"})
    lines.append({**turn, "event": "turn_promised", "until": "2026-12-01T00:00:00+00:00"})
    lines.append(nudge)
    lines.append({**nudge, "kind": "turns.promised_day_is_over"})


def nudge_about_a_turn(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Within a digest, in a pair of which nobody has said anything yet."""
    nudge = next(dict(line) for line in lines if line.get("class") == "nudge")
    part = {"kind": "turns.nudge", "pair": 99, "session": None}
    return {**nudge, "at": lines[-1]["at"], "kind": "digest.nudges", "pair": 99, "parts": [part]}


@pytest.mark.parametrize(
    ("spoil", "breach"),
    [
        (late_at_night, "quiet hours"),
        (in_a_pause, "a pause"),
        (at_another_time, "meets at different times"),
        (without_prep, "was not asked"),
        (without_a_list, "never saw the list"),
        (with_a_promise_too_many, "more promises"),
        (nudged_thrice, "third nudge"),
        (nudged_without_a_turn, "not their turn"),
        (nudged_after_naming_a_day, "although they had named a day"),
        (nudged_after_naming_a_day, "before the day they named was over"),
    ],
)
def test_the_audit_notices(
    three_weeks: Rehearsal, tmp_path: Path, spoil: Callable[[list[dict[str, Any]]], None], breach: str
) -> None:
    lines = [dict(line) for line in three_weeks.lines]

    spoil(lines)
    spoilt = tmp_path / "spoilt.jsonl"
    spoilt.write_text("\n".join(map(json.dumps, lines)))

    assert any(breach in found for found in Audit(ROSTER).read(spoilt))


# The people


@pytest.mark.parametrize("habits", KINDS, ids=range(len(KINDS)))
def test_nobody_does_more_than_one_thing_at_once(habits: Habits) -> None:
    for name in moves.NAMES:
        shares = moves.odds(name, habits).values()
        assert min(shares) >= 0, name
        assert sum(shares) <= 1.000001, name


def test_people_know_the_messages_and_buttons_that_there_are(prompts: Prompts) -> None:
    assert prompts.names("en") >= moves.NAMES
    for name in moves.NAMES:
        words = {move.word for move in moves.odds(name, next(iter(KINDS))) if isinstance(move, Press)}
        assert words <= {"", *prompts.entry("en", name).press}, name


def test_one_throw_more_of_one_shifts_no_throw_of_another() -> None:
    ben, ana = Dice(7, "ben@example.org"), Dice(7, "ana@example.org")
    talkative, quiet = Dice(7, "ben@example.org"), Dice(7, "ana@example.org")
    talkative.next("whim")

    assert talkative.next("reply").random() == ben.next("reply").random()
    assert quiet.next("reply").random() == ana.next("reply").random()
    assert ben.next("reply").random() != ana.next("reply").random()


def brought(lines: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every message, also those that came within another one."""
    for line in lines:
        if line["event"] == "delivered":
            yield from (line, *line.get("parts", ()))


def platforms(bot: Bot) -> Counter[str]:
    with bot.open_transaction() as db:
        return Counter(db.scalars(select(AccountRow.platform)))


def told(summary: Summary) -> str:
    file = StringIO()
    tell(summary, Console(file=file))
    return file.getvalue()
