"""Reading: spreadsheets about people, from HR or of a programme, with the addresses left behind at the door.

What comes out knows people by their keys. A file with a mistake in it is refused as a whole, each mistake
named by its row and never by the person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.outcomes.keys import StudyKey, is_key
from bot.roster import MOST_ROWS
from bot.spreadsheet import LONGEST_CELL, brief, sheet_in, squashed
from bot.text import clean_name, key, shorten

PERSON = ("email", "key")
LONGEST_VALUE = 60  # characters
MOST_TOLD = 20  # problems

_YES = frozenset({"yes", "y", "true", "1", "ja", "j", "wahr"})
_NO = frozenset({"no", "n", "false", "0", "nein", "falsch"})
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S")  # none in which a day may be taken for a month


@dataclass(frozen=True)
class Problem:
    """For whoever made the file, who sits at a terminal."""

    row: int  # 0 is the file as a whole
    column: str
    what: str
    mend: str

    def __str__(self) -> str:
        where = ", ".join(filter(None, (f"Row {self.row}" if self.row else "", self.column)))
        return f"{where}: {self.what} {self.mend}".removeprefix(": ").rstrip()


class Refused(Exception):
    """The file has mistakes in it, and nothing of it is used."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = problems[:MOST_TOLD]
        self.more = len(problems) - len(self.problems)
        super().__init__(file)


@dataclass(frozen=True)
class PersonRow:
    """What stands about one person, without who it is."""

    number: int  # as a spreadsheet counts; the header is 1
    key: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class People:
    """The rows of one file; nobody twice."""

    file: str
    columns: frozenset[str]
    rows: tuple[PersonRow, ...]

    def refuse(self, row: PersonRow, column: str, what: str, mend: str) -> Refused:
        return Refused(self.file, [Problem(row.number, column, what, mend)])


def read_people(
    path: Path, study: StudyKey | None, known: Sequence[str] = (), addresses: Sequence[str] = ()
) -> People:
    """`known` are the columns that we look for; `addresses` those whose cells are addresses of others.

    Raises `Refused`, or `spreadsheet.Unreadable` where there are no rows in it.
    """
    wanted = {squashed(name): name for name in (*PERSON, *known, *addresses)}
    try:
        lines = sheet_in(path, wanted.keys()).records()
        number, header = next(lines, (1, []))
        columns = _columns(path, number, header, wanted)
        found = list(_found(path, lines, columns))
    except OSError as error:
        what = f'"{brief(path.name)}" cannot be opened: {error.strerror}.'
        raise Refused(path.name, [Problem(0, "", what, "")]) from None
    rows = _keyed(path, study, found, [name for name in addresses if name in columns])
    return People(path.name, frozenset(columns) - set(PERSON), rows)


def _columns(path: Path, number: int, header: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int]:
    """By our names, or by theirs where we have none; which columns a study is about is theirs to say."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(header):
        name = wanted.get(squashed(cell)) or "_".join(key(cell[:LONGEST_VALUE]).split())
        if name and columns.setdefault(name, index) != index:
            named = f'"{brief(cell)}"'
            twice = Problem(number, named, "There are two columns of this name.", "Keep one of them.")
            raise Refused(path.name, [twice])
    if not any(name in columns for name in PERSON):
        what = "There is no column that says who it is."
        raise Refused(path.name, [Problem(number, "", what, "Add a column email, or key.")])
    return columns


def _found(
    path: Path, lines: Iterator[tuple[int, list[str]]], columns: Mapping[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    for count, (number, cells) in enumerate(lines):
        if count >= MOST_ROWS:
            many = Problem(0, "", f"There are more than {MOST_ROWS:,} people in this file.", "Split it.")
            raise Refused(path.name, [many])
        typed = {name: cells[index] for name, index in columns.items() if index < len(cells)}
        yield number, {name: clean_name(cell[:LONGEST_CELL]) for name, cell in typed.items()}


def _keyed(
    path: Path, study: StudyKey | None, found: Sequence[tuple[int, dict[str, str]]], addresses: Sequence[str]
) -> tuple[PersonRow, ...]:
    problems, rows, first = [], [], dict[str, int]()
    for number, cells in found:
        who = _who(cells, study)
        if not who:
            mend = "Write the e-mail address, or the key." if study else "For addresses, give the key file."
            problems.append(Problem(number, "", "It cannot be told who this is.", mend))
        elif first.setdefault(who, number) != number:
            what = f"This is the same person as in row {first[who]}."
            problems.append(Problem(number, "", what, "Keep one row for each person."))
        else:
            others = {name: study.of(cells[name]) if cells.get(name) and study else "" for name in addresses}
            kept = {name: shorten(cell, LONGEST_VALUE) for name, cell in cells.items() if name not in PERSON}
            rows.append(PersonRow(number, who, {**kept, **others}))
    if problems:
        raise Refused(path.name, problems)
    return tuple(rows)


def _who(cells: Mapping[str, str], study: StudyKey | None) -> str:
    written = key(cells.get("key", ""))
    if is_key(written):
        return written
    email = cells.get("email", "")
    return study.of(email) if study and "@" in email else ""


# What a cell says


def yes_or_no(people: People, row: PersonRow, column: str) -> bool | None:
    """None is a cell that says nothing."""
    typed = key(row[column])
    if not typed:
        return None
    if typed in _YES or typed in _NO:
        return typed in _YES
    raise people.refuse(row, column, "This is neither yes nor no.", "Write yes or no, or leave it empty.")


def day(people: People, row: PersonRow, column: str) -> date | None:
    typed = row[column]
    if not typed:
        return None
    for pattern in _DATES:
        try:
            return datetime.strptime(typed, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise people.refuse(row, column, "This is not a day.", "Write it like 2027-06-30, or leave it empty.")


def number_in(text: str) -> float | None:
    """12, 12.5 and 12,5."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None  # no infinity, and nothing that is not a number


def rank(text: str) -> tuple[str, int] | None:
    """L4 is ("l", 4): levels of one ladder can be compared."""
    typed = key(text).replace(" ", "")
    ladder = typed.rstrip("0123456789")
    step = typed[len(ladder) :]
    return (ladder, int(step)) if 0 < len(step) < 5 and step.isascii() else None
