"""Roster: who takes part, out of a spreadsheet, and everything that has to be mended in it at once.

The file is read in small pieces, and nothing in it is believed: not its encoding, not its length. A roster
with problems is never taken in part.
"""

import codecs
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TextIO

import regex
from rapidfuzz import fuzz, process

from bot.calendar import known_zone
from bot.text import clean, clean_name, key, shorten

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
)
REQUIRED = COLUMNS[:4]
ROLES = ("mentor", "mentee", "coordinator")
CAREER_STAGES = ("early", "mid", "senior")
MOST_MENTEES = 20

LARGEST_FILE = 20_000_000  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 50
LONGEST_ROW = 100_000  # characters
LONGEST_CELL = 10_000
LONGEST_EMAIL = 254
PIECE = 65_536  # bytes
MOST_PROBLEMS = 100
MOST_NAMED = 10  # rows, in one sentence
NEAR = 70  # of 100, by rapidfuzz: "time zome", "capcity", "mentor email"

SAVE_AGAIN = "Save it as CSV UTF-8 and try again."

_NO_CSV = {
    b"PK\x03\x04": "an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
}
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
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


class _Unreadable(Exception):
    """There is no roster in this file. Tell what it is instead."""

    def __init__(self, what: str, mend: str, row: int = 0) -> None:
        super().__init__(what)
        self.problem = Problem(row, "", what, mend)


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
class _Form:
    """How the file is written."""

    encoding: str
    delimiter: str
    announced: bool  # Excel may write "sep=;" above the header, and does not count it as a row

    def notes(self) -> tuple[str, ...]:
        if self.encoding == "utf-8-sig" and self.delimiter == ",":
            return ()
        read = f"Read as {_ENCODINGS[self.encoding]} with {_DELIMITERS[self.delimiter]}."
        doubt = "If a name looks wrong, save the file as CSV UTF-8."
        return (read, doubt) if self.encoding == "cp1252" else (read,)


@dataclass(frozen=True)
class _Table:
    columns: Mapping[str, int]  # where each is
    width: int
    form: _Form
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


def read_roster(path: Path, languages: frozenset[str]) -> Roster:
    try:
        form = _form(path)
        found = _Findings(form.notes())
        rows = _rows(path, form, languages, found)
    except _Unreadable as refusal:
        return Roster((), (refusal.problem,), ())
    except OSError as error:
        refused = Problem(0, "", f"{_shown(path.name)} cannot be opened: {error.strerror}.", "")
        return Roster((), (refused,), ())
    _check_people(rows, found)
    found.notes.extend(_twins(rows))
    good = tuple(row for row in rows if row.number not in found.rows)
    return Roster(good, found.problems(), tuple(found.notes))


# The file


def _form(path: Path) -> _Form:
    if not path.exists():
        raise _Unreadable(f"There is no file {_shown(path.name)}.", "Look at its name and its folder.")
    if not path.is_file():
        raise _Unreadable(f"{_shown(path.name)} is not a file.", "Give the CSV file itself.")
    if path.stat().st_size > LARGEST_FILE:
        raise _Unreadable(
            f"The file is larger than {LARGEST_FILE // 1_000_000} MB.", "Keep only the columns needed."
        )
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        line = _first_line(file)
    announced = regex.fullmatch(r"\"?sep=([,;\t])\"?\s*", line, regex.IGNORECASE)
    delimiter = announced[1] if announced else max(_DELIMITERS, key=partial(_fits, line))
    return _Form(encoding, delimiter, announced is not None)


def _encoding(path: Path) -> str:
    """UTF-8 where that reads more letters than it loses, so that one damaged byte is told as just that."""
    kept = lost = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as file:
        head = file.read(PIECE)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        for piece in chain([_checked(head)], iter(partial(file.read, PIECE), b"")):
            text = decoder.decode(_without_nul(piece))
            lost += text.count("\ufffd")
            kept += len(text) - len(text.encode("ascii", "ignore"))
    return "utf-8-sig" if lost <= kept - lost else "cp1252"


def _checked(head: bytes) -> bytes:
    for magic, kind in _NO_CSV.items():
        if head.startswith(magic):
            raise _Unreadable(f"This is {kind}.", SAVE_AGAIN)
    return head


def _without_nul(piece: bytes) -> bytes:
    if b"\0" in piece:
        raise _Unreadable("This is not plain text.", f"Open it in a spreadsheet. {SAVE_AGAIN}")
    return piece


def _first_line(file: TextIO) -> str:
    while line := file.readline(LONGEST_ROW):
        if line.strip():
            return line
    raise _Unreadable("The file is empty.", f"Its first row has to be: {', '.join(COLUMNS)}.")


def _fits(line: str, delimiter: str) -> tuple[int, int]:
    header = next(csv.reader([line], delimiter=delimiter), [])
    return len({_squashed(cell) for cell in header[:MOST_COLUMNS]} & _KNOWN.keys()), len(header)


class _Lines:
    """csv.reader would keep all of a row that never ends."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.left = LONGEST_ROW

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline(self.left + 1)
        self.left -= len(line)
        if self.left < 0:
            raise csv.Error("too long")
        if not line:
            raise StopIteration
        return line


def _records(path: Path, form: _Form) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their numbers. A cell may hold line ends, so these are not lines."""
    with path.open(encoding=form.encoding, errors="replace", newline="") as file:
        if form.announced:
            _first_line(file)
        lines, number = _Lines(file), 0
        reader = csv.reader(lines, delimiter=form.delimiter, skipinitialspace=True, strict=True)
        try:
            for number, cells in enumerate(reader, start=1):
                lines.left = LONGEST_ROW
                if any(map(str.strip, cells)):
                    yield number, cells
        except csv.Error as error:
            raise _Unreadable(
                "The quotes do not match, or the row is very long.",
                'Each " that opens a cell needs one that closes it. Rows after this one were not read.',
                row=number + 1,
            ) from error


# Rows


def _rows(path: Path, form: _Form, languages: frozenset[str], found: _Findings) -> list[Row]:
    _count(_records(path, form))
    records = _records(path, form)
    number, header = next(records, (1, []))
    columns = _columns(number, header, found)
    if not columns:
        return []
    table = _Table(columns, len(header), form, found)
    return [_row(_cells(number, record, table), languages) for number, record in records]


def _count(records: Iterable[object]) -> None:
    for count, _ in enumerate(records):
        if count > MOST_ROWS:
            raise _Unreadable(
                f"There are more than {MOST_ROWS:,} people in this file.", "Split it by cohort."
            )


def _columns(number: int, header: Sequence[str], found: _Findings) -> dict[str, int]:
    """Where each column is; nothing where one that is needed is not there."""
    if len(header) > MOST_COLUMNS:
        raise _Unreadable(
            f"There are more than {MOST_COLUMNS} columns.", f"These are read: {', '.join(COLUMNS)}."
        )
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for index, cell in enumerate(header):
        name = _KNOWN.get(_squashed(cell))
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
    """What looks like one of ours is refused, and its rows are checked all the same; the rest is not read."""
    meant = _nearest(_squashed(cell), [name for name in _KNOWN if _KNOWN[name] not in columns])
    if meant:
        columns[_KNOWN[meant]] = index
        found.wrong(number, _shown(cell), "This column is not known.", f'Did you mean "{_KNOWN[meant]}"?')
    elif clean_name(cell):
        found.notes.append(f"The column {_shown(cell)} is not used and was not read.")


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


def _row(cells: _Cells, languages: frozenset[str]) -> Row:
    roles = _roles(cells)
    return Row(
        number=cells.number,
        email=_email(cells),
        name=_name(cells),
        roles=roles,
        timezone=_timezone(cells),
        language=_language(cells, languages),
        career_stage=_career_stage(cells),
        goals=_listed(cells["goals"]),
        skills=_listed(cells["skills"]),
        capacity=_capacity(cells, roles),
        mentor=key(cells["mentor"]),
    )


def _email(cells: _Cells) -> str:
    email = key(cells["email"])
    if not email:
        cells.wrong("email", "There is no e-mail address.", "Everybody needs one.")
    elif len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        cells.wrong("email", f"{_shown(email)} is not an e-mail address.", "Write it like ana@example.org.")
    return email


def _name(cells: _Cells) -> str:
    name = clean_name(cells["name"])
    if not name:
        cells.wrong("name", "There is no name.", "Write the name that colleagues use.")
    return name


def _roles(cells: _Cells) -> frozenset[str]:
    typed = key(cells["role"]).replace("+", " ").split()
    if not typed:
        cells.wrong("role", "There is no role.", f"Choose among {', '.join(ROLES)}.")
    for role in sorted(set(typed) - set(ROLES)):
        meant = _nearest(role, ROLES)
        mend = f'Did you mean "{meant}"?' if meant else f"Choose among {', '.join(ROLES)}."
        cells.wrong("role", f"{_shown(role)} is not a role.", mend)
    return frozenset(filter(None, (_nearest(role, ROLES) for role in typed)))


def _timezone(cells: _Cells) -> str:
    typed = clean_name(cells["timezone"])
    zone = known_zone(typed)
    if zone is None:
        what = f"{_shown(typed)} is not a time zone." if typed else "There is no time zone."
        cells.wrong("timezone", what, "Use a name like Europe/Dublin (the region and a large city).")
    return zone or typed


def _language(cells: _Cells, languages: frozenset[str]) -> str:
    typed = key(cells["language"])
    language = typed.replace("_", "-").partition("-")[0]
    if language and language not in languages:
        mend = f"Choose among {', '.join(sorted(languages))}, or leave it empty."
        cells.wrong("language", f"{_shown(typed)} is not a language here.", mend)
    return language


def _career_stage(cells: _Cells) -> str:
    stage = key(cells["career_stage"])
    if stage and stage not in CAREER_STAGES:
        mend = f"Choose among {', '.join(CAREER_STAGES)}, or leave it empty."
        cells.wrong("career_stage", f"{_shown(stage)} is not a career stage.", mend)
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
        "capacity", f"{_shown(typed)} is not a number of mentees.", f"Write one from 0 to {MOST_MENTEES}."
    )
    return MOST_MENTEES


# People, and who is whose mentor


def _check_people(rows: Sequence[Row], found: _Findings) -> None:
    people: dict[str, Row] = {}
    for row in rows:
        first = people.setdefault(row.email, row) if row.email else row
        if first is not row:
            mend = "Keep one of the rows; several roles go into one cell, like mentor+coordinator."
            found.wrong(row.number, "email", f"{_shown(row.email)} is in row {first.number} already.", mend)
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
            f"{_shown(row.mentor)} is not in this roster.", "Add a row for this mentor, or mend the address."
        )
    elif "mentor" not in mentor.roles:
        wrong(f"{_shown(row.mentor)} is not a mentor.", f"Add the role mentor in row {mentor.number}.")
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


def _numbers(rows: Sequence[Row]) -> str:
    numbers = [str(row.number) for row in rows]
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    if len(numbers) > MOST_NAMED:
        numbers[MOST_NAMED:] = [f"{len(numbers) - MOST_NAMED:,} more"]
    return f"rows {', '.join(numbers[:-1])} and {numbers[-1]}"


# Words


def _squashed(header: str) -> str:
    """E-Mail is email, and "Career stage" is career_stage."""
    return "".join(filter(str.isalnum, key(header[:LONGEST_CELL])))


_KNOWN = {_squashed(column): column for column in COLUMNS}


def _nearest(typed: str, known: Iterable[str]) -> str | None:
    found = process.extractOne(typed, known, scorer=fuzz.ratio, score_cutoff=NEAR)
    return found[0] if found else None


def _shown(text: str) -> str:
    return f'"{shorten(clean_name(text), 60)}"'
