"""Spreadsheet: the rows of a CSV file, however it was saved, read in small pieces.

Nothing in the file is believed: not its encoding, not its length, not that it is text at all.
"""

import codecs
import csv
from collections.abc import Collection, Iterator
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

SAVE_AGAIN = "Save it as CSV UTF-8 and try again."

_NO_CSV = {
    b"PK\x03\x04": "an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
}
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


class Unreadable(Exception):
    """There are no rows in this file. Tell what it is instead."""

    def __init__(self, what: str, mend: str, row: int = 0) -> None:
        super().__init__(what)
        self.what, self.mend, self.row = what, mend, row


@dataclass(frozen=True)
class Form:
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


def form_of(path: Path, known: Collection[str]) -> Form:
    if not path.exists():
        raise Unreadable(f"There is no file {shown(path.name)}.", "Look at its name and its folder.")
    if not path.is_file():
        raise Unreadable(f"{shown(path.name)} is not a file.", "Give the CSV file itself.")
    if path.stat().st_size > LARGEST_FILE:
        raise Unreadable(
            f"The file is larger than {LARGEST_FILE // 1_000_000} MB.", "Keep only the columns needed."
        )
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        line = _first_line(file)
    announced = regex.fullmatch(r"\"?sep=([,;\t])\"?\s*", line, regex.IGNORECASE)
    delimiter = announced[1] if announced else max(_DELIMITERS, key=partial(_fits, known, line))
    return Form(encoding, delimiter, announced is not None)


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
            raise Unreadable(f"This is {kind}.", SAVE_AGAIN)
    return head


def _without_nul(piece: bytes) -> bytes:
    if b"\0" in piece:
        raise Unreadable("This is not plain text.", f"Open it in a spreadsheet. {SAVE_AGAIN}")
    return piece


def _first_line(file: TextIO) -> str:
    while line := file.readline(LONGEST_ROW):
        if line.strip():
            return line
    raise Unreadable("The file is empty.", "")


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


def records(path: Path, form: Form) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their numbers. A cell may hold line ends, so these are not lines."""
    with path.open(encoding=form.encoding, errors="replace", newline="") as file:
        if form.announced:
            _first_line(file)
        for number, cells in enumerate(_all_records(file, form.delimiter), start=1):
            if any(map(str.strip, cells)):
                yield number, cells


def _all_records(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    lines, read = _Lines(file), 0
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            lines.left = LONGEST_ROW
            read += 1
            yield cells
    except csv.Error as error:
        raise Unreadable(
            "The quotes do not match, or the row is very long.",
            'Each " that opens a cell needs one that closes it. Rows after this one were not read.',
            row=read + 1,
        ) from error


def squashed(header: str) -> str:
    """E-Mail is email, and "Career stage" is career_stage."""
    return "".join(filter(str.isalnum, key(header[:LONGEST_CELL])))


def shown(text: str) -> str:
    return f'"{shorten(clean_name(text), 60)}"'
