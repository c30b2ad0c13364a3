"""Table file: a CSV that a spreadsheet opens as what it is, and never as a formula."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TextIO

import regex

KEPT = 8192  # cells

# What a spreadsheet may take for a formula, also behind what it does not show or splits cells at
_FORMULA = regex.compile(r"[\s\p{C}\p{Default_Ignorable_Code_Point}\"'`;,|]*[=+\-@\u2212]")
_BREAKS = regex.compile(r"[\r\n\v\f\x85\u2028\u2029]+")


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    """Words are quoted and numbers are not, so that it counts with what is one. Open with newline=""."""
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    safe = lru_cache(KEPT)(harmless)  # the same few names stand in many rows
    writer.writerow(map(safe, columns))
    writer.writerows([cell if isinstance(cell, int) else safe(cell) for cell in row] for row in rows)


def harmless(text: str) -> str:
    """With an apostrophe before whatever might be run when the file is opened, on one line."""
    if text[:1].isalnum() and text.isprintable():  # as nearly all; nothing would be found in it
        return text
    is_formula = _FORMULA.match(unicodedata.normalize("NFKC", text)) or text[:1] in "\t\r\n"
    line = _BREAKS.sub(" ", text)
    return f"'{line}" if text and is_formula else line
