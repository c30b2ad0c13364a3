"""Spreadsheet: the rows of a CSV, however it was saved, or pasted as text; read in small pieces.

Nothing in a file is believed: not its encoding, not its length, not that it is text at all.
"""

import codecs
import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TextIO

import regex

from bot.text import clean_name, key, shorten

LARGEST_FILE = 20_000_000  # bytes
LONGEST_ROW = 100_000  # characters
PIECE = 65_536  # bytes
MOST_COLUMNS = 50
LONGEST_CELL = 10_000  # characters

_NO_CSV = {
    b"PK\x03\x04": "roster.excel",
    b"\xd0\xcf\x11\xe0": "roster.old_excel",
    b"%PDF": "roster.pdf",
    b"\x1f\x8b": "roster.compressed",
}
_DELIMITERS = {",": "roster.with_commas", ";": "roster.with_semicolons", "\t": "roster.with_tabs"}
_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


class Unreadable(Exception):
    """There are no rows in it. `name` is what prompts/ call the reason and the remedy."""

    def __init__(self, name: str, row: int = 0, **values: object) -> None:
        super().__init__(name)
        self.name, self.row, self.values = name, row, values


@dataclass(frozen=True)
class Sheet:
    """It may be read from its start as often as somebody likes."""

    open: Callable[[], TextIO]
    encoding: str  # empty: it is text already
    delimiter: str
    announced: bool  # Excel may write "sep=;" above the header, and does not count it as a row

    def notes(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """How it was read, where that is to be said; by the names of prompts."""
        if not self.encoding or (self.encoding == "utf-8-sig" and self.delimiter == ","):
            return
        yield _DELIMITERS[self.delimiter], {"encoding": _ENCODINGS[self.encoding]}
        if self.encoding == "cp1252":
            yield "roster.if_a_name_looks_wrong", {}

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not blank, with their numbers. A cell may hold line ends: these are no lines."""
        with self.open() as file:
            if self.announced:
                _first_line(file)
            for number, cells in enumerate(_all_records(file, self.delimiter), start=1):
                if any(map(str.strip, cells)):
                    yield number, cells


def sheet_in(path: Path, known: Collection[str]) -> Sheet:
    """`known` are the columns that may be in it."""
    if not path.exists():
        raise Unreadable("roster.no_file", file=brief(path.name))
    if not path.is_file():
        raise Unreadable("roster.not_a_file", file=brief(path.name))
    if path.stat().st_size > LARGEST_FILE:
        raise Unreadable("roster.file_too_large", most=LARGEST_FILE // 1_000_000)
    encoding = _encoding(path)
    return _sheet(partial(path.open, encoding=encoding, errors="replace", newline=""), encoding, known)


def sheet_of(text: str, known: Collection[str]) -> Sheet:
    """What somebody has pasted."""
    return _sheet(partial(io.StringIO, text, newline=""), "", known)


def _sheet(open_: Callable[[], TextIO], encoding: str, known: Collection[str]) -> Sheet:
    with open_() as file:
        line = _first_line(file)
    announced = regex.fullmatch(r"\"?sep=([,;\t])\"?\s*", line, regex.IGNORECASE)
    delimiter = announced[1] if announced else max(_DELIMITERS, key=partial(_fits, known, line))
    return Sheet(open_, encoding, delimiter, announced is not None)


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
    for magic, name in _NO_CSV.items():
        if head.startswith(magic):
            raise Unreadable(name)
    return head


def _without_nul(piece: bytes) -> bytes:
    if b"\0" in piece:
        raise Unreadable("roster.not_text")
    return piece


def _first_line(file: TextIO) -> str:
    while line := file.readline(LONGEST_ROW):
        if line.strip():
            return line
    raise Unreadable("roster.empty")


def _fits(known: Collection[str], line: str, delimiter: str) -> tuple[int, int]:
    header = next(csv.reader([line], delimiter=delimiter), [])
    return len({squashed(cell) for cell in header[:MOST_COLUMNS]} & set(known)), len(header)


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


def _all_records(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    lines, read = _Lines(file), 0
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            lines.left = LONGEST_ROW
            read += 1
            yield cells
    except csv.Error as error:
        raise Unreadable("roster.quotes", row=read + 1) from error


def squashed(header: str) -> str:
    """E-Mail is email, and "Career stage" is career_stage."""
    return "".join(filter(str.isalnum, key(header[:LONGEST_CELL])))


def brief(text: str) -> str:
    """Some of what stands there, for a sentence about it."""
    return shorten(clean_name(text), 60)
