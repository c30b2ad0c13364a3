"""The lottery as files: a roster goes in; out come an assignment, its record, and a roster of who begins.

The assignment and the record know nobody's address. The roster of those who begin is what `import` takes:
whoever waits stands in no file that a manager or a coordinator needs.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from adapters.remedy import MendFirst
from adapters.reports.study_key import open_or_make_key
from adapters.reports.tables import read_table
from bot.outcomes.joining import AFTERWARDS, Outcome
from bot.outcomes.lottery import Arm, Record, as_csv, draw, fingerprint
from bot.outcomes.reading import People, PersonRow
from bot.prompts import Prompts
from bot.spreadsheet import sheet_in
from bot.suppression import FEWEST


@dataclass(frozen=True)
class Call:
    """What a lottery is asked for, and what is put on record about its end."""

    roster: Path
    places: int
    seed: int
    by: Sequence[str]
    outcome: Outcome
    end: date
    key_file: Path
    out: Path
    begin: Path | None

    @property
    def record(self) -> Path:
        return record_beside(self.out)


def record_beside(assignment: Path) -> Path:
    return assignment.with_suffix(".json")


def hold_lottery(call: Call, prompts: Prompts, today: date) -> Iterator[str]:
    """Line by line what was done. Nothing that is there already is written over."""
    _refuse_to_draw_again(call)
    if call.end <= today:
        raise MendFirst(f"{call.end} is not ahead.", "The end is put on record before it comes.")
    study, was_made = open_or_make_key(call.key_file)
    roster = read_table(call.roster, study, prompts, ("role", *call.by))
    mentees = _mentees(roster)
    _check(call, roster, mentees)
    strata = {row.key: study.of_stratum(tuple(row[name] for name in call.by)) for row in mentees}
    drawn = draw(strata, call.places, call.seed)
    assignment = as_csv(drawn)
    record = Record(
        drawn_on=today.isoformat(),
        primary_outcome=call.outcome,
        end=call.end.isoformat(),
        seed=call.seed,
        by=call.by,
        people=len(drawn),
        places=call.places,
        input_sha256=fingerprint(call.roster.read_bytes()),
        assignment_sha256=fingerprint(assignment),
    )
    written = record.as_json().encode()
    call.out.write_bytes(assignment)
    call.record.write_bytes(written)
    if call.begin:
        waiting = {one.key for one in drawn if one.arm is Arm.WAIT}
        call.begin.write_text(_those_who_begin(call.roster, roster, waiting), encoding="utf-8")
    yield from _told(call, record, len(set(strata.values())), was_made)
    yield f"Fingerprint of the record: {fingerprint(written)}"
    yield "Put the record where nobody can change it, such as in the minutes, before anybody begins."


def _refuse_to_draw_again(call: Call) -> None:
    """Whoever draws until they like the lots has chosen."""
    for file in filter(None, (call.out, call.record, call.begin)):
        if file.exists():
            raise MendFirst(f"{file} is there already.", "A lottery is held once. Choose another name.")
        if not file.parent.is_dir():
            raise MendFirst(f"There is no folder {file.parent}.", "Make it first.")


def _mentees(roster: People) -> Sequence[PersonRow]:
    """Mentors and coordinators are not drawn; without a column that says so, everybody is."""
    if "role" not in roster.columns:
        return roster.rows
    return [row for row in roster.rows if "mentee" in row["role"].casefold()]


def _check(call: Call, roster: People, mentees: Sequence[PersonRow]) -> None:
    missing = [name for name in call.by if name not in roster.columns]
    if missing:
        mend = f"There are {', '.join(sorted(roster.columns))}."
        raise MendFirst(f"The roster has no column {', '.join(missing)}.", mend)
    late = sorted(AFTERWARDS.intersection(call.by))
    if late:
        raise MendFirst(f"{', '.join(late)} is known only afterwards.", "Draw by what is known now.")
    if not 0 < call.places < len(mentees):
        what = f"For {call.places} places there are {len(mentees)} mentees, so there is nothing to draw."
        raise MendFirst(what, "A lottery needs a place at least, and somebody who waits.")


def _those_who_begin(file: Path, roster: People, waiting: set[str]) -> str:
    """Their rows as they are in the roster, along with everybody who was not drawn."""
    there = {row.number: row.key for row in roster.rows}
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    for number, cells in sheet_in(file, ("email",)).records():
        if there.get(number) not in waiting:
            table.writerow(cells)
    return lines.getvalue()


def _told(call: Call, record: Record, strata: int, was_made: bool) -> Iterator[str]:
    if was_made:
        yield f"A key was made: {call.key_file}. Keep it apart from the assignment, and keep a copy."
    among = f" in {strata} strata (by {', '.join(call.by)})" if call.by else ""
    waits = record.people - record.places
    yield f"{record.people} people{among}: {record.places} begin and {waits} wait. Seed {record.seed}."
    if min(record.places, waits) < FEWEST:
        yield f"Of a group of fewer than {FEWEST} nothing will ever be shown."
    files = [call.out, call.record, *([call.begin] if call.begin else [])]
    yield f"Written: {', '.join(str(file) for file in files)}"
    yield f"On record: {record.primary_outcome} by {record.end}"
    yield f"Fingerprint of the roster: {record.input_sha256}"
    yield f"Fingerprint of the assignment: {record.assignment_sha256}"


def strata_of(by: str) -> list[str]:
    """level,site as somebody types it."""
    names = [name.strip().casefold().replace(" ", "_") for name in by.split(",")]
    return [name for name in Counter(names) if name]
