"""Roster: who takes part, out of a spreadsheet or a pasted list, and everything to be mended in it at once.

It is read in small pieces, and nothing in it is believed: not its encoding, not its length. A roster
with problems is never taken in part.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

import regex
from rapidfuzz import fuzz, process

from bot import roster_matching as matching
from bot import speech
from bot.calendar import known_zone
from bot.prompts import FALLBACK, Prompts
from bot.spreadsheet import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Sheet,
    Unreadable,
    brief,
    sheet_in,
    sheet_of,
    squashed,
)
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
class Finding:
    """Something to mend, or to know. Whoever reads it has it in their own language."""

    name: str  # of its words in prompts/
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    row: int = 0  # 0 is the list as a whole
    column: str = ""

    def said(self, prompts: Prompts, language: str = FALLBACK) -> str:
        values = {name: _spoken(value, prompts, language) for name, value in self.values.items()}
        text = prompts.phrase(language, self.name, **values)
        row = prompts.phrase(language, "roster.row", number=str(self.row)) if self.row else ""
        where = ", ".join(filter(None, (row, self.column)))
        return f"{where}: {text}" if where else text


def _spoken(value: object, prompts: Prompts, language: str) -> str:
    match value:
        case int():
            return speech.number(value, language)
        case tuple():
            numbers = [str(number) for number in value[:MOST_NAMED]]
            if len(value) > MOST_NAMED:
                more = speech.number(len(value) - MOST_NAMED, language)
                numbers.append(prompts.phrase(language, "roster.more_rows", more=more))
            rows = speech.listed(numbers, language)
            return prompts.phrase(language, "roster.rows", count=len(value), rows=rows)
    return str(value)


@dataclass(frozen=True)
class Roster:
    rows: tuple[Row, ...]  # without those that have a problem
    problems: tuple[Finding, ...]
    notes: tuple[Finding, ...]


class _Findings:
    def __init__(self, sheet: Sheet) -> None:
        self.notes = [Finding(name, values) for name, values in sheet.notes()]
        self.kept: list[Finding] = []
        self.rows: set[int] = set()
        self.more = 0

    def wrong(self, row: int, column: str, name: str, **values: object) -> None:
        self.rows.add(row)
        if len(self.kept) < MOST_PROBLEMS:
            self.kept.append(Finding(name, values, row, column))
        else:
            self.more += 1

    def problems(self) -> tuple[Finding, ...]:
        last = (Finding("roster.more_problems", {"more": self.more}),) if self.more else ()
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
    sheet: Sheet
    found: _Findings


@dataclass(frozen=True)
class _Cells:
    """One row, while it is being read."""

    number: int
    cells: Mapping[str, str] = field(repr=False)
    found: _Findings

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def wrong(self, column: str, name: str, **values: object) -> None:
        self.found.wrong(self.number, column, name, **values)


def read_roster(path: Path, languages: frozenset[str], platforms: Sequence[str] = ()) -> Roster:
    """`platforms` are those on which somebody can be."""
    try:
        return _read(sheet_in(path, _KNOWN.keys()), _Allowed(languages, platforms))
    except Unreadable as refusal:
        return _refused(refusal.name, refusal.row, **refusal.values)
    except OSError as error:
        return _refused("roster.cannot_be_opened", file=brief(path.name), why=error.strerror)


def read_pasted(text: str, languages: frozenset[str]) -> Roster:
    """Out of a form. It may lack its header: then its columns are those that are needed, in their order."""
    try:
        return _read(sheet_of(text, _KNOWN.keys()), _Allowed(languages, ()))
    except Unreadable as refusal:
        return _refused(refusal.name, refusal.row, **refusal.values)


def _refused(name: str, row: int = 0, **values: object) -> Roster:
    columns = {"columns": ", ".join(COLUMNS)}
    return Roster((), (Finding(name, columns | values, row),), ())


def _read(sheet: Sheet, allowed: _Allowed) -> Roster:
    found = _Findings(sheet)
    rows = _rows(sheet, allowed, found)
    _check_people(rows, found)
    found.notes.extend(_twins(rows))
    found.notes.extend(_strangers(rows))
    good = tuple(row for row in rows if row.number not in found.rows)
    return Roster(good, found.problems(), tuple(found.notes))


def _rows(sheet: Sheet, allowed: _Allowed, found: _Findings) -> list[Row]:
    _count(sheet.records())
    people = sheet.records()
    first = next(people, (1, []))
    if not sheet.encoding and _is_somebody(first[1]):
        first, people = (0, list(REQUIRED)), chain([first], people)
    number, header = first
    columns = _columns(number, header, found)
    if not columns:
        return []
    table = _Table(columns, len(header), sheet, found)
    return [_row(_cells(number, record, table), allowed) for number, record in people]


def _is_somebody(first: Sequence[str]) -> bool:
    """And no header: that has no address in it."""
    return any("@" in cell for cell in first)


def _count(records: Iterable[object]) -> None:
    for count, _ in enumerate(records):
        if count > MOST_ROWS:
            raise Unreadable("roster.too_many_people", most=MOST_ROWS)


def _columns(number: int, header: Sequence[str], found: _Findings) -> dict[str, int]:
    """Where each column is; nothing where one that is needed is not there."""
    if len(header) > MOST_COLUMNS:
        raise Unreadable("roster.too_many_columns", most=MOST_COLUMNS)
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for index, cell in enumerate(header):
        name = _KNOWN.get(squashed(cell))
        if name is None:
            unknown[index] = cell
        elif columns.setdefault(name, index) != index:
            found.wrong(number, name, "roster.two_columns")
    for index, cell in unknown.items():
        _misspelt(number, index, cell, columns, found)
    missing = [name for name in REQUIRED if name not in columns]
    for name in missing:
        found.wrong(number, name, "roster.missing_column", needed=", ".join(REQUIRED))
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
        found.wrong(number, f'"{brief(cell)}"', "roster.unknown_column", meant=_KNOWN[meant])
    elif clean_name(cell):
        found.notes.append(Finding("roster.column_not_read", {"column": brief(cell)}))


def _cells(number: int, record: Sequence[str], table: _Table) -> _Cells:
    typed = {column: record[index] for column, index in table.columns.items() if index < len(record)}
    cells = _Cells(number, {name: clean(cell[:LONGEST_CELL]) for name, cell in typed.items()}, table.found)
    if any(map(str.strip, record[table.width :])):
        name = "roster.more_cells_by_tab" if table.sheet.delimiter == "\t" else "roster.more_cells"
        cells.wrong("", name, delimiter=table.sheet.delimiter)
    for column, cell in typed.items():
        if len(cell) > LONGEST_CELL:
            cells.wrong(column, "roster.long_cell", length=len(cell), most=LONGEST_CELL)
        odd = _NOT_IN_NAMES if column == "name" and table.sheet.encoding == "cp1252" else _LOST
        if not odd.isdisjoint(cell):
            cells.wrong(column, "roster.letters_lost")
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
        cells.wrong("email", "roster.no_email")
    elif len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        cells.wrong("email", "roster.not_an_email", typed=brief(email))
    return email


def _name(cells: _Cells) -> str:
    name = clean_name(cells["name"])
    if not name:
        cells.wrong("name", "roster.no_name")
    return name


def _roles(cells: _Cells) -> frozenset[str]:
    typed = regex.sub(r"[+,;/&|]", " ", key(cells["role"])).split()
    if not typed:
        cells.wrong("role", "roster.no_role", roles=", ".join(ROLES))
    for role in sorted(set(typed) - set(ROLES)):
        if meant := _nearest(role, ROLES):
            cells.wrong("role", "roster.meant_a_role", typed=brief(role), meant=meant)
        else:
            cells.wrong("role", "roster.not_a_role", typed=brief(role), roles=", ".join(ROLES))
    return frozenset(filter(None, (_nearest(role, ROLES) for role in typed)))


def _timezone(cells: _Cells) -> str:
    typed = clean_name(cells["timezone"])
    zone = known_zone(typed)
    if zone is None and typed:
        cells.wrong("timezone", "roster.not_a_zone", typed=brief(typed))
    elif zone is None:
        cells.wrong("timezone", "roster.no_zone")
    return zone or typed


def _language(cells: _Cells, languages: frozenset[str]) -> str:
    typed = key(cells["language"])
    language = typed.replace("_", "-").partition("-")[0]
    if language and language not in languages:
        among = ", ".join(sorted(languages))
        cells.wrong("language", "roster.not_a_language", typed=brief(typed), among=among)
    return language


def _career_stage(cells: _Cells) -> str:
    stage = key(cells["career_stage"])
    if stage and stage not in CAREER_STAGES:
        among = ", ".join(CAREER_STAGES)
        cells.wrong("career_stage", "roster.not_a_stage", typed=brief(stage), among=among)
    return stage


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, cell.split(";"))))


def _capacity(cells: _Cells, roles: frozenset[str]) -> int:
    typed = key(cells["capacity"]).removesuffix(".0")  # as some tools write whole numbers
    if not typed:
        return 1 if "mentor" in roles else 0
    if len(typed) <= 2 and typed.isdecimal() and int(typed) <= MOST_MENTEES:
        return int(typed)
    cells.wrong("capacity", "roster.not_a_capacity", typed=brief(typed), most=MOST_MENTEES)
    return MOST_MENTEES


def _platform(cells: _Cells, platforms: Sequence[str]) -> str:
    platform = key(cells["platform"])
    if platform and platform not in platforms:
        among = ", ".join(platforms)
        cells.wrong("platform", "roster.not_a_platform", typed=brief(platform), among=among)
    return platform


# People, and who is whose mentor


def _check_people(rows: Sequence[Row], found: _Findings) -> None:
    people: dict[str, Row] = {}
    for row in rows:
        first = people.setdefault(row.email, row) if row.email else row
        if first is not row:
            found.wrong(row.number, "email", "roster.twice", email=brief(row.email), first=str(first.number))
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
        wrong("roster.own_mentor")
    elif mentor is None:
        wrong("roster.mentor_not_here", email=brief(row.mentor))
    elif "mentor" not in mentor.roles:
        wrong("roster.not_a_mentor", email=brief(row.mentor), number=str(mentor.number))
    if row.roles and "mentee" not in row.roles:
        wrong("roster.not_a_mentee")


def _check_capacity(mentor: Row | None, mentees: Sequence[Row], found: _Findings) -> None:
    if mentor is None or "mentor" not in mentor.roles or len(mentees) <= mentor.capacity:
        return
    named = tuple(row.number for row in mentees)
    found.wrong(mentor.number, "capacity", "roster.over_capacity", room=mentor.capacity, rows=named)


def _twins(rows: Iterable[Row]) -> Iterator[Finding]:
    """ana+test@example.org may be Ana, and may be a second person."""
    alike: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        local, _, domain = row.email.partition("@")
        alike[f"{local.partition('+')[0]}@{domain}"].setdefault(row.email, row)
    for twins in alike.values():
        if len(twins) > 1:
            yield Finding("roster.twins", {"rows": tuple(row.number for row in twins.values())})


def _strangers(rows: Sequence[Row]) -> Iterator[Finding]:
    """A rule about somebody who is not there changes nothing. It may be a slip, or as it should be."""
    known = {row.email for row in rows}
    for column in matching.PEOPLE:
        named = [row for row in rows if not known.issuperset(_named(row, column))]
        if named:
            numbers = tuple(row.number for row in named)
            yield Finding("roster.not_in_roster", {"column": column, "rows": numbers})


def _named(row: Row, column: str) -> Sequence[str]:
    people = getattr(row, column)
    return people if isinstance(people, tuple) else (people,) if people else ()


# Words


_KNOWN = {squashed(column): column for column in (*COLUMNS, *matching.COLUMNS)}
_KNOWN |= {squashed(written): column for written, column in matching.AS_PEOPLE_WRITE_THEM.items()}


def _nearest(typed: str, known: Iterable[str], near: int = NEAR) -> str | None:
    found = process.extractOne(typed, known, scorer=fuzz.ratio, score_cutoff=near)
    return found[0] if found else None
