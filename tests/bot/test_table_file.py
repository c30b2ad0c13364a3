"""A table that a spreadsheet opens as what it is. G1."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.table_file import harmless, write_table

ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    ";=1",
    '"=1',
    "=cmd|'/C calc'!A0",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_would_be_a_formula_is_text(attack: str) -> None:
    assert harmless(attack) == "'" + attack.replace("\r", " ").replace("\n", " ")


@pytest.mark.parametrize("plain", ["ana@example.org", "Ana - Byrne", "1 = 1", "", "'quoted'"])
def test_what_is_none_stays_as_it_is(plain: str) -> None:
    assert harmless(plain) == plain


def test_numbers_stay_numbers_and_text_is_quoted() -> None:
    file = io.StringIO()

    write_table(file, ("who", "score"), [("ana", -5), ('"x", y', 7)])

    assert file.getvalue() == '"who","score"\r\n"ana",-5\r\n"""x"", y",7\r\n'


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_every_cell_comes_back_on_one_line(cells: list[str]) -> None:
    file = io.StringIO(newline="")
    write_table(file, cells, [cells])
    file.seek(0)

    _, row = csv.reader(file)

    assert [cell.removeprefix("'") for cell in row] == [on_one_line(cell).removeprefix("'") for cell in cells]


def on_one_line(cell: str) -> str:
    return re.sub(r"[\r\n\v\f\x85\u2028\u2029]+", " ", cell)
