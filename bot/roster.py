"""Roster: who takes part, out of a spreadsheet, and everything that has to be mended in it at once.

The file is read in small pieces, and nothing in it is believed: not its encoding, not its length. A roster
with problems is never taken in part.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import regex
from rapidfuzz import fuzz, process

from bot import roster_matching as matching
from bot.calendar import known_zone
from bot.spreadsheet import LONGEST_CELL, MOST_COLUMNS, Form, Unreadable, form_of, records, shown, squashed
from bot.text import clean, clean_name, key

COLUMNS = (
    "email",
    "name",
    "role",
    "timezone",
    "language",
    "career_stage",
    "goals",
    "skills",
    "capacity",
    "mentor",
    "platform",
)
REQUIRED = COLUMNS[:4]
ROLES = ("mentor", "mentee", "coordinator", "owner", "analyst")
CAREER_STAGES = ("early", "mid", "senior")
MOST_MENTEES = 20

MOST_ROWS = 20_000

LONGEST_EMAIL = 254
MOST_PROBLEMS = 100
MOST_NAMED = 10  # rows, in one sentence
NEAR = 70  # of 100, by rapidfuzz: "time zome", "capcity", "mentor email"


_ATOM, _LABEL = r"[^\s\"(),:;<>@\[\\\].]+", r"[\p{L}\p{M}\p{N}_]+(?:-+[\p{L}\p{M}\p{N}_]+)*"
_EMAIL = regex.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")

_LOST = frozenset("\ufffd")
# What other old encodings turn into when they are read as Windows-1252: £ukasz, S•ren, M„rz
_NOT_IN_NAMES = _LOST | frozenset("¡¢£¤¥¦§¨©«¬®¯°±²³µ¶¸¹»¼½¾¿×÷€‚ƒ„…†‡ˆ‰‹›•˜™")


@dataclass(frozen=True)
class Row:
    number: int  # as a spreadsheet counts; the header is 1
    email: str
    name: str
    roles: frozenset[str]
    timezone: str
    language: str  # empty: nothing was said
    career_stage: str
    goals: tuple[str, ...] = field(repr=False)
    skills: tuple[str, ...]
    capacity: int
    mentor: str
    platform: str = ""  # empty: nothing was said
    # For the matching, see roster_matching.py. Empty: nothing was said
    languages: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    site: str = ""
    manager: str = ""
    not_with: tuple[str, ...] = field(default=(), repr=False)
    past: tuple[str, ...] = ()
    wishes: tuple[str, ...] = field(default=(), repr=False)
    vetoes: tuple[str, ...] = field(default=(), repr=False)
    group: str = field(default="", repr=False)


@dataclass(frozen=True)
class Problem:
    row: int  # 0 is the file as a whole
    column: str
    what: str
    mend: str

    def __str__(self) -> str:
        where = ", ".join(filter(None, (f"Row {self.row}" if self.row else "", self.column)))
        return f"{where}: {self.what} {self.mend}".removeprefix(": ").rstrip()


@dataclass(frozen=True)
class Roster:
    rows: tuple[Row, ...]  # without those that have a problem
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


class _Findings:
    def __init__(self, notes: Iterable[str]) -> None:
        self.notes = list(notes)
        self.kept: list[Problem] = []
        self.rows: set[int] = set()
        self.more = 0

    def wrong(self, row: int, column: str, what: str, mend: str) -> None:
        self.rows.add(row)
        if len(self.kept) < MOST_PROBLEMS:
            self.kept.append(Problem(row, column, what, mend))
        else:
            self.more += 1

    def problems(self) -> tuple[Problem, ...]:
        last = (Problem(0, "", f"And {self.more:,} more.", ""),) if self.more else ()
        return (*sorted(self.kept, key=lambda problem: problem.row), *last)


@dataclass(frozen=True)
class _Allowed:
    """What may stand in some cells is known elsewhere."""

    languages: frozenset[str]
    platforms: Sequence[str]


@dataclass(frozen=True)
class _Table:
    columns: Mapping[str, int]  # where each is
    width: int
    form: Form
    found: _Findings


@dataclass(frozen=True)
class _Cells:
    """One row, while it is being read."""

    number: int
    cells: Mapping[str, str] = field(repr=False)
    found: _Findings

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def wrong(self, column: str, what: str, mend: str) -> None:
        self.found.wrong(self.number, column, what, mend)


def read_roster(path: Path, languages: frozenset[str], platforms: Sequence[str] = ()) -> Roster:
    """`platforms` are those on which somebody can be."""
    try:
        form = form_of(path, _KNOWN.keys())
        found = _Findings(form.notes())
        rows = _rows(path, form, _Allowed(languages, platforms), found)
    except Unreadable as refusal:
        mend = refusal.mend or f"Its first row has to be: {', '.join(COLUMNS)}."
        return Roster((), (Problem(refusal.row, "", refusal.what, mend),), ())
    except OSError as error:
        refused = Problem(0, "", f"{shown(path.name)} cannot be opened: {error.strerror}.", "")
        return Roster((), (refused,), ())
    _check_people(rows, found)
    found.notes.extend(_twins(rows))
    found.notes.extend(_strangers(rows))
    good = tuple(row for row in rows if row.number not in found.rows)
    return Roster(good, found.problems(), tuple(found.notes))


def _rows(path: Path, form: Form, allowed: _Allowed, found: _Findings) -> list[Row]:
    _count(records(path, form))
    people = records(path, form)
    number, header = next(people, (1, []))
    columns = _columns(number, header, found)
    if not columns:
        return []
    table = _Table(columns, len(header), form, found)
    return [_row(_cells(number, record, table), allowed) for number, record in people]


def _count(records: Iterable[object]) -> None:
    for count, _ in enumerate(records):
        if count > MOST_ROWS:
            raise Unreadable(f"There are more than {MOST_ROWS:,} people in this file.", "Split it by cohort.")


def _columns(number: int, header: Sequence[str], found: _Findings) -> dict[str, int]:
    """Where each column is; nothing where one that is needed is not there."""
    if len(header) > MOST_COLUMNS:
        raise Unreadable(
            f"There are more than {MOST_COLUMNS} columns.", f"These are read: {', '.join(COLUMNS)}."
        )
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for index, cell in enumerate(header):
        name = _KNOWN.get(squashed(cell))
        if name is None:
            unknown[index] = cell
        elif columns.setdefault(name, index) != index:
            found.wrong(number, name, "There are two columns of this name.", "Keep one of them.")
    for index, cell in unknown.items():
        _misspelt(number, index, cell, columns, found)
    missing = [name for name in REQUIRED if name not in columns]
    for name in missing:
        found.wrong(number, name, "This column is missing.", f"Needed are {', '.join(REQUIRED)}.")
    return {} if missing else columns


def _misspelt(number: int, index: int, cell: str, columns: dict[str, int], found: _Findings) -> None:
    """What looks like one of ours is refused, and its rows are checked all the same; the rest is not read.

    The short names of the columns for the matching are like many others: "post" is not "past".
    """
    free = [name for name in _KNOWN if _KNOWN[name] not in columns]
    near = _nearest(squashed(cell), [name for name in free if _KNOWN[name] in COLUMNS])
    meant = near or _nearest(squashed(cell), free, matching.NEAR)
    if meant:
        columns[_KNOWN[meant]] = index
        found.wrong(number, shown(cell), "This column is not known.", f'Did you mean "{_KNOWN[meant]}"?')
    elif clean_name(cell):
        found.notes.append(f"The column {shown(cell)} is not used and was not read.")


def _cells(number: int, record: Sequence[str], table: _Table) -> _Cells:
    typed = {column: record[index] for column, index in table.columns.items() if index < len(record)}
    cells = _Cells(number, {name: clean(cell[:LONGEST_CELL]) for name, cell in typed.items()}, table.found)
    if any(map(str.strip, record[table.width :])):
        mend = f'Put a cell that contains "{table.form.delimiter}" in quotes.'
        cells.wrong("", "This row has more cells than the header.", mend)
    for column, cell in typed.items():
        if len(cell) > LONGEST_CELL:
            cells.wrong(
                column, f"These are {len(cell):,} characters.", f"There is room for {LONGEST_CELL:,}."
            )
        odd = _NOT_IN_NAMES if column == "name" and table.form.encoding == "cp1252" else _LOST
        if not odd.isdisjoint(cell):
            mend = "Save the original as CSV UTF-8 and try again."
            cells.wrong(column, "Letters were lost on the way here.", mend)
    return cells


def _row(cells: _Cells, allowed: _Allowed) -> Row:
    roles = _roles(cells)
    return Row(
        number=cells.number,
        email=_email(cells),
        name=_name(cells),
        roles=roles,
        timezone=_timezone(cells),
        language=_language(cells, allowed.languages),
        career_stage=_career_stage(cells),
        goals=_listed(cells["goals"]),
        skills=_listed(cells["skills"]),
        capacity=_capacity(cells, roles),
        mentor=key(cells["mentor"]),
        platform=_platform(cells, allowed.platforms),
        languages=matching.languages(cells),
        style=matching.style(cells),
        contact=matching.contact(cells),
        site=matching.site(cells),
        manager=matching.manager(cells),
        not_with=matching.people(cells, "not_with"),
        past=matching.people(cells, "past"),
        wishes=matching.wishes(cells),
        vetoes=matching.people(cells, "vetoes"),
        group=matching.group(cells),
    )


def _email(cells: _Cells) -> str:
    email = key(cells["email"])
    if not email:
        cells.wrong("email", "There is no e-mail address.", "Everybody needs one.")
    elif len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        cells.wrong("email", f"{shown(email)} is not an e-mail address.", "Write it like ana@example.org.")
    return email


def _name(cells: _Cells) -> str:
    name = clean_name(cells["name"])
    if not name:
        cells.wrong("name", "There is no name.", "Write the name that colleagues use.")
    return name


def _roles(cells: _Cells) -> frozenset[str]:
    typed = regex.sub(r"[+,;/&|]", " ", key(cells["role"])).split()
    if not typed:
        cells.wrong("role", "There is no role.", f"Choose among {', '.join(ROLES)}.")
    for role in sorted(set(typed) - set(ROLES)):
        meant = _nearest(role, ROLES)
        mend = f'Did you mean "{meant}"?' if meant else f"Choose among {', '.join(ROLES)}."
        cells.wrong("role", f"{shown(role)} is not a role.", mend)
    return frozenset(filter(None, (_nearest(role, ROLES) for role in typed)))


def _timezone(cells: _Cells) -> str:
    typed = clean_name(cells["timezone"])
    zone = known_zone(typed)
    if zone is None:
        what = f"{shown(typed)} is not a time zone." if typed else "There is no time zone."
        cells.wrong("timezone", what, "Use a name like Europe/Dublin (the region and a large city).")
    return zone or typed


def _language(cells: _Cells, languages: frozenset[str]) -> str:
    typed = key(cells["language"])
    language = typed.replace("_", "-").partition("-")[0]
    if language and language not in languages:
        mend = f"Choose among {', '.join(sorted(languages))}, or leave it empty."
        cells.wrong("language", f"{shown(typed)} is not a language here.", mend)
    return language


def _career_stage(cells: _Cells) -> str:
    stage = key(cells["career_stage"])
    if stage and stage not in CAREER_STAGES:
        mend = f"Choose among {', '.join(CAREER_STAGES)}, or leave it empty."
        cells.wrong("career_stage", f"{shown(stage)} is not a career stage.", mend)
    return stage


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, cell.split(";"))))


def _capacity(cells: _Cells, roles: frozenset[str]) -> int:
    typed = key(cells["capacity"]).removesuffix(".0")  # as some tools write whole numbers
    if not typed:
        return 1 if "mentor" in roles else 0
    if len(typed) <= 2 and typed.isdecimal() and int(typed) <= MOST_MENTEES:
        return int(typed)
    cells.wrong(
        "capacity", f"{shown(typed)} is not a number of mentees.", f"Write one from 0 to {MOST_MENTEES}."
    )
    return MOST_MENTEES


def _platform(cells: _Cells, platforms: Sequence[str]) -> str:
    platform = key(cells["platform"])
    if platform and platform not in platforms:
        mend = f"Choose among {', '.join(platforms)}, or leave it empty."
        cells.wrong("platform", f"{shown(platform)} is not a platform here.", mend)
    return platform


# People, and who is whose mentor


def _check_people(rows: Sequence[Row], found: _Findings) -> None:
    people: dict[str, Row] = {}
    for row in rows:
        first = people.setdefault(row.email, row) if row.email else row
        if first is not row:
            mend = "Keep one of the rows; several roles go into one cell, like mentor+coordinator."
            found.wrong(row.number, "email", f"{shown(row.email)} is in row {first.number} already.", mend)
    mentees: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.mentor:
            _check_mentor(row, people.get(row.mentor), found)
            mentees[row.mentor].append(row)
    for email, theirs in mentees.items():
        _check_capacity(people.get(email), theirs, found)


def _check_mentor(row: Row, mentor: Row | None, found: _Findings) -> None:
    wrong = partial(found.wrong, row.number, "mentor")
    if row.mentor == row.email:
        wrong("Nobody is their own mentor.", "Name somebody else, or leave it empty.")
    elif mentor is None:
        wrong(
            f"{shown(row.mentor)} is not in this roster.", "Add a row for this mentor, or mend the address."
        )
    elif "mentor" not in mentor.roles:
        wrong(f"{shown(row.mentor)} is not a mentor.", f"Add the role mentor in row {mentor.number}.")
    if row.roles and "mentee" not in row.roles:
        wrong(
            "A mentor is named for somebody who is not a mentee.", "Add the role mentee, or leave this empty."
        )


def _check_capacity(mentor: Row | None, mentees: Sequence[Row], found: _Findings) -> None:
    if mentor is None or "mentor" not in mentor.roles or len(mentees) <= mentor.capacity:
        return
    what = f"There is room for {mentor.capacity}, and this mentor is named in {_numbers(mentees)}."
    found.wrong(mentor.number, "capacity", what, "Raise the capacity, or name somebody else.")


def _twins(rows: Iterable[Row]) -> Iterator[str]:
    """ana+test@example.org may be Ana, and may be a second person."""
    alike: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        local, _, domain = row.email.partition("@")
        alike[f"{local.partition('+')[0]}@{domain}"].setdefault(row.email, row)
    for twins in alike.values():
        if len(twins) > 1:
            named = _numbers(list(twins.values()))
            yield f"The addresses in {named} differ only after a plus sign and are read as different people."


def _strangers(rows: Sequence[Row]) -> Iterator[str]:
    """A rule about somebody who is not there changes nothing. It may be a slip, or as it should be."""
    known = {row.email for row in rows}
    for column in matching.PEOPLE:
        named = [row for row in rows if not known.issuperset(_named(row, column))]
        if named:
            yield f"Somebody who is not in this roster is named in {column} of {_numbers(named)}."


def _named(row: Row, column: str) -> Sequence[str]:
    people = getattr(row, column)
    return people if isinstance(people, tuple) else (people,) if people else ()


def _numbers(rows: Sequence[Row]) -> str:
    numbers = [str(row.number) for row in rows]
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    if len(numbers) > MOST_NAMED:
        numbers[MOST_NAMED:] = [f"{len(numbers) - MOST_NAMED:,} more"]
    return f"rows {', '.join(numbers[:-1])} and {numbers[-1]}"


# Words


_KNOWN = {squashed(column): column for column in (*COLUMNS, *matching.COLUMNS)}
_KNOWN |= {squashed(written): column for written, column in matching.AS_PEOPLE_WRITE_THEM.items()}


def _nearest(typed: str, known: Iterable[str], near: int = NEAR) -> str | None:
    found = process.extractOne(typed, known, scorer=fuzz.ratio, score_cutoff=near)
    return found[0] if found else None
