"""Table file: a CSV that a spreadsheet opens as what it is, and never as a formula."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

import regex

# Full-width signs are formulas in some spreadsheets, and so is what follows a separator or a quote
_FORMULA = regex.compile(r"\s*[;,\"']*\s*[=+\-@＝＋－＠]|[\t\r\n]")


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    """Open the file with newline=""."""
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe(cell) for cell in row] for row in rows)


def safe(cell: str | int) -> str | int:
    """Numbers stay numbers."""
    if isinstance(cell, int) or cell[:1].isalnum():  # as nearly all; the expression would find nothing
        return cell
    return f"'{cell}" if _FORMULA.match(cell) else cell
